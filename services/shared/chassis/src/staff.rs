//! Who acts for a unit: the node's registry tells, every service with doors for units' people
//! remembers, and the gate asks. What a token says of a unit is no more than a claim.

use std::collections::BTreeMap;

use proto::{
    message::{Incoming, Scope, Unreadable},
    registry::v1::UnitStaffRecorded,
};
use regulation::{Actor, Day, Refusal, RefusalKind, Region, Role, Rule, UnitId};
use sqlx::{PgConnection, PgPool, types::Json};
use time::OffsetDateTime;
use tonic::Status;

use crate::{clock::Clock, status};

/// Who acts for a unit. Ours.
pub const REPRESENTATIVE: Rule = Rule::ours(
    "registry.representative",
    "单位事项由其管理员或在委托期限内的受托人办理。",
);

/// Those who act for one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The administrator's account.
    pub administrator: String,
    /// Whom the administrator lets act, each until the end of a day.
    pub delegates: BTreeMap<String, Day>,
}

impl Staff {
    /// Whether this account acts for the unit on this day.
    ///
    /// # Errors
    /// The refusal, by [`REPRESENTATIVE`].
    pub fn acts(&self, account: &str, day: Day) -> Result<(), Refusal> {
        if self.administrator == account {
            return Ok(());
        }
        match self.delegates.get(account) {
            Some(until) if day <= *until => Ok(()),
            Some(until) => Err(forbidden(
                "您的委托已过期",
                "请由该单位的管理员办理，或由其重新委托您",
            )
            .with("until", until)),
            None => Err(forbidden(
                "您不是该单位的管理员，也没有其委托",
                "请由该单位的管理员办理，或由其委托您",
            )),
        }
    }

    /// The refusal while nobody was named for a unit.
    pub fn unnamed() -> Refusal {
        forbidden(
            "该单位尚未指定管理员，或本服务尚未收到登记库的通知",
            "请由所在地经办人在登记库指定管理员；已指定的，请稍后重试",
        )
    }
}

fn forbidden(message: &str, remedy: &str) -> Refusal {
    Refusal::new(REPRESENTATIVE, message, remedy).kind(RefusalKind::Forbidden)
}

/// What registry told of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    unit: UnitId,
    staff: Staff,
    at: OffsetDateTime,
}

/// Whom the message names for a unit, if it is of that kind. Only the node's own registry speaks
/// of them.
pub(crate) fn told(message: &Incoming, node: Region) -> Result<Option<Told>, Unreadable> {
    if !message.is::<UnitStaffRecorded>() {
        return Ok(None);
    }
    if message.scope != Scope::Node || message.origin != node {
        let origin = message.origin;
        return Err(message.unreadable(format!("{origin} may not say who acts for units here")));
    }
    let event: UnitStaffRecorded = message.read()?;
    if event.administrator.is_empty() {
        return Err(message.unreadable("no administrator"));
    }
    let delegates = event.delegates.into_iter().map(|named| {
        let until: Day = named.until.parse().map_err(|e| message.unreadable(e))?;
        Ok((named.delegate, until))
    });
    Ok(Some(Told {
        unit: event.unit_id.parse().map_err(|e| message.unreadable(e))?,
        staff: Staff {
            administrator: event.administrator,
            delegates: delegates.collect::<Result<_, _>>()?,
        },
        at: message.at,
    }))
}

/// Remembers it, in the transaction that applies the message. An older word replayed late changes
/// nothing.
pub(crate) async fn record(db: &mut PgConnection, told: &Told) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into chassis_staff as kept (unit, administrator, delegates, told_at)
         values ($1, $2, $3, $4)
         on conflict (unit) do update
             set administrator = excluded.administrator, delegates = excluded.delegates,
                 told_at = excluded.told_at
             where kept.told_at <= excluded.told_at",
        told.unit.0,
        told.staff.administrator,
        Json(&told.staff.delegates) as _,
        told.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Who acts for the node's units, as far as this service was told.
#[derive(Clone)]
pub(crate) struct StaffBook {
    pool: PgPool,
    clock: Clock,
    unheard: Unheard,
}

/// What becomes of those who call for a unit of which nothing was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unheard {
    /// They are refused.
    Refused,
    /// They are let in: for the tests of services, where no registry tells.
    #[cfg(any(test, feature = "testing"))]
    LetIn,
}

impl StaffBook {
    pub(crate) fn new(pool: PgPool, clock: Clock, unheard: Unheard) -> Self {
        Self {
            pool,
            clock,
            unheard,
        }
    }

    /// Lets in whoever does not call for a unit, or acts for it today.
    pub(crate) async fn admit(&self, actor: &Actor) -> Result<(), Status> {
        if actor.role != Role::UnitMember {
            return Ok(());
        }
        let staff = match actor.unit {
            Some(unit) => self.of(unit).await?,
            None => None,
        };
        let Some(staff) = staff else {
            return match self.unheard {
                Unheard::Refused => Err(status::refused(&Staff::unnamed())),
                #[cfg(any(test, feature = "testing"))]
                Unheard::LetIn => Ok(()),
            };
        };
        let today = Day::of(self.clock.now());
        let acts = staff.acts(&actor.person, today);
        acts.map_err(|refusal| status::refused(&refusal))
    }

    async fn of(&self, unit: UnitId) -> Result<Option<Staff>, Status> {
        let row = sqlx::query!(
            r#"select administrator, delegates as "delegates: Json<BTreeMap<String, Day>>"
               from chassis_staff where unit = $1"#,
            unit.0,
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(|error| status::unavailable(&error))?;
        Ok(row.map(|row| Staff {
            administrator: row.administrator,
            delegates: row.delegates.0,
        }))
    }
}

#[cfg(test)]
mod tests;

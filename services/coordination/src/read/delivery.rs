//! The delivery record 履约能力 of a unit or a person, and who looked it up. [Art. 19]

use chassis::{Desk, status};
use proto::coordination::v1::DeliveryFactKind;
use regulation::{Actor, PersonKey, UnitId};
use time::OffsetDateTime;
use tonic::Status;
use uuid::Uuid;

use crate::words;

/// Whose record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    Unit(UnitId),
    Person(PersonKey),
}

impl Whose {
    fn unit(&self) -> Option<Uuid> {
        match self {
            Self::Unit(unit) => Some((*unit).into()),
            Self::Person(_) => None,
        }
    }

    fn person(&self) -> Option<String> {
        match self {
            Self::Unit(_) => None,
            Self::Person(key) => Some(key.to_string()),
        }
    }
}

/// Records a look-up before it is answered.
pub(crate) async fn look_up(
    desk: &Desk,
    actor: &Actor,
    whose: &Whose,
    purpose: &str,
) -> Result<(), Status> {
    sqlx::query!(
        "insert into delivery_lookup (at, person, role, unit_id, person_key, purpose)
         values ($1, $2, $3, $4, $5, $6)",
        desk.clock().now(),
        actor.person,
        words::role(actor.role),
        whose.unit(),
        whose.person(),
        purpose,
    )
    .execute(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(())
}

/// A look-up.
#[derive(Debug, Clone)]
pub(crate) struct LookupRow {
    pub(crate) seq: i64,
    pub(crate) at: OffsetDateTime,
    pub(crate) person: String,
    pub(crate) role: String,
    pub(crate) unit_id: Option<Uuid>,
    pub(crate) person_key: Option<String>,
    pub(crate) purpose: String,
}

/// Up to `limit` look-ups from the newest on; of one unit or person, or of all.
pub(crate) async fn lookups(
    desk: &Desk,
    whose: Option<&Whose>,
    token: &str,
    limit: i64,
) -> Result<Vec<LookupRow>, Status> {
    sqlx::query_as!(
        LookupRow,
        "select seq, at, person, role, unit_id, person_key, purpose from delivery_lookup
         where seq < $1 and ($2::uuid is null or unit_id = $2)
           and ($3::text is null or person_key = $3)
         order by seq desc limit $4",
        super::before(token)?,
        whose.and_then(Whose::unit),
        whose.and_then(Whose::person),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// A fact of a record.
#[derive(Debug, Clone)]
pub(crate) struct FactRow {
    pub(crate) kind: i32,
    pub(crate) case_id: String,
    pub(crate) title: String,
    pub(crate) role: String,
    pub(crate) at: OffsetDateTime,
}

/// Up to `limit` facts after the first `skipped`, the newest first. That a contract was signed, or
/// that it never will be, is a fact of everyone who takes part, once the lead's home has said so.
pub(crate) async fn facts(
    desk: &Desk,
    whose: &Whose,
    skipped: i64,
    limit: i64,
) -> Result<Vec<FactRow>, Status> {
    sqlx::query_as!(
        FactRow,
        r#"select kind as "kind!", case_id as "case_id!", title as "title!", role as "role!",
                  at as "at!"
           from (select kind, case_id, title, role, at from delivery
                 where unit_id = $1 or person_key = $2
                 union all
                 select $3, d.case_id, d.title, d.role, s.signed_at
                 from delivery d join project p on p.id = d.case_id
                 join contract_signed s on s.project_id = p.id and s.region = p.region
                 where d.kind = $4 and (d.unit_id = $1 or d.person_key = $2)
                 union all
                 select $5, d.case_id, d.title, d.role, w.withdrawn_at
                 from delivery d join project p on p.id = d.case_id
                 join project_withdrawn w on w.project_id = p.id and w.region = p.region
                 where d.kind = $4 and (d.unit_id = $1 or d.person_key = $2)) fact
           order by at desc, kind desc, case_id offset $6 limit $7"#,
        whose.unit(),
        whose.person(),
        i32::from(DeliveryFactKind::ContractSigned),
        i32::from(DeliveryFactKind::ProjectEstablished),
        i32::from(DeliveryFactKind::ProjectWithdrawn),
        skipped,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// How many facts there are of each kind.
pub(crate) async fn counts(desk: &Desk, whose: &Whose) -> Result<Vec<(i32, i64)>, Status> {
    let rows = sqlx::query!(
        r#"select kind as "kind!", count(*) as "count!"
           from (select kind from delivery where unit_id = $1 or person_key = $2
                 union all
                 select $3 from delivery d join project p on p.id = d.case_id
                 join contract_signed s on s.project_id = p.id and s.region = p.region
                 where d.kind = $4 and (d.unit_id = $1 or d.person_key = $2)
                 union all
                 select $5 from delivery d join project p on p.id = d.case_id
                 join project_withdrawn w on w.project_id = p.id and w.region = p.region
                 where d.kind = $4 and (d.unit_id = $1 or d.person_key = $2)) fact
           group by kind order by kind"#,
        whose.unit(),
        whose.person(),
        i32::from(DeliveryFactKind::ContractSigned),
        i32::from(DeliveryFactKind::ProjectEstablished),
        i32::from(DeliveryFactKind::ProjectWithdrawn),
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(rows.into_iter().map(|row| (row.kind, row.count)).collect())
}

/// A unit's name and where it is registered, if that was told here.
pub(crate) async fn unit(desk: &Desk, unit: UnitId) -> Result<Option<(String, String)>, Status> {
    let row = sqlx::query!(
        "select name, region from unit where id = $1",
        Uuid::from(unit)
    )
    .fetch_optional(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(row.map(|row| (row.name, row.region)))
}

//! What is kept of credit records to be read: whom they bar, whom they were told, who looked.

use std::collections::BTreeSet;

use chassis::{Desk, status, stored};
use journal::{Change, Loaded};
use proto::registry::v1 as wire;
use regulation::{Actor, Day, PersonKey, Region, UnitId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use tonic::Status;
use uuid::Uuid;

use crate::{
    domain::credit::{BarredAct, CreditNotice, CreditRecord, Filing, RecordId},
    publish::credit as publish,
    react::credit::Effect,
};

/// Effects of one subject that are shown at most.
const EFFECTS_MAX: i64 = 500;

/// Whom something is asked or kept about.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    pub(crate) unit: Option<UnitId>,
    pub(crate) person: Option<PersonKey>,
    pub(crate) record: Option<RecordId>,
}

impl About {
    pub(crate) fn unit(unit: UnitId) -> Self {
        Self {
            unit: Some(unit),
            ..Self::default()
        }
    }

    pub(crate) fn person(person: PersonKey) -> Self {
        Self {
            person: Some(person),
            ..Self::default()
        }
    }

    fn key(&self) -> Option<&str> {
        self.person.as_ref().map(PersonKey::as_str)
    }
}

/// Keeps what an own record bars from, in the transaction that changes it.
pub(crate) async fn own_record(
    db: &mut PgConnection,
    change: &Change<CreditRecord>,
) -> sqlx::Result<()> {
    let (Some(record), Ok(id)) = (&change.state.0, change.id.parse()) else {
        return Ok(());
    };
    let (Some((effect, ended)), Some(told)) =
        (record.ended(), publish::effective(&change.id, record))
    else {
        return Ok(());
    };
    let subject = &record.charge.subject;
    let effect = Effect {
        record: id,
        unit: subject.person().is_none().then(|| subject.told()),
        person: subject.person().cloned(),
        misconduct: told.misconduct,
        acts: told.barred_acts,
        from: effect.from,
        until: ended.is_none().then_some(effect.until),
        ended: told.ended,
    };
    keep_effect(db, record.home, &effect, change.at).await
}

/// Keeps what a record bars from. An older word never replaces a younger one: an own record's
/// message comes after its projection.
pub(crate) async fn keep_effect(
    db: &mut PgConnection,
    origin: Region,
    effect: &Effect,
    told_at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into credit_effect as kept
             (origin, record, unit_id, person_key, misconduct, acts, first_day, last_day, ended, told_at)
         values ($1, $2, $3, $4, $5, $6, $7::date, coalesce($8::date, $7::date), $9, $10)
         on conflict (origin, record) do update
             set unit_id = excluded.unit_id, person_key = excluded.person_key,
                 misconduct = excluded.misconduct, acts = excluded.acts,
                 first_day = excluded.first_day, last_day = coalesce($8, kept.last_day),
                 ended = excluded.ended, told_at = excluded.told_at
             where kept.told_at <= excluded.told_at",
        origin.as_str(),
        effect.record.0,
        effect.unit.map(Uuid::from),
        effect.person.as_ref().map(PersonKey::as_str),
        effect.misconduct,
        &effect.acts,
        effect.from.0,
        effect.until.map(|day| day.0),
        effect.ended,
        told_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps which unit was told of which record.
pub(crate) async fn own_notice(
    db: &mut PgConnection,
    change: &Change<CreditNotice>,
) -> sqlx::Result<()> {
    let (Some(told), Ok(id)) = (&change.state.0, change.id.parse::<RecordId>()) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into credit_notice_unit (record, unit_id) values ($1, $2) on conflict do nothing",
        id.0,
        told.announced.subject.told().0,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What bars somebody longest.
pub(crate) struct Barring {
    pub(crate) record: Uuid,
    pub(crate) until: Day,
}

/// What bars the unit or person from any of the acts on this day, if anything does. [Art. 20]
pub(crate) async fn barring(
    desk: &Desk,
    about: &About,
    acts: &BTreeSet<BarredAct>,
    day: Day,
) -> Result<Option<Barring>, Status> {
    let row = sqlx::query!(
        "select record, last_day from credit_effect
         where (unit_id = $1 or person_key = $2) and ended = 0
           and first_day <= $3 and last_day >= $3 and acts && $4
         order by last_day desc, origin, record limit 1",
        about.unit.map(Uuid::from),
        about.key(),
        day.0,
        &publish::acts(acts),
    )
    .fetch_optional(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(row.map(|row| Barring {
        record: row.record,
        until: Day(row.last_day),
    }))
}

/// The records of all members about one unit or person that have or had effect, the latest first.
pub(crate) async fn effects(
    desk: &Desk,
    about: &About,
    today: Day,
) -> Result<Vec<wire::CreditEffect>, Status> {
    let rows = sqlx::query!(
        "select origin, record, misconduct, acts, first_day, last_day, ended from credit_effect
         where unit_id = $1 or person_key = $2
         order by first_day desc, origin, record limit $3",
        about.unit.map(Uuid::from),
        about.key(),
        EFFECTS_MAX,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let effects = rows.into_iter().map(|row| wire::CreditEffect {
        record_id: row.record.to_string(),
        region: row.origin,
        misconduct: row.misconduct,
        barring: row.ended == 0
            && !row.acts.is_empty()
            && row.first_day <= today.0
            && row.last_day >= today.0,
        barred_acts: row.acts,
        from: Day(row.first_day).to_string(),
        until: Day(row.last_day).to_string(),
        ended: row.ended,
    });
    Ok(effects.collect())
}

/// Up to `limit` records of this department after the id `after`, in the stage of that name or in
/// any.
pub(crate) async fn records(
    desk: &Desk,
    stage: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<CreditRecord>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'credit_record' and id > $1
             and ($2::text is null or state -> 'stage' -> $2 is not null)
           order by id limit $3"#,
        after,
        stage,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` filings after the id `after`, in the stage of that name or in any.
pub(crate) async fn filings(
    desk: &Desk,
    stage: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Filing>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'credit_filing' and id > $1
             and ($2::text is null or state -> 'stage' -> $2 is not null)
           order by id limit $3"#,
        after,
        stage,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` notices after the id `after`: those told to one unit, or all.
pub(crate) async fn notices(
    desk: &Desk,
    unit: Option<UnitId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<CreditNotice>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state s
           where kind = 'credit_notice' and id > $1
             and ($2::uuid is null or exists (
                 select from credit_notice_unit n
                 where n.unit_id = $2 and n.record::text = s.id))
           order by id limit $3"#,
        after,
        unit.map(Uuid::from),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Records a look-up before it is answered. [Art. 20]
pub(crate) async fn look_up(
    desk: &Desk,
    actor: &Actor,
    what: &str,
    about: &About,
    purpose: &str,
) -> Result<(), Status> {
    sqlx::query!(
        "insert into lookup (at, person, role, what, unit_id, person_key, record, purpose)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        desk.clock().now(),
        actor.person,
        format!("{:?}", actor.role),
        what,
        about.unit.map(Uuid::from),
        about.key(),
        about.record.map(|id| id.0),
        purpose,
    )
    .execute(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(())
}

/// A look-up in a list, with its place there.
pub(crate) struct LookupRow {
    pub(crate) seq: i64,
    pub(crate) lookup: wire::CreditLookup,
}

/// Up to `limit` look-ups after the place `after`: of one unit or person, or of all.
pub(crate) async fn lookups(
    desk: &Desk,
    about: &About,
    after: i64,
    limit: i64,
) -> Result<Vec<LookupRow>, Status> {
    let rows = sqlx::query!(
        "select seq, at, person, role, what, unit_id, person_key, record, purpose from lookup
         where seq > $1 and ($2::uuid is null or unit_id = $2)
           and ($3::text is null or person_key = $3)
         order by seq limit $4",
        after,
        about.unit.map(Uuid::from),
        about.key(),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let lookups = rows.into_iter().map(|row| LookupRow {
        seq: row.seq,
        lookup: wire::CreditLookup {
            time: Some(evidence::timestamp(row.at)),
            person: row.person,
            role: row.role,
            asked: row.what,
            purpose: row.purpose,
            unit_id: row.unit_id.map(|id| id.to_string()).unwrap_or_default(),
            person_key: row.person_key.unwrap_or_default(),
            record_id: row.record.map(|id| id.to_string()).unwrap_or_default(),
        },
    });
    Ok(lookups.collect())
}

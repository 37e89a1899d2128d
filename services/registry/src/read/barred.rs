//! Whom records bar, of many at once; and that it was asked. [Art. 20]

use std::collections::BTreeSet;

use chassis::{Desk, status};
use proto::registry::v1 as wire;
use regulation::{Actor, Day, PersonKey, UnitId};
use tonic::Status;
use uuid::Uuid;

use crate::{domain::credit::BarredAct, publish::credit as publish};

/// Units and people of whom is asked.
pub(crate) type About<'a> = (&'a BTreeSet<UnitId>, &'a BTreeSet<PersonKey>);

/// Records each look-up before it is answered.
pub(crate) async fn look_up(
    desk: &Desk,
    actor: &Actor,
    about: About<'_>,
    purpose: &str,
) -> Result<(), Status> {
    let (units, people) = listed(about);
    sqlx::query!(
        "insert into lookup (at, person, role, what, unit_id, person_key, purpose)
         select $1, $2, $3, 'standing', asked.unit_id, asked.person_key, $4
         from (select unit_id, null::text from unnest($5::uuid[]) unit_id
               union all
               select null, person_key from unnest($6::text[]) person_key)
             asked (unit_id, person_key)",
        desk.clock().now(),
        actor.person,
        format!("{:?}", actor.role),
        purpose,
        &units,
        &people,
    )
    .execute(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(())
}

/// What bars each of them longest from any of the acts on this day, of those whom anything bars.
pub(crate) async fn barred(
    desk: &Desk,
    about: About<'_>,
    acts: &BTreeSet<BarredAct>,
    day: Day,
) -> Result<Vec<wire::Barred>, Status> {
    let (units, people) = listed(about);
    let rows = sqlx::query!(
        "select distinct on (unit_id, person_key) unit_id, person_key, record, last_day
         from credit_effect
         where (unit_id = any($1) or person_key = any($2)) and ended = 0
           and first_day <= $3 and last_day >= $3 and acts && $4
         order by unit_id, person_key, last_day desc, origin, record",
        &units,
        &people,
        day.0,
        &publish::acts(acts),
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let barred = rows.into_iter().map(|row| wire::Barred {
        unit_id: row.unit_id.map(|id| id.to_string()).unwrap_or_default(),
        person_key: row.person_key.unwrap_or_default(),
        until: Day(row.last_day).to_string(),
        credit_record_id: row.record.to_string(),
    });
    Ok(barred.collect())
}

fn listed((units, people): About<'_>) -> (Vec<Uuid>, Vec<String>) {
    let units = units.iter().map(|unit| Uuid::from(*unit));
    let people = people.iter().map(ToString::to_string);
    (units.collect(), people.collect())
}

//! Which registration of a unit counts, and who is affiliated with whom.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Desk, status};
use prost::Message as _;
use proto::registry::v1 as wire;
use regulation::UnitId;
use sqlx::PgConnection;
use time::OffsetDateTime;
use tonic::Status;
use uuid::Uuid;

use super::decode;

/// Affiliates of one unit that are shown at most.
const AFFILIATES_MAX: i64 = 500;

/// Keeps a registration and its later changes; the earliest one is the unit as it is known. An
/// older word never replaces a younger one: an own unit's message comes after its projection.
pub(super) async fn keep(
    db: &mut PgConnection,
    id: UnitId,
    unit: &wire::Unit,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into unit_registration (unit_id, region, registered_at, recorded_at, unit)
         values ($1, $2, $3, $3, $4)
         on conflict (unit_id, region) do update
             set recorded_at = excluded.recorded_at, unit = excluded.unit
             where unit_registration.recorded_at <= excluded.recorded_at",
        id.0,
        unit.region,
        at,
        unit.encode_to_vec(),
    )
    .execute(&mut *db)
    .await?;
    let counts = sqlx::query!(
        "insert into known_unit (unit_id, region, recorded_at, unit)
         select unit_id, region, recorded_at, unit from unit_registration
         where unit_id = $1 order by registered_at, region limit 1
         on conflict (unit_id) do update
             set region = excluded.region, recorded_at = excluded.recorded_at,
                 unit = excluded.unit
         returning unit",
        id.0,
    )
    .fetch_one(&mut *db)
    .await?;
    let counts = wire::Unit::decode(counts.unit.as_slice())
        .map_err(|error| sqlx::Error::Decode(error.into()))?;
    keep_affiliates(db, id, &counts).await
}

async fn keep_affiliates(db: &mut PgConnection, id: UnitId, unit: &wire::Unit) -> sqlx::Result<()> {
    let affiliates: Vec<Uuid> = unit
        .affiliate_unit_ids
        .iter()
        .filter_map(|affiliate| affiliate.parse().ok())
        .collect();
    sqlx::query!(
        "delete from affiliation where unit_id = $1 and affiliate <> all ($2)",
        id.0,
        &affiliates,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into affiliation (unit_id, affiliate) select $1, unnest($2::uuid[])
         on conflict do nothing",
        id.0,
        &affiliates,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Which units are affiliated with this one, whichever of the two says so.
pub(crate) async fn affiliates(desk: &Desk, id: UnitId) -> Result<Vec<wire::Affiliate>, Status> {
    let rows = sqlx::query!(
        r#"select other as "other!", bool_or(here) as "here!", bool_or(not here) as "there!",
                  (select unit from known_unit where unit_id = other) as unit
           from (select affiliate as other, true as here from affiliation where unit_id = $1
                 union all
                 select unit_id, false from affiliation where affiliate = $1) said
           group by other order by other limit $2"#,
        id.0,
        AFFILIATES_MAX,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let read = rows.into_iter().map(|row| {
        let known = row.unit.map(|unit| decode(&unit)).transpose()?;
        Ok(wire::Affiliate {
            unit_id: row.other.to_string(),
            name: known.map(|unit| unit.name).unwrap_or_default(),
            said_here: row.here,
            said_there: row.there,
        })
    });
    read.collect()
}

/// The unit with all its affiliates, whoever said so.
pub(crate) async fn with_all_affiliates(
    desk: &Desk,
    id: UnitId,
    mut unit: wire::Unit,
) -> Result<wire::Unit, Status> {
    let all = affiliates(desk, id).await?.into_iter();
    let mut ids: BTreeSet<String> = unit.affiliate_unit_ids.into_iter().collect();
    ids.extend(all.map(|affiliate| affiliate.unit_id));
    unit.affiliate_unit_ids = ids.into_iter().collect();
    Ok(unit)
}

/// Up to `limit` units after the id `after` that more than one node has registered.
pub(crate) async fn double_registrations(
    desk: &Desk,
    after: Option<UnitId>,
    limit: i64,
) -> Result<Vec<wire::DoubleRegistration>, Status> {
    let rows = sqlx::query!(
        r#"select r.unit_id, r.region, r.registered_at, r.region = k.region as "counts!", k.unit
           from unit_registration r join known_unit k using (unit_id)
           where r.unit_id in (
               select unit_id from unit_registration
               where $1::uuid is null or unit_id > $1
               group by unit_id having count(*) > 1 order by unit_id limit $2)
           order by r.unit_id, r.registered_at, r.region"#,
        after.map(Uuid::from),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let mut units: BTreeMap<Uuid, wire::DoubleRegistration> = BTreeMap::new();
    for row in rows {
        let double = units.entry(row.unit_id).or_default();
        double.unit = Some(decode(&row.unit)?);
        double.registrations.push(wire::Registration {
            region: row.region,
            registered_at: Some(evidence::timestamp(row.registered_at)),
            counts: row.counts,
        });
    }
    Ok(units.into_values().collect())
}

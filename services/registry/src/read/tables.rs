//! What tables need to know of many things at once.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Desk, status};
use journal::{Aggregate as _, Stored};
use proto::registry::v1 as wire;
use regulation::UnitId;
use tonic::Status;

use super::decode;
use crate::domain::Unit;

/// Where things of a kind stand, by their ids; those that there are.
pub(crate) async fn stored(
    desk: &Desk,
    kind: &str,
    ids: &[String],
) -> Result<BTreeMap<String, Stored>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = $1 and id = any($2)"#,
        kind,
        ids,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let stored = rows.into_iter().map(|row| {
        let (version, state) = (row.version, row.state);
        (row.id, Stored { version, state })
    });
    Ok(stored.collect())
}

/// Those of the units that some node has registered.
pub(crate) async fn known(
    desk: &Desk,
    ids: &BTreeSet<UnitId>,
) -> Result<BTreeMap<UnitId, wire::Unit>, Status> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "select unit_id, unit from known_unit where unit_id = any($1)",
        &ids
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| Ok((UnitId(row.unit_id), decode(&row.unit)?)))
        .collect()
}

/// Those of the units that are at home here and active.
pub(crate) async fn here(
    desk: &Desk,
    ids: impl Iterator<Item = &UnitId>,
) -> Result<BTreeSet<UnitId>, Status> {
    let ids: Vec<String> = ids.map(ToString::to_string).collect();
    let mut here = BTreeSet::new();
    for (id, stored) in stored(desk, Unit::KIND, &ids).await? {
        let unit = chassis::stored::<Unit>(id, stored.version, &stored.state)?;
        if matches!(&unit.state, Unit::Here(entry) if entry.is_active()) {
            here.insert(status::parse("unit_id", &unit.id)?);
        }
    }
    Ok(here)
}

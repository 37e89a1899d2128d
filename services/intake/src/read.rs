//! Lists of demands, from the state documents.

use chassis::{Desk, status, stored};
use journal::Loaded;
use regulation::UnitId;
use tonic::Status;

use crate::domain::Demand;

/// Earlier demands that one is compared with at most: the latest.
const COMPARED_MAX: i64 = 2_000;

/// Up to `limit` demands after the id `after`, in the order of their ids (which is that of time):
/// of one demander, or of all; in one stage, by its name in the state document, or in any.
pub(crate) async fn demands(
    desk: &Desk,
    demander: Option<UnitId>,
    stage: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Demand>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'demand' and id > $1
             and ($2::text is null or state ->> 'demander' = $2)
             and ($3::text is null or state ->> 'stage' = $3 or state -> 'stage' -> $3 is not null)
           order by id limit $4"#,
        after,
        demander.map(|unit| unit.to_string()),
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

/// The other demands that were handed in before the demand `id` was begun, the latest first.
pub(crate) async fn handed_in(desk: &Desk, id: &str) -> Result<Vec<Loaded<Demand>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'demand' and id < $1 and state ->> 'declared_by' is not null
           order by id desc limit $2"#,
        id,
        COMPARED_MAX,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

//! Queries: the catalogue in its own table, everything else from the state documents.

mod catalogue;
mod dialogue;
mod heard;
mod wordings;

use chassis::{Desk, status, stored};
use journal::{Change, Loaded};
use regulation::{BlindId, UnitId};
use sqlx::PgConnection;
use tonic::Status;

pub(crate) use catalogue::{
    After, CatalogueRow, Filter, absorb, by_blind_id, by_blind_ids, by_number, by_numbers,
    changed_between, narrowed, page,
};
pub(crate) use dialogue::{answers, due_digests, questions, registrations, roadshows, sealed_at};
pub(crate) use heard::heard_until;
pub(crate) use wordings::earlier_wordings;

use crate::domain::{Posting, PublishedList, Solution};

/// Notes the numbers that a publication gave, so that none is given twice.
pub(crate) async fn number(
    db: &mut PgConnection,
    change: &Change<PublishedList>,
) -> Result<(), sqlx::Error> {
    let publication = change
        .state
        .0
        .as_ref()
        .and_then(|list| list.publication.as_ref());
    for name in publication
        .into_iter()
        .flat_map(|publication| &publication.names)
    {
        sqlx::query!(
            "insert into published_number (year, place, decision) values ($1, $2, $3::text::uuid)",
            i32::from(name.number.year),
            i64::from(name.number.place),
            change.id,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// The first number of the year that is free.
pub(crate) async fn next_place(desk: &Desk, year: u16) -> Result<u32, Status> {
    let last = sqlx::query_scalar!(
        "select max(place) from published_number where year = $1",
        i32::from(year),
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    u32::try_from(last.unwrap_or_default() + 1).map_err(|error| status::internal(&error))
}

/// Up to `limit` solutions after the id `after`: of one holder, or of all.
pub(crate) async fn solutions(
    desk: &Desk,
    holder: Option<UnitId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Solution>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'solution' and id > $1
             and ($2::text is null or state ->> 'holder' = $2)
           order by id limit $3"#,
        after,
        holder.map(|unit| unit.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` postings of published demands after the id `after`: of one demander, or of all.
pub(crate) async fn postings(
    desk: &Desk,
    demander: Option<UnitId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Posting>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'posting' and id > $1
             and coalesce(state -> 'Open', state -> 'Closed') is not null
             and ($2::text is null
                  or coalesce(state -> 'Open', state -> 'Closed') -> 'owner' ->> 'demander' = $2)
           order by id limit $3"#,
        after,
        demander.map(|unit| unit.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// The demands for which a solution waits to be fed back.
pub(crate) async fn waiting(desk: &Desk) -> Result<Vec<BlindId>, Status> {
    let ids = sqlx::query_scalar!(
        r#"select id from journal_state
           where kind = 'solution_box'
             and exists (select from json_each(state -> 'solutions') s
                         where s.value ->> 'waits' = 'Yes')
           order by id"#,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let parsed = ids.iter().map(|id| id.parse());
    parsed
        .collect::<Result<_, regulation::InvalidId>>()
        .map_err(|error| status::internal(&error))
}

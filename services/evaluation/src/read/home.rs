//! What a department reads of its pre-reviews.

use chassis::{Desk, status, stored};
use journal::{Change, Loaded};
use regulation::Refusal;
use sqlx::PgConnection;
use tonic::Status;

use crate::domain::{PreReview, PreReviewEvent, rules};

/// Keeps where each pre-review stands, and which places are taken.
pub(crate) async fn pre_review(
    db: &mut PgConnection,
    change: &Change<PreReview>,
) -> Result<(), sqlx::Error> {
    let state = match &change.state {
        PreReview::Unknown => return Ok(()),
        PreReview::Pending { .. } => "pending",
        PreReview::Prepared { .. } => "prepared",
        PreReview::Recommended { .. } => "recommended",
        PreReview::NotRecommended { .. } => "not_recommended",
        PreReview::Judged { .. } => "judged",
        PreReview::Withdrawn { .. } => "withdrawn",
    };
    sqlx::query!(
        "insert into pre_review (demand_id, state) values ($1, $2)
         on conflict (demand_id) do update set state = excluded.state",
        change.id,
        state,
    )
    .execute(&mut *db)
    .await?;
    for event in &change.events {
        let (year, place) = match event {
            PreReviewEvent::Recommended { place, year, .. } => {
                (Some(*year), i32::try_from(place.get()).ok())
            }
            // Its place is free again for another demand.
            PreReviewEvent::Begun { .. } | PreReviewEvent::Withdrawn => (None, None),
            _ => continue,
        };
        sqlx::query!(
            "update pre_review set year = $2, place = $3 where demand_id = $1",
            change.id,
            year,
            place,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Two demands of a province and year wanted the same place.
pub(crate) fn place_taken() -> Refusal {
    Refusal::new(
        rules::PLACE,
        "该推荐序号本年度已用于另一项需求",
        "请查看已推荐的需求，改用未使用的序号",
    )
}

/// Pre-reviews in the order of their demands' ids: all, or those in one state.
pub(crate) async fn pre_reviews(
    desk: &Desk,
    state: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<PreReview>>, Status> {
    let rows = sqlx::query!(
        r#"select s.id as "id!", s.version as "version!", s.state::text as "state!"
           from pre_review p
           join journal_state s on s.kind = 'pre_review' and s.id = p.demand_id
           where p.demand_id > $1 and ($2::text is null or p.state = $2)
           order by p.demand_id limit $3"#,
        after,
        state,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

//! Queries: what lists show, from small tables that follow the aggregates.

use std::collections::BTreeSet;

use chassis::{Desk, status, stored};
use journal::{Change, Loaded};
use proto::application::v1 as wire;
use regulation::{ApplicationId, BlindId, GuideId, PersonKey, UnitId};
use sqlx::PgConnection;
use tonic::Status;
use uuid::Uuid;

use crate::{
    domain::{
        Application, Examination, Part, PoolEntry, examination::Stage as ExaminationStage,
        pool_entry::Place,
    },
    grpc::view,
};

/// Follows an application.
pub(crate) async fn application(
    db: &mut PgConnection,
    change: &Change<Application>,
) -> Result<(), sqlx::Error> {
    let Some(case) = &change.state.0 else {
        return Ok(());
    };
    sqlx::query!(
        "insert into application_row (application_id, guide_id, lead, state, live, leader)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (application_id) do update
             set state = excluded.state, live = excluded.live, leader = excluded.leader",
        case.id.0,
        case.topic.guide.0,
        case.lead.0,
        i32::from(view::application_state(&case.stage)),
        case.stage.is_live(),
        case.content.leader.as_ref().map(PersonKey::as_str),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Follows a part.
pub(crate) async fn part(db: &mut PgConnection, change: &Change<Part>) -> Result<(), sqlx::Error> {
    let (Some(asked), Ok(id)) = (&change.state.0, change.id.parse::<Uuid>()) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into part_row (part_id, unit) values ($1, $2) on conflict do nothing",
        id,
        asked.request.unit.0,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Follows an examination.
pub(crate) async fn examination(
    db: &mut PgConnection,
    change: &Change<Examination>,
) -> Result<(), sqlx::Error> {
    let Some(exam) = &change.state.0 else {
        return Ok(());
    };
    let package = &exam.received.package;
    let live = !matches!(
        exam.stage,
        ExaminationStage::NotAccepted { .. } | ExaminationStage::Withdrawn
    );
    sqlx::query!(
        "insert into examination_row (application_id, guide_id, state, live, leader)
         values ($1, $2, $3, $4, $5)
         on conflict (application_id) do update
             set state = excluded.state, live = excluded.live, leader = excluded.leader",
        package.application.0,
        package.topic.guide.0,
        i32::from(view::examination_state(&exam.stage)),
        live,
        package.content.leader.as_ref().map(PersonKey::as_str),
    )
    .execute(db)
    .await?;
    Ok(())
}

fn after(token: &str) -> Result<Uuid, Status> {
    if token.is_empty() {
        Ok(Uuid::nil())
    } else {
        status::parse("page.page_token", token)
    }
}

/// Up to `limit` applications after a token: of one lead, or of all; in one state, or in all.
pub(crate) async fn applications(
    desk: &Desk,
    lead: Option<UnitId>,
    state: wire::ApplicationState,
    token: &str,
    limit: i64,
) -> Result<Vec<Loaded<Application>>, Status> {
    let rows = sqlx::query!(
        r#"select j.id, j.version, j.state::text as "state!"
           from application_row r join journal_state j
                on j.kind = 'application' and j.id = r.application_id::text
           where r.application_id > $1 and ($2::uuid is null or r.lead = $2)
             and ($3 = 0 or r.state = $3)
           order by r.application_id limit $4"#,
        after(token)?,
        lead.map(|unit| unit.0),
        i32::from(state),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` parts after a token: of one unit, or of all.
pub(crate) async fn parts(
    desk: &Desk,
    unit: Option<UnitId>,
    token: &str,
    limit: i64,
) -> Result<Vec<Loaded<Part>>, Status> {
    let rows = sqlx::query!(
        r#"select j.id, j.version, j.state::text as "state!"
           from part_row r join journal_state j on j.kind = 'part' and j.id = r.part_id::text
           where r.part_id > $1 and ($2::uuid is null or r.unit = $2)
           order by r.part_id limit $3"#,
        after(token)?,
        unit.map(|unit| unit.0),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` examinations after a token, in one state, or in all.
pub(crate) async fn examinations(
    desk: &Desk,
    state: wire::ExaminationState,
    token: &str,
    limit: i64,
) -> Result<Vec<Loaded<Examination>>, Status> {
    let rows = sqlx::query!(
        r#"select j.id, j.version, j.state::text as "state!"
           from examination_row r join journal_state j
                on j.kind = 'examination' and j.id = r.application_id::text
           where r.application_id > $1 and ($2 = 0 or r.state = $2)
           order by r.application_id limit $3"#,
        after(token)?,
        i32::from(state),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Those of these demands that were in the reserve pool, and are not any more.
pub(crate) async fn left_the_pool(
    desk: &Desk,
    demands: impl Iterator<Item = BlindId>,
) -> Result<BTreeSet<BlindId>, Status> {
    let demands: Vec<_> = demands.map(|id| id.to_string()).collect();
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'pool_entry' and id = any($1)"#,
        &demands,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let mut left = BTreeSet::new();
    for row in rows {
        let entry: Loaded<PoolEntry> = stored(row.id, row.version, &row.state)?;
        if matches!(entry.state.place(), Place::Left | Place::Withdrawn) {
            left.extend(entry.id.parse::<BlindId>());
        }
    }
    Ok(left)
}

/// Another live application of the leader for the guide: at a home those of its own leads, on the
/// hub those of all.
pub(crate) async fn live_elsewhere(
    desk: &Desk,
    guide: GuideId,
    leader: Option<&PersonKey>,
    but: ApplicationId,
) -> Result<Option<ApplicationId>, Status> {
    let Some(leader) = leader else {
        return Ok(None);
    };
    let found = sqlx::query_scalar!(
        r#"select application_id as "application_id!" from (
               select application_id, guide_id, leader from application_row where live
               union all
               select application_id, guide_id, leader from examination_row where live) live
           where guide_id = $1 and leader = $2 and application_id <> $3
           order by 1 limit 1"#,
        guide.0,
        leader.as_str(),
        but.0,
    )
    .fetch_optional(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(found.map(ApplicationId))
}

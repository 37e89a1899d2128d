//! What the overview of the checklist is made of.

use chassis::{Desk, status};
use proto::coordination::v1::{AssentState, ChecklistKind, DecisionState};
use time::OffsetDateTime;
use tonic::Status;
use uuid::Uuid;

/// Decisions and reports of one answer at most.
const LINES_MAX: i64 = 500;

/// What a region has told, in figures.
#[derive(Debug, Clone)]
pub(crate) struct FiguresRow {
    pub(crate) region: String,
    pub(crate) demands: i64,
    pub(crate) withdrawn_demands: i64,
    pub(crate) projects: i64,
    pub(crate) allocated: i64,
    pub(crate) paid: i64,
    pub(crate) reserve: i64,
    pub(crate) applications: i64,
    pub(crate) withdrawn_projects: i64,
    pub(crate) withdrawn_applications: i64,
}

/// The figures of every region that has told anything.
pub(crate) async fn figures(desk: &Desk) -> Result<Vec<FiguresRow>, Status> {
    sqlx::query_as!(
        FiguresRow,
        r#"select region,
                  count(*) filter (where kind = $1 and not withdrawn) as "demands!",
                  count(*) filter (where kind = $1 and withdrawn) as "withdrawn_demands!",
                  count(*) filter (where kind = $2 and not withdrawn) as "projects!",
                  count(*) filter (where kind = $2 and withdrawn) as "withdrawn_projects!",
                  coalesce(sum(fen) filter (where kind = $3), 0)::bigint as "allocated!",
                  coalesce(sum(fen) filter (where kind = $4), 0)::bigint as "paid!",
                  count(*) filter (where kind = $5 and not withdrawn) as "reserve!",
                  count(*) filter (where kind = $6 and not withdrawn) as "applications!",
                  count(*) filter (where kind = $6 and withdrawn) as "withdrawn_applications!"
           from checklist group by region order by region"#,
        i32::from(ChecklistKind::Demand),
        i32::from(ChecklistKind::Project),
        i32::from(ChecklistKind::Allocation),
        i32::from(ChecklistKind::Payment),
        i32::from(ChecklistKind::Reserve),
        i32::from(ChecklistKind::Application),
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// A decision that is not over.
#[derive(Debug, Clone)]
pub(crate) struct UnderwayRow {
    pub(crate) id: Uuid,
    pub(crate) kind: i32,
    pub(crate) title: String,
    pub(crate) state: i32,
    pub(crate) members: Vec<String>,
    pub(crate) assented: Vec<String>,
    pub(crate) opened_at: Option<OffsetDateTime>,
    pub(crate) changed_at: OffsetDateTime,
}

/// The decisions under way, the oldest first.
pub(crate) async fn underway(desk: &Desk) -> Result<Vec<UnderwayRow>, Status> {
    sqlx::query_as!(
        UnderwayRow,
        "select id, kind, title, state, members, assented, opened_at, changed_at
         from decision where state not in ($1, $2) order by seq limit $3",
        i32::from(DecisionState::InForce),
        i32::from(DecisionState::Returned),
        LINES_MAX,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// A project with its days.
#[derive(Debug, Clone)]
pub(crate) struct ProjectRow {
    pub(crate) region: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) starts_on: String,
    pub(crate) ends_on: String,
}

/// The projects whose days are known.
pub(crate) async fn projects(desk: &Desk) -> Result<Vec<ProjectRow>, Status> {
    sqlx::query_as!(
        ProjectRow,
        "select region, id, title, starts_on, ends_on from checklist
         where kind = $1 and starts_on <> '' order by seq limit $2",
        i32::from(ChecklistKind::Project),
        LINES_MAX,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// An assent that waits here.
#[derive(Debug, Clone)]
pub(crate) struct AssentRow {
    pub(crate) id: Uuid,
    pub(crate) document_kind: String,
    pub(crate) title: String,
    pub(crate) unit_id: Option<Uuid>,
    pub(crate) state: i32,
    pub(crate) asked_at: OffsetDateTime,
}

/// The assents that this node's department and units have been asked for and have not given, the
/// oldest first.
pub(crate) async fn assents(desk: &Desk) -> Result<Vec<AssentRow>, Status> {
    sqlx::query_as!(
        AssentRow,
        "select id, document_kind, title, unit_id, state, asked_at from assent
         where state in ($1, $2) order by seq limit $3",
        i32::from(AssentState::Requested),
        i32::from(AssentState::Prepared),
        LINES_MAX,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

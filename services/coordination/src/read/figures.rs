//! The programme in figures, out of what the regions have told. [Art. 2, 3]

use chassis::{Desk, status};
use proto::{
    coordination::v1::ChecklistKind,
    fund::v1::FundSource,
    registry::v1::{UnitKind, UnitSize},
};
use regulation::Region;
use tonic::Status;

/// Which projects count.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    /// Of this year; 0 for all.
    pub(crate) year: i32,
    /// Whose lead sits there.
    pub(crate) region: Option<Region>,
    /// Empty for all.
    pub(crate) field: String,
}

impl Chosen {
    fn region(&self) -> Option<String> {
        self.region.map(|region| region.to_string())
    }
}

/// How many were established and taken back before their contract was signed.
pub(crate) async fn withdrawn(desk: &Desk, chosen: &Chosen) -> Result<i64, Status> {
    sqlx::query_scalar!(
        r#"select count(*) as "projects!" from project p
           join project_withdrawn w on w.project_id = p.id and w.region = p.region
           where ($1 = 0 or year = $1) and ($2::text is null or p.region = $2)
             and ($3 = '' or field = $3)"#,
        chosen.year,
        chosen.region(),
        chosen.field,
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// Projects and their money.
#[derive(Debug, Clone)]
pub(crate) struct ProjectFigures {
    pub(crate) projects: i64,
    pub(crate) under_contract: i64,
    pub(crate) investment: i64,
    pub(crate) support: i64,
    pub(crate) allocated: i64,
    pub(crate) paid: i64,
}

/// Projects and their money; of the money what the lead's own home has told.
pub(crate) async fn projects(desk: &Desk, chosen: &Chosen) -> Result<ProjectFigures, Status> {
    sqlx::query_as!(
        ProjectFigures,
        r#"with chosen as (
               select p.*, exists (select from contract_signed s where s.project_id = p.id
                                   and s.region = p.region) as signed
               from standing_project p
               where ($1 = 0 or year = $1) and ($2::text is null or region = $2)
                 and ($3 = '' or field = $3)),
           money as (
               select c.kind, c.fen from checklist c
               join chosen p on c.project_id = p.id and c.region = p.region)
           select count(*) as "projects!", count(*) filter (where signed) as "under_contract!",
                  coalesce(sum(investment), 0)::bigint as "investment!",
                  coalesce(sum(support), 0)::bigint as "support!",
                  (select coalesce(sum(fen) filter (where kind = $4), 0)::bigint from money)
                      as "allocated!",
                  (select coalesce(sum(fen) filter (where kind = $5), 0)::bigint from money)
                      as "paid!"
           from chosen"#,
        chosen.year,
        chosen.region(),
        chosen.field,
        i32::from(ChecklistKind::Allocation),
        i32::from(ChecklistKind::Payment),
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// What comes from one source.
#[derive(Debug, Clone)]
pub(crate) struct SourceRow {
    pub(crate) source: i32,
    pub(crate) allocated: i64,
    pub(crate) projects: i64,
}

/// The allocations by where they come from.
pub(crate) async fn sources(desk: &Desk, chosen: &Chosen) -> Result<Vec<SourceRow>, Status> {
    sqlx::query_as!(
        SourceRow,
        r#"select a.source, sum(a.fen)::bigint as "allocated!",
                  count(distinct p.id) as "projects!"
           from allocation_source a
           join standing_project p on p.id = a.project_id and p.region = a.region
           where ($1 = 0 or p.year = $1) and ($2::text is null or p.region = $2)
             and ($3 = '' or p.field = $3)
           group by a.source order by a.source"#,
        chosen.year,
        chosen.region(),
        chosen.field,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// Projects with money of a city or a county. [Art. 3: 鼓励长三角地市县级共同投入]
pub(crate) async fn co_funded(desk: &Desk, chosen: &Chosen) -> Result<i64, Status> {
    sqlx::query_scalar!(
        r#"select count(distinct p.id) as "projects!" from allocation_source a
           join standing_project p on p.id = a.project_id and p.region = a.region
           where ($1 = 0 or p.year = $1) and ($2::text is null or p.region = $2)
             and ($3 = '' or p.field = $3) and a.source in ($4, $5)"#,
        chosen.year,
        chosen.region(),
        chosen.field,
        i32::from(FundSource::Municipal),
        i32::from(FundSource::County),
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// Who takes part.
#[derive(Debug, Clone)]
pub(crate) struct UnitFigures {
    pub(crate) units: i64,
    pub(crate) enterprises: i64,
    pub(crate) small_and_medium: i64,
    pub(crate) projects_with_small_and_medium: i64,
    pub(crate) unknown: i64,
}

/// Distinct units, and what is known of them. [Art. 2: 大中小企业融通]
pub(crate) async fn units(desk: &Desk, chosen: &Chosen) -> Result<UnitFigures, Status> {
    sqlx::query_as!(
        UnitFigures,
        r#"with part as (
               select p.id as project_id, m.unit_id, coalesce(u.kind, 0) as kind,
                      coalesce(u.kind = $4 and u.size = any($5), false) as small
               from standing_project p join project_unit m on m.project_id = p.id
               left join unit u on u.id = m.unit_id
               where ($1 = 0 or p.year = $1) and ($2::text is null or p.region = $2)
                 and ($3 = '' or p.field = $3))
           select count(distinct unit_id) as "units!",
                  count(distinct unit_id) filter (where kind = $4) as "enterprises!",
                  count(distinct unit_id) filter (where small) as "small_and_medium!",
                  count(distinct project_id) filter (where small)
                      as "projects_with_small_and_medium!",
                  count(distinct unit_id) filter (where kind = 0 or unit_id in (
                      select id from unit where kind = $4 and size = 0)) as "unknown!"
           from part"#,
        chosen.year,
        chosen.region(),
        chosen.field,
        i32::from(UnitKind::Enterprise),
        &[UnitSize::Medium, UnitSize::Small, UnitSize::Micro].map(i32::from),
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// How many regions the units of a project sit in, by how many projects. A guest sits in none.
pub(crate) async fn spread(desk: &Desk, chosen: &Chosen) -> Result<Vec<(i64, i64)>, Status> {
    let rows = sqlx::query!(
        r#"select regions as "regions!", count(*) as "projects!"
           from (select p.id, count(distinct m.region) as regions
                 from standing_project p join project_unit m on m.project_id = p.id and not m.guest
                 where ($1 = 0 or p.year = $1) and ($2::text is null or p.region = $2)
                   and ($3 = '' or p.field = $3)
                 group by p.id) spread
           group by regions order by regions"#,
        chosen.year,
        chosen.region(),
        chosen.field,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let rows = rows.into_iter();
    Ok(rows.map(|row| (row.regions, row.projects)).collect())
}

/// Two regions that work together.
#[derive(Debug, Clone)]
pub(crate) struct TieRow {
    pub(crate) region_a: String,
    pub(crate) region_b: String,
    pub(crate) projects: i64,
}

/// Which regions meet, and in how many projects.
pub(crate) async fn ties(desk: &Desk, chosen: &Chosen) -> Result<Vec<TieRow>, Status> {
    sqlx::query_as!(
        TieRow,
        r#"select a.region as region_a, b.region as region_b,
                  count(distinct p.id) as "projects!"
           from standing_project p
           join project_unit a on a.project_id = p.id and not a.guest
           join project_unit b on b.project_id = p.id and not b.guest and a.region < b.region
           where ($1 = 0 or p.year = $1) and ($2::text is null or p.region = $2)
             and ($3 = '' or p.field = $3)
           group by a.region, b.region order by a.region, b.region"#,
        chosen.year,
        chosen.region(),
        chosen.field,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

//! What is kept to be read: who takes part in which project, and what was established anywhere.

use chassis::{Desk, status, stored};
use journal::{Change, Loaded};
use proto::{
    message::{Incoming, PublicEvent as _},
    project::v1::{ProjectActivated, ProjectWithdrawn},
    review::v1::ProjectEstablished,
};
use regulation::UnitId;
use sqlx::PgConnection;
use time::OffsetDateTime;
use tonic::Status;
use uuid::Uuid;

use crate::domain::{Event, Project};

/// Keeps which units take part.
pub(crate) async fn units(
    db: &mut PgConnection,
    change: &Change<Project>,
) -> Result<(), sqlx::Error> {
    for event in &change.events {
        let Event::Established(established) = event else {
            continue;
        };
        let units: Vec<Uuid> = established.units.keys().copied().map(Uuid::from).collect();
        sqlx::query!(
            "insert into project_unit (unit_id, project_id) select unit, $2 from unnest($1::uuid[]) unit",
            &units,
            change.id,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Up to `limit` projects of this node after the id `after`, in the order of their ids: of one
/// unit, or of all; in the stage of that name, or in any.
pub(crate) async fn projects(
    desk: &Desk,
    unit: Option<UnitId>,
    stage: Option<&str>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Project>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state s
           where kind = 'project' and id > $1 and state -> 'established' is not null
             and ($2::uuid is null or exists (
                 select from project_unit u where u.unit_id = $2 and u.project_id = s.id))
             and ($3::text is null or state -> 'established' -> 'stage' -> $3 is not null)
           order by id limit $4"#,
        after,
        unit.map(Uuid::from),
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

/// Up to `limit` projects of this node whose contract every party has agreed to, and which is not
/// signed yet.
pub(crate) async fn agreed(desk: &Desk, limit: i64) -> Result<Vec<Loaded<Project>>, Status> {
    let rows = sqlx::query!(
        r#"with waiting as (
               select id, version, state,
                      state -> 'established' -> 'stage' -> 'Contracting' -> 'AwaitingAssents'
                          -> 'given' as given
               from journal_state
               where kind = 'project'
                 and state -> 'established' -> 'stage' -> 'Contracting' -> 'AwaitingAssents'
                     is not null)
           select id as "id!", version as "version!", state::text as "state!" from waiting
           -- The department, and every unit.
           where (select count(*) from json_object_keys(given))
               = (select count(*) + 1
                  from json_object_keys(state -> 'established' -> 'established' -> 'units'))
           order by id limit $1"#,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// A project as the public knows it.
#[derive(Debug, Clone)]
pub(crate) struct EstablishedRow {
    pub(crate) seq: i64,
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) field: String,
    pub(crate) lead_unit_id: String,
    pub(crate) region: String,
    pub(crate) document_number: String,
    pub(crate) established_at: OffsetDateTime,
    pub(crate) starts_on: Option<String>,
    pub(crate) ends_on: Option<String>,
    pub(crate) withdrawn: bool,
}

/// Up to `limit` established projects after the place `after`, of one region or of all.
pub(crate) async fn established(
    desk: &Desk,
    region: Option<&str>,
    after: i64,
    limit: i64,
) -> Result<Vec<EstablishedRow>, Status> {
    sqlx::query_as!(
        EstablishedRow,
        r#"select e.seq, e.id, e.title, e.field, e.lead_unit_id, e.region, e.document_number,
                  e.established_at, a.starts_on as "starts_on?", a.ends_on as "ends_on?",
                  exists (select from withdrawn_project w
                          where w.id = e.id and w.region = e.region) as "withdrawn!"
           from established_project e
           left join activated_project a on a.id = e.id and a.region = e.region
           where e.seq > $1 and ($2::text is null or e.region = $2)
           order by e.seq limit $3"#,
        after,
        region,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// Notes what is kept of a message. What could not be read or was not the origin's to say has been
/// refused before.
pub(crate) async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    match message.kind.as_str() {
        ProjectEstablished::KIND => listed(db, message).await,
        ProjectActivated::KIND => begun(db, message).await,
        ProjectWithdrawn::KIND => withdrawn(db, message).await,
        _ => Ok(()),
    }
}

async fn listed(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Ok(told) = message.read::<ProjectEstablished>() else {
        return Ok(());
    };
    let entry = told.entry.unwrap_or_default();
    let Ok(id) = Uuid::try_parse(&entry.project_id) else {
        return Ok(());
    };
    let package = told.package.unwrap_or_default();
    sqlx::query!(
        "insert into established_project
             (id, title, field, lead_unit_id, region, document_number, established_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
        id,
        package.title,
        package.field,
        entry.lead_unit_id,
        entry.region,
        told.document_number,
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn begun(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Ok(told) = message.read::<ProjectActivated>() else {
        return Ok(());
    };
    let Ok(id) = Uuid::try_parse(&told.project_id) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into activated_project (id, region, starts_on, ends_on) values ($1, $2, $3, $4)
         on conflict (id, region) do nothing",
        id,
        message.origin.as_str(),
        told.starts_on,
        told.ends_on,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn withdrawn(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Ok(told) = message.read::<ProjectWithdrawn>() else {
        return Ok(());
    };
    let Ok(id) = Uuid::try_parse(&told.project_id) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into withdrawn_project (id, region) values ($1, $2)
         on conflict (id, region) do nothing",
        id,
        message.origin.as_str(),
    )
    .execute(db)
    .await?;
    Ok(())
}

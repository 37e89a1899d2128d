//! Queries: the ledger's figures from the ledger, everything else from the state documents.

mod figures;
pub(crate) mod project;

use chassis::{Desk, status, stored};
pub(crate) use figures::{Balance, Wanted, balances};
use journal::Loaded;
use regulation::{PaymentId, ProjectId, UnitId};
use tonic::Status;

use crate::domain::{Appropriation, BankReturn, Grant};

/// Up to `limit` appropriations after the id `after`: of one year, or of all.
pub(crate) async fn appropriations(
    desk: &Desk,
    year: Option<i32>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Appropriation>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'appropriation' and id > $1
             and ($2::integer is null or (state -> 'budget' ->> 'year')::integer = $2)
           order by id limit $3"#,
        after,
        year,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` grants after the id `after`: of one lead, or of all.
pub(crate) async fn grants(
    desk: &Desk,
    lead: Option<UnitId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<Grant>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'grant' and id > $1
             and ($2::text is null or state -> 'contract' ->> 'lead' = $2)
           order by id limit $3"#,
        after,
        lead.map(|unit| unit.to_string()),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

/// Up to `limit` payments after the id `after`, each with its grant: of one project, in one stage.
pub(crate) async fn payments(
    desk: &Desk,
    project: Option<ProjectId>,
    stage: Option<&str>,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<Vec<(PaymentId, Loaded<Grant>)>, Status> {
    let rows = sqlx::query!(
        r#"select p.id as payment, s.id, s.version, s.state::text as "state!"
           from payment p join journal_state s on s.kind = 'grant' and s.id = p.project
           where ($1::uuid is null or p.id > $1)
             and ($2::text is null or p.project = $2)
             and ($3::text is null or p.stage = $3)
           order by p.id limit $4"#,
        after.map(|id| id.0),
        project.map(|id| id.to_string()),
        stage,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| Ok((row.payment.into(), stored(row.id, row.version, &row.state)?)))
        .collect()
}

/// Whose payment it is, if there is such a payment.
pub(crate) async fn project_of(
    desk: &Desk,
    payment: PaymentId,
) -> Result<Option<ProjectId>, Status> {
    let project = sqlx::query_scalar!("select project from payment where id = $1", payment.0)
        .fetch_optional(desk.pool())
        .await
        .map_err(|error| status::unavailable(&error))?;
    project
        .map(|id| {
            id.parse()
                .map_err(|error: regulation::InvalidId| status::internal(&error))
        })
        .transpose()
}

/// Up to `limit` of the bank's lines after the id `after` that match nothing.
pub(crate) async fn unmatched(
    desk: &Desk,
    after: &str,
    limit: i64,
) -> Result<Vec<Loaded<BankReturn>>, Status> {
    let rows = sqlx::query!(
        r#"select id, version, state::text as "state!" from journal_state
           where kind = 'bank_return' and id > $1 and state -> 'finding' -> 'Matched' is null
           order by id limit $2"#,
        after,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    rows.into_iter()
        .map(|row| stored(row.id, row.version, &row.state))
        .collect()
}

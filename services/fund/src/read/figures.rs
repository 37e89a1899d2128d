//! The one source of figures: balances of the ledger's accounts.

use chassis::{Desk, status};
use tonic::Status;

/// Which figures are asked for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Only of this budget year.
    pub(crate) year: Option<i32>,
    /// Only of this source.
    pub(crate) source: Option<&'static str>,
}

/// The balance of one account in one budget and one field, in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Balance {
    /// Budget year.
    pub(crate) year: i32,
    /// The source's name in the ledger.
    pub(crate) source: String,
    /// None for what belongs to no project.
    pub(crate) field: Option<String>,
    /// The account's name in the ledger.
    pub(crate) account: String,
    /// Debits less credits.
    pub(crate) fen: i64,
}

/// All balances that are asked for, in order.
pub(crate) async fn balances(desk: &Desk, wanted: Wanted) -> Result<Vec<Balance>, Status> {
    sqlx::query_as!(
        Balance,
        r#"select year, source, field, account, sum(debit - credit)::bigint as "fen!"
           from ledger_entry
           where ($1::integer is null or year = $1) and ($2::text is null or source = $2)
           group by year, source, field, account
           order by year, source, field, account"#,
        wanted.year,
        wanted.source,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

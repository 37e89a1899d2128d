//! Rows that follow from this service's own decisions, in the transaction that makes them.

use journal::Change;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    domain::{Appropriation, AppropriationEvent, Grant, GrantEvent},
    ledger::{self, Posting, Side},
};

/// Posts an appropriation, and keeps its document from being recorded twice.
pub(crate) async fn appropriation(
    db: &mut PgConnection,
    change: &Change<Appropriation>,
) -> Result<(), sqlx::Error> {
    let (Some(entry), Ok(id)) = (&change.state.0, change.id.parse()) else {
        return Ok(());
    };
    for event in &change.events {
        if let Some(posting) = ledger::appropriation(id, entry, event) {
            post(db, &posting, change.at).await?;
        }
        match event {
            AppropriationEvent::Recorded { .. } => {
                sqlx::query!(
                    "insert into appropriation_document (appropriation, year, source, document)
                     values ($1, $2, $3, $4)",
                    change.id,
                    entry.budget.year,
                    entry.budget.source.as_str(),
                    entry.document.as_str(),
                )
                .execute(&mut *db)
                .await?;
            }
            AppropriationEvent::Rejected { .. } => {
                sqlx::query!(
                    "delete from appropriation_document where appropriation = $1",
                    change.id,
                )
                .execute(&mut *db)
                .await?;
            }
            AppropriationEvent::Confirmed { .. } | AppropriationEvent::Reserved { .. } => {}
        }
    }
    Ok(())
}

/// Posts what a grant's events move, and keeps where its payments are.
pub(crate) async fn grant(
    db: &mut PgConnection,
    change: &Change<Grant>,
) -> Result<(), sqlx::Error> {
    let Some(case) = &change.state.0 else {
        return Ok(());
    };
    for event in &change.events {
        if let Some(posting) = ledger::grant(case, event) {
            post(db, &posting, change.at).await?;
        }
        let payment = match event {
            GrantEvent::PaymentPrepared { payment, .. }
            | GrantEvent::PaymentSent { payment, .. }
            | GrantEvent::PaymentRejected { payment, .. } => *payment,
            GrantEvent::PaymentConfirmed { bank, .. } | GrantEvent::PaymentFailed { bank } => {
                bank.payment
            }
            GrantEvent::Signed(_)
            | GrantEvent::AllocationPrepared { .. }
            | GrantEvent::AllocationApproved { .. }
            | GrantEvent::AllocationRejected { .. } => continue,
        };
        let stage = case.payments.get(&payment).map(|p| p.stage.as_str());
        sqlx::query!(
            "insert into payment (id, project, stage) values ($1, $2, $3)
             on conflict (id) do update set stage = excluded.stage",
            payment.0,
            change.id,
            stage,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn post(
    db: &mut PgConnection,
    posting: &Posting,
    at: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into ledger_posting (id, name, at, reverses) values ($1, $2, $3, $4)",
        posting.id,
        posting.name,
        at,
        posting.reverses,
    )
    .execute(&mut *db)
    .await?;
    for (line, (account, side, moved)) in (1..).zip(posting.entries()) {
        let (debit, credit) = match side {
            Side::Debit => (moved.amount.fen(), 0),
            Side::Credit => (0, moved.amount.fen()),
        };
        // What a budget has is nobody's yet.
        let project = posting.project.as_ref().filter(|_| account.is_of_project());
        sqlx::query!(
            "insert into ledger_entry (posting, line, account, appropriation, year, source,
                                       project, field, debit, credit)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            posting.id,
            line,
            account.as_str(),
            moved.appropriation.0,
            moved.budget.year,
            moved.budget.source.as_str(),
            project.map(|project| project.project.0),
            project.map(|project| project.field.as_str()),
            debit,
            credit,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

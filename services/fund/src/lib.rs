//! 资金管理: what the departments have, give and pay, at the lead's home. [Art. 3, 17]
//!
//! Owns the **`Appropriation`** (what a budget gives, and what of it went to which project), the
//! **`Grant`** of a project (its signed contract, its allocations in tranches, its payments) and
//! the **`BankReturn`** (each line that the bank returned, matched or not). Under them lies a
//! double-entry ledger, written in the same transaction by a projection: append-only, balanced per
//! posting, corrected by reversals only.
//!
//! Hears on its own node that a contract is signed. Tells the hub what is allocated and what the
//! bank has confirmed.
//!
//! **Why money can't be spent twice.** What is left of an appropriation is decided by the
//! appropriation alone: its state holds what every allocation took. What a project may get is
//! decided by its grant alone. Approving an allocation needs the word of both, so the commands to
//! the grant and to every appropriation of its lines are decided and written in one transaction of
//! the journal: all or none, each on the version it was decided on. Two allocations that race for
//! one appropriation meet at its version; the loser is decided again on what is left then. No
//! reservation can be left behind half-made, so nothing has to be undone or chased.

pub mod domain;
mod grpc;
pub mod ledger;
mod publish;
mod react;
mod read;

use async_trait::async_trait;
use chassis::{Desk, Service};
use domain::{Appropriation, BankReturn, Grant, rules};
use journal::{Act, JournalBuilder};
use proto::{
    fund::v1::fund_service_server::FundServiceServer,
    message::{Incoming, Unreadable},
};
use regulation::{Context, Refusal, RefusalKind};
use sqlx::migrate::Migrator;
use tonic::service::Routes;

/// The fund service.
pub struct Fund;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Fund {
    const NAME: &'static str = "fund";
    type Settings = chassis::NoSettings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .project::<Appropriation>(|db, change| {
                Box::pin(read::project::appropriation(db, change))
            })
            .project::<Grant>(|db, change| Box::pin(read::project::grant(db, change)))
            .aggregate::<BankReturn>()
            .on_constraint("appropriation_document_once", || {
                let remedy = "请核对指标文号；如前次登记有误，请由审批人退回后重新登记";
                Refusal::new(rules::DOCUMENT_ONCE, "该文号的同一来源资金已登记", remedy)
                    .kind(RefusalKind::Exists)
            })
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        Routes::new(FundServiceServer::new(grpc::Door::new(desk.clone())))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }
}

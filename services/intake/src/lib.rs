//! 需求征集: takes a company's technical demand in. [Art. 4, 8, 10, 12]
//!
//! Owns the **Demand**, at the demander's home. Knows who the demander is; tells others only the
//! public record, a type that has no field for it. Tells the hub what was accepted, the node's own
//! services who the owner is, and hears what became of it.

pub mod domain;
mod grpc;
mod publish;
mod react;
mod read;
pub mod record;

use async_trait::async_trait;
use chassis::{Desk, Service};
use journal::{Act, JournalBuilder};
use proto::{
    intake::v1::intake_service_server::IntakeServiceServer,
    message::{Incoming, Unreadable},
};
use regulation::Context;
use sqlx::migrate::Migrator;
use tonic::service::Routes;

/// The intake service.
pub struct Intake;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Intake {
    const NAME: &'static str = "intake";
    type Settings = chassis::NoSettings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder.aggregate::<domain::Demand>()
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        Routes::new(IntakeServiceServer::new(grpc::Door::new(desk.clone())))
    }

    fn react(message: &Incoming, _context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message)
    }
}

//! 需求征集: takes a company's technical demand in. [Art. 4, 8, 10, 12]
//!
//! Owns the **Demand**, at the demander's home, with its files. Knows who the demander is; tells
//! others only the public record, a type that has no field for it. Tells the hub what was accepted,
//! the node's own services who the owner is and which task was revised, and hears what became of it.
//! Where a demand stands after publication it asks of who owns that and keeps nothing of it.

pub mod domain;
mod grpc;
mod publish;
mod react;
mod read;
pub mod record;
mod told;

use async_trait::async_trait;
use bus::Bus;
use chassis::{
    Desk, Lifecycle, Service,
    attachments::{self, Store},
};
use journal::{Act, JournalBuilder};
use proto::{
    intake::v1::intake_service_server::IntakeServiceServer,
    message::{Incoming, Unreadable},
};
use regulation::Context;
use serde::{Deserialize, Serialize};
use sqlx::migrate::Migrator;
use tonic::service::Routes;

/// What this service alone can be told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the demands' files are kept.
    pub attachments: attachments::Settings,
}

/// The intake service.
pub struct Intake;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Intake {
    const NAME: &'static str = "intake";
    type Settings = Settings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .aggregate::<domain::Demand>()
            .aggregate::<domain::ShownFigure>()
    }

    fn routes(desk: &Desk, settings: &Settings) -> Routes {
        let door = grpc::Door::new(desk.clone(), settings.clone());
        Routes::new(IntakeServiceServer::new(door))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }

    async fn start(
        _desk: &Desk,
        settings: &Settings,
        _bus: &Bus,
        _lifecycle: &Lifecycle,
    ) -> anyhow::Result<()> {
        // Told at the start, not at the first file.
        Store::open(&settings.attachments)?;
        Ok(())
    }
}

//! 项目实施: from the establishment to the signed contract and task book. [Art. 16, 17, 18]
//!
//! Owns the **Project**, at the lead's home: what was established, one document 合同和任务书 built
//! from it, and the assents to that document of the department, the lead and every unit, each from
//! its own node. When all have agreed to the same digest, and no credit record bars one of them by
//! then, the contract is signed, money may follow and work begins; when one does not, it is drawn up anew as another version.
//!
//! Hears from the hub what was established, and from the parties' homes their words. Tells the
//! parties' homes what they are asked, its own node that the contract is signed, and all that work
//! has begun. Keeps on every node, to be read by anyone, the list of what was established 立项名单.

pub mod domain;
mod grpc;
mod publish;
mod react;
mod read;
mod record;
#[cfg(test)]
#[path = "../tests/it/sample.rs"]
mod sample;
mod standing;

use async_trait::async_trait;
use bus::Bus;
use chassis::{Desk, Lifecycle, Service};
use journal::{Act, JournalBuilder};
use proto::{
    message::{Incoming, Unreadable},
    project::v1::project_service_server::ProjectServiceServer,
};
use regulation::Context;
use sqlx::{PgConnection, migrate::Migrator};
use tonic::service::Routes;

pub use standing::sign_agreed;

/// The project service; `Project` is what it owns.
pub struct ProjectService;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for ProjectService {
    const NAME: &'static str = "project";
    type Settings = chassis::NoSettings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder.project::<domain::Project>(|db, change| Box::pin(read::units(db, change)))
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        Routes::new(ProjectServiceServer::new(grpc::Door::new(desk.clone())))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }

    async fn start(
        desk: &Desk,
        _settings: &Self::Settings,
        _bus: &Bus,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<()> {
        standing::run(desk, lifecycle);
        Ok(())
    }

    async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
        read::absorb(db, message).await
    }
}

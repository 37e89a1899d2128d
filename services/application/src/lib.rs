//! 项目申报与形式审查: from the guide to the examined application. [Art. 13, 14]
//!
//! On the hub it owns the **`Guide`**, decided jointly, and each application's **`Examination`**;
//! at the lead's home the **`Application`** with its frozen packages; at each unit's home its
//! **`Part`**. Every node knows the guides in force, the reserve pool by blind ids, and where units
//! are registered. Who demands is known at the demander's home until its application is handed in:
//! then the package is the signed word on it. Units agree through their own node's coordination.

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
    application::v1::application_service_server::ApplicationServiceServer,
    message::{Incoming, Unreadable},
};
use regulation::Context;
use sqlx::migrate::Migrator;
use tonic::service::Routes;

use domain::{Application, Examination, Guide, KnownUnit, Part, PoolEntry, PublishedGuide};

/// The application service.
pub struct ApplicationService;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for ApplicationService {
    const NAME: &'static str = "application";
    type Settings = chassis::NoSettings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .aggregate::<Guide>()
            .aggregate::<PublishedGuide>()
            .aggregate::<PoolEntry>()
            .aggregate::<KnownUnit>()
            .project::<Application>(|db, change| Box::pin(read::application(db, change)))
            .project::<Part>(|db, change| Box::pin(read::part(db, change)))
            .project::<Examination>(|db, change| Box::pin(read::examination(db, change)))
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        Routes::new(ApplicationServiceServer::new(grpc::Door::new(desk.clone())))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }
}

//! 需求对接与储备: brings published demands and solutions together. [Art. 10, 11, 12]
//!
//! On the hub it owns the **`PublishedList`**, each demand's **`SolutionBox`** and the
//! **`FeedbackRound`**; at the solver's home the **`Solution`**; at the demander's home the
//! **`Posting`**, with the demand's place in the reserve pool. Every node keeps the catalogue of
//! what is published. Solutions wait in the hub's box, sealed to the demander, until the
//! secretariat's feedback. Who demands, and where, is known to the demand's home and the hub; to
//! everybody else a demand is a random blind id and a public number.

pub mod domain;
pub mod dossier;
mod grpc;
pub mod notice;
mod publish;
mod react;
mod read;
pub mod recommend;
pub mod record;

use std::sync::Arc;

use async_trait::async_trait;
use bus::Bus;
use chassis::{Desk, Lifecycle, Service};
use journal::{Act, JournalBuilder};
use proto::{
    matching::v1::{
        dialogue_service_server::DialogueServiceServer,
        matching_service_server::MatchingServiceServer,
        recommend_service_server::RecommendServiceServer,
    },
    message::{Incoming, Unreadable},
};
use regulation::{Context, Refusal};
use sqlx::{PgConnection, migrate::Migrator};
use tonic::service::Routes;

use domain::{
    FeedbackRound, Posting, PublishedList, Question, Registration, Solution, SolutionBox, rules,
};

/// The matching service.
pub struct Matching;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Matching {
    const NAME: &'static str = "matching";
    type Settings = recommend::Settings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .project::<PublishedList>(|db, change| Box::pin(read::number(db, change)))
            .on_constraint("published_number_given", || {
                Refusal::new(
                    rules::NUMBERS_UNIQUE,
                    "另一份清单同时取得了相同的公开编号",
                    "请重新发布",
                )
            })
            .aggregate::<SolutionBox>()
            .aggregate::<FeedbackRound>()
            .aggregate::<Solution>()
            .aggregate::<Posting>()
            .aggregate::<Question>()
            .aggregate::<Registration>()
            .aggregate::<domain::digest::Digest>()
    }

    fn routes(desk: &Desk, settings: &Self::Settings) -> Routes {
        let door = || grpc::Door::new(desk.clone(), Arc::clone(&settings.shelf));
        let recommend = recommend::RecommendDoor::new(desk.clone(), settings.shelf.clone());
        Routes::new(MatchingServiceServer::new(door()))
            .add_service(DialogueServiceServer::new(door()))
            .add_service(RecommendServiceServer::new(recommend))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        if let Some(read) = recommend::react(message) {
            return read.map(|()| Vec::new());
        }
        react::react(message, context)
    }

    async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
        recommend::absorb(db, message).await?;
        read::absorb(db, message).await
    }

    async fn start(
        desk: &Desk,
        settings: &Self::Settings,
        _bus: &Bus,
        lifecycle: &Lifecycle,
    ) -> anyhow::Result<()> {
        recommend::start(desk, settings, lifecycle);
        Ok(())
    }
}

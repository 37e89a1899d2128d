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
mod publish;
mod react;
mod read;
pub mod record;

use async_trait::async_trait;
use chassis::{Desk, Service};
use journal::{Act, JournalBuilder};
use proto::{
    matching::v1::matching_service_server::MatchingServiceServer,
    message::{Incoming, Unreadable},
};
use regulation::{Context, Refusal};
use sqlx::{PgConnection, migrate::Migrator};
use tonic::service::Routes;

use domain::{FeedbackRound, Posting, PublishedList, Solution, SolutionBox, rules};

/// The matching service.
pub struct Matching;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Matching {
    const NAME: &'static str = "matching";
    type Settings = chassis::NoSettings;

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
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        Routes::new(MatchingServiceServer::new(grpc::Door::new(desk.clone())))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }

    async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
        read::absorb(db, message).await
    }
}

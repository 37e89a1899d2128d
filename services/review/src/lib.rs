//! 项目评审: judges applications by experts of the national pool and proposes what is to be
//! established. [Art. 15, 16]
//!
//! On the hub it owns the **Candidate** (an application that passed the formal examination), the
//! **Expert** of the pool, what a draw needs of a **Unit**, a **Guide** and a demand that was
//! **Evaluated**, and the
//! **`ReviewRound`**; at an expert's home the **Sheet**, whose content is shown only once the
//! expert has declared to have no conflict, and the **Duty**, by which a credit record finds what a
//! person still has open. The hub tells experts' homes what to review; homes tell
//! what was said. What the joint decision puts in force, every node hears as projects.

pub mod domain;
mod grpc;
mod publish;
mod react;
mod read;

use async_trait::async_trait;
use chassis::{Desk, Service};
use journal::{Act, JournalBuilder};
use proto::{
    message::{Incoming, Unreadable},
    review::v1::review_service_server::ReviewServiceServer,
};
use regulation::Context;
use sqlx::migrate::Migrator;
use tonic::service::Routes;

/// The review service.
pub struct Review;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Review {
    const NAME: &'static str = "review";
    type Settings = chassis::NoSettings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .aggregate::<draws::Expert>()
            .aggregate::<draws::Duty>()
            .aggregate::<domain::Guide>()
            .project::<domain::Evaluated>(|db, change| Box::pin(read::evaluated(db, change)))
            .project::<domain::Unit>(|db, change| Box::pin(read::unit(db, change)))
            .project::<domain::Candidate>(|db, change| Box::pin(read::candidate(db, change)))
            .project::<domain::ReviewRound>(|db, change| Box::pin(read::round(db, change)))
            .project::<domain::Sheet>(|db, change| Box::pin(read::sheet(db, change)))
            .on_constraint("round_application_once", read::taken)
            .on_constraint("review_round_once", read::opened_at_once)
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        Routes::new(ReviewServiceServer::new(grpc::Door::new(desk.clone())))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }
}

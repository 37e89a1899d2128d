//! 需求评估: judges demands by experts' sealed ballots and proposes the list. [Art. 6, 9]
//!
//! On the hub it owns the **Candidate** (an accepted demand, without its demander), the **Expert**
//! of the pool and the **`EvaluationRound`**; at a demand's home the **`PreReview`**, by which its
//! department recommends it, and the **Screening**, which strikes experts in conflict without saying
//! why; at every member the **`SeedKeeping`**, its part in the randomness of a draw; at an expert's
//! home the **Ballot**, sealed until the round is closed, and the **Duty**, by which a credit record
//! finds what a person still has open. The hub tells homes whom it drew and what
//! came out, experts' homes what to judge; homes tell the hub what they recommend, strikes, digests,
//! and in the end the ballots.

pub mod domain;
mod grpc;
mod publish;
mod react;
mod read;

use async_trait::async_trait;
use chassis::{Desk, Service};
use journal::{Act, JournalBuilder};
use proto::{
    evaluation::v1::{
        draw_service_server::DrawServiceServer, evaluation_service_server::EvaluationServiceServer,
        pre_review_service_server::PreReviewServiceServer,
    },
    message::{Incoming, Unreadable},
};
use regulation::Context;
use sqlx::migrate::Migrator;
use tonic::service::Routes;

/// The evaluation service.
pub struct Evaluation;

static MIGRATIONS: Migrator = sqlx::migrate!();

#[async_trait]
impl Service for Evaluation {
    const NAME: &'static str = "evaluation";
    type Settings = chassis::NoSettings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .aggregate::<draws::Expert>()
            .aggregate::<draws::Duty>()
            .aggregate::<domain::Screening>()
            .aggregate::<domain::SeedKeeping>()
            .project::<domain::PreReview>(|db, change| Box::pin(read::pre_review(db, change)))
            .project::<domain::Candidate>(|db, change| Box::pin(read::candidate(db, change)))
            .project::<domain::EvaluationRound>(|db, change| Box::pin(read::round(db, change)))
            .project::<domain::Ballot>(|db, change| Box::pin(read::ballot(db, change)))
            .on_constraint("round_demand_once", read::taken)
            .on_constraint("pre_review_place", read::place_taken)
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        let door = grpc::Door::new(desk.clone());
        Routes::new(EvaluationServiceServer::new(door.clone()))
            .add_service(PreReviewServiceServer::new(door.clone()))
            .add_service(DrawServiceServer::new(door))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }
}

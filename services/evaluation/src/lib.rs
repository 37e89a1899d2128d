//! 需求评估: judges demands by experts' sealed ballots and proposes the list. [Art. 6, 9]
//!
//! On the hub it owns the **Candidate** (an accepted demand, without its demander), the **Expert**
//! of the pool and the **`EvaluationRound`**; at a demand's home the **Screening**, which strikes
//! experts in conflict without saying why; at an expert's home the **Ballot**, sealed until the
//! round is closed. The hub tells homes whom it drew and what came out, experts' homes what to
//! judge; homes tell the hub strikes, digests, and in the end the ballots.

pub mod domain;
mod grpc;
mod publish;
mod react;
mod read;

use async_trait::async_trait;
use chassis::{Desk, Service};
use journal::{Act, JournalBuilder};
use proto::{
    evaluation::v1::evaluation_service_server::EvaluationServiceServer,
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
            .aggregate::<domain::Expert>()
            .aggregate::<domain::Screening>()
            .project::<domain::Candidate>(|db, change| Box::pin(read::candidate(db, change)))
            .project::<domain::EvaluationRound>(|db, change| Box::pin(read::round(db, change)))
            .project::<domain::Ballot>(|db, change| Box::pin(read::ballot(db, change)))
            .on_constraint("round_demand_once", read::taken)
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        Routes::new(EvaluationServiceServer::new(grpc::Door::new(desk.clone())))
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }
}

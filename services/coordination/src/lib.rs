//! 跨区域协调: what needs everybody's word. [Art. 3, 6, 9, 13, 16, 19, 21, 22]
//!
//! Owns the **`JointDecision`**, on the hub: one document, the assent of every member from its own
//! node, an approval with its number, the public, then force; no time-out decides anything. Owns
//! the **Assent**, at the node of the department or unit that is asked, and the **Objection**, at
//! the node of who files it. Keeps, to be read, where every decision stands, how far each region
//! has been heard, and on the hub the checklist 清单 of what the regions have told.
//!
//! Hears proposals of lists, guides and establishments, and requests for assents to applications
//! and contracts. Tells all members of every step of a decision, and of its force.

pub mod domain;
mod grpc;
mod publish;
mod react;
mod read;
mod words;

use async_trait::async_trait;
use chassis::{Desk, Service};
use domain::{assent::Assent, decision::JointDecision, objection::Objection, rules};
use journal::{Act, JournalBuilder};
use proto::{
    coordination::v1::{
        coordination_service_server::CoordinationServiceServer,
        delivery_service_server::DeliveryServiceServer,
    },
    message::{Incoming, Unreadable},
};
use regulation::{Context, Refusal, RefusalKind};
use sqlx::{PgConnection, migrate::Migrator};
use tonic::service::Routes;

/// The coordination service.
pub struct Coordination;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Longest request: a document and what is around it.
const REQUEST_BYTES_MAX: usize = domain::Document::BYTES_MAX + 64 * 1024;

#[async_trait]
impl Service for Coordination {
    const NAME: &'static str = "coordination";
    type Settings = chassis::NoSettings;

    fn migrations() -> &'static Migrator {
        &MIGRATIONS
    }

    fn journal(builder: JournalBuilder) -> JournalBuilder {
        builder
            .project::<JointDecision>(|db, change| Box::pin(read::project::decision(db, change)))
            .project::<Assent>(|db, change| Box::pin(read::project::assent(db, change)))
            .aggregate::<Objection>()
            .on_constraint("live_decision_subject", || {
                let remedy = "请等待其生效或退回后再发起";
                Refusal::new(rules::ONE_LIVE, "该事项已有进行中的联合决策", remedy)
                    .kind(RefusalKind::Exists)
            })
            .on_constraint("document_number_once", || {
                let remedy = "请核对批文号，或为本决策另编文号";
                Refusal::new(rules::NUMBER_ONCE, "该批文号已用于另一项决策", remedy)
                    .kind(RefusalKind::Exists)
            })
    }

    fn routes(desk: &Desk, _settings: &Self::Settings) -> Routes {
        let server = CoordinationServiceServer::new(grpc::Door::new(desk.clone()));
        Routes::new(server.max_decoding_message_size(REQUEST_BYTES_MAX)).add_service(
            DeliveryServiceServer::new(grpc::delivery::Door::new(desk.clone())),
        )
    }

    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
        react::react(message, context)
    }

    async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
        read::absorb::absorb(db, message).await
    }
}

//! What makes a service: what it owns, what it answers, what it hears.

use async_trait::async_trait;
use bus::Bus;
use journal::{Act, JournalBuilder};
use proto::message::{Incoming, Unreadable};
use regulation::Context;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{PgConnection, migrate::Migrator};
use tonic::service::Routes;

use crate::{desk::Desk, lifecycle::Lifecycle};

/// A service of a node. The chassis does the rest, once for all.
#[async_trait]
pub trait Service: Send + Sync + 'static {
    /// Its name: of its process, database, NATS user, consumer and subjects.
    const NAME: &'static str;

    /// What this service alone can be told, the `[settings]` of its configuration.
    type Settings: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// Its own tables.
    fn migrations() -> &'static Migrator;

    /// Its kinds of aggregates, with their projections.
    fn journal(builder: JournalBuilder) -> JournalBuilder;

    /// The doors in for people and services.
    fn routes(desk: &Desk, settings: &Self::Settings) -> Routes;

    /// The door in for events: which commands follow from a message. Pure. What a reaction needs
    /// to know beyond the message lives in the aggregate that it commands.
    ///
    /// # Errors
    /// When the message is not readable as what it says it is: it becomes a dead letter.
    fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable>;

    /// Notes, in the transaction that applies the message, what this service keeps of others'
    /// facts to read: never what a rule decides on.
    ///
    /// # Errors
    /// The database, which is tried again; unreadable messages are `react`'s to refuse.
    async fn absorb(_db: &mut PgConnection, _message: &Incoming) -> Result<(), sqlx::Error> {
        Ok(())
    }

    /// Starts what else this service runs, once everything else is up.
    ///
    /// # Errors
    /// Whatever keeps it from starting.
    async fn start(
        _desk: &Desk,
        _settings: &Self::Settings,
        _bus: &Bus,
        _lifecycle: &Lifecycle,
    ) -> anyhow::Result<()> {
        Ok(())
    }
}

/// The kinds of events that a service hears: the rows of the published language that name it.
pub fn hears(service: &str) -> Vec<&'static str> {
    proto::events::EVENTS
        .iter()
        .filter(|event| event.heard_by.contains(&service))
        .map(|event| event.kind)
        .collect()
}

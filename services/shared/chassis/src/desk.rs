//! What a service's doors work with: its journal, clock, policies and peers.

use std::sync::Arc;

use journal::{Act, Aggregate, Done, Journal, Loaded, Request};
use regulation::{Actor, Context, Region};
use sqlx::PgPool;
use time::OffsetDateTime;
use tonic::Status;
use tracing::Instrument as _;

use crate::{
    client::{PeerChannel, Peers},
    clock::{Clock, Ids},
    heard,
    policy::Policies,
    standing::Standing,
    status, trace,
    watermark::{Begun, Underway},
};

/// Handed to every door of a service. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub(crate) region: Region,
    pub(crate) service: &'static str,
    pub(crate) journal: Journal,
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) policies: Policies,
    pub(crate) peers: Peers,
    pub(crate) standing: Standing,
    pub(crate) underway: Underway,
    pub(crate) timers: Arc<tokio::sync::Notify>,
}

impl Desk {
    /// The node this is.
    pub fn region(&self) -> Region {
        self.region
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// The service's journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The service's database, for queries.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The domain's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The source of new ids.
    pub fn ids(&self) -> Ids {
        Ids
    }

    /// The node's policy versions.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// A channel to another service of the node.
    ///
    /// # Errors
    /// `INTERNAL` when the configuration has no address for it.
    pub fn peer(&self, service: &str) -> Result<PeerChannel, Status> {
        self.peers.channel(service)
    }

    /// The node's other services that the configuration has an address for.
    pub fn peers(&self) -> impl Iterator<Item = &str> {
        self.peers.names()
    }

    /// A channel to another service of the node on which nothing is said in this service's name:
    /// for calls in somebody else's.
    ///
    /// # Errors
    /// `INTERNAL` when the configuration has no address for it.
    pub fn bare_peer(&self, service: &str) -> Result<tonic::transport::Channel, Status> {
        self.peers.bare(service)
    }

    /// What a decision by `actor` may know, now; and the mark that it is under way, to be kept
    /// until it is written.
    pub(crate) async fn begin(&self, actor: Actor) -> Result<(Context, Begun), sqlx::Error> {
        let begun = self.underway.begin(&self.clock);
        let context = Context {
            now: begun.at,
            actor,
            node: self.region,
            policy: self.policies.at(begun.at).await,
            heard: heard::all(&self.pool).await?,
        };
        Ok((context, begun))
    }

    /// Up to when everything this service had to say is with the node's NATS: nothing under way
    /// or in the outbox bears an earlier time.
    pub(crate) async fn told_until(&self) -> Result<OffsetDateTime, sqlx::Error> {
        // In this order: what is begun after the first line bears a later time, and what was
        // under way has its message in the outbox, or has ended without one, by the second.
        let begun = self.underway.earliest(&self.clock);
        let waiting = sqlx::query_scalar!("select min(at) from journal_outbox")
            .fetch_one(&self.pool)
            .await?;
        Ok(waiting.map_or(begun, |waiting| waiting.min(begun)))
    }

    /// Gives a person's command to an aggregate: decided, written and told in one transaction.
    /// A repeated request gets the first answer.
    ///
    /// # Errors
    /// The refusal or failure, as a status.
    pub async fn execute<A: Aggregate>(
        &self,
        actor: Actor,
        id: impl ToString,
        command: A::Command,
        request: &Request,
    ) -> Result<Loaded<A>, Status> {
        let (context, begun) = self
            .begin(actor)
            .await
            .map_err(|error| status::unavailable(&error))?;
        let act = Act::new::<A>(id, command);
        let (journal, request) = (self.journal.clone(), request.clone());
        let done = to_the_end(async move {
            let _begun = begun;
            let trace = trace::traceparent();
            journal
                .execute(&act, &context, Some(&request), trace.as_deref())
                .await
        });
        loaded(done.await?.map_err(status::journal)?)
    }

    /// Gives a person's commands to several aggregates of this service, in order: decided, written
    /// and told in one transaction, all or none. For where one decision needs the word of more than
    /// one aggregate. A repeated request gets the first answer of the first act.
    ///
    /// # Errors
    /// The first refusal or failure, as a status.
    pub async fn execute_all(
        &self,
        actor: Actor,
        acts: &[Act],
        request: Option<&Request>,
    ) -> Result<Vec<Done>, Status> {
        let (context, begun) = self
            .begin(actor)
            .await
            .map_err(|error| status::unavailable(&error))?;
        let (journal, acts, request) = (self.journal.clone(), acts.to_vec(), request.cloned());
        let done = to_the_end(async move {
            let _begun = begun;
            let trace = trace::traceparent();
            journal
                .execute_all(&acts, &context, request.as_ref(), trace.as_deref())
                .await
        });
        done.await?.map_err(status::journal)
    }

    /// An aggregate as it stands.
    ///
    /// # Errors
    /// `NOT_FOUND` naming `what`, in Chinese, when there is none.
    pub async fn load<A: Aggregate>(
        &self,
        what: &str,
        id: impl ToString,
    ) -> Result<Loaded<A>, Status> {
        self.journal
            .load::<A>(id)
            .await
            .map_err(status::journal)?
            .ok_or_else(|| status::not_found(what))
    }
}

/// Does something that is under way to its end, whether or not whoever asked still waits. Were it
/// let go with them while the database writes, it would be written all the same, and after the
/// mark that it is under way was taken off: a heartbeat could have vouched for a later time.
#[expect(
    clippy::disallowed_methods,
    reason = "an end of the process is for it what a kill is: all of it is written or nothing"
)]
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Status> {
    let ended = tokio::spawn(work.in_current_span()).await;
    ended.map_err(|error| status::internal(&error))
}

/// An aggregate as a command left it.
///
/// # Errors
/// `INTERNAL`, when the command was not an `A`'s.
pub fn loaded<A: Aggregate>(done: Done) -> Result<Loaded<A>, Status> {
    let state = done.state::<A>().map_err(status::journal)?;
    Ok(Loaded {
        id: done.id,
        version: done.version,
        state,
    })
}

/// An aggregate out of a row of `journal_state`, for a service's own lists.
///
/// # Errors
/// `INTERNAL`, when the document is not one of an `A`.
pub fn stored<A: Aggregate>(id: String, version: i64, state: &str) -> Result<Loaded<A>, Status> {
    let state = serde_json::from_str(state).map_err(|error| status::internal(&error))?;
    Ok(Loaded { id, version, state })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use journal::JournalBuilder;
    use proto::message::{Incoming, Message, Unreadable};
    use regulation::{Refusal, Role};
    use serde::{Deserialize, Serialize};
    use sqlx::{Executor as _, migrate::Migrator};
    use tonic::service::Routes;

    use super::*;
    use crate::{Service, testing};

    static NOTHING: Migrator = Migrator::DEFAULT;

    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    struct Count(u32);

    #[derive(Debug, Clone, Serialize, Deserialize)]
    enum Event {
        Counted,
    }

    impl Aggregate for Count {
        const KIND: &'static str = "count";
        type Command = ();
        type Event = Event;
        type Rejection = Refusal;

        fn decide(&self, (): (), _: &Context) -> Result<Vec<Event>, Refusal> {
            Ok(vec![Event::Counted])
        }

        fn evolve(&mut self, _: &Event) {
            self.0 += 1;
        }

        fn publish(&self, _: &str, _: &Event, _: &Context) -> Vec<Message> {
            Vec::new()
        }
    }

    struct Counts;

    impl Service for Counts {
        const NAME: &'static str = "counts";
        type Settings = ();

        fn migrations() -> &'static Migrator {
            &NOTHING
        }

        fn journal(builder: JournalBuilder) -> JournalBuilder {
            builder.aggregate::<Count>()
        }

        fn routes(_: &Desk, (): &()) -> Routes {
            Routes::default()
        }

        fn react(_: &Incoming, _: &Context) -> Result<Vec<Act>, Unreadable> {
            Ok(Vec::new())
        }
    }

    #[tokio::test]
    async fn what_is_under_way_holds_the_watermark_back_though_nobody_waits_for_it() {
        let database = testkit::database(&testing::migrations::<Counts>())
            .await
            .unwrap();
        let desk = testing::desk::<Counts>(database.pool(), Region::SH, crate::clock::wall_now());
        let desk = desk.unwrap();
        let mut held = database.pool().begin().await.unwrap();
        held.execute("lock table journal_state in access exclusive mode")
            .await
            .unwrap();
        let before = desk.clock().now();
        let officer = Actor::person("wang", Role::Officer, Region::SH);
        let request = Request {
            caller: "wang".to_owned(),
            id: Ids.random(),
            fingerprint: evidence::Digest::of("test", &[]),
        };
        let asked = desk.execute::<Count>(officer, "one", (), &request);
        let given_up = tokio::time::timeout(Duration::from_millis(300), asked).await;
        assert!(given_up.is_err(), "the database let it through");
        let begun = desk.told_until().await.unwrap();
        assert!(begun < before + Duration::from_millis(250), "{begun}");
        held.rollback().await.unwrap();
        let written = async || {
            let count = desk.load::<Count>("计数", "one").await.ok()?;
            (desk.told_until().await.unwrap() > begun).then_some(count)
        };
        let count = testkit::eventually(Duration::from_secs(20), written, "the act to be written");
        assert_eq!(count.await.unwrap().state.0, 1);
    }
}

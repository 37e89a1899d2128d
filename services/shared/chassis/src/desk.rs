//! What a service's doors work with: its journal, clock, policies and peers.

use std::{collections::BTreeMap, sync::Arc};

use journal::{Act, Aggregate, Done, Journal, Loaded, Request};
use regulation::{Actor, Context, Region};
use sqlx::PgPool;
use time::OffsetDateTime;
use tonic::Status;

use crate::{
    client::{self, AsService, PeerChannel},
    clock::{Clock, Ids},
    heard,
    policy::Policies,
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
    pub(crate) peers: Arc<BTreeMap<String, String>>,
    pub(crate) as_service: AsService,
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
        client::channel(self.peer_address(service)?, self.as_service.clone())
    }

    /// The node's other services that the configuration has an address for.
    pub fn peers(&self) -> impl Iterator<Item = &str> {
        self.peers.keys().map(String::as_str)
    }

    /// A channel to another service of the node on which nothing is said in this service's name:
    /// for calls in somebody else's.
    ///
    /// # Errors
    /// `INTERNAL` when the configuration has no address for it.
    pub fn bare_peer(&self, service: &str) -> Result<tonic::transport::Channel, Status> {
        client::bare(self.peer_address(service)?)
    }

    fn peer_address(&self, service: &str) -> Result<&str, Status> {
        self.peers.get(service).map(String::as_str).ok_or_else(|| {
            tracing::error!(service, "peers has no address for it");
            Status::internal("系统配置缺失，已记录，请联系运维人员。")
        })
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
        let (context, _begun) = self
            .begin(actor)
            .await
            .map_err(|error| status::unavailable(&error))?;
        let act = Act::new::<A>(id, command);
        let trace = trace::traceparent();
        let done = self
            .journal
            .execute(&act, &context, Some(request), trace.as_deref())
            .await
            .map_err(status::journal)?;
        loaded(done)
    }

    /// Gives a person's commands to several aggregates of this service, in order: decided, written
    /// and told in one transaction, all or none. For where one decision needs the word of more than
    /// one aggregate. No request is remembered, so the commands have to be such that a repeat
    /// decides nothing.
    ///
    /// # Errors
    /// The first refusal or failure, as a status.
    pub async fn execute_all(&self, actor: Actor, acts: &[Act]) -> Result<Vec<Done>, Status> {
        let (context, _begun) = self
            .begin(actor)
            .await
            .map_err(|error| status::unavailable(&error))?;
        let trace = trace::traceparent();
        self.journal
            .execute_all(acts, &context, trace.as_deref())
            .await
            .map_err(status::journal)
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

fn loaded<A: Aggregate>(done: Done) -> Result<Loaded<A>, Status> {
    let state = done.state::<A>().map_err(status::journal)?;
    Ok(Loaded {
        id: done.id,
        version: done.version,
        state,
    })
}

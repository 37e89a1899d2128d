//! Puts a journal together: its kinds of aggregates, their projections, its limits.

use std::{any::Any, collections::BTreeMap, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use regulation::Refusal;
use sqlx::{PgConnection, PgPool};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    Aggregate, Armed, Change, Journal, Stored,
    act::{alarms, fold},
    cases::{Judged, judged},
    error::Constraints,
};

/// Where random ids come from: handed in, so that a simulation repeats itself.
pub trait Ids: Send + Sync + 'static {
    /// A random (version 4) UUID, never given before.
    fn fresh(&self) -> Uuid;
}

impl<F: Fn() -> Uuid + Send + Sync + 'static> Ids for F {
    fn fresh(&self) -> Uuid {
        self()
    }
}

/// The journal's limits.
#[derive(Debug, Clone)]
pub struct JournalConfig {
    /// How often a command is tried on fresh state before the answer is [`crate::JournalError::Busy`].
    pub attempts: u32,
    /// Longest pause between two attempts.
    pub pause_max: Duration,
    /// How many timers one pass fires at most.
    pub timers_per_pass: i64,
    /// How many facts one seal covers at most.
    pub facts_per_seal: i64,
}

impl Default for JournalConfig {
    fn default() -> Self {
        Self {
            attempts: 10,
            pause_max: Duration::from_millis(50),
            timers_per_pass: 100,
            facts_per_seal: 10_000,
        }
    }
}

type Projection = Arc<
    dyn for<'c> Fn(
            &'c mut PgConnection,
            &'c (dyn Any + Send + Sync),
        ) -> BoxFuture<'c, Result<(), sqlx::Error>>
        + Send
        + Sync,
>;

/// What the journal knows of a kind of aggregate without a command at hand.
#[derive(Clone)]
pub(crate) struct Kind {
    pub(crate) fold: fn(&[String]) -> serde_json::Result<String>,
    pub(crate) normal: fn(&str) -> serde_json::Result<String>,
    pub(crate) alarms: fn(&str, &Stored) -> serde_json::Result<Vec<Armed>>,
    pub(crate) judged: fn(&str) -> serde_json::Result<Option<Judged>>,
    pub(crate) projections: Vec<Projection>,
}

impl Kind {
    fn of<A: Aggregate>() -> Self {
        Self {
            fold: fold::<A>,
            normal: |state| serde_json::to_string(&serde_json::from_str::<A>(state)?),
            alarms: |id, stored| Ok(alarms::<A>(id, &serde_json::from_str(&stored.state)?)),
            judged: judged::<A>,
            projections: Vec::new(),
        }
    }
}

/// Puts a [`Journal`] together.
pub struct JournalBuilder {
    pub(crate) kinds: BTreeMap<&'static str, Kind>,
    pub(crate) constraints: Constraints,
    pub(crate) config: JournalConfig,
    pub(crate) ids: Arc<dyn Ids>,
}

impl JournalBuilder {
    /// A journal without kinds; message ids come from `ids`.
    pub fn new(ids: impl Ids) -> Self {
        Self {
            kinds: BTreeMap::new(),
            constraints: BTreeMap::new(),
            config: JournalConfig::default(),
            ids: Arc::new(ids),
        }
    }

    /// Other limits than the default ones.
    pub fn config(mut self, config: JournalConfig) -> Self {
        self.config = config;
        self
    }

    /// Registers a kind of aggregate: its timers fire, and its state is verified against its facts.
    pub fn aggregate<A: Aggregate>(mut self) -> Self {
        self.kinds.entry(A::KIND).or_insert_with(Kind::of::<A>);
        self
    }

    /// Runs `projection` in the transaction of every decision on an `A` that had events. Registers
    /// the kind too. Written as `.project::<Demand>(|db, change| Box::pin(read::demand(db, change)))`.
    pub fn project<A: Aggregate>(
        mut self,
        projection: impl for<'c> Fn(
            &'c mut PgConnection,
            &'c Change<A>,
        ) -> BoxFuture<'c, Result<(), sqlx::Error>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let erased: Projection = Arc::new(move |db, change| {
            match change.downcast_ref::<Change<A>>() {
                Some(change) => projection(db, change),
                // Kinds are unique in a service; two aggregates that share one must not mix.
                None => Box::pin(async {
                    Err(sqlx::Error::Protocol(format!(
                        "two aggregates are called {}",
                        A::KIND
                    )))
                }),
            }
        });
        self.kinds
            .entry(A::KIND)
            .or_insert_with(Kind::of::<A>)
            .projections
            .push(erased);
        self
    }

    /// Says which refusal it is when a projection runs into the constraint `name`.
    pub fn on_constraint(mut self, name: &'static str, refusal: fn() -> Refusal) -> Self {
        self.constraints.insert(name, refusal);
        self
    }

    /// The journal over the service's database.
    pub fn build(self, pool: PgPool) -> Journal {
        Journal::assembled(pool, self, Arc::new(Notify::new()))
    }
}

//! A node in memory: its services with what each has committed, the node's stream, and the border.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use evidence::Digest;
use journal::{Act, Aggregate, Held};
use matching::{domain::MeetingId, notice::Notice};
use proto::message::Incoming;
use regulation::{BlindId, PolicyBook, Region};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{catalogue::Catalogue, kept::Bar, service::Name};

/// A message under way, with what only the simulation knows of it.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// What arrives.
    pub(crate) incoming: Incoming,
    /// The service that said it.
    pub(crate) by: &'static str,
    /// Counts what is said, in the order in which it was decided.
    pub(crate) serial: u64,
    /// Up to when its origin is heard by it, if it is a heartbeat.
    pub(crate) heard: Option<OffsetDateTime>,
    /// The services that hear it, wherever it is let in.
    pub(crate) heard_by: BTreeSet<Name>,
}

/// A timer that a state has armed.
#[derive(Debug, Clone)]
pub(crate) struct Timer {
    pub(crate) due: OffsetDateTime,
    pub(crate) act: Act,
    pub(crate) fired: bool,
}

/// A message that could not be applied.
#[derive(Debug, Clone)]
pub(crate) struct Dead {
    /// The message.
    pub(crate) letter: Arc<Letter>,
    /// Why.
    pub(crate) reason: String,
}

/// One service of a node: exactly what would survive its death.
#[derive(Clone)]
pub(crate) struct Process {
    /// The aggregates, by kind and id.
    pub(crate) states: BTreeMap<&'static str, BTreeMap<String, Held>>,
    /// What is decided and not known to be published.
    pub(crate) outbox: Vec<Arc<Letter>>,
    /// The messages that were applied.
    pub(crate) inbox: BTreeSet<Uuid>,
    /// Messages put aside.
    pub(crate) dead: Vec<Dead>,
    /// How much of the node's stream it has acknowledged.
    pub(crate) cursor: usize,
    /// By kind, aggregate and name.
    pub(crate) timers: BTreeMap<(&'static str, String, &'static str), Timer>,
    /// Up to when each region has been heard.
    pub(crate) heard: BTreeMap<Region, OffsetDateTime>,
    /// The versions of the policy that have force here.
    pub(crate) policies: Arc<PolicyBook>,
    /// What matching keeps of the published lists to be read.
    pub(crate) catalogue: Arc<Catalogue>,
    /// The seals of solutions, by who told them: when that was.
    pub(crate) seals: BTreeMap<(Region, Digest), OffsetDateTime>,
    /// What matching keeps of announced roadshows, with the demand that each is about.
    pub(crate) roadshows: BTreeMap<MeetingId, (BlindId, Notice)>,
    /// What registry keeps of the others' credit records, by who made them.
    pub(crate) bars: BTreeMap<(Region, String), Bar>,
    /// When each aggregate was begun.
    pub(crate) begun: BTreeMap<(&'static str, String), OffsetDateTime>,
}

impl Process {
    fn new(policies: &Arc<PolicyBook>) -> Self {
        Self {
            states: BTreeMap::new(),
            outbox: Vec::new(),
            inbox: BTreeSet::new(),
            dead: Vec::new(),
            cursor: 0,
            timers: BTreeMap::new(),
            heard: BTreeMap::new(),
            policies: Arc::clone(policies),
            catalogue: Arc::default(),
            seals: BTreeMap::new(),
            roadshows: BTreeMap::new(),
            bars: BTreeMap::new(),
            begun: BTreeMap::new(),
        }
    }

    pub(crate) fn held(&self, kind: &str, id: &str) -> Option<&Held> {
        self.states.get(kind)?.get(id)
    }

    /// All aggregates of a kind.
    pub(crate) fn all<A: Aggregate>(&self) -> impl Iterator<Item = (&str, &A)> {
        let states = self.states.get(A::KIND).into_iter().flatten();
        states.filter_map(|(id, held)| Some((id.as_str(), held.state::<A>()?)))
    }
}

/// What a node's border has done.
#[derive(Clone, Default)]
pub(crate) struct Border {
    /// How much of the node's stream it has looked at.
    pub(crate) cursor: usize,
    /// What it has numbered, by id.
    pub(crate) numbered: BTreeSet<Uuid>,
    /// What the region has said to the others, by number.
    pub(crate) chain: Vec<Arc<Letter>>,
    /// How much of that lies at the hub's stream.
    pub(crate) uploaded: usize,
    /// How much of each other region's chain was let in.
    pub(crate) downloaded: BTreeMap<Region, usize>,
    /// What the last heartbeat vouched for.
    pub(crate) vouched: Option<OffsetDateTime>,
    /// What the heartbeats that it has numbered vouched for.
    pub(crate) promised: Option<OffsetDateTime>,
    /// Whether its way to the hub is cut.
    pub(crate) cut: bool,
}

/// A node.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) services: BTreeMap<Name, Process>,
    /// The node's stream, from its beginning.
    pub(crate) stream: Vec<Arc<Letter>>,
    pub(crate) border: Border,
    /// How far its clock is off.
    pub(crate) skew: Duration,
}

impl Node {
    pub(crate) fn new(policies: &Arc<PolicyBook>, skew: Duration) -> Self {
        let services = Name::ALL.map(|name| (name, Process::new(policies)));
        Self {
            services: services.into(),
            stream: Vec::new(),
            border: Border::default(),
            skew,
        }
    }
}

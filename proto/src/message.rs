//! What travels between services: a published event with its subject, audience and provenance.

use std::{fmt, str::FromStr};

use regulation::{InvalidRegion, Region};
use time::OffsetDateTime;
use uuid::Uuid;

/// Who may read a message that crosses the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Every member.
    All,
    /// One node; to every other the body is sealed.
    One(Region),
}

impl Audience {
    /// The coordination node.
    pub const HUB: Self = Self::One(Region::HUB);
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::One(region) => region.fmt(f),
        }
    }
}

impl FromStr for Audience {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            Ok(Self::All)
        } else {
            text.parse().map(Self::One)
        }
    }
}

/// How far a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// It stays on its node.
    Node,
    /// It is also signed, numbered and carried to the other members.
    Share(Audience),
}

/// An event of the published language: a self-contained snapshot, not a delta.
pub trait PublicEvent: prost::Message + Default {
    /// `<service>.<aggregate>.<event>`, the tail of its subject.
    const KIND: &'static str;
    /// Its protobuf name, the `dataschema` of `CloudEvents`.
    const SCHEMA: &'static str;
}

/// A message that a decision gives out, before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How far it goes.
    pub scope: Scope,
    /// [`PublicEvent::KIND`].
    pub kind: &'static str,
    /// [`PublicEvent::SCHEMA`].
    pub schema: &'static str,
    /// The id of the aggregate it tells of: messages of one aggregate stay in order.
    pub aggregate: String,
    /// The encoded event.
    pub body: Vec<u8>,
}

impl Message {
    /// A message that stays on its node.
    pub fn node<E: PublicEvent>(aggregate: impl ToString, event: &E) -> Self {
        Self::new(Scope::Node, aggregate, event)
    }

    /// A message that crosses the border; its own node hears it if it is among the audience.
    pub fn share<E: PublicEvent>(audience: Audience, aggregate: impl ToString, event: &E) -> Self {
        Self::new(Scope::Share(audience), aggregate, event)
    }

    fn new<E: PublicEvent>(scope: Scope, aggregate: impl ToString, event: &E) -> Self {
        Self {
            scope,
            kind: E::KIND,
            schema: E::SCHEMA,
            aggregate: aggregate.to_string(),
            body: event.encode_to_vec(),
        }
    }

    /// The event inside, if it is an `E`. For tests and the simulation.
    pub fn read<E: PublicEvent>(&self) -> Option<E> {
        (self.kind == E::KIND)
            .then(|| E::decode(self.body.as_slice()).ok())
            .flatten()
    }
}

/// A message as it arrives at a service: verified, in clear, with its provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Random id; the inbox knows it, so that it is applied once.
    pub id: Uuid,
    /// The node that said it: its signature was checked at the border.
    pub origin: Region,
    /// How far it went.
    pub scope: Scope,
    /// `<service>.<aggregate>.<event>`.
    pub kind: String,
    /// The aggregate it tells of.
    pub aggregate: String,
    /// When the origin said it, by the origin's domain clock.
    pub at: OffsetDateTime,
    /// The encoded event.
    pub body: Vec<u8>,
    /// W3C trace context, if any: for operators, no part of the meaning.
    pub traceparent: Option<String>,
}

/// A message that says it is something and is not readable as that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unreadable {kind}: {reason}")]
pub struct Unreadable {
    /// What it says it is.
    pub kind: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Incoming {
    /// Whether this is an `E`.
    pub fn is<E: PublicEvent>(&self) -> bool {
        self.kind == E::KIND
    }

    /// Reads the event as an `E`.
    ///
    /// # Errors
    /// When the body does not decode.
    pub fn read<E: PublicEvent>(&self) -> Result<E, Unreadable> {
        E::decode(self.body.as_slice()).map_err(|error| self.unreadable(error))
    }

    /// Reads the event as an `E` that only the hub may say.
    ///
    /// # Errors
    /// When somebody else said it, or the body does not decode.
    pub fn read_of_hub<E: PublicEvent>(&self) -> Result<E, Unreadable> {
        if self.origin.is_hub() {
            self.read()
        } else {
            Err(self.unreadable(format!("{} may not speak for the hub", self.origin)))
        }
    }

    /// Whether it is for `node`: a node hears what it shares with another one alone itself, too.
    pub fn is_for(&self, node: Region) -> bool {
        match self.scope {
            Scope::Node => self.origin == node,
            Scope::Share(Audience::All) => true,
            Scope::Share(Audience::One(region)) => region == node,
        }
    }

    /// An [`Unreadable`] for a field of this message that does not parse.
    pub fn unreadable(&self, reason: impl ToString) -> Unreadable {
        Unreadable {
            kind: self.kind.clone(),
            reason: reason.to_string(),
        }
    }
}

/// The whole subject of a message: `<scope>.<home region>.<service>.<aggregate>.<event>`.
pub fn subject(scope: Scope, origin: Region, kind: &str) -> String {
    match scope {
        Scope::Node => format!("node.{origin}.{kind}"),
        Scope::Share(_) => format!("share.{origin}.{kind}"),
    }
}

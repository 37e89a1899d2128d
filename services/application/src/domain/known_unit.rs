//! A unit as its registry told it to all: where it is registered, whether it is a guest. [Art. 13]

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Region};
use serde::{Deserialize, Serialize};

use super::Rejection;

/// A unit; nothing before it was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownUnit(pub Option<Registered>);

/// What a rule has to know of a registered unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The node that registered it.
    pub region: Region,
    /// Whether it sits outside the members.
    pub guest: bool,
    /// Whether it is in use.
    pub active: bool,
}

/// What is told of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note(pub Registered);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// This was told.
    Noted(Registered),
}

impl Aggregate for KnownUnit {
    const KIND: &'static str = "known_unit";
    type Command = Note;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, Note(told): Note, _context: &Context) -> Result<Vec<Event>, Rejection> {
        match self.0 {
            Some(known) if known == told => Ok(vec![]),
            // A unit has one home for good.
            Some(known) if known.region != told.region => Err(Rejection::OtherHome {
                home: known.region,
                origin: told.region,
            }),
            _ => Ok(vec![Event::Noted(told)]),
        }
    }

    fn evolve(&mut self, Event::Noted(told): &Event) {
        self.0 = Some(*told);
    }

    fn publish(&self, _id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

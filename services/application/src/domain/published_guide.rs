//! A guide in force, as every node knows it. [Art. 13]

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Title};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Rejection, guide::Guideline};

/// A guide in force; nothing before it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedGuide(pub Option<InForce>);

/// A guide in force with the decision behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    /// What it says.
    pub guide: Guideline,
    /// The joint decision.
    pub decision: String,
    /// 批文号
    pub number: Title,
    /// When the hub published it.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// The hub published it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish(pub Box<InForce>);

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It is in force.
    Published(Box<InForce>),
}

impl Aggregate for PublishedGuide {
    const KIND: &'static str = "published_guide";
    type Command = Publish;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, Publish(told): Publish, _: &Context) -> Result<Vec<Event>, Rejection> {
        match &self.0 {
            None => Ok(vec![Event::Published(told)]),
            Some(known) if known.guide == told.guide => Ok(vec![]),
            Some(_) => Err(Rejection::GuideInForce),
        }
    }

    fn evolve(&mut self, Event::Published(told): &Event) {
        self.0 = Some((**told).clone());
    }

    fn publish(&self, _id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

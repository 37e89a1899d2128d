//! 需求对接: the demander's side of a published demand, at its home. [Art. 10, 11, 12]

mod call;
pub mod disclosure;
mod evolve;
mod judged;
pub mod meetings;
pub mod questions;
mod received;
pub mod registrants;
pub mod reserve;
mod selection;
mod words;

use std::collections::BTreeSet;

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{Context, DemandId, Policy, PostingId, Text, UnitId, Verdict};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use call::Call;
pub use received::{Pick, Received, Standing};
pub use words::{Command, Event, Reason, Revision};

use super::{Listing, Rejection};
use crate::{dossier::Dossier, publish, record::Record};

/// The demander's side of a demand, keyed by [`Posting::id`]. Owner and listing come from two
/// services, in either order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Posting {
    /// Nothing is known.
    #[default]
    Unknown,
    /// The demander is known; nothing is published.
    Owned(Owner),
    /// It is published; the demander is not known yet.
    Announced(Listing),
    /// It is published.
    Open(Box<Call>),
    /// The demand was withdrawn after publication.
    Closed(Box<Call>),
    /// The demand was withdrawn before publication; its owner, if intake ever named one. Where the
    /// hub publishes it all the same, it opens and closes at once.
    Withdrawn(Option<Owner>),
}

/// The demander.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The demand.
    pub demand: DemandId,
    /// Whose it is.
    pub demander: UnitId,
    /// Units under common control with the demander.
    pub affiliates: BTreeSet<UnitId>,
    /// What is published of it.
    pub record: Record,
    /// How the demander's people are reached; never leaves the node.
    #[serde(default)]
    pub contact: Option<Text>,
}

impl Owner {
    /// Whether the demander or an affiliate is in the solving team. [Art. 10, 11]
    pub fn is_close_to(&self, dossier: &Dossier) -> bool {
        let mut units = dossier.team.iter().chain([&dossier.holder]);
        units.any(|unit| self.is_of_house(*unit))
    }

    /// Whether the unit is the demander or an affiliate.
    pub fn is_of_house(&self, unit: UnitId) -> bool {
        unit == self.demander || self.affiliates.contains(&unit)
    }
}

impl Posting {
    /// What the demand's posting is called: the same at the home, whichever message comes first,
    /// and for who doesn't know the demand's id only a random name.
    pub fn id(demand: DemandId) -> PostingId {
        PostingId(Uuid::new_v5(&demand.0, b"jiebang.matching.posting"))
    }

    /// The call, once it is published.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Open(call) | Self::Closed(call) => Some(call),
            _ => None,
        }
    }

    fn close(&self, context: &Context) -> Vec<Event> {
        let mut events = match self {
            // Intake names the owner of a demand before it can be withdrawn from a list: what is
            // announced without one waits for it.
            Self::Closed(_) | Self::Withdrawn(_) | Self::Announced(_) => return vec![],
            Self::Open(call) => call.ended(context),
            _ => Vec::new(),
        };
        events.push(Event::Closed);
        events
    }

    fn list(&self, listing: Listing) -> Vec<Event> {
        match self {
            Self::Unknown | Self::Owned(_) => vec![Event::Listed(listing)],
            Self::Withdrawn(Some(_)) => vec![Event::Listed(listing), Event::Closed],
            _ => vec![],
        }
    }

    fn record_owner(&self, owner: Box<Owner>) -> Vec<Event> {
        let news = match self {
            Self::Unknown | Self::Announced(_) => true,
            Self::Owned(known) => *known != *owner,
            // After publication its own record, with its revised tasks, is the one that counts.
            Self::Open(_) | Self::Closed(_) | Self::Withdrawn(_) => false,
        };
        if news {
            vec![Event::OwnerRecorded(owner)]
        } else {
            vec![]
        }
    }

    /// What the messages of others bring once nobody can act any more.
    fn late(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        match (self, command) {
            (
                Self::Closed(call),
                Command::Receive {
                    feedback,
                    cut_off,
                    solutions,
                },
            ) => {
                let mut events = call.receive(feedback, cut_off, solutions);
                for event in &mut events {
                    if let Event::Received(all) = event {
                        for one in all {
                            one.standing = Standing::Closed;
                        }
                    }
                }
                Ok(events)
            }
            (
                Self::Closed(_),
                Command::WithdrawSolution(_)
                | Command::TakeBack { .. }
                | Command::Agree { .. }
                | Command::DeclineAffiliates
                | Command::LapseOverdue
                | Command::Question(questions::Command::Forward(..))
                | Command::Meeting(
                    meetings::Command::Answer { .. } | meetings::Command::Register(..),
                ),
            ) => Ok(vec![]),
            (Self::Closed(call), Command::ReviseTask(revision)) if call.knows_of(&revision) => {
                Ok(vec![])
            }
            (_, Command::ReviseTask(revision)) => {
                Ok(vec![revision.answered(Some(&Rejection::CallClosed))])
            }
            (Self::Closed(_) | Self::Withdrawn(_), _) => Err(Rejection::CallClosed),
            _ => Err(Rejection::UnknownSolution),
        }
    }
}

impl Aggregate for Posting {
    const KIND: &'static str = "posting";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::RecordOwner(owner) => return Ok(self.record_owner(owner)),
            Command::List(listing) => return Ok(self.list(listing)),
            Command::Close => return Ok(self.close(context)),
            _ => {}
        }
        match self {
            Self::Open(call) => call.decide(command, context),
            _ => self.late(command),
        }
    }

    fn evolve(&mut self, event: &Event) {
        *self = match (std::mem::take(self), event) {
            (Self::Announced(listing), Event::OwnerRecorded(owner)) => {
                Self::Open(Box::new(Call::new((**owner).clone(), listing)))
            }
            (_, Event::OwnerRecorded(owner)) => Self::Owned((**owner).clone()),
            (Self::Owned(owner) | Self::Withdrawn(Some(owner)), Event::Listed(listing)) => {
                Self::Open(Box::new(Call::new(owner, listing.clone())))
            }
            (_, Event::Listed(listing)) => Self::Announced(listing.clone()),
            (Self::Open(mut call), Event::Closed) => {
                call.evolve(event);
                Self::Closed(call)
            }
            (Self::Owned(owner), Event::Closed) => Self::Withdrawn(Some(owner)),
            (_, Event::Closed) => Self::Withdrawn(None),
            (Self::Open(mut call), event) => {
                call.evolve(event);
                Self::Open(call)
            }
            (Self::Closed(mut call), event) => {
                call.evolve(event);
                Self::Closed(call)
            }
            (other, _) => other,
        };
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        publish::posting(id, self, event)
    }

    fn taken_under(&self) -> Option<&str> {
        self.call().map(|call| call.listing.terms.policy.as_str())
    }

    fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        self.call()
            .map_or_else(Vec::new, |call| call.verdicts(policy))
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        self.call().map_or_else(Vec::new, Call::alarms)
    }
}

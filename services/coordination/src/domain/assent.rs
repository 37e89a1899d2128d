//! The assent: somebody is asked to agree to a document, and does or does not. [domain: Assent]

mod rejection;
#[cfg(test)]
mod tests;

use evidence::Digest;
use journal::Aggregate;
use proto::message::{Audience, Message};
use regulation::{AssentId, Context, DecisionId, Region, Role, Text, Title, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Document, Signature};
use crate::publish;
pub use rejection::Rejection;

/// An assent; at the node where the member or unit sits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Assent {
    /// Nobody has asked for it.
    #[default]
    Nothing,
    /// Somebody has.
    Asked {
        /// What for.
        request: Box<Request>,
        /// How far it has come.
        stage: Stage,
    },
}

/// What is asked for; never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What it belongs to.
    pub about: About,
    /// What people call it.
    pub title: Title,
    /// What is to be agreed to.
    pub document: Document,
    /// Whose agreement it is.
    pub party: Party,
    /// When it was asked for, by the asking node's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What an assent belongs to, and so who is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    /// A joint decision: all are told.
    Decision(DecisionId),
    /// An application, a contract …: who asked is told.
    Paper {
        /// Such as `application` or `contract`.
        kind: Title,
        /// The aggregate it belongs to.
        subject_id: Title,
        /// The node that asked.
        by: Region,
        /// The id under which it did: its own, and no other node's.
        asked_as: AssentId,
    },
}

/// What a joint decision's document is called in the published language.
pub const DECISION: &str = "decision";

impl About {
    /// The document's kind, as the published language calls it.
    pub fn document_kind(&self) -> &str {
        match self {
            Self::Decision(_) => DECISION,
            Self::Paper { kind, .. } => kind.as_str(),
        }
    }

    /// The aggregate it belongs to.
    pub fn subject_id(&self) -> String {
        match self {
            Self::Decision(id) => id.to_string(),
            Self::Paper { subject_id, .. } => subject_id.as_str().to_owned(),
        }
    }

    /// The node that asked.
    pub fn asked_by(&self) -> Region {
        match self {
            Self::Decision(_) => Region::HUB,
            Self::Paper { by, .. } => *by,
        }
    }

    /// The id by which who asked knows it; `here` is the id on this node.
    pub fn known_as(&self, here: &str) -> String {
        match self {
            Self::Decision(_) => here.to_owned(),
            Self::Paper { asked_as, .. } => asked_as.to_string(),
        }
    }

    /// Who is told.
    pub fn audience(&self) -> Audience {
        match self {
            Self::Decision(_) => Audience::All,
            Self::Paper { by, .. } => Audience::One(*by),
        }
    }
}

/// Whose agreement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Party {
    /// The node's department.
    Department,
    /// A unit that sits here.
    Unit(UnitId),
}

/// How far an assent has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It waits for an officer, or for the unit.
    Requested,
    /// It waits for the director.
    Prepared(Preparation),
    /// Agreed, for good.
    Given {
        /// Who prepared it, for a department.
        preparation: Option<Preparation>,
        /// Who agreed.
        by: Signature,
    },
    /// Not agreed, for good.
    Refused {
        /// By whom.
        by: Signature,
        /// Why.
        reason: Text,
    },
    /// What it was about came to nothing.
    Lapsed,
}

/// An officer's hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preparation {
    /// Whose.
    pub by: Signature,
    /// For the director; stays at home.
    pub note: Option<Text>,
}

/// What can be asked of an assent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask for it.
    Ask(Box<Request>),
    /// Put it before the director.
    Prepare {
        /// What the officer read.
        digest: Digest,
        /// For the director.
        note: Option<Text>,
    },
    /// Agree.
    Give {
        /// What the signer read.
        digest: Digest,
    },
    /// Don't.
    Refuse {
        /// Why.
        reason: Text,
    },
    /// What it was about came to nothing.
    Lapse,
    /// Who asked takes the request back.
    Withdraw {
        /// The node that says so.
        by: Region,
    },
}

/// What happened to an assent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was asked for.
    Asked(Box<Request>),
    /// It was put before the director.
    Prepared(Preparation),
    /// Agreed.
    Given(Signature),
    /// Not agreed.
    Refused {
        /// By whom.
        by: Signature,
        /// Why.
        reason: Text,
    },
    /// What it was about came to nothing.
    Lapsed,
}

impl Assent {
    /// The request and how far it has come, if there is one.
    pub fn asked(&self) -> Option<(&Request, &Stage)> {
        match self {
            Self::Nothing => None,
            Self::Asked { request, stage } => Some((request, stage)),
        }
    }
}

impl Aggregate for Assent {
    const KIND: &'static str = "assent";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Some((request, stage)) = self.asked() else {
            return match command {
                Command::Ask(request) => Ok(vec![Event::Asked(request)]),
                // Another member's decision, or a request that never got here.
                Command::Lapse | Command::Withdraw { .. } => Ok(Vec::new()),
                _ => Err(Rejection::NotFound),
            };
        };
        match command {
            Command::Ask(again) if same(request, &again) => Ok(Vec::new()),
            Command::Ask(_) => Err(Rejection::Exists),
            Command::Prepare { digest, note } => prepare(request, stage, digest, note, context),
            Command::Give { digest } => give(request, stage, digest, context),
            Command::Refuse { reason } => refuse(request, stage, reason, context),
            Command::Withdraw { by } if by != request.about.asked_by() => {
                Err(Rejection::NotTheAsker)
            }
            Command::Lapse | Command::Withdraw { .. } => Ok(match stage {
                Stage::Requested | Stage::Prepared(_) => vec![Event::Lapsed],
                Stage::Given { .. } | Stage::Refused { .. } | Stage::Lapsed => Vec::new(),
            }),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (self, event) {
            (nothing @ Self::Nothing, Event::Asked(request)) => {
                *nothing = Self::Asked {
                    request: request.clone(),
                    stage: Stage::Requested,
                };
            }
            (Self::Nothing, _) | (_, Event::Asked(_)) => {}
            (Self::Asked { stage, .. }, event) => evolve(stage, event),
        }
    }

    fn publish(&self, id: &str, event: &Event, context: &Context) -> Vec<Message> {
        self.asked().map_or_else(Vec::new, |(request, _)| {
            publish::assent(id, request, event, context)
        })
    }
}

fn evolve(stage: &mut Stage, event: &Event) {
    match event {
        Event::Asked(_) => {}
        Event::Prepared(preparation) => *stage = Stage::Prepared(preparation.clone()),
        Event::Given(by) => {
            let preparation = match stage {
                Stage::Prepared(preparation) => Some(preparation.clone()),
                _ => None,
            };
            *stage = Stage::Given {
                preparation,
                by: by.clone(),
            };
        }
        Event::Refused { by, reason } => {
            *stage = Stage::Refused {
                by: by.clone(),
                reason: reason.clone(),
            };
        }
        Event::Lapsed => *stage = Stage::Lapsed,
    }
}

/// Whether it is the same request, whenever it was made.
fn same(request: &Request, again: &Request) -> bool {
    request.about == again.about
        && request.document == again.document
        && request.party == again.party
}

fn prepare(
    request: &Request,
    stage: &Stage,
    digest: Digest,
    note: Option<Text>,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    if let Party::Unit(_) = request.party {
        return Err(Rejection::UnitsPrepareNothing);
    }
    if context.actor.role != Role::Officer {
        return Err(Rejection::NotAnOfficer);
    }
    match stage {
        Stage::Requested => {}
        Stage::Prepared(_) => return Err(Rejection::PreparedAlready),
        Stage::Given { .. } | Stage::Refused { .. } | Stage::Lapsed => return Err(Rejection::Over),
    }
    read_by_signer(request, digest)?;
    Ok(vec![Event::Prepared(Preparation {
        by: Signature::of(context),
        note,
    })])
}

fn give(
    request: &Request,
    stage: &Stage,
    digest: Digest,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    may_sign(request, context)?;
    match stage {
        Stage::Requested if request.party == Party::Department => {
            return Err(Rejection::NotPrepared);
        }
        Stage::Prepared(preparation) if preparation.by.is_by(&context.actor) => {
            return Err(Rejection::PreparedIt);
        }
        Stage::Requested | Stage::Prepared(_) => {}
        Stage::Given { by, .. } if by.is_by(&context.actor) => return Ok(Vec::new()),
        Stage::Given { .. } | Stage::Refused { .. } | Stage::Lapsed => return Err(Rejection::Over),
    }
    read_by_signer(request, digest)?;
    Ok(vec![Event::Given(Signature::of(context))])
}

/// To object needs no preparation: nothing is approved.
fn refuse(
    request: &Request,
    stage: &Stage,
    reason: Text,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    may_sign(request, context)?;
    match stage {
        Stage::Requested | Stage::Prepared(_) => Ok(vec![Event::Refused {
            by: Signature::of(context),
            reason,
        }]),
        Stage::Refused { by, .. } if by.is_by(&context.actor) => Ok(Vec::new()),
        Stage::Given { .. } | Stage::Refused { .. } | Stage::Lapsed => Err(Rejection::Over),
    }
}

fn may_sign(request: &Request, context: &Context) -> Result<(), Rejection> {
    let actor = &context.actor;
    match request.party {
        Party::Department if actor.role == Role::Director => Ok(()),
        Party::Department => Err(Rejection::NotADirector),
        Party::Unit(unit) if actor.role == Role::UnitMember && actor.unit == Some(unit) => Ok(()),
        Party::Unit(_) => Err(Rejection::NotOfTheUnit),
    }
}

fn read_by_signer(request: &Request, given: Digest) -> Result<(), Rejection> {
    let expected = request.document.digest();
    if given == expected {
        Ok(())
    } else {
        Err(Rejection::AnotherDigest { expected, given })
    }
}

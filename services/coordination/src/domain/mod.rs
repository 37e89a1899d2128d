//! Joint decisions, assents and objections, and their rules. Pure.

pub mod assent;
pub mod decision;
mod document;
pub mod objection;
mod paper;
pub mod reports;
pub mod rules;
pub mod undertaking;

use regulation::{DecisionId, Region, Role};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub use document::{Document, DocumentNumber, InvalidDocument, InvalidDocumentNumber};
pub use paper::{Known, Unfit, fits};

/// Under which the ids that follow from other ids are made.
const NAMESPACE: Uuid = Uuid::from_u128(0x0d1f_6a0e_9b7c_4c61_9e0a_51c2_7f3b_84d6);

/// An objection of somebody to a decision that is shown to the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectionId(pub Uuid);

impl std::fmt::Display for ObjectionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ObjectionId {
    type Err = regulation::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = Uuid::try_parse(text);
        id.map(Self)
            .map_err(|_| regulation::InvalidId(text.chars().take(64).collect()))
    }
}

impl From<Uuid> for ObjectionId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

/// Somebody's hand under something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The person's account at the home region.
    pub person: String,
    /// What they acted as.
    pub role: Role,
    /// The node that vouches for them.
    pub region: Region,
    /// When, by that node's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Signature {
    /// The hand of who acts now.
    pub fn of(context: &regulation::Context) -> Self {
        let actor = &context.actor;
        Self {
            person: actor.person.clone(),
            role: actor.role,
            region: actor.region,
            at: context.now,
        }
    }

    /// Whether it is the hand of who acts, in whatever role.
    pub fn is_by(&self, actor: &regulation::Actor) -> bool {
        self.person == actor.person && self.region == actor.region
    }
}

/// The decision that a proposal opens: each proposal opens one, and a repeat opens no other.
pub fn decision_opened_by(message: Uuid) -> DecisionId {
    Uuid::new_v5(&NAMESPACE, message.as_bytes()).into()
}

/// The assent that a region asks for under an id of its own: whatever id another region takes, it
/// is not this one.
pub fn assent_asked_by(asker: Region, id: regulation::AssentId) -> regulation::AssentId {
    Uuid::new_v5(&NAMESPACE, format!("{asker}/{id}").as_bytes()).into()
}

/// The assent of a member to a decision: a member has one word on it.
pub fn assent_to(decision: DecisionId, member: Region) -> regulation::AssentId {
    Uuid::new_v5(&NAMESPACE, format!("{decision}/{member}").as_bytes()).into()
}

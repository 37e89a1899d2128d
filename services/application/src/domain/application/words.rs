//! What can be asked of an application, and what can have happened to it.

use std::collections::BTreeMap;

use evidence::Digest;
use regulation::{ApplicationId, AssentId, Day, Region, Text, Title, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Approval, Frozen, Hand, Judgement, Seat};
use crate::domain::{
    Terms,
    check::{Known, UnitFacts},
    guide::Guideline,
    item::Item,
    package::{Content, PartVersion, Topic, UnitRole},
};

/// What can be asked of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Begin it.
    Create(Box<Creation>),
    /// Write it again.
    Write(Box<Content>),
    /// Take a unit in, or change its place.
    Put {
        /// Which.
        unit: UnitId,
        /// What registry says of it.
        facts: UnitFacts,
        /// As what.
        role: UnitRole,
        /// 子课题
        subtask: Option<Title>,
        /// What its subtask takes from and hands over to the others.
        interfaces: Option<Text>,
    },
    /// Leave a unit out.
    Remove(UnitId),
    /// Approve a departure from the duration.
    ApproveDeparture {
        /// The months that the director read.
        months: u32,
        /// The reason that the director read.
        reason: Text,
    },
    /// A unit's part arrived.
    ReceivePart {
        /// Whose.
        unit: UnitId,
        /// What it says.
        part: Box<PartVersion>,
        /// Who said so.
        origin: Region,
    },
    /// Freeze it and ask everybody.
    Freeze(Box<Known>),
    /// Take the frozen package back.
    Revise,
    /// A unit agreed, or did not.
    Answer(Box<Answer>),
    /// Hand it in.
    Submit {
        /// The package that was read.
        digest: Digest,
        /// What others know.
        known: Box<Known>,
    },
    /// The hub has received it.
    Acknowledge(Receipt),
    /// The examination was concluded.
    Conclude {
        /// Of which version.
        version: u32,
        /// How.
        outcome: Outcome,
    },
    /// The review was concluded.
    Judge {
        /// Whether a project comes of it.
        established: bool,
        /// Its place with the comments.
        judgement: Judgement,
    },
    /// Take it back.
    Withdraw(Text),
    /// The demand behind its topic was withdrawn.
    CloseTopic,
    /// A correction's deadline is over.
    MissDeadline,
    /// Appeal against its not being accepted.
    Appeal(Text),
    /// The last day to appeal is over.
    EndAppeal,
    /// The appeal was decided.
    DecideAppeal {
        /// About which version.
        version: u32,
        /// Whether it is examined again.
        granted: bool,
        /// Why.
        reason: Text,
    },
}

/// The hub's word 受理回执 that it has received a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which version.
    pub version: u32,
    /// What it received.
    pub digest: Digest,
    /// When it was handed in, by its home's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What begins an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    /// Its id.
    pub id: ApplicationId,
    /// Who leads.
    pub lead: UnitId,
    /// What registry says of the lead.
    pub facts: UnitFacts,
    /// For what.
    pub topic: Topic,
    /// Of which guide.
    pub guide: Guideline,
    /// What the lead wrote.
    pub content: Content,
    /// What others know.
    pub known: Known,
}

/// How an examination ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It goes on to the review.
    Passed,
    /// To be corrected.
    Correct {
        /// Which items, with a note each.
        items: BTreeMap<Item, String>,
        /// The last day.
        deadline: Day,
        /// Whether the holiday table did not know all days up to it.
        provisional: bool,
        /// In general.
        reason: String,
    },
    /// It is not accepted.
    NotAccepted {
        /// Why.
        reason: String,
        /// The items that did not pass, with a note each.
        items: BTreeMap<Item, String>,
        /// The last day on which to appeal; none: that can't be done.
        #[serde(default)]
        appeal_until: Option<Day>,
    },
}

/// A unit's word on a frozen package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which assent.
    pub assent: AssentId,
    /// Whose.
    pub unit: UnitId,
    /// To what.
    pub digest: Digest,
    /// Who said so.
    pub origin: Region,
    /// By whom.
    pub hand: Hand,
    /// Why not, if not.
    pub refused: Option<Text>,
}

/// What happened to an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was begun.
    Created {
        /// With what.
        creation: Box<Creation>,
        /// Under which policy.
        terms: Terms,
    },
    /// The lead wrote.
    Written(Box<Content>),
    /// A unit has a place.
    UnitPut {
        /// Which.
        unit: UnitId,
        /// Where.
        seat: Box<Seat>,
    },
    /// A unit is to be left out, and is told.
    LeftOut(UnitId),
    /// A unit was left out.
    UnitRemoved(UnitId),
    /// The departure was approved.
    DepartureApproved(Approval),
    /// A unit's part arrived.
    PartReceived {
        /// Whose.
        unit: UnitId,
        /// What it says.
        part: Box<PartVersion>,
    },
    /// The package was frozen, the units were asked.
    Frozen(Box<Frozen>),
    /// The package was taken back.
    Revised(Recall),
    /// A unit agreed.
    Agreed {
        /// Which.
        unit: UnitId,
        /// By whose hand.
        hand: Hand,
    },
    /// A unit did not; the package is taken back.
    Declined {
        /// Which.
        unit: UnitId,
        /// Why.
        reason: Text,
        /// Whose word is not needed any more.
        recall: Recall,
    },
    /// It was handed in.
    Submitted {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The hub has received it.
    Acknowledged,
    /// What it has received.
    Receipted(Receipt),
    /// The examination was concluded.
    Concluded(Outcome),
    /// The review was concluded.
    Judged {
        /// Whether a project comes of it.
        established: bool,
        /// Its place with the comments.
        judgement: Judgement,
    },
    /// It was taken back.
    Withdrawn {
        /// Why.
        reason: Text,
        /// Whose word is not needed any more.
        recall: Recall,
    },
    /// The correction did not come.
    DeadlineMissed {
        /// Which was missed.
        deadline: Day,
        /// Whose word is not needed any more.
        recall: Recall,
    },
    /// The lead appealed.
    Appealed {
        /// What it said.
        grounds: Text,
    },
    /// Nobody appealed in time.
    AppealEnded,
    /// The appeal was decided.
    AppealDecided {
        /// Whether it is examined again.
        granted: bool,
        /// Why.
        reason: Text,
    },
}

/// Whose word on which version is not needed any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// The version; 0 where none was asked for.
    pub version: u32,
    /// Who was asked and had not answered, with their homes.
    pub waiting: BTreeMap<UnitId, Region>,
}

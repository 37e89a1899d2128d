//! What a solution is made of, and where it stands.

use std::collections::{BTreeMap, BTreeSet};

use regulation::{BlindId, Day, Money, PostingId, Region, TaskId, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Invitation;
use crate::{
    domain::{MeetingId, PublicNumber, Rejection},
    dossier::{Channel, Salt},
};

/// A solution that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The demand it answers.
    pub blind_id: BlindId,
    /// That demand's public number.
    pub number: PublicNumber,
    /// The unit that holds it, and would hold the intent.
    pub holder: UnitId,
    /// What it says.
    pub content: Content,
    /// When it was handed in.
    #[serde(with = "time::serde::rfc3339::option")]
    pub submitted_at: Option<OffsetDateTime>,
    /// Counts what was handed in; 0 for a draft.
    pub revision: i32,
    /// What the seal of the last is salted with.
    pub salt: Option<Salt>,
    /// Tasks that were revised since.
    pub revised: BTreeSet<TaskId>,
    /// Where its dispositions come from, for this node alone: no view may show it. [Art. 10]
    pub counterpart: Option<Counterpart>,
    /// Where it stands.
    pub stage: Stage,
    /// One-to-ones with the demander.
    pub meetings: BTreeMap<MeetingId, Invitation>,
    /// Who demands, once that was disclosed to this solver. [Art. 10]
    pub demander: Option<UnitId>,
}

/// The demand's side, as far as this node has to know it to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterpart {
    /// The demand's home.
    pub home: Region,
    /// What that home calls the posting.
    pub posting: PostingId,
}

/// What the solver writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The tasks it answers.
    pub tasks: BTreeSet<TaskId>,
    /// The other units of the team.
    pub team: BTreeSet<UnitId>,
    /// How it would be done.
    pub approach: Text,
    /// Why that can be believed.
    pub evidence: Option<Text>,
    /// What it costs.
    pub price: Money,
    /// How long it takes.
    pub months: i32,
    /// How it comes.
    pub channel: Channel,
    /// Commits to carry it out as written.
    pub committed: bool,
    /// Undertakes to keep secret what it learns.
    pub secrecy: bool,
    /// Contact at the unit; never leaves home.
    pub contact: Option<Text>,
}

/// Where a solution stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Handed in, sealed until the next feedback.
    Submitted,
    /// The demander has it.
    FedBack,
    /// The demander considers it.
    Shortlisted(Text),
    /// The demander does not take it.
    Declined(Text),
    /// The demander wants it; the solver's word is missing.
    Selected(Word),
    /// Both sides gave their word.
    Intent(Word),
    /// Selection, intent or demand came to an end.
    Lapsed(Text),
    /// Taken back.
    Withdrawn,
}

/// What a selection is for, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// All tasks it is selected for.
    pub tasks: BTreeSet<TaskId>,
    /// Why.
    pub reason: Text,
    /// The last day on which the solver can give its word; none where it has.
    pub answer_until: Option<Day>,
}

impl Stage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "已提交",
            Self::FedBack => "已反馈",
            Self::Shortlisted(_) => "入围",
            Self::Declined(_) => "未采用",
            Self::Selected(_) => "已选定",
            Self::Intent(_) => "达成意向",
            Self::Lapsed(_) => "已终止",
            Self::Withdrawn => "已撤回",
        }
    }

    /// Whether nothing follows any more.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Declined(_) | Self::Lapsed(_) | Self::Withdrawn)
    }
}

/// What the catalogue says of the demand that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFacts {
    /// The demand.
    pub blind_id: BlindId,
    /// Its public number.
    pub number: PublicNumber,
    /// Its tasks.
    pub tasks: BTreeSet<TaskId>,
    /// Whether it has not been withdrawn.
    pub open: bool,
}

/// What registry says of the team's units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamStanding {
    /// Units that are not registered and active; the holder too where it is not at home here.
    pub unregistered: Vec<UnitId>,
    /// Units that a credit record bars.
    pub barred: Bars,
}

/// Units that a credit record bars, each with the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bars(pub BTreeMap<UnitId, Day>);

impl Bars {
    /// Nobody whom credit records bar solves. [Art. 20]
    pub(in crate::domain) fn check(&self) -> Result<(), Rejection> {
        match self.0.first_key_value() {
            Some((unit, until)) => Err(Rejection::Barred(*unit, *until)),
            None => Ok(()),
        }
    }
}

impl CallFacts {
    pub(super) fn answered_by(&self, content: &Content) -> Result<(), Rejection> {
        if !self.open {
            return Err(Rejection::CallClosed);
        }
        if content.tasks.is_subset(&self.tasks) {
            Ok(())
        } else {
            Err(Rejection::UnknownTask)
        }
    }
}

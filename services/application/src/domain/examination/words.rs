//! What can be asked of an examination, and what can have happened to it.

use std::collections::BTreeMap;

use evidence::Digest;
use regulation::{Day, Region, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Received, Record};
use crate::domain::{Item, Terms, check::Known, guide::Guideline};

/// What can be asked of an examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A package arrived.
    Receive {
        /// Who said so.
        origin: Region,
        /// The package.
        received: Box<Received>,
    },
    /// A person examined it.
    Record(Box<Findings>),
    /// Another person concludes.
    Conclude {
        /// What they read.
        digest: Digest,
        /// How.
        outcome: Wanted,
        /// Why.
        reason: Option<Text>,
    },
    /// The deadline of a correction may be over.
    Expire,
    /// It is over, and a person goes on without having heard the lead's node.
    Close(Text),
    /// The lead took the application back.
    Withdraw {
        /// Who said so.
        origin: Region,
    },
    /// The lead appeals.
    Appeal {
        /// Who said so.
        origin: Region,
        /// Against the examination of which package.
        version: u32,
        /// When its home signed it.
        at: OffsetDateTime,
        /// What it says.
        grounds: Text,
    },
    /// Others decide the appeal.
    DecideAppeal {
        /// Whether it is examined again.
        granted: bool,
        /// Why.
        reason: Text,
    },
}

/// What a person found, with what the machine goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// What was examined.
    pub digest: Digest,
    /// The person's verdicts where they say something; the others follow the machine.
    pub verdicts: BTreeMap<Item, (bool, Option<Text>)>,
    /// The guide.
    pub guide: Option<Guideline>,
    /// The policy version that the package names.
    pub terms: Terms,
    /// What the hub knows.
    pub known: Known,
}

/// How a person wants to conclude.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It passes.
    Passed,
    /// It has to be corrected.
    Correction,
    /// It is not accepted.
    NotAccepted,
}

/// What happened to an examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A package arrived.
    Received {
        /// The lead's home.
        region: Region,
        /// The package.
        received: Box<Received>,
    },
    /// Verdicts were recorded.
    Recorded(Record),
    /// It passed.
    Passed {
        /// By whose conclusion.
        by: String,
    },
    /// A correction was asked for.
    CorrectionRequested {
        /// The last day.
        deadline: Day,
        /// Whether the holiday table did not know all days up to it.
        provisional: bool,
        /// In general.
        reason: Text,
        /// By whom.
        by: String,
    },
    /// It was not accepted.
    NotAccepted {
        /// The items that did not pass.
        items: BTreeMap<Item, String>,
        /// Why.
        reason: Text,
        /// By whom.
        by: String,
        /// Who recorded the verdicts that it follows from.
        #[serde(default)]
        recorded_by: String,
        /// The last day on which the lead may appeal; none: it may not.
        #[serde(default)]
        appeal_until: Option<Day>,
    },
    /// The lead appealed.
    Appealed {
        /// What it says.
        grounds: Text,
    },
    /// The appeal was decided.
    AppealDecided {
        /// Whether it is examined again.
        granted: bool,
        /// Why.
        reason: Text,
        /// By whom.
        by: String,
    },
    /// The deadline is over, but the lead's node has not been heard past it.
    ExpiryHeld {
        /// When to look again.
        #[serde(with = "time::serde::rfc3339")]
        look_at: OffsetDateTime,
    },
    /// The lead took the application back.
    Withdrawn,
}

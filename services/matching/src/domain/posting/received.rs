//! A solution as the demander has it.

use regulation::{Day, Region, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{domain::FeedbackId, dossier::Dossier};

/// A solution that was fed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// What it says.
    pub dossier: Dossier,
    /// The node it comes from.
    pub region: Region,
    /// The feedback that brought it.
    pub feedback: FeedbackId,
    /// That feedback's cut-off.
    #[serde(with = "time::serde::rfc3339")]
    pub cut_off: OffsetDateTime,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a solution stands with the demander.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nobody has read it.
    Unopened,
    /// Read.
    Opened,
    /// Considered.
    Shortlisted(Text),
    /// Not taken.
    Declined(Text),
    /// Of the demander or an affiliate: not to be selected; declined together with its batch,
    /// since an answer at once would tell who the demander is. [Art. 10, 11]
    Affiliate {
        /// Whether its decline was told.
        told: bool,
    },
    /// Its selection or intent came to an end.
    Lapsed(Text),
    /// The demand was withdrawn.
    Closed,
    /// The solver took it back.
    Withdrawn,
}

impl Standing {
    /// Whether nothing follows any more.
    pub fn is_terminal(&self) -> bool {
        match self {
            Self::Unopened | Self::Opened | Self::Shortlisted(_) => false,
            Self::Affiliate { told } => *told,
            Self::Declined(_) | Self::Lapsed(_) | Self::Closed | Self::Withdrawn => true,
        }
    }

    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unopened => "未查阅",
            Self::Opened => "已查阅",
            Self::Shortlisted(_) => "入围",
            Self::Declined(_) => "未采用",
            Self::Affiliate { .. } => "关联单位方案",
            Self::Lapsed(_) => "已终止",
            Self::Closed => "需求已撤回",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// How far a selection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pick {
    /// The demander gave its word.
    Asked {
        /// The last day for the solver's.
        answer_until: Day,
        /// The last day of the intent that may come of it.
        valid_until: Option<Day>,
        /// When to look next whether it is over.
        #[serde(with = "time::serde::rfc3339")]
        look_at: OffsetDateTime,
    },
    /// Both did.
    Agreed {
        /// The last day of the intent.
        valid_until: Option<Day>,
    },
}

impl Pick {
    /// Whether both sides gave their word.
    pub fn is_agreed(self) -> bool {
        matches!(self, Self::Agreed { .. })
    }

    /// When it comes to its end by itself.
    pub fn ends_at(self) -> Option<OffsetDateTime> {
        match self {
            Self::Asked { look_at, .. } => Some(look_at),
            Self::Agreed { valid_until } => valid_until.map(Day::end),
        }
    }
}

//! What can be asked of a project, and what can have happened to it.

use std::{fmt, sync::Arc};

use chassis::{Barred, Subject};
use evidence::Digest;
use regulation::{AssentId, Policy, Refusal, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Contract, Established, Party, Rejection, Signature, Terms, rules};

/// What can be asked of a project.
#[derive(Debug, Clone)]
pub enum Command {
    /// The joint decision on its establishment is in force. [Art. 16]
    Establish(Box<Established>),
    /// Draw contract and task book up, by the policy version that the project keeps, if the node
    /// has it.
    Prepare {
        /// What is added to what was established.
        terms: Terms,
        /// The project's own policy version.
        policy: Option<Arc<Policy>>,
        /// Those of its units and people whom a credit record keeps from contracts.
        barred: Vec<(Subject, Barred)>,
    },
    /// Put the contract before its parties.
    RequestAssents {
        /// What the officer read.
        digest: Digest,
        /// Those of its units and people whom a credit record keeps from contracts.
        barred: Vec<(Subject, Barred)>,
    },
    /// Take back what waits for assents.
    Revise(Text),
    /// Its application was taken back.
    TakeBack {
        /// When, by this home's signed time.
        at: OffsetDateTime,
    },
    /// A party has agreed.
    Agree(Word),
    /// All have agreed, and credit records were looked at once more.
    Sign {
        /// Those of its units and people whom a credit record keeps from contracts by now.
        barred: Vec<(Subject, Barred)>,
    },
    /// A party has not.
    Refuse {
        /// Its word.
        word: Word,
        /// Why.
        reason: Text,
    },
}

/// A party's word on a version, as its home told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Under which it was asked.
    pub assent: AssentId,
    /// Whose word it is.
    pub party: Party,
    /// The document that it is on.
    pub digest: Digest,
    /// Who gave it, where and when.
    pub by: Signature,
}

/// What happened to a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was established.
    Established(Box<Established>),
    /// Contract and task book were drawn up.
    Prepared(Box<Contract>),
    /// The contract was put before its parties.
    AssentsRequested,
    /// A party agreed.
    Agreed {
        /// Which.
        party: Party,
        /// Who for it.
        by: Signature,
    },
    /// The version came to nothing.
    Returned(Box<Returned>),
    /// Its application was taken back; nothing comes of it.
    TakenBack {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// The version that was put before the parties last; 0 where none was.
        version: u32,
        /// Who had not answered, and need not any more.
        waiting: Vec<Party>,
    },
    /// All have agreed to the same document.
    Signed {
        /// When the last of them did.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

/// A version that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// Which version.
    pub version: u32,
    /// Why.
    pub why: Why,
    /// Who had not answered, and need not any more.
    pub waiting: Vec<Party>,
}

/// Why a version came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// A party did not agree.
    Refused {
        /// Which.
        party: Party,
        /// Who for it.
        by: Signature,
        /// Why.
        reason: Text,
    },
    /// The department took it back.
    Revised {
        /// Who.
        by: Signature,
        /// Why.
        reason: Text,
    },
    /// Who drew it up signed it for the department.
    SignedByPreparer(Signature),
    /// Between the first signature and the last a credit record came to bar somebody of it.
    Barred {
        /// Whom.
        who: Subject,
        /// By which record, until when.
        by: Barred,
    },
}

/// As it is told to whoever draws up the next version.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused {
                party: Party::Department,
                reason,
                ..
            } => write!(f, "科技厅（委）不同意：{reason}"),
            Self::Refused {
                party: Party::Unit(unit),
                reason,
                ..
            } => write!(f, "单位 {unit} 不同意：{reason}"),
            Self::Revised { reason, .. } => write!(f, "经办人撤回：{reason}"),
            Self::SignedByPreparer(_) => {
                write!(f, "签署无效：{}", rules::TWO_PEOPLE.sentence)
            }
            Self::Barred { who, by } => {
                let (who, by) = (who.clone(), by.clone());
                let refusal = Refusal::from(Rejection::Barred { who, by });
                write!(f, "各方同意后未予签订：{refusal}")
            }
        }
    }
}

//! 信用记录: what a record is about, what it bars from, and for how long. [Art. 20]

pub mod filing;
pub mod notice;
pub mod record;
mod rejection;
pub mod rules;
mod stage;

use std::{collections::BTreeSet, fmt, str::FromStr};

use evidence::Digest;
use regulation::{Day, PersonKey, Region, Text, Title, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub use filing::Filing;
pub use notice::CreditNotice;
pub use record::CreditRecord;
pub use rejection::Rejection;
pub use stage::Stage;

/// The id of a credit record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub Uuid);

/// An id that is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("信用记录编号有误")]
pub struct InvalidRecordId;

impl FromStr for RecordId {
    type Err = InvalidRecordId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidRecordId)
    }
}

impl From<Uuid> for RecordId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whom a record is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A unit.
    Unit(UnitId),
    /// A person.
    Person {
        /// By what they are known on every node.
        key: PersonKey,
        /// The unit through whom they are told.
        through: UnitId,
    },
}

impl Subject {
    /// The unit that is told: the one that it is about, or that of the person.
    pub fn told(&self) -> UnitId {
        match self {
            Self::Unit(unit) | Self::Person { through: unit, .. } => *unit,
        }
    }

    /// The person, where it is about one.
    pub fn person(&self) -> Option<&PersonKey> {
        match self {
            Self::Unit(_) => None,
            Self::Person { key, .. } => Some(key),
        }
    }
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misconduct {
    /// 提供虚假材料
    FalseMaterials,
    /// 违规使用资金
    MisuseOfFunds,
    /// 无正当理由不履行合同
    BreachOfContract,
    /// 科研失信
    ResearchMisconduct,
    /// 评审违规
    ReviewMisconduct,
    /// 不配合监督评估
    Obstruction,
    /// 其他
    Other,
}

/// What a record can bar from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarredAct {
    /// Handing in a demand.
    Intake,
    /// Handing in a solution.
    Solution,
    /// Being drawn as an expert.
    ExpertDraw,
    /// Taking part in an application.
    Application,
    /// Being party to a contract.
    Contract,
}

impl BarredAct {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Intake,
        Self::Solution,
        Self::ExpertDraw,
        Self::Application,
        Self::Contract,
    ];

    /// The acts that a look-up for this purpose, `<service>.<act>`, is about: of a purpose that
    /// says nothing of the kind, all, so that a bar is rather seen once too often.
    pub fn of_purpose(purpose: &str) -> BTreeSet<Self> {
        match purpose.split('.').next() {
            Some("intake") => [Self::Intake].into(),
            Some("matching") => [Self::Solution].into(),
            Some("evaluation" | "review") => [Self::ExpertDraw].into(),
            Some("application") => [Self::Application].into(),
            Some("project" | "fund") => [Self::Contract].into(),
            _ => Self::ALL.into(),
        }
    }
}

/// A document that shows the misconduct. Never leaves the department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Of the document.
    pub digest: Digest,
    /// What it shows.
    pub description: Text,
}

/// What somebody is charged with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Who.
    pub subject: Subject,
    /// What kind.
    pub misconduct: Misconduct,
    /// In whose course it came up: a project, an application, a finding.
    pub case_reference: Title,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// From what it is to bar.
    pub acts: BTreeSet<BarredAct>,
}

/// The policy's numbers that a record keeps from its first day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The policy version.
    pub policy: String,
    /// Days to appeal after being told.
    pub appeal_days: u32,
    /// Months of effect.
    pub record_months: u32,
}

/// The telling of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// The director who confirmed the proposal.
    pub by: String,
    /// The day.
    pub on: Day,
    /// The last day on which to appeal.
    pub appeal_until: Day,
}

/// An appeal, as its home told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// When, by the signed time of the home of whom the record is about.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Why.
    pub grounds: Text,
}

/// A director's word on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Whose.
    pub by: String,
    /// Why.
    pub reason: Text,
}

/// From when to when a record has effect, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
}

impl Effect {
    /// So many months from this day on.
    pub fn of_months(from: Day, months: u32) -> Self {
        let until = from.plus_months(months).minus_days(1);
        Self { from, until }
    }

    /// Whether the day is one of its days.
    pub fn covers(&self, day: Day) -> bool {
        self.from <= day && day <= self.until
    }
}

/// The first instant after a day.
pub(crate) fn after(day: Day) -> OffsetDateTime {
    day.plus_days(1).start()
}

/// What all members are told of a record; `None` where nothing was in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It ran out.
    Expired,
    /// It was revoked.
    Revoked,
}

/// How a record ended for whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has effect.
    Effective,
    /// It was revoked.
    Revoked,
    /// It ran out.
    Expired,
}

/// What the home of whom a record is about is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// The department that made the record.
    pub region: Region,
    /// Whom it is about.
    pub subject: Subject,
    /// What kind of misconduct.
    pub misconduct: Misconduct,
    /// From what it is to bar.
    pub acts: BTreeSet<BarredAct>,
    /// The day of telling.
    pub on: Day,
    /// The last day on which to appeal.
    pub appeal_until: Day,
}

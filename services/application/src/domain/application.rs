//! 申报: the application of a consortium, at the lead's home. [Art. 13, 14]

mod appeal;
mod assents;
mod decide;
mod departure;
mod evolve;
mod judged;
#[cfg(test)]
pub(crate) mod tests;
mod verdicts;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{ApplicationId, Context, Day, Policy, Region, Text, Title, UnitId, Verdict};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    Document, Package, Rejection, Section, Terms,
    guide::Guideline,
    item::{Item, open_for},
    package::{Content, PartVersion, Topic, UnitRole},
};
use crate::publish;
pub use words::{Answer, Command, Creation, Event, Outcome, Recall, Receipt};

/// An application; nothing before it is begun.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application(pub Option<Box<Case>>);

/// An application that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: ApplicationId,
    /// Who leads; never changes.
    pub lead: UnitId,
    /// For what; never changes.
    pub topic: Topic,
    /// What the guide says, as published.
    pub guide: Guideline,
    /// The policy that it was taken under.
    pub terms: Terms,
    /// What the lead wrote.
    pub content: Content,
    /// The consortium.
    pub seats: BTreeMap<UnitId, Seat>,
    /// The approved departure from the duration.
    pub approval: Option<Approval>,
    /// The last package that was frozen.
    pub frozen: Option<Frozen>,
    /// Whether the hub has heard of it.
    pub told: bool,
    /// What the hub received last.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// The appeal against its not being accepted, if there was one.
    #[serde(default)]
    pub appeal: Option<Appeal>,
    /// Where it stands.
    pub stage: Stage,
}

/// An appeal 申诉. There is one to an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// What the lead said.
    pub grounds: Text,
    /// Why it was granted or dismissed, once it was.
    pub answer: Option<String>,
}

/// A unit's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// What it is.
    pub role: UnitRole,
    /// Its home.
    pub region: Region,
    /// Whether it sits outside the members.
    pub guest: bool,
    /// The legal entity whose branch it is, if it is one.
    pub branch_of: Option<UnitId>,
    /// 子课题
    pub subtask: Option<Title>,
    /// What its subtask takes from and hands over to the others.
    pub interfaces: Option<Text>,
    /// The newest version of its part that arrived.
    pub latest: Option<PartVersion>,
    /// Why it refused the last package, if it did.
    pub refusal: Option<Text>,
}

/// A director's word on a departure from the duration. [Art. 18]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// For how many months.
    pub months: u32,
    /// For which reason.
    pub reason: Text,
    /// Whose word.
    pub by: String,
}

/// A frozen package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// What it says.
    pub package: Package,
    /// As it was encoded: what everybody agrees to.
    pub document: Document,
}

/// What a correction asks for. [Art. 14]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Which items, with a note each.
    pub items: BTreeMap<Item, String>,
    /// The last day.
    pub deadline: Day,
    /// Whether the holiday table did not know all days up to it.
    pub provisional: bool,
    /// In general.
    pub reason: String,
    /// What was examined before.
    pub before: Box<Package>,
}

impl Correction {
    /// What may be edited.
    pub fn open(&self) -> BTreeSet<Section> {
        open_for(self.items.keys().copied())
    }
}

/// Where an application stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Frozen; the units are asked.
    AwaitingAssents {
        /// Who has agreed.
        given: BTreeMap<UnitId, Hand>,
        /// The correction that it answers, if it does.
        correction: Option<Correction>,
    },
    /// On its way to the hub.
    Submitted {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// Received there.
    InExamination {
        /// When it was handed in.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// To be corrected.
    CorrectionOpen(Correction),
    /// Passed.
    InReview,
    /// A project comes of it.
    Established(Judgement),
    /// None does.
    NotEstablished(Judgement),
    /// It did not pass.
    NotAccepted {
        /// Why.
        reason: String,
        /// The items that did not pass, with a note each.
        items: BTreeMap<Item, String>,
        /// The last day on which to appeal, while that may be done.
        #[serde(default)]
        appeal_until: Option<Day>,
    },
    /// It did not pass, and the lead appeals.
    Appealed {
        /// Why.
        reason: String,
        /// The items that did not pass, with a note each.
        items: BTreeMap<Item, String>,
    },
    /// The lead took it back.
    Withdrawn {
        /// Why.
        reason: Text,
    },
    /// The correction did not come in time.
    MissedDeadline {
        /// Which was missed.
        deadline: Day,
    },
}

/// A person's agreement, as their home vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Their account.
    pub person: String,
    /// When, by their home's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What came of the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Its place.
    pub place: u32,
    /// What the reviewers said.
    pub comments: Vec<String>,
}

impl Stage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::AwaitingAssents { .. } => "待各单位同意",
            Self::Submitted { .. } => "已提交",
            Self::InExamination { .. } => "形式审查中",
            Self::CorrectionOpen(_) => "待补正",
            Self::InReview => "评审中",
            Self::Established(_) => "已立项",
            Self::NotEstablished(_) => "未立项",
            Self::NotAccepted { .. } => "不予受理",
            Self::Appealed { .. } => "申诉中",
            Self::Withdrawn { .. } => "已撤回",
            Self::MissedDeadline { .. } => "逾期未补正",
        }
    }

    /// Whether it is handed in or about to be, and not over.
    pub fn is_live(&self) -> bool {
        // What is only being written is nobody's application yet.
        !(self.is_decided() || *self == Self::Draft)
    }

    /// Whether nobody works on it any more, though its lead may still appeal.
    pub fn is_decided(&self) -> bool {
        self.is_terminal() || matches!(self, Self::NotAccepted { .. })
    }

    /// Whether nothing can happen to it any more.
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::Established(_)
                | Self::NotEstablished(_)
                | Self::NotAccepted {
                    appeal_until: None,
                    ..
                }
                | Self::Withdrawn { .. }
                | Self::MissedDeadline { .. }
        )
    }

    /// The correction that is under way.
    pub fn correction(&self) -> Option<&Correction> {
        match self {
            Self::CorrectionOpen(correction)
            | Self::AwaitingAssents {
                correction: Some(correction),
                ..
            } => Some(correction),
            _ => None,
        }
    }
}

impl Case {
    /// The version of the last frozen package; 0 before the first.
    pub fn version(&self) -> u32 {
        self.frozen
            .as_ref()
            .map_or(0, |frozen| frozen.package.version)
    }
}

impl Aggregate for Application {
    const KIND: &'static str = "application";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (&self.0, command) {
            (None, Command::Create(creation)) => decide::create(creation, context),
            (None, _) => Err(Rejection::NoApplication),
            (Some(case), command) => case.decide(command, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (None, Event::Created { creation, terms }) => {
                self.0 = Some(Box::new(evolve::begun(creation, terms)));
            }
            (Some(case), event) => case.evolve(event),
            (None, _) => {}
        }
    }

    fn publish(&self, _id: &str, event: &Event, context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|case| publish::application(case, event, context))
            .unwrap_or_default()
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        let stage = self.0.as_ref().map(|case| &case.stage);
        let alarm = match stage {
            Some(Stage::NotAccepted {
                appeal_until: Some(until),
                ..
            }) => Some(("appeal_ends", *until, Command::EndAppeal)),
            _ => stage.and_then(Stage::correction).map(|correction| {
                let name = "correction_deadline";
                (name, correction.deadline, Command::MissDeadline)
            }),
        };
        let alarm = alarm.map(|(name, last, command)| Alarm {
            name,
            // The day still counts: what follows is the first instant after it.
            due: last.end() + Duration::MICROSECOND,
            command,
        });
        alarm.into_iter().collect()
    }

    fn taken_under(&self) -> Option<&str> {
        let package = &self.0.as_ref()?.frozen.as_ref()?.package;
        Some(&package.policy)
    }

    fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        let frozen = self.0.as_ref().and_then(|case| case.frozen.as_ref());
        frozen.map_or_else(Vec::new, |frozen| {
            verdicts::verdicts(&frozen.package, policy)
        })
    }
}

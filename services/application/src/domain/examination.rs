//! 形式审查: completeness and conformity of a package, on the hub. [Art. 14]

mod appeal;
mod decide;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{Context, Day, Region, Text};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{Document, Item, Package, Rejection, Terms};
use crate::publish;
pub use words::{Command, Event, Findings, Wanted};

/// How long a closing waits before it looks again whether the lead's node has been heard.
const LOOK_AGAIN: Duration = Duration::HOUR;

/// An examination; nothing before a package arrives. Known by the application's id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examination(pub Option<Box<Exam>>);

/// An examination under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exam {
    /// The lead's home, which alone speaks for it.
    pub region: Region,
    /// What was handed in last.
    pub received: Received,
    /// What was examined before a correction, with the items that it was to correct.
    pub before: Option<(Box<Package>, BTreeMap<Item, String>)>,
    /// Corrections that were asked for.
    pub corrections: u32,
    /// Where it stands.
    pub stage: Stage,
    /// The appeal that was decided, if there was one.
    #[serde(default)]
    pub appeal: Option<Decided>,
}

/// A package as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// What it says.
    pub package: Package,
    /// As it was agreed to.
    pub document: Document,
    /// When its home signed it.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Both verdicts on an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What the machine finds wrong; empty: it passes.
    pub machine: Vec<String>,
    /// Whether the person passes it.
    pub passed: bool,
    /// What the person says of it.
    pub note: Option<Text>,
}

impl Verdict {
    /// Whether both pass it.
    pub fn holds(&self) -> bool {
        self.passed && self.machine.is_empty()
    }

    /// What is wrong with it, in Chinese.
    pub fn why(&self) -> String {
        let note = self.note.as_ref().map(ToString::to_string);
        let all: Vec<_> = self.machine.iter().cloned().chain(note).collect();
        all.join("；")
    }
}

/// Recorded verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// On every item.
    pub verdicts: BTreeMap<Item, Verdict>,
    /// Under which policy.
    pub terms: Terms,
    /// By whom.
    pub by: String,
}

impl Record {
    /// The items that did not pass, with what is wrong.
    pub fn failed(&self) -> BTreeMap<Item, String> {
        let failed = self.verdicts.iter().filter(|(_, one)| !one.holds());
        failed.map(|(item, one)| (*item, one.why())).collect()
    }
}

/// Where an examination stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It waits for a person's verdicts.
    Pending,
    /// It waits for another person's conclusion.
    Examined(Record),
    /// The lead has to correct.
    CorrectionRequested {
        /// The verdicts.
        record: Record,
        /// The last day.
        deadline: Day,
        /// Whether the holiday table did not know all days up to it.
        provisional: bool,
        /// When to look whether it was missed.
        #[serde(with = "time::serde::rfc3339")]
        look_at: OffsetDateTime,
        /// What was asked for in general.
        reason: Text,
        /// By whom.
        by: String,
    },
    /// It goes on to the review.
    Passed {
        /// The verdicts.
        record: Record,
        /// By whom.
        by: String,
    },
    /// It does not.
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
    /// It does not, and the lead appeals.
    Appealed {
        /// The items that did not pass.
        items: BTreeMap<Item, String>,
        /// Why.
        reason: Text,
        /// By whom.
        by: String,
        /// Who recorded the verdicts that it follows from.
        recorded_by: String,
        /// What the lead says.
        grounds: Text,
    },
    /// The lead took the application back.
    Withdrawn,
}

impl Stage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "待审查",
            Self::Examined(_) => "待结论",
            Self::CorrectionRequested { .. } => "待补正",
            Self::Passed { .. } => "已通过",
            Self::NotAccepted { .. } => "不予受理",
            Self::Appealed { .. } => "申诉中",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// An appeal that was decided. There is one to an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What the lead said.
    pub grounds: Text,
    /// Whether it is examined again.
    pub granted: bool,
    /// Why.
    pub reason: Text,
    /// By whom.
    pub by: String,
}

impl Aggregate for Examination {
    const KIND: &'static str = "examination";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        if !context.node.is_hub() {
            return Err(Rejection::HubOnly);
        }
        match (&self.0, command) {
            (None, Command::Receive { origin, received }) => decide::first(origin, received),
            (None, _) => Err(Rejection::NoExamination),
            (Some(exam), command) => exam.decide(command, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (None, Event::Received { region, received }) => {
                self.0 = Some(Box::new(Exam {
                    region: *region,
                    received: (**received).clone(),
                    before: None,
                    corrections: 0,
                    stage: Stage::Pending,
                    appeal: None,
                }));
            }
            (Some(exam), event) => exam.evolve(event),
            (None, _) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|exam| publish::examination(id, exam, event))
            .unwrap_or_default()
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        let stage = self.0.as_ref().map(|exam| &exam.stage);
        let alarm = match stage {
            Some(Stage::CorrectionRequested { look_at, .. }) => Some(Alarm {
                name: "correction_expires",
                due: *look_at,
                command: Command::Expire,
            }),
            _ => None,
        };
        alarm.into_iter().collect()
    }
}

impl Exam {
    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Received { received, .. } => {
                let stage = std::mem::replace(&mut self.stage, Stage::Pending);
                let received = std::mem::replace(&mut self.received, (**received).clone());
                if let Stage::CorrectionRequested { record, .. } = stage {
                    self.before = Some((Box::new(received.package), record.failed()));
                }
            }
            Event::Recorded(record) => self.stage = Stage::Examined(record.clone()),
            Event::ExpiryHeld { look_at: again } => {
                if let Stage::CorrectionRequested { look_at, .. } = &mut self.stage {
                    *look_at = *again;
                }
            }
            Event::NotAccepted {
                items,
                reason,
                by,
                recorded_by,
                appeal_until,
            } => {
                self.stage = Stage::NotAccepted {
                    items: items.clone(),
                    reason: reason.clone(),
                    by: by.clone(),
                    recorded_by: recorded_by.clone(),
                    appeal_until: *appeal_until,
                };
            }
            Event::Appealed { .. } | Event::AppealDecided { .. } => self.appealed(event),
            Event::Withdrawn => self.stage = Stage::Withdrawn,
            Event::Passed { .. } | Event::CorrectionRequested { .. } => self.concluded(event),
        }
    }

    fn concluded(&mut self, event: &Event) {
        let Stage::Examined(record) = &self.stage else {
            return;
        };
        let record = record.clone();
        match event {
            Event::Passed { by } => {
                self.stage = Stage::Passed {
                    record,
                    by: by.clone(),
                };
            }
            Event::CorrectionRequested {
                deadline,
                provisional,
                reason,
                by,
            } => {
                self.corrections += 1;
                self.stage = Stage::CorrectionRequested {
                    record,
                    deadline: *deadline,
                    provisional: *provisional,
                    look_at: deadline.end() + Duration::MICROSECOND,
                    reason: reason.clone(),
                    by: by.clone(),
                };
            }
            _ => {}
        }
    }
}

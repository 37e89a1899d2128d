//! 报送: what the national record of research integrity is told of a record of this department, and
//! what it answered. [Art. 20]

use chassis::Subject;
use evidence::Digest;
use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Day, Refusal, RefusalKind, Title};
use serde::{Deserialize, Serialize};

use super::{Ended, Misconduct, rules};

/// The filing of one record, by the record's id; none before the record first had effect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing(pub Option<Box<Kept>>);

/// What is filed, and how far that has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What the national record is told.
    pub standing: Standing,
    /// How often it was filed, the present one included.
    pub number: u32,
    /// How far it has come.
    pub stage: Stage,
}

/// What a record says now. Never its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whom it is about.
    pub subject: Subject,
    /// What they did.
    pub misconduct: Misconduct,
    /// The first day of its effect.
    pub from: Day,
    /// The last day; none once it has ended before.
    pub until: Option<Day>,
    /// How it ended; none while it has effect.
    pub ended: Option<Ended>,
}

/// How far a filing has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// To be handed over.
    Queued {},
    /// Handed over; no answer yet.
    Filed(Handed),
    /// Taken, under this number.
    Receipted {
        /// What was handed over.
        handed: Handed,
        /// The number of the receipt.
        receipt: Title,
    },
    /// Turned down.
    Rejected {
        /// What was handed over.
        handed: Handed,
        /// Why.
        reason: Title,
    },
}

/// What was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// Of the document.
    pub digest: Digest,
    /// When.
    pub on: Day,
}

/// What can be asked of a filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The record says this now.
    Queue(Box<Standing>),
    /// The connector handed over what was the filing of this number.
    HandOver {
        /// Which.
        number: u32,
        /// Of the document.
        digest: Digest,
    },
    /// The national record answered to what was handed over.
    Answer {
        /// To which.
        number: u32,
        /// Of which document.
        digest: Digest,
        /// What.
        answer: Answer,
    },
    /// File again what was turned down.
    Refile,
}

/// What the national record answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It took it, under this number.
    Receipt(Title),
    /// It did not, and why.
    Rejection(Title),
}

/// What happened to a filing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It waits to be handed over.
    Queued(Box<Standing>),
    /// It was handed over.
    HandedOver(Handed),
    /// It was answered.
    Answered(Answer),
    /// An officer has it filed again.
    Requeued {
        /// The officer.
        by: String,
    },
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// There is none.
    Unknown,
    /// It was not turned down.
    NotTurnedDown,
    /// The answer is to something else than what was handed over.
    AnotherDocument,
}

impl Aggregate for Filing {
    const KIND: &'static str = "credit_filing";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (self.0.as_deref(), command) {
            (Some(kept), Command::Queue(standing)) if kept.standing == *standing => Ok(vec![]),
            (_, Command::Queue(standing)) => Ok(vec![Event::Queued(standing)]),
            (None, _) => Err(Rejection::Unknown),
            (Some(kept), command) => kept.decide(command, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (filing, Event::Queued(standing)) => {
                let before = filing.as_ref().map_or(0, |kept| kept.number);
                *filing = Some(Box::new(Kept {
                    standing: (**standing).clone(),
                    number: before + 1,
                    stage: Stage::Queued {},
                }));
            }
            (Some(kept), event) => kept.evolve(event),
            (None, _) => {}
        }
    }

    /// What the connector hands over is read from here; nobody else hears of it.
    fn publish(&self, _id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl Kept {
    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (command, &self.stage) {
            (Command::HandOver { number, digest }, Stage::Queued {}) if number == self.number => {
                let on = Day::of(context.now);
                Ok(vec![Event::HandedOver(Handed { digest, on })])
            }
            (
                Command::Answer {
                    number,
                    digest,
                    answer,
                },
                Stage::Filed(handed),
            ) if number == self.number => {
                if digest == handed.digest {
                    Ok(vec![Event::Answered(answer)])
                } else {
                    Err(Rejection::AnotherDocument)
                }
            }
            // To an earlier number, or again: the last one counts.
            (Command::HandOver { .. } | Command::Answer { .. } | Command::Queue(_), _) => {
                Ok(vec![])
            }
            (Command::Refile, Stage::Rejected { .. }) => Ok(vec![Event::Requeued {
                by: context.actor.person.clone(),
            }]),
            (Command::Refile, _) => Err(Rejection::NotTurnedDown),
        }
    }

    fn evolve(&mut self, event: &Event) {
        let handed = self.handed();
        match (event, handed) {
            (Event::HandedOver(handed), _) => self.stage = Stage::Filed(*handed),
            (Event::Answered(Answer::Receipt(receipt)), Some(handed)) => {
                let receipt = receipt.clone();
                self.stage = Stage::Receipted { handed, receipt };
            }
            (Event::Answered(Answer::Rejection(reason)), Some(handed)) => {
                let reason = reason.clone();
                self.stage = Stage::Rejected { handed, reason };
            }
            (Event::Requeued { .. }, _) => {
                self.number += 1;
                self.stage = Stage::Queued {};
            }
            (Event::Answered(_), None) | (Event::Queued(_), _) => {}
        }
    }

    /// What was handed over, if it was.
    pub fn handed(&self) -> Option<Handed> {
        match &self.stage {
            Stage::Queued {} => None,
            Stage::Filed(handed)
            | Stage::Receipted { handed, .. }
            | Stage::Rejected { handed, .. } => Some(*handed),
        }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Unknown => Refusal::new(
                rules::FILING,
                "没有这条信用记录的报送",
                "请核对信用记录编号；未生效的记录不报送",
            )
            .kind(RefusalKind::NotFound),
            Rejection::NotTurnedDown => Refusal::new(
                rules::FILING,
                "该报送没有被退回",
                "请等待回执；只有被退回的报送可以重新报送",
            ),
            Rejection::AnotherDocument => Refusal::new(
                rules::FILING,
                "回执所指的文件不是本次报送的文件",
                "请与国家科研诚信信息系统核对",
            ),
        }
    }
}

#[cfg(test)]
#[path = "filing_tests.rs"]
mod tests;

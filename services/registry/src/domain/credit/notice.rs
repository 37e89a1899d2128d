//! What whom a credit record is about was told, at their own home: there they appeal.

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Day, Region, Role, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Announced, Outcome, Rejection};
use crate::publish::credit as publish;

/// A notice by its record's id; none before this node was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNotice(pub Option<Box<Told>>);

/// A record that this node was told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What it says.
    pub announced: Announced,
    /// The appeal, once there is one.
    pub appeal: Option<Lodged>,
    /// How it ended; none while that is open.
    pub outcome: Option<Outcome>,
}

/// An appeal as it was lodged here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lodged {
    /// By whom.
    pub by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Why.
    pub grounds: Text,
}

/// What can be asked of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The record's home tells it.
    Tell(Box<Announced>),
    /// Appeal.
    Appeal(Text),
    /// The record's home, `from`, says how it ended.
    Conclude {
        /// Which node says so.
        from: Region,
        /// How.
        outcome: Outcome,
    },
}

/// What happened to a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was told.
    Told(Box<Announced>),
    /// They appealed.
    Appealed(Lodged),
    /// It ended.
    Concluded(Outcome),
}

impl Aggregate for CreditNotice {
    const KIND: &'static str = "credit_notice";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (&self.0, command) {
            (None, Command::Tell(announced)) => Ok(vec![Event::Told(announced)]),
            (Some(told), Command::Tell(announced)) if told.announced == *announced => Ok(vec![]),
            (Some(_), Command::Tell(_)) => Err(Rejection::NotTheirs),
            (None, _) => Err(Rejection::Unknown),
            (Some(told), Command::Appeal(grounds)) => told.appeal(grounds, context),
            (Some(told), Command::Conclude { from, outcome }) => told.conclude(from, outcome),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (none @ None, Event::Told(announced)) => {
                *none = Some(Box::new(Told {
                    announced: (**announced).clone(),
                    appeal: None,
                    outcome: None,
                }));
            }
            (Some(told), Event::Appealed(lodged)) => told.appeal = Some(lodged.clone()),
            (Some(told), Event::Concluded(outcome)) => told.outcome = Some(*outcome),
            (_, _) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, context: &Context) -> Vec<Message> {
        let told = self.0.as_deref();
        told.map_or_else(Vec::new, |told| {
            publish::notice(id, told, event, context.node)
        })
    }
}

impl Told {
    fn appeal(&self, grounds: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        let actor = &context.actor;
        let own = actor.unit == Some(self.announced.subject.told());
        if actor.role != Role::Officer && !own {
            return Err(Rejection::NotOwn);
        }
        let wanted = "申诉";
        match (&self.appeal, &self.outcome) {
            (Some(lodged), _) if lodged.grounds == grounds => return Ok(vec![]),
            (Some(_), _) => {
                return Err(Rejection::WrongStage {
                    stage: "申诉中",
                    wanted,
                });
            }
            (None, Some(_)) => {
                return Err(Rejection::WrongStage {
                    stage: "已有结果",
                    wanted,
                });
            }
            (None, None) => {}
        }
        if Day::of(context.now) > self.announced.appeal_until {
            return Err(Rejection::AppealLate(self.announced.appeal_until));
        }
        Ok(vec![Event::Appealed(Lodged {
            by: actor.person.clone(),
            at: context.now,
            grounds,
        })])
    }

    /// A record in effect can still be revoked or run out; what is over stays over.
    fn conclude(&self, from: Region, outcome: Outcome) -> Result<Vec<Event>, Rejection> {
        if from != self.announced.region {
            return Err(Rejection::NotTheirs);
        }
        match (self.outcome, outcome) {
            (Some(known), outcome) if known == outcome => Ok(vec![]),
            (None, Outcome::Effective | Outcome::Revoked)
            | (Some(Outcome::Effective), Outcome::Revoked | Outcome::Expired) => {
                Ok(vec![Event::Concluded(outcome)])
            }
            (_, _) => Err(Rejection::WrongStage {
                stage: "已有结果",
                wanted: "变更结果",
            }),
        }
    }
}

#[cfg(test)]
#[path = "notice_tests.rs"]
mod tests;

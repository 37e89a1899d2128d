//! An objection of the public to a decision, at the home of who filed it.

use journal::Aggregate;
use proto::message::Message;
use regulation::{Actor, Context, DecisionId, Refusal, RefusalKind, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::rules;
use crate::publish;

/// An objection; who filed it never leaves this node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Objection {
    /// There is none.
    #[default]
    Nothing,
    /// It waits for the hub.
    Filed(Filing),
    /// The hub has answered, for good.
    Answered {
        /// What was filed.
        filing: Filing,
        /// What the hub said.
        answer: Answer,
    },
}

/// What was filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// Against which decision.
    pub decision: DecisionId,
    /// What it says.
    pub text: Text,
    /// By whom.
    pub by: Actor,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What the hub said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// In short.
    pub outcome: Outcome,
    /// Why.
    pub reason: Text,
    /// When, by the hub's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What became of an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was right: the decision is returned.
    Upheld,
    /// It was not.
    Dismissed,
    /// It was not looked at.
    Declined,
}

/// What can be asked of an objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// File it.
    File {
        /// Against which decision.
        decision: DecisionId,
        /// What it says.
        text: Text,
    },
    /// The hub answers.
    Answer(Answer),
}

/// What happened to an objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was filed.
    Filed(Filing),
    /// It was answered.
    Answered(Answer),
}

/// Why an objection says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is none.
    NotFound,
    /// There is one under this id.
    Exists,
    /// It has been answered otherwise.
    AnsweredAlready,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        let rule = rules::OBJECTION_LIFECYCLE;
        match rejection {
            Rejection::NotFound => {
                Self::new(rule, "没有这条异议", "请核对异议编号").kind(RefusalKind::NotFound)
            }
            Rejection::Exists => {
                Self::new(rule, "该编号已有一条异议", "请使用新的编号").kind(RefusalKind::Exists)
            }
            Rejection::AnsweredAlready => Self::new(rule, "该异议已有答复", "答复后不得更改"),
        }
    }
}

impl Objection {
    /// What was filed, and the answer, if there is one yet.
    pub fn filed(&self) -> Option<(&Filing, Option<&Answer>)> {
        match self {
            Self::Nothing => None,
            Self::Filed(filing) => Some((filing, None)),
            Self::Answered { filing, answer } => Some((filing, Some(answer))),
        }
    }
}

impl Aggregate for Objection {
    const KIND: &'static str = "objection";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (self, command) {
            (Self::Nothing, Command::File { decision, text }) => {
                let by = context.actor.clone();
                Ok(vec![Event::Filed(Filing {
                    decision,
                    text,
                    by,
                    at: context.now,
                })])
            }
            (_, Command::File { .. }) => Err(Rejection::Exists),
            (Self::Nothing, Command::Answer(_)) => Err(Rejection::NotFound),
            (Self::Filed(_), Command::Answer(answer)) => Ok(vec![Event::Answered(answer)]),
            (Self::Answered { answer: first, .. }, Command::Answer(answer)) if *first == answer => {
                Ok(Vec::new())
            }
            (Self::Answered { .. }, Command::Answer(_)) => Err(Rejection::AnsweredAlready),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&*self, event) {
            (Self::Nothing, Event::Filed(filing)) => *self = Self::Filed(filing.clone()),
            (Self::Filed(filing), Event::Answered(answer)) => {
                *self = Self::Answered {
                    filing: filing.clone(),
                    answer: answer.clone(),
                };
            }
            _ => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        publish::objection(id, event)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use regulation::{Region, Role, UnitId};
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    fn context() -> Context {
        let unit = Some(UnitId(Uuid::from_u128(1)));
        let actor = Actor {
            unit,
            ..Actor::person("objector-77", Role::UnitMember, Region::JS)
        };
        Context {
            now: datetime!(2024-05-01 9:00 +8),
            actor,
            node: Region::JS,
            policy: None,
            heard: BTreeMap::new(),
        }
    }

    #[test]
    fn what_is_told_of_an_objection_does_not_tell_who_filed_it() {
        let command = Command::File {
            decision: Uuid::from_u128(7).into(),
            text: "名单中的任务与已立项目重复".parse().unwrap(),
        };
        let events = Objection::default().decide(command, &context()).unwrap();
        let mut filed = Objection::default();
        filed.evolve(&events[0]);
        let told = filed.publish(
            "00000000-0000-0000-0000-000000000009",
            &events[0],
            &context(),
        );
        assert_eq!(told.len(), 1);
        let body = String::from_utf8_lossy(&told[0].body).into_owned();
        assert!(!body.contains("objector-77") && !body.contains(&Uuid::from_u128(1).to_string()));
    }

    #[test]
    fn an_objection_is_answered_once() {
        let answer = |outcome| {
            let reason: Text = "理由".parse().unwrap();
            Command::Answer(Answer {
                outcome,
                reason,
                at: datetime!(2024-05-02 9:00 +8),
            })
        };
        let file = Command::File {
            decision: Uuid::from_u128(7).into(),
            text: "异议".parse().unwrap(),
        };
        let mut objection = Objection::default();
        assert_eq!(
            objection.decide(answer(Outcome::Upheld), &context()),
            Err(Rejection::NotFound)
        );
        for command in [file.clone(), answer(Outcome::Dismissed)] {
            for event in objection.decide(command, &context()).unwrap() {
                objection.evolve(&event);
            }
        }
        assert_eq!(
            objection.decide(answer(Outcome::Dismissed), &context()),
            Ok(Vec::new())
        );
        let other = objection.decide(answer(Outcome::Upheld), &context());
        assert_eq!(other, Err(Rejection::AnsweredAlready));
        let told = Refusal::from(Rejection::AnsweredAlready);
        assert_eq!(told.rule, rules::OBJECTION_LIFECYCLE);
        assert_eq!(objection.decide(file, &context()), Err(Rejection::Exists));
    }
}

//! 需求: from its first draft to what became of it.

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{BlindId, Context, Departure, Text, UnitId};
use serde::{Deserialize, Serialize};

use super::{Command, Content, Event, Rejection, decide};
use crate::publish;

/// A demand; nothing has happened to it before its first draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand(pub Option<Case>);

/// A demand that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Whose demand it is.
    pub demander: UnitId,
    /// Units under common control with the demander, as known at submission.
    pub affiliates: Vec<UnitId>,
    /// What it says.
    pub content: Content,
    /// The policy version it is taken under, and keeps.
    pub policy: String,
    /// The departure from the months that hold in principle, if any.
    pub duration_departure: Option<DurationDeparture>,
    /// Whether it was ever accepted, and so told to others, who then hear of its withdrawal too.
    pub told: bool,
    /// Where it stands.
    pub stage: Stage,
}

/// A reason for unusual months; approved by who accepts the demand.
pub type DurationDeparture = Departure;

/// Where a demand stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Handed in.
    Submitted,
    /// Given back for correction.
    Returned {
        /// Why.
        reason: Text,
    },
    /// Waits for, or is in, an evaluation.
    Accepted,
    /// Not on the list; may enter the next round.
    NotShortlisted {
        /// What the experts said.
        comments: Vec<String>,
    },
    /// On the published list.
    Published {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
    /// Taken back.
    Withdrawn {
        /// Why, if it had to be said.
        reason: Option<Text>,
    },
}

impl Stage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "已提交",
            Self::Returned { .. } => "已退回",
            Self::Accepted => "已受理",
            Self::NotShortlisted { .. } => "未入清单",
            Self::Published { .. } => "已发布",
            Self::Withdrawn { .. } => "已撤回",
        }
    }
}

impl Aggregate for Demand {
    const KIND: &'static str = "demand";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Some(case) = &self.0 else {
            return match command {
                Command::Write(content) => decide::draft(content, context),
                _ => Err(Rejection::WrongStage {
                    stage: "不存在",
                    wanted: "办理",
                }),
            };
        };
        match command {
            Command::Write(content) => case.rewrite(content, context),
            Command::Submit(standing) => case.submit(&standing, context),
            Command::Return(reason) => case.give_back(reason),
            Command::Accept => case.accept(context),
            Command::Withdraw(reason) => case.withdraw(reason, context),
            Command::Judge { listed, comments } => Ok(case.judge(listed, comments)),
            Command::Publish {
                blind_id,
                public_number,
            } => Ok(case.publish(blind_id, public_number)),
        }
    }

    fn evolve(&mut self, event: &Event) {
        if let Event::Drafted {
            demander,
            content,
            policy,
        } = event
        {
            self.0 = Some(Case {
                demander: *demander,
                affiliates: Vec::new(),
                content: (**content).clone(),
                policy: policy.clone(),
                duration_departure: None,
                told: false,
                stage: Stage::Draft,
            });
        } else if let Some(case) = &mut self.0 {
            case.evolve(event);
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|case| publish::publish(id, case, event))
            .unwrap_or_default()
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        Vec::new()
    }
}

impl Case {
    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Drafted { .. } => {}
            Event::Rewritten(content) => self.content = (**content).clone(),
            Event::Submitted {
                affiliates,
                duration_departure,
            } => {
                self.affiliates.clone_from(affiliates);
                self.duration_departure.clone_from(duration_departure);
                self.stage = Stage::Submitted;
            }
            Event::Returned(reason) => {
                self.stage = Stage::Returned {
                    reason: reason.clone(),
                }
            }
            Event::Accepted { by, .. } => {
                let departure = self.duration_departure.take();
                self.duration_departure = departure.map(|departure| departure.approved(by));
                self.told = true;
                self.stage = Stage::Accepted;
            }
            Event::NotShortlisted(comments) => {
                self.stage = Stage::NotShortlisted {
                    comments: comments.clone(),
                };
            }
            Event::Published {
                blind_id,
                public_number,
            } => {
                self.stage = Stage::Published {
                    blind_id: *blind_id,
                    public_number: public_number.clone(),
                };
            }
            Event::Withdrawn(reason) => {
                self.stage = Stage::Withdrawn {
                    reason: reason.clone(),
                };
            }
        }
    }
}

#[cfg(test)]
#[path = "demand_tests.rs"]
pub(crate) mod tests;

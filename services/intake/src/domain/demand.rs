//! 需求: from its first draft to what became of it.

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{BlindId, Context, Departure, Role, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Rejection, leak, rules};
use crate::{publish, record::Record};

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
    /// Where it stands.
    pub stage: Stage,
}

/// A reason for unusual months; approved by who accepts the demand.
pub type DurationDeparture = Departure;

/// What the demander writes. Only [`Content::record`] ever leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What may be published.
    pub record: Record,
    /// Joint or local.
    pub programme: Programme,
    /// Why it needs another region. [Art. 4]
    pub cross_region_reason: Option<Text>,
    /// Declares that nothing in it is classified or export-controlled.
    pub nothing_classified: bool,
    /// A note to the department.
    pub private_note: Option<Text>,
    /// Contact at the unit.
    pub contact: Option<Text>,
    /// Why the months are unusual.
    pub duration_reason: Option<Text>,
}

/// Which programme a demand is for. [Art. 4]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Programme {
    /// The joint programme.
    Joint,
    /// The region's own; never enters the joint list.
    Local,
}

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

/// What registry says of the demanding unit at submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Registered, active and at home here.
    pub active_here: bool,
    /// Fields in which it is a confirmed backbone enterprise.
    pub backbone_fields: Vec<regulation::Field>,
    /// Whether a credit record bars it.
    pub barred: bool,
    /// Units under common control with it.
    pub affiliates: Vec<UnitId>,
    /// What it could be recognised by.
    pub names: Vec<String>,
}

/// What can be asked of a demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write it, or write it anew.
    Write(Box<Content>),
    /// Hand it in.
    Submit(Box<Standing>),
    /// Give it back.
    Return(Text),
    /// Accept it, for the first round or for another one.
    Accept,
    /// Take it back.
    Withdraw(Option<Text>),
    /// The evaluation's outcome.
    Judge {
        /// Whether it is on the list.
        listed: bool,
        /// What the experts said.
        comments: Vec<String>,
    },
    /// The hub has published it.
    Publish {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
}

/// What happened to a demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was begun.
    Drafted {
        /// Whose it is.
        demander: UnitId,
        /// What it says.
        content: Box<Content>,
        /// The policy version.
        policy: String,
    },
    /// Its content was replaced.
    Rewritten(Box<Content>),
    /// It was handed in.
    Submitted {
        /// The demander's affiliates as of now.
        affiliates: Vec<UnitId>,
        /// The wish to depart from the usual months.
        duration_departure: Option<DurationDeparture>,
    },
    /// It was given back.
    Returned(Text),
    /// It was accepted.
    Accepted {
        /// By whom; who accepts also approves the departure, if there is one.
        by: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// It is not on the list.
    NotShortlisted(Vec<String>),
    /// It is published.
    Published {
        /// What the public knows it by.
        blind_id: BlindId,
        /// Its public number.
        public_number: String,
    },
    /// It was taken back.
    Withdrawn(Option<Text>),
}

impl Aggregate for Demand {
    const KIND: &'static str = "demand";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Some(case) = &self.0 else {
            return match command {
                Command::Write(content) => draft(content, context),
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

fn draft(content: Box<Content>, context: &Context) -> Result<Vec<Event>, Rejection> {
    let demander = context.actor.unit.ok_or(Rejection::NotOwn)?;
    let policy = context
        .policy
        .as_ref()
        .ok_or(Rejection::NoPolicy)?
        .version
        .clone();
    Ok(vec![Event::Drafted {
        demander,
        content,
        policy,
    }])
}

impl Case {
    fn own(&self, context: &Context) -> Result<(), Rejection> {
        let own = context.actor.unit == Some(self.demander);
        if own { Ok(()) } else { Err(Rejection::NotOwn) }
    }

    fn wrong(&self, wanted: &'static str) -> Rejection {
        Rejection::WrongStage {
            stage: self.stage.name(),
            wanted,
        }
    }

    fn rewrite(&self, content: Box<Content>, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Draft | Stage::Returned { .. } if *content == self.content => Ok(vec![]),
            Stage::Draft | Stage::Returned { .. } => Ok(vec![Event::Rewritten(content)]),
            _ => Err(self.wrong("修改")),
        }
    }

    fn submit(&self, standing: &Standing, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Draft | Stage::Returned { .. } => {}
            Stage::Submitted => return Ok(vec![]),
            _ => return Err(self.wrong("提交")),
        }
        let policy = context.policy.as_ref().ok_or(Rejection::NoPolicy)?;
        let (content, record) = (&self.content, &self.content.record);
        if !policy.has_field(&record.field) {
            return Err(Rejection::UnknownField(record.field.clone()));
        }
        demander_may(standing, record)?;
        content.complete()?;
        if !record.milestones.is_empty() && !policy.allows_milestones(&record.field) {
            return Err(Rejection::NoMilestones(record.field.clone()));
        }
        let duration_departure = if policy.breakthrough_months.contains(record.months) {
            None
        } else {
            let reason = content.duration_reason.clone();
            let reason = reason.ok_or(Rejection::NoDurationReason(record.months))?;
            Some(Departure::new(rules::BREAKTHROUGH, reason))
        };
        let leaks = leak::leaks(record, &standing.names);
        if !leaks.is_empty() {
            return Err(Rejection::Leaks(leaks));
        }
        Ok(vec![Event::Submitted {
            affiliates: standing.affiliates.clone(),
            duration_departure,
        }])
    }

    fn give_back(&self, reason: Text) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::Submitted => Ok(vec![Event::Returned(reason)]),
            Stage::Returned { reason: before } if *before == reason => Ok(vec![]),
            _ => Err(self.wrong("退回")),
        }
    }

    fn accept(&self, context: &Context) -> Result<Vec<Event>, Rejection> {
        match self.stage {
            Stage::Submitted | Stage::NotShortlisted { .. } => {
                if context.policy.is_none() {
                    return Err(Rejection::NoPolicy);
                }
                Ok(vec![Event::Accepted {
                    by: context.actor.person.clone(),
                    at: context.now,
                }])
            }
            Stage::Accepted => Ok(vec![]),
            _ => Err(self.wrong("受理")),
        }
    }

    fn withdraw(&self, reason: Option<Text>, context: &Context) -> Result<Vec<Event>, Rejection> {
        match self.stage {
            Stage::Withdrawn { .. } => Ok(vec![]),
            Stage::Published { .. } => {
                let approved = context.actor.role == Role::Director && reason.is_some();
                if approved {
                    Ok(vec![Event::Withdrawn(reason)])
                } else {
                    Err(Rejection::WithdrawalNeedsDirector)
                }
            }
            _ => {
                self.own(context)?;
                Ok(vec![Event::Withdrawn(reason)])
            }
        }
    }

    fn judge(&self, listed: bool, comments: Vec<String>) -> Vec<Event> {
        match self.stage {
            // What is listed stays accepted until the hub publishes it.
            Stage::Accepted if !listed => vec![Event::NotShortlisted(comments)],
            _ => vec![],
        }
    }

    fn publish(&self, blind_id: BlindId, public_number: String) -> Vec<Event> {
        match self.stage {
            Stage::Accepted => vec![Event::Published {
                blind_id,
                public_number,
            }],
            _ => vec![],
        }
    }

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

fn demander_may(standing: &Standing, record: &Record) -> Result<(), Rejection> {
    if standing.barred {
        return Err(Rejection::Barred);
    }
    if !standing.active_here || !standing.backbone_fields.contains(&record.field) {
        return Err(Rejection::NotBackbone(record.field.clone()));
    }
    Ok(())
}

impl Content {
    /// What every submitted demand has, whatever the policy's numbers.
    fn complete(&self) -> Result<(), Rejection> {
        let record = &self.record;
        if !self.nothing_classified {
            return Err(Rejection::Classified);
        }
        if record.goals.is_empty() {
            return Err(Rejection::NoGoal);
        }
        if record.tasks.is_empty() {
            return Err(Rejection::NoTask);
        }
        if self.programme == Programme::Joint && self.cross_region_reason.is_none() {
            return Err(Rejection::NoCrossRegionReason);
        }
        let investment = record.investment;
        let offered = regulation::Money::sum(record.tasks.iter().map(|task| task.offered));
        match offered {
            Some(offered) if offered <= investment => Ok(()),
            offered => Err(Rejection::OfferedTooMuch {
                offered: offered.unwrap_or(investment),
                investment,
            }),
        }
    }
}

#[cfg(test)]
#[path = "demand_tests.rs"]
pub(crate) mod tests;

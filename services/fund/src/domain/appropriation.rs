//! 预算安排: what a budget gives, and what of it went to which project. It alone decides what is
//! left of it.

use std::collections::BTreeMap;

use journal::Aggregate;
use proto::message::Message;
use regulation::{AllocationId, Context, Money, ProjectId, Text, Title};
use serde::{Deserialize, Serialize};

use super::{Budget, Rejection};

/// An appropriation; nothing has happened to it before it is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appropriation(pub Option<Entry>);

/// An appropriation that exists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which budget gives it.
    pub budget: Budget,
    /// How much.
    pub amount: Money,
    /// 指标文号
    pub document: Title,
    /// Who recorded it, by account.
    pub recorded_by: String,
    /// Where it stands.
    pub stage: Stage,
}

/// Where an appropriation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Written down; nothing can be allocated yet.
    Recorded,
    /// There to be allocated.
    Confirmed {
        /// Who confirmed it, by account.
        by: String,
        /// What was taken out of it.
        reserved: BTreeMap<AllocationId, Reservation>,
    },
    /// Recorded wrongly.
    Rejected {
        /// Who said so, by account.
        by: String,
        /// Why.
        reason: Text,
    },
}

/// What one allocation took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// For which project.
    pub project: ProjectId,
    /// How much.
    pub amount: Money,
}

/// What can be asked of an appropriation.
#[derive(Debug, Clone)]
pub enum AppropriationCommand {
    /// Write it down.
    Record {
        /// Which budget gives it.
        budget: Budget,
        /// How much.
        amount: Money,
        /// 指标文号
        document: Title,
    },
    /// Release it.
    Confirm,
    /// Refuse it.
    Reject(Text),
    /// Take an allocation's line out of it; the same again changes nothing.
    Reserve {
        /// Whose line.
        allocation: AllocationId,
        /// For which project.
        project: ProjectId,
        /// How much.
        amount: Money,
    },
}

/// What can have happened to an appropriation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppropriationEvent {
    /// It was written down.
    Recorded {
        /// Which budget gives it.
        budget: Budget,
        /// How much.
        amount: Money,
        /// 指标文号
        document: Title,
        /// By account.
        by: String,
    },
    /// It can be allocated.
    Confirmed {
        /// By account.
        by: String,
    },
    /// It was recorded wrongly.
    Rejected {
        /// By account.
        by: String,
        /// Why.
        reason: Text,
    },
    /// An allocation took its line.
    Reserved {
        /// Whose line.
        allocation: AllocationId,
        /// For which project.
        project: ProjectId,
        /// How much.
        amount: Money,
    },
}

impl Stage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Recorded => "已登记待确认",
            Self::Confirmed { .. } => "已确认",
            Self::Rejected { .. } => "已退回",
        }
    }
}

impl Entry {
    /// What can still be allocated; none unless it is confirmed.
    pub fn left(&self) -> Option<Money> {
        let Stage::Confirmed { reserved, .. } = &self.stage else {
            return None;
        };
        let taken = Money::sum(reserved.values().map(|r| r.amount))?;
        self.amount.checked_sub(taken)
    }

    fn confirm(&self, context: &Context) -> Result<Vec<AppropriationEvent>, Rejection> {
        let by = context.actor.person.clone();
        match &self.stage {
            Stage::Confirmed { by: before, .. } if *before == by => Ok(Vec::new()),
            Stage::Recorded if self.recorded_by == by => Err(Rejection::OwnWork),
            Stage::Recorded => Ok(vec![AppropriationEvent::Confirmed { by }]),
            stage => Err(Rejection::WrongStage {
                what: "预算",
                stage: stage.name(),
                wanted: "确认",
            }),
        }
    }

    fn reject(
        &self,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<AppropriationEvent>, Rejection> {
        let by = context.actor.person.clone();
        match &self.stage {
            Stage::Rejected { by: before, .. } if *before == by => Ok(Vec::new()),
            Stage::Recorded if self.recorded_by == by => Err(Rejection::OwnWork),
            Stage::Recorded => Ok(vec![AppropriationEvent::Rejected { by, reason }]),
            stage => Err(Rejection::WrongStage {
                what: "预算",
                stage: stage.name(),
                wanted: "退回",
            }),
        }
    }

    fn reserve(
        &self,
        allocation: AllocationId,
        project: ProjectId,
        amount: Money,
    ) -> Result<Vec<AppropriationEvent>, Rejection> {
        let Stage::Confirmed { reserved, .. } = &self.stage else {
            return Err(Rejection::NotConfirmed(self.budget));
        };
        if reserved.contains_key(&allocation) {
            return Ok(Vec::new());
        }
        let left = self.left().unwrap_or_default();
        if amount > left {
            return Err(Rejection::OverAppropriation {
                budget: self.budget,
                asked: amount,
                left,
            });
        }
        Ok(vec![AppropriationEvent::Reserved {
            allocation,
            project,
            amount,
        }])
    }
}

impl Aggregate for Appropriation {
    const KIND: &'static str = "appropriation";
    type Command = AppropriationCommand;
    type Event = AppropriationEvent;
    type Rejection = Rejection;

    fn decide(
        &self,
        command: AppropriationCommand,
        context: &Context,
    ) -> Result<Vec<AppropriationEvent>, Rejection> {
        let Some(entry) = &self.0 else {
            return match command {
                AppropriationCommand::Record { .. } if context.node.is_hub() => {
                    Err(Rejection::OnHub)
                }
                AppropriationCommand::Record {
                    budget,
                    amount,
                    document,
                } => Ok(vec![AppropriationEvent::Recorded {
                    budget,
                    amount,
                    document,
                    by: context.actor.person.clone(),
                }]),
                _ => Err(Rejection::WrongStage {
                    what: "预算",
                    stage: "不存在",
                    wanted: "办理",
                }),
            };
        };
        match command {
            AppropriationCommand::Record { .. } => Err(Rejection::WrongStage {
                what: "预算",
                stage: entry.stage.name(),
                wanted: "再次登记",
            }),
            AppropriationCommand::Confirm => entry.confirm(context),
            AppropriationCommand::Reject(reason) => entry.reject(reason, context),
            AppropriationCommand::Reserve {
                allocation,
                project,
                amount,
            } => entry.reserve(allocation, project, amount),
        }
    }

    fn evolve(&mut self, event: &AppropriationEvent) {
        if let AppropriationEvent::Recorded {
            budget,
            amount,
            document,
            by,
        } = event
        {
            self.0 = Some(Entry {
                budget: *budget,
                amount: *amount,
                document: document.clone(),
                recorded_by: by.clone(),
                stage: Stage::Recorded,
            });
            return;
        }
        let Some(entry) = &mut self.0 else { return };
        match event {
            AppropriationEvent::Recorded { .. } => {}
            AppropriationEvent::Confirmed { by } => {
                entry.stage = Stage::Confirmed {
                    by: by.clone(),
                    reserved: BTreeMap::new(),
                };
            }
            AppropriationEvent::Rejected { by, reason } => {
                entry.stage = Stage::Rejected {
                    by: by.clone(),
                    reason: reason.clone(),
                };
            }
            AppropriationEvent::Reserved {
                allocation,
                project,
                amount,
            } => {
                if let Stage::Confirmed { reserved, .. } = &mut entry.stage {
                    let (project, amount) = (*project, *amount);
                    reserved.insert(*allocation, Reservation { project, amount });
                }
            }
        }
    }

    fn publish(&self, _id: &str, _event: &AppropriationEvent, _context: &Context) -> Vec<Message> {
        // What a department has is its own matter; the hub hears what projects get.
        Vec::new()
    }
}

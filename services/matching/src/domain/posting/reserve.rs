//! 储备入库: where a demand stands in the reserve pool, a function of its tasks. [Art. 12]

use std::collections::BTreeSet;

use proto::matching::v1 as wire;
use regulation::{Context, ReserveEntryId, Role, SolutionId, TaskId, Text};
use serde::{Deserialize, Serialize};

use super::{Call, Event, call::department};
use crate::{domain::Rejection, record::Task};

/// A task with a solver to whom both sides gave their word.
pub type Match = (TaskId, SolutionId);

/// On its way into the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reserve {
    /// Not in the pool.
    Outside {
        /// Why the department gave the last proposal back.
        returned: Option<Text>,
    },
    /// Waits for the department's audit.
    Proposed {
        /// What the demander added.
        supplement: Text,
        /// Why it should be in the pool although no task is matched.
        situation: Option<Text>,
        /// Who proposed it.
        by: String,
    },
    /// In the pool.
    InPool {
        /// What the demander added.
        supplement: Text,
        /// Why it should be in the pool although no task is matched.
        situation: Option<Text>,
        /// Who proposed it.
        by: String,
        /// The matches that the department has audited and that still hold.
        audited: BTreeSet<Match>,
    },
}

impl Default for Reserve {
    fn default() -> Self {
        Self::Outside { returned: None }
    }
}

/// How far a demand in the pool is matched. [Art. 12]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// 揭榜成功
    Matched,
    /// 部分揭榜成功
    PartlyMatched,
    /// Another situation, let in with reason and approval.
    Other,
    /// Left the pool; the demand stays valid.
    Left,
}

/// All tasks matched: 揭榜成功; some: 部分揭榜成功; none: not in the pool. [Art. 12]
pub fn status(tasks: &[Task], matches: &BTreeSet<Match>) -> Status {
    let tasks_covered = covered(matches);
    if tasks_covered.is_empty() {
        Status::Left
    } else if tasks.iter().all(|task| tasks_covered.contains(&task.id)) {
        Status::Matched
    } else {
        Status::PartlyMatched
    }
}

/// The tasks that the matches cover.
pub fn covered(matches: &BTreeSet<Match>) -> BTreeSet<TaskId> {
    matches.iter().map(|(task, _)| *task).collect()
}

/// What changed in the pool, as all are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolChange {
    /// The entry.
    pub entry: ReserveEntryId,
    /// Where it stands.
    pub status: Status,
    /// The tasks that are matched.
    pub matched: BTreeSet<TaskId>,
}

impl From<Status> for wire::ReserveStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Matched => Self::Matched,
            Status::PartlyMatched => Self::PartlyMatched,
            Status::Other => Self::Other,
            Status::Left => Self::Left,
        }
    }
}

impl Call {
    /// The audited matches that still hold; none outside the pool.
    pub fn audited(&self) -> BTreeSet<Match> {
        match &self.reserve {
            Reserve::InPool { audited, .. } => audited.clone(),
            _ => BTreeSet::new(),
        }
    }

    /// Where the demand stands in the pool by audit; none outside it.
    pub fn pool_status(&self) -> Option<Status> {
        match &self.reserve {
            Reserve::InPool {
                situation: Some(_), ..
            } => Some(Status::Other),
            Reserve::InPool { audited, .. } => Some(status(&self.owner.record.tasks, audited)),
            _ => None,
        }
    }

    /// Whether more is matched than was audited: an upgrade that proposes itself. [Art. 12]
    pub fn upgrade_waits(&self) -> bool {
        match &self.reserve {
            Reserve::InPool { audited, .. } => !self.matches().is_subset(audited),
            _ => false,
        }
    }

    /// What is left in the pool once these selections are over, if that is less.
    pub(super) fn pool_without(&self, gone: &BTreeSet<Match>) -> Option<Event> {
        let Reserve::InPool {
            audited, situation, ..
        } = &self.reserve
        else {
            return None;
        };
        let left: BTreeSet<_> = audited.difference(gone).copied().collect();
        let selected = || {
            let mut pairs = self
                .picks
                .iter()
                .flat_map(|(task, picks)| picks.keys().map(move |solution| (*task, *solution)));
            pairs.any(|pair| !gone.contains(&pair))
        };
        let stays = !left.is_empty() || (situation.is_some() && selected());
        let less = left.len() < audited.len() || !stays;
        less.then_some(Event::PoolReduced { left, stays })
    }

    pub(super) fn propose(
        &self,
        supplement: Text,
        situation: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match &self.reserve {
            Reserve::Outside { .. } => {}
            Reserve::Proposed {
                supplement: before,
                situation: why,
                ..
            } if *before == supplement && *why == situation => {
                return Ok(vec![]);
            }
            Reserve::Proposed { .. } => {
                return Err(Rejection::WrongStage {
                    stage: "待审核",
                    wanted: "再次申请入库",
                });
            }
            Reserve::InPool { .. } => {
                return Err(Rejection::WrongStage {
                    stage: "已入库",
                    wanted: "再次申请入库",
                });
            }
        }
        match (&situation, self.matches().is_empty()) {
            (None, true) => return Err(Rejection::NothingMatched),
            // With no solver in sight it is what the regulation keeps out, whatever the reason.
            (Some(_), true) if self.picks.is_empty() => return Err(Rejection::NothingMatched),
            (Some(_), false) => return Err(Rejection::NoOtherSituation),
            _ => {}
        }
        self.all_disposed()?;
        let by = context.actor.person.clone();
        Ok(vec![Event::ReserveProposed {
            supplement,
            situation,
            by,
        }])
    }

    /// Selection closes with an answer to everybody who offered a solution. [Art. 11]
    fn all_disposed(&self) -> Result<(), Rejection> {
        match self.undisposed() {
            0 => Ok(()),
            count => Err(Rejection::Undisposed(count)),
        }
    }

    pub(super) fn audit(
        &self,
        returned: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        department(context)?;
        let (proposed_by, waits) = match &self.reserve {
            Reserve::Outside { .. } => {
                return Err(Rejection::NotProposed);
            }
            Reserve::Proposed { by, .. } => (by, true),
            Reserve::InPool { by, .. } => (by, self.upgrade_waits()),
        };
        if *proposed_by == context.actor.person {
            return Err(Rejection::SamePerson);
        }
        match (returned, &self.reserve) {
            (Some(reason), Reserve::Proposed { .. }) => Ok(vec![Event::ReserveReturned(reason)]),
            (Some(_), _) => Err(Rejection::WrongStage {
                stage: "已入库",
                wanted: "退回",
            }),
            (None, _) if !waits => Ok(vec![]),
            (None, reserve) => {
                let audited = self.matches();
                if audited.is_empty() {
                    self.other_situation(context)?;
                }
                if matches!(reserve, Reserve::InPool { .. }) {
                    self.all_disposed()?;
                }
                let by = context.actor.person.clone();
                Ok(vec![Event::ReserveAudited { audited, by }])
            }
        }
    }

    /// Whether it may be let in with nothing matched. [Art. 12: 包括但不限于]
    fn other_situation(&self, context: &Context) -> Result<(), Rejection> {
        match &self.reserve {
            Reserve::Proposed {
                situation: Some(_), ..
            } if self.picks.is_empty() => Err(Rejection::NothingMatched),
            Reserve::Proposed {
                situation: Some(_), ..
            } if context.actor.role == Role::Director => Ok(()),
            Reserve::Proposed {
                situation: Some(_), ..
            } => Err(Rejection::DirectorApproves),
            _ => Err(Rejection::NothingMatched),
        }
    }
}

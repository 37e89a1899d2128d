//! 资金安排: how much a project gets, from where, in which tranches.

use std::{collections::BTreeMap, fmt};

use regulation::{AllocationId, AppropriationId, Context, Money, Text};
use serde::{Deserialize, Serialize};

use super::{Case, GrantEvent, Terms};
use crate::domain::{Budget, Line, Lines, Rejection};

/// Tranches that one allocation has at most.
pub const TRANCHES_MAX: usize = 20;

/// What a project gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// From where.
    pub lines: Lines,
    /// In the order of payment; together as much as the lines.
    pub tranches: Vec<Tranche>,
    /// Who prepared it, by account.
    pub prepared_by: String,
    /// Where it stands.
    pub stage: AllocationStage,
}

/// Where an allocation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AllocationStage {
    /// Waits for approval.
    Prepared,
    /// The appropriations have given it.
    Approved {
        /// Who approved, by account.
        by: String,
    },
    /// Given back.
    Rejected {
        /// Who gave it back, by account.
        by: String,
        /// Why.
        reason: Text,
    },
}

/// A part that is paid on a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tranche {
    /// What has to have happened.
    pub condition: Condition,
    /// How much.
    pub amount: Money,
}

/// What a tranche waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Condition {
    /// The contract is signed.
    Contract,
    /// The annual report of a year is in. [Art. 18]
    Report {
        /// Which year.
        year: i32,
    },
    /// A milestone gate is passed. [Art. 4]
    Gate {
        /// Its number, from 1.
        number: i32,
    },
    /// The project is accepted. [Art. 19]
    Acceptance,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract => f.write_str("合同签订"),
            Self::Report { year } => write!(f, "{year} 年度进展报告已报送"),
            Self::Gate { number } => write!(f, "第 {number} 个里程碑节点通过"),
            Self::Acceptance => f.write_str("项目通过验收"),
        }
    }
}

/// A line as it is asked for, with what its appropriation says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How much.
    pub amount: Money,
    /// The appropriation's.
    pub budget: Budget,
    /// What is left there now; none while it is not confirmed. What binds is the appropriation's
    /// own word when the allocation is approved.
    pub left: Option<Money>,
}

impl AllocationStage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Prepared => "待审批",
            Self::Approved { .. } => "已批准",
            Self::Rejected { .. } => "已退回",
        }
    }
}

impl Allocation {
    /// Whether the project gets it.
    pub fn is_approved(&self) -> bool {
        matches!(self.stage, AllocationStage::Approved { .. })
    }

    /// Whether its money is taken or wanted.
    pub(super) fn is_live(&self) -> bool {
        !matches!(self.stage, AllocationStage::Rejected { .. })
    }
}

impl Case {
    pub(super) fn prepare_allocation(
        &self,
        allocation: AllocationId,
        asked: BTreeMap<AppropriationId, Asked>,
        tranches: Vec<Tranche>,
        terms: &Terms,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        let mut lines = BTreeMap::new();
        for (appropriation, asked) in asked {
            let Asked { amount, budget, .. } = asked;
            let left = asked.left.ok_or(Rejection::NotConfirmed(budget))?;
            if amount > left {
                return Err(Rejection::OverAppropriation {
                    budget,
                    asked: amount,
                    left,
                });
            }
            lines.insert(appropriation, Line { budget, amount });
        }
        let lines = Lines::try_from(lines).map_err(Rejection::Lines)?;
        let in_tranches = Money::sum(tranches.iter().map(|tranche| tranche.amount));
        if in_tranches != Some(lines.total()) {
            return Err(Rejection::TranchesDiffer {
                tranches: in_tranches.unwrap_or_default(),
                lines: lines.total(),
            });
        }
        self.within_caps(Some(lines.total()), terms)?;
        Ok(vec![GrantEvent::AllocationPrepared {
            allocation,
            lines,
            tranches,
            by: context.actor.person.clone(),
        }])
    }

    /// Everything that is allocated or waits to be, with `more`, is at most the share of the
    /// investment [Art. 17] and at most the established support.
    fn within_caps(&self, more: Option<Money>, terms: &Terms) -> Result<(), Rejection> {
        let live = self.allocations.values().filter(|a| a.is_live());
        let amounts = live.map(|allocation| allocation.lines.total()).chain(more);
        let asked =
            Money::sum(amounts).ok_or(Rejection::Lines(super::super::InvalidLines::TooMuch))?;
        let Terms {
            support_ratio_max: ratio,
            ..
        } = *terms;
        let investment = self.contract.investment;
        if !ratio.at_most(asked, investment) {
            return Err(Rejection::OverRatio {
                asked,
                investment,
                ratio,
            });
        }
        if asked > self.contract.support {
            return Err(Rejection::OverSupport {
                asked,
                support: self.contract.support,
            });
        }
        Ok(())
    }

    fn allocation(&self, id: AllocationId) -> Result<&Allocation, Rejection> {
        self.allocations
            .get(&id)
            .ok_or(Rejection::Unknown("资金安排"))
    }

    pub(super) fn approve_allocation(
        &self,
        id: AllocationId,
        terms: &Terms,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        let allocation = self.allocation(id)?;
        let by = context.actor.person.clone();
        match &allocation.stage {
            AllocationStage::Approved { by: before } if *before == by => Ok(Vec::new()),
            AllocationStage::Prepared if allocation.prepared_by == by => Err(Rejection::OwnWork),
            AllocationStage::Prepared => {
                self.within_caps(None, terms)?;
                Ok(vec![GrantEvent::AllocationApproved { allocation: id, by }])
            }
            stage => Err(Rejection::WrongStage {
                what: "资金安排",
                stage: stage.name(),
                wanted: "批准",
            }),
        }
    }

    pub(super) fn reject_allocation(
        &self,
        id: AllocationId,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        let allocation = self.allocation(id)?;
        let by = context.actor.person.clone();
        match &allocation.stage {
            AllocationStage::Prepared if allocation.prepared_by == by => Err(Rejection::OwnWork),
            AllocationStage::Prepared => Ok(vec![GrantEvent::AllocationRejected {
                allocation: id,
                by,
                reason,
            }]),
            stage => Err(Rejection::WrongStage {
                what: "资金安排",
                stage: stage.name(),
                wanted: "退回",
            }),
        }
    }

    /// The allocation, if it may be paid from, and its tranche.
    pub(super) fn payable(
        &self,
        id: AllocationId,
        tranche: usize,
    ) -> Result<(&Allocation, Tranche), Rejection> {
        let allocation = self.allocation(id)?;
        if !allocation.is_approved() {
            return Err(Rejection::NotApproved(allocation.stage.name()));
        }
        let tranche = tranche
            .checked_sub(1)
            .and_then(|at| allocation.tranches.get(at))
            .ok_or(Rejection::Unknown("拨付期"))?;
        if self.met.contains(&tranche.condition) {
            Ok((allocation, *tranche))
        } else {
            Err(Rejection::ConditionNotMet(tranche.condition))
        }
    }
}

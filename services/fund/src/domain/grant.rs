//! 项目支持资金: a project's signed contract, what is allocated to it and what is paid. It alone
//! decides how much the project may get, and how much of that is paid. [Art. 17]

mod allocation;
mod contract;
mod payment;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};

pub use allocation::{Allocation, AllocationStage, Asked, Condition, TRANCHES_MAX, Tranche};
pub use contract::{Contract, TechnicalContract, Terms};
use journal::Aggregate;
pub use payment::{Bank, Mismatch, Payment, PaymentStage};
use proto::message::Message;
use regulation::{
    AllocationId, AppropriationId, Context, Money, PaymentId, Policy, Text, UnitId, Verdict,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Lines, Rejection};
use crate::publish;

/// A project's support; there is none before its contract is signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant(pub Option<Case>);

/// The support of a project whose contract is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What was signed.
    pub contract: Contract,
    /// What has happened that tranches wait for.
    pub met: BTreeSet<Condition>,
    /// What it gets.
    pub allocations: BTreeMap<AllocationId, Allocation>,
    /// What of that is paid.
    pub payments: BTreeMap<PaymentId, Payment>,
}

/// What can be asked of a grant.
#[derive(Debug, Clone)]
pub enum GrantCommand {
    /// The contract is signed; the same again changes nothing.
    Sign(Box<Contract>),
    /// Say how much it gets, from where and in which tranches.
    PrepareAllocation {
        /// The new allocation.
        allocation: AllocationId,
        /// From where, with what is left there.
        lines: BTreeMap<AppropriationId, Asked>,
        /// In the order of payment.
        tranches: Vec<Tranche>,
        /// The case's policy.
        terms: Terms,
    },
    /// Approve it; goes together with a `Reserve` to each of its appropriations.
    ApproveAllocation {
        /// Which.
        allocation: AllocationId,
        /// The case's policy.
        terms: Terms,
    },
    /// Give it back.
    RejectAllocation(AllocationId, Text),
    /// Prepare a payment of a tranche.
    PreparePayment {
        /// The new payment.
        payment: PaymentId,
        /// Of which allocation.
        allocation: AllocationId,
        /// Which tranche of it, from 1.
        tranche: usize,
        /// To whom.
        payee: UnitId,
        /// How much from which of the allocation's appropriations.
        lines: BTreeMap<AppropriationId, Money>,
    },
    /// Release it to the bank.
    ApprovePayment {
        /// Which.
        payment: PaymentId,
        /// The case's policy.
        terms: Terms,
    },
    /// Give it back.
    RejectPayment(PaymentId, Text),
    /// The bank has returned it.
    Return(Bank),
}

/// What can have happened to a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantEvent {
    /// The contract is signed.
    Signed(Box<Contract>),
    /// An allocation waits for approval.
    AllocationPrepared {
        /// Which.
        allocation: AllocationId,
        /// From where.
        lines: Lines,
        /// In the order of payment.
        tranches: Vec<Tranche>,
        /// By account.
        by: String,
    },
    /// The project gets it.
    AllocationApproved {
        /// Which.
        allocation: AllocationId,
        /// By account.
        by: String,
    },
    /// It was given back.
    AllocationRejected {
        /// Which.
        allocation: AllocationId,
        /// By account.
        by: String,
        /// Why.
        reason: Text,
    },
    /// A payment waits for approval.
    PaymentPrepared {
        /// Which.
        payment: PaymentId,
        /// Of which allocation.
        allocation: AllocationId,
        /// Which tranche of it, from 1.
        tranche: usize,
        /// To whom.
        payee: UnitId,
        /// From where.
        lines: Lines,
        /// By account.
        by: String,
    },
    /// It is with the bank.
    PaymentSent {
        /// Which.
        payment: PaymentId,
        /// By account.
        by: String,
    },
    /// It was given back before it went to the bank.
    PaymentRejected {
        /// Which.
        payment: PaymentId,
        /// By account.
        by: String,
        /// Why.
        reason: Text,
    },
    /// The payee has the money.
    PaymentConfirmed {
        /// What the bank returned.
        bank: Bank,
        /// When that was recorded.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The bank gave the money back.
    PaymentFailed {
        /// What the bank returned.
        bank: Bank,
    },
}

impl Aggregate for Grant {
    const KIND: &'static str = "grant";
    type Command = GrantCommand;
    type Event = GrantEvent;
    type Rejection = Rejection;

    fn decide(
        &self,
        command: GrantCommand,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        let Some(case) = &self.0 else {
            return match command {
                GrantCommand::Sign(contract) => Ok(vec![GrantEvent::Signed(contract)]),
                _ => Err(Rejection::NoContract),
            };
        };
        match command {
            GrantCommand::Sign(contract) if *contract == case.contract => Ok(Vec::new()),
            GrantCommand::Sign(_) => Err(Rejection::OtherContract),
            GrantCommand::PrepareAllocation {
                allocation,
                lines,
                tranches,
                terms,
            } => case.prepare_allocation(allocation, lines, tranches, &terms, context),
            GrantCommand::ApproveAllocation { allocation, terms } => {
                case.approve_allocation(allocation, &terms, context)
            }
            GrantCommand::RejectAllocation(allocation, reason) => {
                case.reject_allocation(allocation, reason, context)
            }
            GrantCommand::PreparePayment {
                payment,
                allocation,
                tranche,
                payee,
                lines,
            } => case.prepare_payment(payment, (allocation, tranche), payee, &lines, context),
            GrantCommand::ApprovePayment { payment, terms } => {
                case.approve_payment(payment, &terms, context)
            }
            GrantCommand::RejectPayment(payment, reason) => {
                case.reject_payment(payment, reason, context)
            }
            GrantCommand::Return(bank) => case.bank_returned(bank, context),
        }
    }

    fn evolve(&mut self, event: &GrantEvent) {
        if let GrantEvent::Signed(contract) = event {
            self.0 = Some(Case {
                contract: (**contract).clone(),
                met: BTreeSet::from([Condition::Contract]),
                allocations: BTreeMap::new(),
                payments: BTreeMap::new(),
            });
        } else if let Some(case) = &mut self.0 {
            case.evolve(event);
        }
    }

    fn publish(&self, id: &str, event: &GrantEvent, _context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|case| publish::publish(id, case, event))
            .unwrap_or_default()
    }

    fn taken_under(&self) -> Option<&str> {
        self.0.as_ref().map(|case| case.contract.policy.as_str())
    }

    fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        self.0
            .as_ref()
            .map(|case| verdicts::verdicts(case, policy))
            .unwrap_or_default()
    }
}

impl Case {
    /// What is approved, all allocations together.
    pub fn allocated(&self) -> Money {
        let approved = self.allocations.values().filter(|a| a.is_approved());
        Money::sum(approved.map(|a| a.lines.total())).unwrap_or_default()
    }

    /// What the bank has confirmed.
    pub fn paid(&self) -> Money {
        let confirmed = self
            .payments
            .values()
            .filter(|payment| matches!(payment.stage, PaymentStage::Confirmed { .. }));
        Money::sum(confirmed.map(|payment| payment.lines.total())).unwrap_or_default()
    }

    fn evolve(&mut self, event: &GrantEvent) {
        match event {
            GrantEvent::Signed(_) => {}
            GrantEvent::AllocationPrepared {
                allocation,
                lines,
                tranches,
                by,
            } => {
                let prepared = Allocation {
                    lines: lines.clone(),
                    tranches: tranches.clone(),
                    prepared_by: by.clone(),
                    stage: AllocationStage::Prepared,
                };
                self.allocations.insert(*allocation, prepared);
            }
            GrantEvent::AllocationApproved { allocation, by } => {
                let by = by.clone();
                self.allocation_is(*allocation, AllocationStage::Approved { by });
            }
            GrantEvent::AllocationRejected {
                allocation,
                by,
                reason,
            } => {
                let (by, reason) = (by.clone(), reason.clone());
                self.allocation_is(*allocation, AllocationStage::Rejected { by, reason });
            }
            GrantEvent::PaymentPrepared { .. }
            | GrantEvent::PaymentSent { .. }
            | GrantEvent::PaymentRejected { .. }
            | GrantEvent::PaymentConfirmed { .. }
            | GrantEvent::PaymentFailed { .. } => self.evolve_payment(event),
        }
    }

    fn allocation_is(&mut self, id: AllocationId, stage: AllocationStage) {
        if let Some(allocation) = self.allocations.get_mut(&id) {
            allocation.stage = stage;
        }
    }
}

//! 拨付: prepared by one person, released by another, true once the bank says so.

use std::collections::BTreeMap;

use regulation::{
    AllocationId, AppropriationId, Context, Day, Money, PaymentId, Role, Text, Title, UnitId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Case, GrantEvent, Terms};
use crate::domain::{Line, Lines, Rejection};

/// A payment to the lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Of which allocation.
    pub allocation: AllocationId,
    /// Which tranche of it, from 1.
    pub tranche: usize,
    /// To whom.
    pub payee: UnitId,
    /// From where.
    pub lines: Lines,
    /// Who prepared it, by account.
    pub prepared_by: String,
    /// Where it stands.
    pub stage: PaymentStage,
}

/// Where a payment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentStage {
    /// Waits for approval.
    Prepared,
    /// Given back before it went to the bank.
    Rejected {
        /// By account.
        by: String,
        /// Why.
        reason: Text,
    },
    /// With the bank.
    Sent {
        /// Who released it, by account.
        by: String,
    },
    /// The payee has it.
    Confirmed {
        /// Who released it, by account.
        by: String,
        /// What the bank returned.
        bank: Bank,
        /// When that was recorded.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The bank gave it back; the money can be paid again.
    Failed {
        /// Who released it, by account.
        by: String,
        /// What the bank returned.
        bank: Bank,
    },
}

/// What the bank says of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bank {
    /// Which payment.
    pub payment: PaymentId,
    /// The bank's own number 流水号.
    pub reference: Title,
    /// How much.
    pub amount: Money,
    /// When the bank booked it.
    pub booked_on: Day,
    /// Whether the payee got it, or the bank gave it back 退汇.
    pub paid: bool,
}

/// Why a line of the bank matches no payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mismatch {
    /// No payment has the quoted number.
    NoSuchPayment,
    /// The payment is not with the bank.
    NotSent,
    /// Another amount was sent.
    OtherAmount {
        /// How much was sent.
        sent: Money,
    },
}

impl PaymentStage {
    /// Its name in Chinese.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Prepared => "待审批",
            Self::Rejected { .. } => "已退回",
            Self::Sent { .. } => "已发送银行",
            Self::Confirmed { .. } => "已到账",
            Self::Failed { .. } => "银行退汇",
        }
    }

    /// Its name in lists.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Rejected { .. } => "rejected",
            Self::Sent { .. } => "sent",
            Self::Confirmed { .. } => "confirmed",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether its money is taken or wanted.
    pub(super) fn is_live(&self) -> bool {
        matches!(
            self,
            Self::Prepared | Self::Sent { .. } | Self::Confirmed { .. }
        )
    }
}

impl Case {
    pub(super) fn prepare_payment(
        &self,
        payment: PaymentId,
        (allocation, tranche): (AllocationId, usize),
        payee: UnitId,
        amounts: &BTreeMap<AppropriationId, Money>,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        let (from, part) = self.payable(allocation, tranche)?;
        if payee != self.contract.lead {
            return Err(Rejection::NotLead);
        }
        let mut lines = BTreeMap::new();
        for (appropriation, line) in from.lines.iter() {
            let Some(asked) = amounts.get(&appropriation).copied() else {
                continue;
            };
            let taken = self
                .live_payments(allocation)
                .map(|p| p.lines.of(appropriation));
            let left = left_of(line.amount, taken);
            if asked > left {
                let budget = line.budget;
                return Err(Rejection::OverAllocation {
                    budget,
                    asked,
                    left,
                });
            }
            let budget = line.budget;
            lines.insert(
                appropriation,
                Line {
                    budget,
                    amount: asked,
                },
            );
        }
        if lines.len() != amounts.len() {
            return Err(Rejection::Unknown("资金来源"));
        }
        let lines = Lines::try_from(lines).map_err(Rejection::Lines)?;
        let of_tranche = self
            .live_payments(allocation)
            .filter(|p| p.tranche == tranche);
        let left = left_of(part.amount, of_tranche.map(|p| p.lines.total()));
        if lines.total() > left {
            let asked = lines.total();
            return Err(Rejection::OverTranche {
                tranche,
                asked,
                left,
            });
        }
        Ok(vec![GrantEvent::PaymentPrepared {
            payment,
            allocation,
            tranche,
            payee,
            lines,
            by: context.actor.person.clone(),
        }])
    }

    fn live_payments(&self, allocation: AllocationId) -> impl Iterator<Item = &Payment> {
        self.payments
            .values()
            .filter(move |payment| payment.allocation == allocation && payment.stage.is_live())
    }

    fn payment(&self, id: PaymentId) -> Result<&Payment, Rejection> {
        self.payments.get(&id).ok_or(Rejection::Unknown("拨付"))
    }

    pub(super) fn approve_payment(
        &self,
        id: PaymentId,
        terms: &Terms,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        let payment = self.payment(id)?;
        let by = context.actor.person.clone();
        match &payment.stage {
            PaymentStage::Sent { by: before } if *before == by => Ok(Vec::new()),
            PaymentStage::Prepared if payment.prepared_by == by => Err(Rejection::OwnWork),
            PaymentStage::Prepared => {
                let amount = payment.lines.total();
                let from = terms.payment_director_from;
                if amount >= from && context.actor.role != Role::Director {
                    return Err(Rejection::NeedsDirector { amount, from });
                }
                Ok(vec![GrantEvent::PaymentSent { payment: id, by }])
            }
            stage => Err(Rejection::WrongStage {
                what: "拨付",
                stage: stage.name(),
                wanted: "批准",
            }),
        }
    }

    pub(super) fn reject_payment(
        &self,
        id: PaymentId,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        let payment = self.payment(id)?;
        let by = context.actor.person.clone();
        match &payment.stage {
            PaymentStage::Prepared if payment.prepared_by == by => Err(Rejection::OwnWork),
            PaymentStage::Prepared => Ok(vec![GrantEvent::PaymentRejected {
                payment: id,
                by,
                reason,
            }]),
            stage => Err(Rejection::WrongStage {
                what: "拨付",
                stage: stage.name(),
                wanted: "退回",
            }),
        }
    }

    /// Whether a line of the bank is about a payment that was sent, to the fen.
    ///
    /// # Errors
    /// Why it is not.
    pub fn matches(&self, payment: PaymentId, amount: Money) -> Result<(), Mismatch> {
        let payment = self.payments.get(&payment).ok_or(Mismatch::NoSuchPayment)?;
        if !matches!(payment.stage, PaymentStage::Sent { .. }) {
            return Err(Mismatch::NotSent);
        }
        let sent = payment.lines.total();
        if amount == sent {
            Ok(())
        } else {
            Err(Mismatch::OtherAmount { sent })
        }
    }

    pub(super) fn bank_returned(
        &self,
        bank: Bank,
        context: &Context,
    ) -> Result<Vec<GrantEvent>, Rejection> {
        match &self.payment(bank.payment)?.stage {
            PaymentStage::Confirmed { bank: before, .. }
            | PaymentStage::Failed { bank: before, .. }
                if *before == bank =>
            {
                return Ok(Vec::new());
            }
            _ => {}
        }
        self.matches(bank.payment, bank.amount)
            .map_err(Rejection::Unmatched)?;
        if bank.paid {
            let at = context.now;
            Ok(vec![GrantEvent::PaymentConfirmed { bank, at }])
        } else {
            Ok(vec![GrantEvent::PaymentFailed { bank }])
        }
    }

    pub(super) fn evolve_payment(&mut self, event: &GrantEvent) {
        match event {
            GrantEvent::PaymentPrepared {
                payment,
                allocation,
                tranche,
                payee,
                lines,
                by,
            } => {
                let prepared = Payment {
                    allocation: *allocation,
                    tranche: *tranche,
                    payee: *payee,
                    lines: lines.clone(),
                    prepared_by: by.clone(),
                    stage: PaymentStage::Prepared,
                };
                self.payments.insert(*payment, prepared);
            }
            GrantEvent::PaymentSent { payment, by } => {
                let by = by.clone();
                self.payment_is(*payment, |_| PaymentStage::Sent { by });
            }
            GrantEvent::PaymentRejected {
                payment,
                by,
                reason,
            } => {
                let (by, reason) = (by.clone(), reason.clone());
                self.payment_is(*payment, |_| PaymentStage::Rejected { by, reason });
            }
            GrantEvent::PaymentConfirmed { bank, at } => {
                let (bank, at) = (bank.clone(), *at);
                self.payment_is(bank.payment, |by| PaymentStage::Confirmed { by, bank, at });
            }
            GrantEvent::PaymentFailed { bank } => {
                let bank = bank.clone();
                self.payment_is(bank.payment, |by| PaymentStage::Failed { by, bank });
            }
            GrantEvent::Signed(_)
            | GrantEvent::AllocationPrepared { .. }
            | GrantEvent::AllocationApproved { .. }
            | GrantEvent::AllocationRejected { .. } => {}
        }
    }

    /// The next stage, from who released the payment.
    fn payment_is(&mut self, id: PaymentId, next: impl FnOnce(String) -> PaymentStage) {
        if let Some(payment) = self.payments.get_mut(&id) {
            let by = match &payment.stage {
                PaymentStage::Sent { by } => by.clone(),
                _ => String::new(),
            };
            payment.stage = next(by);
        }
    }
}

/// What is left of an amount after what was taken; nothing if that is more.
fn left_of(amount: Money, taken: impl Iterator<Item = Money>) -> Money {
    Money::sum(taken)
        .and_then(|taken| amount.checked_sub(taken))
        .unwrap_or_default()
}

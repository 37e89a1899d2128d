//! The only door out: the hub hears what projects get and what the bank has confirmed.

use proto::{
    common::v1 as common,
    fund::v1::{AllocationRecorded, FundSource, PaymentConfirmed, SourceAmount},
    message::{Audience, Message},
};
use regulation::Money;
use time::format_description::well_known::Rfc3339;

use crate::domain::{Case, GrantEvent, Line, Source};

/// What others hear of `event`; `case` is the grant after it, `id` its project.
pub(crate) fn publish(id: &str, case: &Case, event: &GrantEvent) -> Vec<Message> {
    match event {
        GrantEvent::AllocationApproved { allocation, .. } => {
            let Some(approved) = case.allocations.get(allocation) else {
                return Vec::new();
            };
            let recorded = AllocationRecorded {
                allocation_id: allocation.to_string(),
                project_id: id.to_owned(),
                investment: Some(fen(case.contract.investment)),
                support: Some(fen(approved.lines.total())),
                sources: approved.lines.iter().map(|(_, line)| told(line)).collect(),
            };
            vec![Message::share(Audience::HUB, id, &recorded)]
        }
        GrantEvent::PaymentConfirmed { bank, at } => {
            let confirmed = PaymentConfirmed {
                payment_id: bank.payment.to_string(),
                project_id: id.to_owned(),
                amount: Some(fen(bank.amount)),
                confirmed_at: at.format(&Rfc3339).unwrap_or_default(),
            };
            vec![Message::share(Audience::HUB, id, &confirmed)]
        }
        GrantEvent::Signed(_)
        | GrantEvent::AllocationPrepared { .. }
        | GrantEvent::AllocationRejected { .. }
        | GrantEvent::PaymentPrepared { .. }
        | GrantEvent::PaymentSent { .. }
        | GrantEvent::PaymentRejected { .. }
        | GrantEvent::PaymentFailed { .. } => Vec::new(),
    }
}

/// Whose money it is; from which appropriation stays at home.
fn told(line: Line) -> SourceAmount {
    SourceAmount {
        source: FundSource::from(line.budget.source).into(),
        year: line.budget.year,
        amount: Some(fen(line.amount)),
    }
}

impl From<Source> for FundSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Central => Self::Central,
            Source::Provincial => Self::Provincial,
            Source::Municipal => Self::Municipal,
            Source::County => Self::County,
        }
    }
}

fn fen(money: Money) -> common::Money {
    common::Money { fen: money.fen() }
}

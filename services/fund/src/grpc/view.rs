//! What people get to see.

mod figures;

pub(super) use figures::figures;
use journal::Loaded;
use proto::{application::v1 as application, common::v1 as common, fund::v1 as wire};
use regulation::{AllocationId, AppropriationId, Money, PaymentId};
use time::{UtcOffset, format_description::well_known::Rfc3339};
use tonic::{Response, Status};

use crate::domain::{
    Allocation, AllocationStage, Appropriation, AppropriationStage, Case, Condition, Finding,
    Grant, Kept, Line, Lines, PaymentStage, Source,
};

pub(super) fn fen(money: Money) -> common::Money {
    common::Money { fen: money.fen() }
}

/// The source of that name, unless none is named.
pub(super) fn source_of(source: wire::FundSource) -> Option<Source> {
    match source {
        wire::FundSource::Unspecified => None,
        wire::FundSource::Central => Some(Source::Central),
        wire::FundSource::Provincial => Some(Source::Provincial),
        wire::FundSource::Municipal => Some(Source::Municipal),
        wire::FundSource::County => Some(Source::County),
    }
}

pub(super) fn source(source: Source) -> wire::FundSource {
    source.into()
}

/// The stage of that name in lists, unless none is named.
pub(super) fn stage(state: wire::PaymentState) -> Option<&'static str> {
    match state {
        wire::PaymentState::Unspecified => None,
        wire::PaymentState::Prepared => Some("prepared"),
        wire::PaymentState::Rejected => Some("rejected"),
        wire::PaymentState::Sent => Some("sent"),
        wire::PaymentState::Confirmed => Some("confirmed"),
        wire::PaymentState::Failed => Some("failed"),
    }
}

pub(super) fn appropriation(loaded: &Loaded<Appropriation>) -> wire::Appropriation {
    let Some(entry) = &loaded.state.0 else {
        return wire::Appropriation::default();
    };
    let mut view = wire::Appropriation {
        appropriation_id: loaded.id.clone(),
        year: entry.budget.year,
        source: source(entry.budget.source).into(),
        amount: Some(fen(entry.amount)),
        document_number: entry.document.to_string(),
        recorded_by: entry.recorded_by.clone(),
        left: Some(fen(entry.left().unwrap_or_default())),
        version: loaded.version,
        ..Default::default()
    };
    let state = match &entry.stage {
        AppropriationStage::Recorded => wire::AppropriationState::Recorded,
        AppropriationStage::Confirmed { by, reserved } => {
            view.decided_by.clone_from(by);
            let reservations = reserved
                .iter()
                .map(|(allocation, taken)| wire::Reservation {
                    allocation_id: allocation.to_string(),
                    project_id: taken.project.to_string(),
                    amount: Some(fen(taken.amount)),
                });
            view.reservations = reservations.collect();
            wire::AppropriationState::Confirmed
        }
        AppropriationStage::Rejected { by, reason } => {
            view.decided_by.clone_from(by);
            view.reason = reason.to_string();
            wire::AppropriationState::Rejected
        }
    };
    view.state = state.into();
    view
}

pub(super) fn grant(loaded: &Loaded<Grant>) -> wire::Grant {
    let Some(case) = &loaded.state.0 else {
        return wire::Grant::default();
    };
    let contract = &case.contract;
    let technical = contract.technical.iter();
    let contracts = technical.map(|technical| application::TechnicalContract {
        subtask_unit_id: technical.unit.to_string(),
        amount: Some(fen(technical.amount)),
        registration_number: technical
            .registration
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    });
    let allocations = case.allocations.iter();
    let payments = case.payments.keys();
    wire::Grant {
        project_id: loaded.id.clone(),
        title: contract.title.to_string(),
        field: contract.field.to_string(),
        lead_unit_id: contract.lead.to_string(),
        investment: Some(fen(contract.investment)),
        support: Some(fen(contract.support)),
        contracts: contracts.collect(),
        contract_digest: contract.digest.clone(),
        policy_version: contract.policy.clone(),
        allocations: allocations
            .map(|(id, one)| allocation(case, *id, one))
            .collect(),
        payments: payments.filter_map(|id| payment_of(case, *id)).collect(),
        allocated: Some(fen(case.allocated())),
        paid: Some(fen(case.paid())),
        version: loaded.version,
    }
}

fn line((appropriation, line): (AppropriationId, Line)) -> wire::SourceLine {
    wire::SourceLine {
        appropriation_id: appropriation.to_string(),
        amount: Some(fen(line.amount)),
        year: line.budget.year,
        source: source(line.budget.source).into(),
    }
}

fn lines(lines: &Lines) -> Vec<wire::SourceLine> {
    lines.iter().map(line).collect()
}

fn allocation(case: &Case, id: AllocationId, allocation: &Allocation) -> wire::Allocation {
    let tranches = (1..).zip(&allocation.tranches).map(|(number, tranche)| {
        let (condition, of) = match tranche.condition {
            Condition::Contract => (wire::TrancheCondition::Contract, 0),
            Condition::Report { year } => (wire::TrancheCondition::Report, year),
            Condition::Gate { number } => (wire::TrancheCondition::Gate, number),
            Condition::Acceptance => (wire::TrancheCondition::Acceptance, 0),
        };
        wire::Tranche {
            number,
            condition: condition.into(),
            of,
            amount: Some(fen(tranche.amount)),
            due: case.met.contains(&tranche.condition),
        }
    });
    let (state, decided_by, reason) = match &allocation.stage {
        AllocationStage::Prepared => (wire::AllocationState::Prepared, "", ""),
        AllocationStage::Approved { by } => (wire::AllocationState::Approved, by.as_str(), ""),
        AllocationStage::Rejected { by, reason } => (
            wire::AllocationState::Rejected,
            by.as_str(),
            reason.as_str(),
        ),
    };
    wire::Allocation {
        allocation_id: id.to_string(),
        state: state.into(),
        lines: lines(&allocation.lines),
        tranches: tranches.collect(),
        amount: Some(fen(allocation.lines.total())),
        prepared_by: allocation.prepared_by.clone(),
        decided_by: decided_by.to_owned(),
        reason: reason.to_owned(),
    }
}

/// A payment of the grant.
pub(super) fn payment(
    grant: &Loaded<Grant>,
    id: PaymentId,
) -> Result<Response<wire::Payment>, Status> {
    let found = grant.state.0.as_ref().and_then(|case| payment_of(case, id));
    found
        .map(Response::new)
        .ok_or_else(|| chassis::status::not_found("拨付"))
}

pub(super) fn payment_of(case: &Case, id: PaymentId) -> Option<wire::Payment> {
    let payment = case.payments.get(&id)?;
    let mut view = wire::Payment {
        payment_id: id.to_string(),
        project_id: case.contract.project.to_string(),
        allocation_id: payment.allocation.to_string(),
        tranche: i32::try_from(payment.tranche).unwrap_or_default(),
        payee_unit_id: payment.payee.to_string(),
        lines: lines(&payment.lines),
        amount: Some(fen(payment.lines.total())),
        prepared_by: payment.prepared_by.clone(),
        ..Default::default()
    };
    let state = match &payment.stage {
        PaymentStage::Prepared => wire::PaymentState::Prepared,
        PaymentStage::Rejected { by, reason } => {
            view.decided_by.clone_from(by);
            view.reason = reason.to_string();
            wire::PaymentState::Rejected
        }
        PaymentStage::Sent { by } => {
            view.decided_by.clone_from(by);
            wire::PaymentState::Sent
        }
        PaymentStage::Confirmed { by, bank, at } => {
            view.decided_by.clone_from(by);
            view.bank_reference = bank.reference.to_string();
            let utc = at.to_offset(UtcOffset::UTC);
            view.confirmed_at = utc.format(&Rfc3339).unwrap_or_default();
            wire::PaymentState::Confirmed
        }
        PaymentStage::Failed { by, bank } => {
            view.decided_by.clone_from(by);
            view.bank_reference = bank.reference.to_string();
            "银行退汇".clone_into(&mut view.reason);
            wire::PaymentState::Failed
        }
    };
    view.state = state.into();
    Some(view)
}

pub(super) fn bank_return(kept: &Kept) -> wire::BankReturn {
    let line = &kept.line;
    let outcome = if line.paid {
        wire::BankOutcome::Paid
    } else {
        wire::BankOutcome::GivenBack
    };
    let mut view = wire::BankReturn {
        bank_reference: line.reference.to_string(),
        quoted_payment: line
            .quoted
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        amount: Some(fen(line.amount)),
        booked_on: line.booked_on.to_string(),
        outcome: outcome.into(),
        state: wire::BankReturnState::Unmatched.into(),
        recorded_by: kept.recorded_by.clone(),
        ..Default::default()
    };
    match kept.finding {
        Finding::Uncompared => "尚未核对".clone_into(&mut view.reason),
        Finding::Unmatched(why) => view.reason = why.to_string(),
        Finding::Matched { project, payment } => {
            view.state = wire::BankReturnState::Matched.into();
            view.project_id = project.to_string();
            view.payment_id = payment.to_string();
        }
    }
    view
}

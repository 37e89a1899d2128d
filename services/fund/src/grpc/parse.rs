//! What people write, parsed at the door.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use chassis::status::{self, Fields};
use proto::{common::v1 as common, fund::v1 as wire};
use regulation::{AllocationId, AppropriationId, Day, Money, PaymentId, Title, UnitId};
use tonic::Status;

use super::view;
use crate::domain::{
    AppropriationCommand, BankLine, Budget, Condition, GrantCommand, LINES_MAX, TRANCHES_MAX,
    Tranche,
};

/// Budget years that can be meant.
const YEARS: std::ops::RangeInclusive<i32> = 2020..=2100;

/// An id or another word that may be left empty.
pub(super) fn maybe<T: FromStr<Err: Display>>(
    field: &str,
    text: &str,
) -> Result<Option<T>, Status> {
    if text.is_empty() {
        return Ok(None);
    }
    status::parse(field, text).map(Some)
}

/// More than nothing.
fn money(money: Option<common::Money>) -> Result<Money, String> {
    let money = money.ok_or("请填写金额")?;
    let money = Money::from_fen(money.fen).map_err(|error| error.to_string())?;
    if money.is_zero() {
        return Err("金额应大于零".to_owned());
    }
    Ok(money)
}

fn year(year: i32) -> Result<i32, String> {
    if YEARS.contains(&year) {
        Ok(year)
    } else {
        Err(format!("应为 {} 至 {} 年", YEARS.start(), YEARS.end()))
    }
}

/// What an officer records of a budget.
pub(super) fn appropriation(
    message: &wire::RecordAppropriationRequest,
) -> Result<AppropriationCommand, Status> {
    let mut fields = Fields::default();
    let year = fields.take("year", year(message.year));
    let source = view::source_of(message.source()).ok_or("请选择资金来源");
    let source = fields.take("source", source);
    let amount = fields.take("amount", money(message.amount));
    let document = fields.take("document_number", message.document_number.parse::<Title>());
    match (year, source, amount, document) {
        (Some(year), Some(source), Some(amount), Some(document)) => {
            let budget = Budget { year, source };
            Ok(AppropriationCommand::Record {
                budget,
                amount,
                document,
            })
        }
        _ => Err(fields.refuse()),
    }
}

/// Amounts by appropriation, each named once.
pub(super) fn lines(
    lines: &[wire::SourceLine],
) -> Result<BTreeMap<AppropriationId, Money>, Status> {
    if !(1..=LINES_MAX).contains(&lines.len()) {
        let fault = format!("资金来源应为 1 至 {LINES_MAX} 项");
        return Err(status::invalid("lines", fault));
    }
    let mut fields = Fields::default();
    let mut parsed = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let id = line.appropriation_id.parse::<AppropriationId>();
        let id = fields.take(&format!("lines[{at}].appropriation_id"), id);
        let amount = fields.take(&format!("lines[{at}].amount"), money(line.amount));
        // The appropriation says which source it is; a word that nobody knows is refused all the same.
        let source = wire::FundSource::try_from(line.source);
        fields.take(
            &format!("lines[{at}].source"),
            source.map_err(|_| "没有这种资金来源"),
        );
        if let (Some(id), Some(amount)) = (id, amount)
            && parsed.insert(id, amount).is_some()
        {
            fields.fault(&format!("lines[{at}]"), "同一笔预算只填写一项");
        }
    }
    if fields.is_empty() {
        Ok(parsed)
    } else {
        Err(fields.refuse())
    }
}

/// Tranches in the order of payment.
pub(super) fn tranches(tranches: &[wire::Tranche]) -> Result<Vec<Tranche>, Status> {
    if !(1..=TRANCHES_MAX).contains(&tranches.len()) {
        let fault = format!("拨付期应为 1 至 {TRANCHES_MAX} 期");
        return Err(status::invalid("tranches", fault));
    }
    let mut fields = Fields::default();
    let mut parsed = Vec::new();
    for (at, tranche) in tranches.iter().enumerate() {
        let condition = fields.take(&format!("tranches[{at}].condition"), condition(tranche));
        let amount = fields.take(&format!("tranches[{at}].amount"), money(tranche.amount));
        if let (Some(condition), Some(amount)) = (condition, amount) {
            parsed.push(Tranche { condition, amount });
        }
    }
    if fields.is_empty() {
        Ok(parsed)
    } else {
        Err(fields.refuse())
    }
}

fn condition(tranche: &wire::Tranche) -> Result<Condition, String> {
    match tranche.condition() {
        wire::TrancheCondition::Unspecified => Err("请选择拨付条件".to_owned()),
        wire::TrancheCondition::Contract => Ok(Condition::Contract),
        wire::TrancheCondition::Report => year(tranche.of).map(|year| Condition::Report { year }),
        wire::TrancheCondition::Gate if tranche.of >= 1 => {
            Ok(Condition::Gate { number: tranche.of })
        }
        wire::TrancheCondition::Gate => Err("请填写里程碑节点序号".to_owned()),
        wire::TrancheCondition::Acceptance => Ok(Condition::Acceptance),
    }
}

/// What an officer prepares for the bank.
pub(super) fn payment(
    message: &wire::PreparePaymentRequest,
    payment: PaymentId,
) -> Result<GrantCommand, Status> {
    let allocation: AllocationId = status::parse("allocation_id", &message.allocation_id)?;
    let payee: UnitId = status::parse("payee_unit_id", &message.payee_unit_id)?;
    let tranche = usize::try_from(message.tranche)
        .map_err(|_| status::invalid("tranche", "应为从 1 开始的期次"))?;
    Ok(GrantCommand::PreparePayment {
        payment,
        allocation,
        tranche,
        payee,
        lines: lines(&message.lines)?,
    })
}

/// What the bank wrote. What it quotes is taken as it is.
pub(super) fn bank_line(message: &wire::RecordBankReturnRequest) -> Result<BankLine, Status> {
    let mut fields = Fields::default();
    let reference = fields.take("bank_reference", message.bank_reference.parse::<Title>());
    let quoted = match message.quoted_payment.trim() {
        "" => Ok(None),
        text => text.parse::<Title>().map(Some),
    };
    let quoted = fields.take("quoted_payment", quoted);
    let amount = fields.take("amount", money(message.amount));
    let booked_on = fields.take("booked_on", message.booked_on.parse::<Day>());
    let paid = match message.outcome() {
        wire::BankOutcome::Unspecified => Err("请选择回单结果"),
        wire::BankOutcome::Paid => Ok(true),
        wire::BankOutcome::GivenBack => Ok(false),
    };
    let paid = fields.take("outcome", paid);
    match (reference, quoted, amount, booked_on, paid) {
        (Some(reference), Some(quoted), Some(amount), Some(booked_on), Some(paid)) => {
            Ok(BankLine {
                reference,
                quoted,
                amount,
                booked_on,
                paid,
            })
        }
        _ => Err(fields.refuse()),
    }
}

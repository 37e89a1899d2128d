//! Between what was established, as the domain has it, and the published language.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use prost::Message as _;
use proto::{
    application::v1::{self as application, ApplicationPackage},
    common::v1 as common,
    project::v1::{ContractDocument, ContractUnit},
    review::v1::ProjectEstablished,
};
use regulation::{Departure, Money, Text, UnitId};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::domain::{
    BudgetLine, Established, InvalidEstablished, TechnicalContract, Terms, Unit, UnitRole,
};

type Read<T> = Result<T, InvalidEstablished>;

/// What the hub told as established at `at`.
///
/// # Errors
/// When something is missing, does not parse, or does not hold together.
pub(crate) fn established(told: ProjectEstablished, at: OffsetDateTime) -> Read<Established> {
    let entry = told.entry.ok_or_else(|| missing("entry"))?;
    let package = told.package.ok_or_else(|| missing("package"))?;
    if !entry.established {
        return Err(InvalidEstablished::NotEstablished);
    }
    if entry.application_id != package.application_id {
        return Err(InvalidEstablished::AnotherApplication);
    }
    if entry.lead_unit_id != package.lead_unit_id {
        return Err(InvalidEstablished::AnotherLead);
    }
    let established = Established {
        project: field("project_id", &entry.project_id)?,
        application: field("application_id", &entry.application_id)?,
        title: field("title", &package.title)?,
        field: field("field", &package.field)?,
        region: field("region", &entry.region)?,
        lead: field("lead_unit_id", &package.lead_unit_id)?,
        leader: field("leader_person_key", &package.leader_person_key)?,
        units: units(&package)?,
        indicators: text("indicators", &package.indicators)?,
        milestones: package
            .milestones
            .iter()
            .map(|milestone| field("milestones", milestone))
            .collect::<Read<_>>()?,
        months: u32::try_from(package.months)
            .ok()
            .filter(|months| *months > 0)
            .ok_or_else(|| fault("months", package.months))?,
        duration_departure: package.duration_departure.map(departure).transpose()?,
        investment: money("investment", package.investment)?,
        // What the joint decision gives, not what was applied for.
        support: money("support", entry.support)?,
        contracts: package
            .contracts
            .iter()
            .map(technical_contract)
            .collect::<Read<_>>()?,
        policy: package.policy_version,
        decision: field("decision_id", &told.decision_id)?,
        document_number: told.document_number,
        at,
    };
    established.checked()
}

fn units(package: &ApplicationPackage) -> Read<BTreeMap<UnitId, Unit>> {
    let mut units = BTreeMap::new();
    for told in &package.units {
        let id: UnitId = field("unit_id", &told.unit_id)?;
        let part = package
            .parts
            .iter()
            .find(|part| part.unit_id == told.unit_id);
        let (lines, people) = match part {
            Some(part) => (part.lines.as_slice(), part.person_keys.as_slice()),
            None => (&[][..], &[][..]),
        };
        let unit = Unit {
            home: field("unit.region", &told.region)?,
            role: role(told.role())?,
            guest: told.guest,
            branch_of: match told.branch_of_unit_id.as_str() {
                "" => None,
                unit => Some(field("unit.branch_of_unit_id", unit)?),
            },
            subtask: text("unit.subtask", &told.subtask)?,
            work: text("part.work", part.map_or("", |part| &part.work))?,
            lines: lines.iter().map(line).collect::<Read<_>>()?,
            people: people
                .iter()
                .map(|key| field("part.person_keys", key))
                .collect::<Read<_>>()?,
        };
        if units.insert(id, unit).is_some() {
            return Err(InvalidEstablished::Twice(id));
        }
    }
    Ok(units)
}

fn line(told: &application::BudgetLine) -> Read<BudgetLine> {
    Ok(BudgetLine {
        category: field("line.category", &told.category)?,
        // An amount that is left out is none.
        support: money("line.support", Some(told.support.unwrap_or_default()))?,
        own: money("line.own", Some(told.own.unwrap_or_default()))?,
    })
}

fn technical_contract(told: &application::TechnicalContract) -> Read<TechnicalContract> {
    let number = told.registration_number.trim();
    Ok(TechnicalContract {
        unit: field("contract.subtask_unit_id", &told.subtask_unit_id)?,
        amount: money("contract.amount", told.amount)?,
        registration: (!number.is_empty())
            .then(|| field("contract.registration_number", number))
            .transpose()?,
    })
}

fn departure(told: common::Departure) -> Read<Departure> {
    Ok(Departure {
        rule: told.rule,
        reason: field("duration_departure.reason", &told.reason)?,
        approved_by: Some(told.approved_by).filter(|by| !by.is_empty()),
    })
}

fn role(told: application::UnitRole) -> Read<UnitRole> {
    match told {
        application::UnitRole::Lead => Ok(UnitRole::Lead),
        application::UnitRole::Subtask => Ok(UnitRole::Subtask),
        application::UnitRole::Participant => Ok(UnitRole::Participant),
        application::UnitRole::Unspecified => Err(fault("unit.role", told.as_str_name())),
    }
}

fn field<T: FromStr<Err: Display>>(name: &'static str, text: &str) -> Read<T> {
    text.parse().map_err(|error: T::Err| fault(name, error))
}

fn text(name: &'static str, text: &str) -> Read<Option<Text>> {
    (!text.trim().is_empty())
        .then(|| field(name, text))
        .transpose()
}

fn money(name: &'static str, told: Option<common::Money>) -> Read<Money> {
    let told = told.ok_or_else(|| missing(name))?;
    Money::from_fen(told.fen).map_err(|error| fault(name, error))
}

fn missing(field: &'static str) -> InvalidEstablished {
    fault(field, "missing")
}

fn fault(field: &'static str, fault: impl Display) -> InvalidEstablished {
    InvalidEstablished::Field {
        field,
        fault: fault.to_string(),
    }
}

/// The encoded contract and task book on what was established: the same for the same, byte for
/// byte, since the encoding has no maps and leaves nothing to chance.
pub(crate) fn contract(established: &Established, version: u32, terms: &Terms) -> Vec<u8> {
    contract_document(established, version, terms).encode_to_vec()
}

fn contract_document(established: &Established, version: u32, terms: &Terms) -> ContractDocument {
    ContractDocument {
        project_id: established.project.to_string(),
        version: wire_number(version),
        application_id: established.application.to_string(),
        title: established.title.to_string(),
        field: established.field.as_str().to_owned(),
        decision_id: established.decision.to_string(),
        document_number: established.document_number.clone(),
        region: established.region.to_string(),
        lead_unit_id: established.lead.to_string(),
        leader_person_key: established.leader.to_string(),
        units: established.units.iter().map(contract_unit).collect(),
        indicators: wire_text(established.indicators.as_ref()),
        milestones: established
            .milestones
            .iter()
            .map(ToString::to_string)
            .collect(),
        months: wire_number(established.months),
        starts_on: terms.starts_on.to_string(),
        ends_on: terms.ends_on(established.months).to_string(),
        duration_departure: established.duration_departure.as_ref().map(wire_departure),
        investment: wire_money(established.investment),
        support: wire_money(established.support),
        contracts: established
            .contracts
            .iter()
            .map(wire_technical_contract)
            .collect(),
        supplementary_terms: wire_text(terms.supplementary.as_ref()),
        policy_version: established.policy.clone(),
    }
}

fn contract_unit((id, unit): (&UnitId, &Unit)) -> ContractUnit {
    ContractUnit {
        unit_id: id.to_string(),
        region: unit.home.to_string(),
        role: wire_role(unit.role).into(),
        guest: unit.guest,
        subtask: wire_text(unit.subtask.as_ref()),
        work: wire_text(unit.work.as_ref()),
        lines: unit.lines.iter().map(wire_line).collect(),
        person_keys: unit.people.iter().map(ToString::to_string).collect(),
    }
}

fn wire_line(line: &BudgetLine) -> application::BudgetLine {
    application::BudgetLine {
        category: line.category.to_string(),
        support: wire_money(line.support),
        own: wire_money(line.own),
    }
}

fn wire_departure(departure: &Departure) -> common::Departure {
    common::Departure {
        rule: departure.rule.clone(),
        reason: departure.reason.to_string(),
        approved_by: departure.approved_by.clone().unwrap_or_default(),
    }
}

/// A technical contract in the published language.
pub(crate) fn wire_technical_contract(
    contract: &TechnicalContract,
) -> application::TechnicalContract {
    application::TechnicalContract {
        subtask_unit_id: contract.unit.to_string(),
        amount: wire_money(contract.amount),
        registration_number: contract
            .registration
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

/// A role in the published language.
pub(crate) fn wire_role(role: UnitRole) -> application::UnitRole {
    match role {
        UnitRole::Lead => application::UnitRole::Lead,
        UnitRole::Subtask => application::UnitRole::Subtask,
        UnitRole::Participant => application::UnitRole::Participant,
    }
}

/// An amount in the published language.
#[expect(
    clippy::unnecessary_wraps,
    reason = "messages are optional fields of messages"
)]
pub(crate) fn wire_money(money: Money) -> Option<common::Money> {
    Some(common::Money { fen: money.fen() })
}

/// A number in the published language; those here are far below its end.
pub(crate) fn wire_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A text in the published language.
pub(crate) fn wire_text(text: Option<&Text>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// An instant as RFC 3339 in UTC.
pub(crate) fn instant(at: OffsetDateTime) -> String {
    // Years beyond 9999 have no such form; the domain's clock does not get there.
    at.to_offset(UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}

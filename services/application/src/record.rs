//! Between the published language and the domain: packages, parts, guides.

mod read;

pub(crate) use read::{content, guideline, instant, lines, package, part_version, people};

use std::collections::BTreeMap;

use prost::Message as _;
use proto::{application::v1 as wire, common::v1 as common};
use regulation::{Departure, Money, PartId, UnitId};

use crate::domain::{
    Package,
    guide::Guideline,
    package::{Content, Contract, Line, Member, PartVersion, UnitRole},
    part::{End, Input, Request},
    part_of,
};

/// A field that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}：{reason}")]
pub struct Invalid {
    /// Which.
    pub field: String,
    /// What is wrong.
    pub reason: String,
}

impl Invalid {
    pub(crate) fn new(field: &str, reason: impl ToString) -> Self {
        Self {
            field: field.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl From<UnitRole> for wire::UnitRole {
    fn from(role: UnitRole) -> Self {
        match role {
            UnitRole::Lead => Self::Lead,
            UnitRole::Subtask => Self::Subtask,
            UnitRole::Participant => Self::Participant,
        }
    }
}

impl TryFrom<wire::UnitRole> for UnitRole {
    type Error = Invalid;

    fn try_from(role: wire::UnitRole) -> Result<Self, Invalid> {
        match role {
            wire::UnitRole::Lead => Ok(Self::Lead),
            wire::UnitRole::Subtask => Ok(Self::Subtask),
            wire::UnitRole::Participant => Ok(Self::Participant),
            wire::UnitRole::Unspecified => Err(Invalid::new("role", "请选择单位角色")),
        }
    }
}

impl From<End> for wire::PartEnd {
    fn from(end: End) -> Self {
        match end {
            End::LeftOut => Self::LeftOut,
            End::Withdrawn => Self::Withdrawn,
            End::NotAccepted => Self::NotAccepted,
            End::MissedDeadline => Self::MissedDeadline,
            End::NotEstablished => Self::NotEstablished,
        }
    }
}

impl TryFrom<wire::PartEnd> for End {
    type Error = Invalid;

    fn try_from(end: wire::PartEnd) -> Result<Self, Invalid> {
        match end {
            wire::PartEnd::LeftOut => Ok(Self::LeftOut),
            wire::PartEnd::Withdrawn => Ok(Self::Withdrawn),
            wire::PartEnd::NotAccepted => Ok(Self::NotAccepted),
            wire::PartEnd::MissedDeadline => Ok(Self::MissedDeadline),
            wire::PartEnd::NotEstablished => Ok(Self::NotEstablished),
            wire::PartEnd::Unspecified => Err(Invalid::new("end", "没有说明原因")),
        }
    }
}

pub(crate) fn money(money: Money) -> common::Money {
    common::Money { fen: money.fen() }
}

pub(crate) fn strings<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

pub(crate) fn text<T: ToString>(text: Option<&T>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

pub(crate) fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A guide as everybody sees it.
pub(crate) fn wire_guide(id: &str, guide: &Guideline) -> wire::GuideDocument {
    let topics = guide.topics.iter().map(|topic| wire::GuideTopic {
        topic_id: topic.id.to_string(),
        title: topic.title.to_string(),
        field: topic.field.to_string(),
        content: topic.content.to_string(),
        blind_id: text(topic.blind_id.as_ref()),
    });
    wire::GuideDocument {
        guide_id: id.to_owned(),
        year: guide.year.into(),
        title: guide.title.to_string(),
        topics: topics.collect(),
        window_from: guide.from.to_string(),
        window_until: guide.until.to_string(),
        support_ceiling: guide.ceiling.map(money),
        one_live_application_per_leader: guide.one_live,
        conditions: text(guide.conditions.as_ref()),
    }
}

/// What the members decide on, byte for byte what is told.
pub(crate) fn guide_proposal(id: &str, guide: &Guideline) -> Vec<u8> {
    let guide = Some(wire_guide(id, guide));
    wire::GuideProposed { guide }.encode_to_vec()
}

fn wire_line(line: &Line) -> wire::BudgetLine {
    wire::BudgetLine {
        category: line.category.to_string(),
        support: Some(money(line.support)),
        own: Some(money(line.own)),
    }
}

/// A part as its unit writes it.
pub(crate) fn part(request: &Request, id: PartId, version: u32, input: &Input) -> Vec<u8> {
    let part = wire::PartContent {
        application_id: request.application.to_string(),
        part_id: id.to_string(),
        unit_id: request.unit.to_string(),
        role: wire::UnitRole::from(request.role).into(),
        version: number(version),
        lines: input.lines.iter().map(wire_line).collect(),
        person_keys: strings(&input.people),
        work: input.work.to_string(),
    };
    part.encode_to_vec()
}

fn wire_part(package: &Package, unit: UnitId, part: &PartVersion) -> wire::PartContent {
    wire::PartContent {
        application_id: package.application.to_string(),
        part_id: part_of(package.application, unit).to_string(),
        unit_id: unit.to_string(),
        role: wire::UnitRole::from(part.role).into(),
        version: number(part.version),
        lines: part.lines.iter().map(wire_line).collect(),
        person_keys: strings(&part.people),
        work: part.work.to_string(),
    }
}

pub(crate) fn wire_unit(unit: UnitId, member: &Member) -> wire::ConsortiumUnit {
    wire::ConsortiumUnit {
        unit_id: unit.to_string(),
        region: member.region.to_string(),
        role: wire::UnitRole::from(member.role).into(),
        guest: member.guest,
        subtask: text(member.subtask.as_ref()),
        branch_of_unit_id: member
            .branch_of
            .map(|id| id.to_string())
            .unwrap_or_default(),
    }
}

pub(crate) fn wire_contract(contract: &Contract) -> wire::TechnicalContract {
    wire::TechnicalContract {
        subtask_unit_id: contract.unit.to_string(),
        amount: Some(money(contract.amount)),
        registration_number: text(contract.registration.as_ref()),
    }
}

pub(crate) fn wire_shares(shares: &BTreeMap<UnitId, u32>) -> Vec<wire::PropertyShare> {
    let shares = shares.iter().map(|(unit, points)| wire::PropertyShare {
        unit_id: unit.to_string(),
        basis_points: number(*points),
    });
    shares.collect()
}

pub(crate) fn wire_departure(departure: &Departure) -> common::Departure {
    common::Departure {
        rule: departure.rule.clone(),
        reason: departure.reason.to_string(),
        approved_by: departure.approved_by.clone().unwrap_or_default(),
    }
}

/// What the lead wrote, as it reads it again.
pub(crate) fn wire_content(content: &Content) -> wire::ApplicationContent {
    wire::ApplicationContent {
        title: content.title.to_string(),
        leader_person_key: text(content.leader.as_ref()),
        core_team_person_keys: strings(&content.core_team),
        indicators: text(content.indicators.as_ref()),
        milestones: strings(&content.milestones),
        months: number(content.months),
        duration_reason: text(content.duration_reason.as_ref()),
        investment: Some(money(content.investment)),
        support: Some(money(content.support)),
        contracts: content.contracts.iter().map(wire_contract).collect(),
        shares: wire_shares(&content.shares),
        committed: content.committed,
    }
}

/// A package in the published language.
pub(crate) fn wire_package(package: &Package) -> wire::ApplicationPackage {
    let content = &package.content;
    let units = || package.units.iter().map(|(unit, member)| (*unit, member));
    let parts = || units().filter_map(|(unit, member)| Some((unit, member.part.as_ref()?)));
    let solvers = package.solvers.iter().map(|solver| wire::RequiredSolver {
        task_id: solver.task.to_string(),
        holder_unit_id: solver.holder.to_string(),
        team_unit_ids: strings(&solver.team),
    });
    let interfaces = units().filter_map(|(unit, member)| {
        Some(wire::SubtaskInterface {
            unit_id: unit.to_string(),
            text: member.interfaces.as_ref()?.to_string(),
        })
    });
    let pins = parts().map(|(unit, part)| wire::PartPin {
        part_id: part_of(package.application, unit).to_string(),
        version: number(part.version),
        digest: part.digest.to_string(),
    });
    wire::ApplicationPackage {
        application_id: package.application.to_string(),
        version: number(package.version),
        guide_id: package.topic.guide.to_string(),
        topic_id: package.topic.topic.to_string(),
        title: content.title.to_string(),
        field: package.topic.field.to_string(),
        blind_id: text(package.topic.blind_id.as_ref()),
        lead_unit_id: package.lead.to_string(),
        units: units()
            .map(|(unit, member)| wire_unit(unit, member))
            .collect(),
        parts: parts()
            .map(|(unit, part)| wire_part(package, unit, part))
            .collect(),
        leader_person_key: text(content.leader.as_ref()),
        indicators: text(content.indicators.as_ref()),
        milestones: strings(&content.milestones),
        months: number(content.months),
        investment: Some(money(content.investment)),
        support: Some(money(content.support)),
        contracts: content.contracts.iter().map(wire_contract).collect(),
        policy_version: package.policy.clone(),
        duration_departure: package.departure.as_ref().map(wire_departure),
        solvers: solvers.collect(),
        pins: pins.collect(),
        core_team_person_keys: strings(&content.core_team),
        shares: wire_shares(&content.shares),
        committed: content.committed,
        interfaces: interfaces.collect(),
    }
}

/// A package as the bytes that everybody agrees to.
pub(crate) fn package_bytes(package: &Package) -> Vec<u8> {
    wire_package(package).encode_to_vec()
}

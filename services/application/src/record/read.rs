//! Reading what others say: every field parsed, every list bounded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    str::FromStr,
};

use evidence::Digest;
use prost::Message as _;
use proto::{application::v1 as wire, common::v1 as common};
use regulation::{Departure, Money, PartId, PersonKey, UnitId};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Invalid;
use crate::domain::{
    Package,
    guide::{self, Guideline, TOPICS_MAX},
    package::{
        Content, Contract, LINES_MAX, LIST_MAX, Line, MONTHS_MAX, Member, PEOPLE_MAX, PartVersion,
        SHARES_WHOLE, Solver, Topic, UNITS_MAX, UnitRole,
    },
    part_of,
};

type Read<T> = Result<T, Invalid>;

fn parse<T: FromStr<Err: Display>>(field: &str, text: &str) -> Read<T> {
    text.parse()
        .map_err(|error: T::Err| Invalid::new(field, error))
}

fn optional<T: FromStr<Err: Display>>(field: &str, text: &str) -> Read<Option<T>> {
    if text.trim().is_empty() {
        Ok(None)
    } else {
        parse(field, text).map(Some)
    }
}

fn at_most<T>(field: &str, items: &[T], most: usize) -> Read<()> {
    if items.len() > most {
        return Err(Invalid::new(field, format!("最多 {most} 项")));
    }
    Ok(())
}

fn set<T: FromStr<Err: Display> + Ord>(
    field: &str,
    texts: &[String],
    most: usize,
) -> Read<BTreeSet<T>> {
    at_most(field, texts, most)?;
    texts.iter().map(|text| parse(field, text)).collect()
}

fn amount(field: &str, money: Option<common::Money>) -> Read<Money> {
    let money = money.ok_or_else(|| Invalid::new(field, "请填写金额"))?;
    Money::from_fen(money.fen).map_err(|error| Invalid::new(field, error))
}

fn positive(field: &str, number: i32, most: u32) -> Read<u32> {
    match u32::try_from(number) {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(Invalid::new(field, format!("应为 1 至 {most}"))),
    }
}

/// A moment as it is told.
pub(crate) fn instant(at: OffsetDateTime) -> String {
    // Only a year beyond 9999 can't be written.
    at.format(&Rfc3339).unwrap_or_default()
}

/// A guide as it was decided on.
pub(crate) fn guideline(told: &wire::GuideDocument) -> Read<Guideline> {
    at_most("topics", &told.topics, TOPICS_MAX)?;
    let topics = told.topics.iter().map(|topic| {
        Ok(guide::Topic {
            id: parse("topics.topic_id", &topic.topic_id)?,
            title: parse("topics.title", &topic.title)?,
            field: parse("topics.field", &topic.field)?,
            content: parse("topics.content", &topic.content)?,
            blind_id: optional("topics.blind_id", &topic.blind_id)?,
        })
    });
    let ceiling = match &told.support_ceiling {
        None => None,
        Some(money) => Some(amount("support_ceiling", Some(*money))?),
    };
    Ok(Guideline {
        year: u16::try_from(told.year).map_err(|error| Invalid::new("year", error))?,
        title: parse("title", &told.title)?,
        topics: topics.collect::<Read<_>>()?,
        from: parse("window_from", &told.window_from)?,
        until: parse("window_until", &told.window_until)?,
        ceiling,
        one_live: told.one_live_application_per_leader,
        conditions: optional("conditions", &told.conditions)?,
    })
}

/// Budget lines as a unit writes them.
pub(crate) fn lines(lines: &[wire::BudgetLine]) -> Read<Vec<Line>> {
    at_most("lines", lines, LINES_MAX)?;
    let lines = lines.iter().map(|line| {
        Ok(Line {
            category: parse("lines.category", &line.category)?,
            support: amount("lines.support", line.support)?,
            own: amount("lines.own", line.own)?,
        })
    });
    lines.collect()
}

/// People of a part.
pub(crate) fn people(keys: &[String]) -> Read<BTreeSet<PersonKey>> {
    set("person_keys", keys, PEOPLE_MAX)
}

fn contracts(contracts: &[wire::TechnicalContract]) -> Read<Vec<Contract>> {
    at_most("contracts", contracts, LIST_MAX)?;
    let contracts = contracts.iter().map(|contract| {
        Ok(Contract {
            unit: parse("contracts.subtask_unit_id", &contract.subtask_unit_id)?,
            amount: amount("contracts.amount", contract.amount)?,
            registration: optional(
                "contracts.registration_number",
                &contract.registration_number,
            )?,
        })
    });
    contracts.collect()
}

fn shares(shares: &[wire::PropertyShare]) -> Read<BTreeMap<UnitId, u32>> {
    at_most("shares", shares, UNITS_MAX)?;
    let mut read = BTreeMap::new();
    for share in shares {
        let unit = parse("shares.unit_id", &share.unit_id)?;
        let points = positive("shares.basis_points", share.basis_points, SHARES_WHOLE)?;
        if read.insert(unit, points).is_some() {
            return Err(Invalid::new("shares.unit_id", "单位重复"));
        }
    }
    Ok(read)
}

/// What a lead writes.
pub(crate) fn content(told: &wire::ApplicationContent) -> Read<Content> {
    at_most("milestones", &told.milestones, LIST_MAX)?;
    let milestones = told.milestones.iter().map(|one| parse("milestones", one));
    Ok(Content {
        title: parse("title", &told.title)?,
        leader: optional("leader_person_key", &told.leader_person_key)?,
        core_team: set(
            "core_team_person_keys",
            &told.core_team_person_keys,
            PEOPLE_MAX,
        )?,
        indicators: optional("indicators", &told.indicators)?,
        milestones: milestones.collect::<Read<_>>()?,
        months: positive("months", told.months, MONTHS_MAX)?,
        duration_reason: optional("duration_reason", &told.duration_reason)?,
        investment: amount("investment", told.investment)?,
        support: amount("support", told.support)?,
        contracts: contracts(&told.contracts)?,
        shares: shares(&told.shares)?,
        committed: told.committed,
    })
}

/// A part as its home told it, under the digest that it was told with.
pub(crate) fn part_version(told: &wire::PartContent, digest: Digest) -> Read<PartVersion> {
    Ok(PartVersion {
        version: positive("version", told.version, u32::from(u16::MAX))?,
        role: UnitRole::try_from(told.role())?,
        lines: lines(&told.lines)?,
        people: people(&told.person_keys)?,
        work: parse("work", &told.work)?,
        digest,
    })
}

fn departure(told: &common::Departure) -> Read<Departure> {
    let approver = Some(told.approved_by.clone()).filter(|by| !by.is_empty());
    Ok(Departure {
        rule: told.rule.clone(),
        reason: parse("duration_departure.reason", &told.reason)?,
        approved_by: approver,
    })
}

/// A package as it was agreed to: nothing in it contradicts itself.
pub(crate) fn package(bytes: &[u8]) -> Read<Package> {
    let told =
        wire::ApplicationPackage::decode(bytes).map_err(|error| Invalid::new("package", error))?;
    let application = parse("application_id", &told.application_id)?;
    let departure = told
        .duration_departure
        .as_ref()
        .map(departure)
        .transpose()?;
    let lead_content = wire::ApplicationContent {
        title: told.title.clone(),
        leader_person_key: told.leader_person_key.clone(),
        core_team_person_keys: told.core_team_person_keys.clone(),
        indicators: told.indicators.clone(),
        milestones: told.milestones.clone(),
        months: told.months,
        duration_reason: departure
            .as_ref()
            .map(|departure| departure.reason.to_string())
            .unwrap_or_default(),
        investment: told.investment,
        support: told.support,
        contracts: told.contracts.clone(),
        shares: told.shares.clone(),
        committed: told.committed,
    };
    Ok(Package {
        application,
        version: positive("version", told.version, u32::from(u16::MAX))?,
        topic: Topic {
            guide: parse("guide_id", &told.guide_id)?,
            topic: parse("topic_id", &told.topic_id)?,
            field: parse("field", &told.field)?,
            blind_id: optional("blind_id", &told.blind_id)?,
        },
        lead: parse("lead_unit_id", &told.lead_unit_id)?,
        units: units(&told)?,
        content: content(&lead_content)?,
        solvers: solvers(&told.solvers)?,
        departure,
        policy: told.policy_version,
    })
}

fn solvers(told: &[wire::RequiredSolver]) -> Read<BTreeSet<Solver>> {
    at_most("solvers", told, LIST_MAX)?;
    let solvers = told.iter().map(|solver| {
        Ok(Solver {
            task: parse("solvers.task_id", &solver.task_id)?,
            holder: parse("solvers.holder_unit_id", &solver.holder_unit_id)?,
            team: set("solvers.team_unit_ids", &solver.team_unit_ids, UNITS_MAX)?,
        })
    });
    solvers.collect()
}

fn units(told: &wire::ApplicationPackage) -> Read<BTreeMap<UnitId, Member>> {
    at_most("units", &told.units, UNITS_MAX)?;
    at_most("parts", &told.parts, told.units.len())?;
    at_most("interfaces", &told.interfaces, told.units.len())?;
    let mut units = BTreeMap::new();
    for unit in &told.units {
        let id: UnitId = parse("units.unit_id", &unit.unit_id)?;
        let text = told
            .interfaces
            .iter()
            .find(|one| one.unit_id == unit.unit_id);
        let member = Member {
            role: UnitRole::try_from(unit.role())?,
            region: parse("units.region", &unit.region)?,
            guest: unit.guest,
            branch_of: optional("units.branch_of_unit_id", &unit.branch_of_unit_id)?,
            subtask: optional("units.subtask", &unit.subtask)?,
            interfaces: optional(
                "interfaces.text",
                text.map_or("", |text| text.text.as_str()),
            )?,
            part: pinned(told, id)?,
        };
        if units.insert(id, member).is_some() {
            return Err(Invalid::new("units.unit_id", "单位重复"));
        }
    }
    Ok(units)
}

/// The part of a unit, if there is one: it has to be the version that is pinned, byte for byte.
fn pinned(told: &wire::ApplicationPackage, unit: UnitId) -> Read<Option<PartVersion>> {
    let name = unit.to_string();
    let Some(part) = told.parts.iter().find(|part| part.unit_id == name) else {
        return Ok(None);
    };
    let application = parse("application_id", &told.application_id)?;
    let id: PartId = parse("parts.part_id", &part.part_id)?;
    if id != part_of(application, unit) || part.application_id != told.application_id {
        return Err(Invalid::new("parts.part_id", "不是该申报该单位的部分"));
    }
    let digest = Digest::of_document(&part.encode_to_vec());
    let pin = told.pins.iter().find(|pin| pin.part_id == part.part_id);
    match pin {
        Some(pin) if pin.version == part.version && pin.digest.parse() == Ok(digest) => {
            part_version(part, digest).map(Some)
        }
        _ => Err(Invalid::new("pins", "与所附内容不符")),
    }
}

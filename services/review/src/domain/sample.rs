//! Small things that tests are made of.

use std::{collections::BTreeMap, sync::Arc};

use proto::{
    application::v1::{ApplicationPackage, ConsortiumUnit, PartContent, UnitRole},
    common::v1::Money as WireMoney,
};
use regulation::{
    Actor, ApplicationId, Context, Criterion, Day, ExpertId, GuideId, Money, PersonKey, Policy,
    Region, ReviewRoundId, Role, SheetId, UnitId, YRD_2023_1,
};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::{Blindness, Entry, Invitation, Opinion, Origin, Package, Profile, barred_mark};

/// Every reason that experts give here.
pub(crate) const REASON: &str = "指标明确，路线可行";

pub(crate) fn now() -> OffsetDateTime {
    datetime!(2024-05-06 10:00 +8)
}

pub(crate) fn deadline() -> Day {
    "2024-05-31".parse().unwrap()
}

pub(crate) fn policy() -> Policy {
    Policy::parse(YRD_2023_1).unwrap()
}

pub(crate) fn context(node: Region) -> Context {
    as_person("qian", Role::Agency, node)
}

pub(crate) fn as_person(person: &str, role: Role, node: Region) -> Context {
    Context {
        now: now(),
        actor: Actor::person(person, role, node),
        node,
        policy: Some(Arc::new(policy())),
        heard: BTreeMap::new(),
    }
}

pub(crate) fn as_expert(number: u128, node: Region) -> Context {
    let actor = Actor {
        expert: Some(expert(number)),
        ..Actor::person("zhao", Role::Expert, node)
    };
    Context {
        actor,
        ..context(node)
    }
}

pub(crate) fn round() -> ReviewRoundId {
    ReviewRoundId(Uuid::from_u128(0xe0))
}

pub(crate) fn application(number: u128) -> ApplicationId {
    ApplicationId(Uuid::from_u128(0xd000 + number))
}

pub(crate) fn guide() -> GuideId {
    GuideId(Uuid::from_u128(0xf0))
}

pub(crate) fn expert(number: u128) -> ExpertId {
    ExpertId(Uuid::from_u128(0xe000 + number))
}

pub(crate) fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(0xa000 + number))
}

pub(crate) fn sheet(number: u128) -> SheetId {
    SheetId(Uuid::from_u128(0xb000 + number))
}

pub(crate) fn person(number: u8) -> PersonKey {
    PersonKey::from_bytes([number; 32])
}

pub(crate) fn fen(fen: i64) -> Money {
    Money::from_fen(fen).unwrap()
}

/// Application n: led by unit 100 + n with unit 200 + n of Zhejiang, ten million yuan invested,
/// three million applied for; its leader is person 100 + n.
pub(crate) fn wire_package(number: u128, region: Region) -> ApplicationPackage {
    let consortium = |unit: UnitId, region: Region, role: UnitRole| ConsortiumUnit {
        unit_id: unit.to_string(),
        region: region.to_string(),
        role: role.into(),
        subtask: "界面研究".to_owned(),
        ..Default::default()
    };
    let (lead, subtask) = (unit(100 + number), unit(200 + number));
    ApplicationPackage {
        application_id: application(number).to_string(),
        version: 1,
        guide_id: guide().to_string(),
        title: format!("光刻胶{number}"),
        field: "集成电路".to_owned(),
        lead_unit_id: lead.to_string(),
        units: vec![
            consortium(lead, region, UnitRole::Lead),
            consortium(subtask, Region::ZJ, UnitRole::Subtask),
        ],
        parts: vec![PartContent {
            unit_id: subtask.to_string(),
            work: "研制树脂".to_owned(),
            ..Default::default()
        }],
        leader_person_key: person(u8::try_from(100 + number).unwrap()).to_string(),
        indicators: "分辨率不低于 28 纳米".to_owned(),
        months: 24,
        investment: Some(WireMoney { fen: 1_000_000_000 }),
        support: Some(WireMoney { fen: 300_000_000 }),
        ..Default::default()
    }
}

pub(crate) fn package(title: &str, field: &str) -> Package {
    let wire = ApplicationPackage {
        title: title.to_owned(),
        field: field.to_owned(),
        ..wire_package(1, Region::SH)
    };
    wire.try_into().unwrap()
}

pub(crate) fn entry(number: u128, region: Region) -> Entry {
    Entry {
        region,
        package: wire_package(number, region).try_into().unwrap(),
    }
}

/// An expert of the national pool for 集成电路 with this employer.
pub(crate) fn profile(number: u8, region: Region, employer: u128) -> Profile {
    Profile {
        person: person(number),
        region,
        employer: unit(employer),
        origin: Origin::NationalPool,
        fields: ["集成电路".parse().unwrap()].into(),
        keywords: [].into(),
        active: true,
    }
}

pub(crate) fn criteria() -> Vec<Criterion> {
    policy().review_criteria
}

/// The same points on every criterion.
pub(crate) fn opinion(points: u32) -> Opinion {
    let marks = criteria().into_iter().map(|criterion| {
        let mark = draws::Mark {
            points: points.try_into().unwrap(),
            reason: REASON.parse().unwrap(),
        };
        (criterion.key.parse().unwrap(), mark)
    });
    Opinion {
        marks: marks.collect(),
        comment: "总体可行".parse().unwrap(),
        recommended: points >= 60,
    }
}

/// An invitation of expert n, in which units 101 and 201 apply.
pub(crate) fn invitation(number: u128) -> Invitation {
    let package = package("光刻胶", "集成电路");
    let barred = package.units().iter();
    Invitation {
        sheet: sheet(number),
        round: round(),
        expert: expert(number),
        person: person(9),
        title: package.title().clone(),
        field: package.field().clone(),
        content: package.content(),
        criteria: criteria(),
        deadline: deadline(),
        blindness: Blindness::Blind,
        applicants: vec![],
        barred: barred
            .map(|unit| barred_mark(sheet(number), *unit))
            .collect(),
    }
}

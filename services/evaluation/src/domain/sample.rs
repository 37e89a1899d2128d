//! Small things that tests are made of.

use std::{collections::BTreeMap, sync::Arc};

use proto::intake::v1::PublicRecord;
use regulation::{
    Actor, BallotId, Context, Criterion, Day, DemandId, EvaluationRoundId, ExpertId, PersonKey,
    Policy, Region, Role, UnitId, YRD_2023_1,
};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::{Entry, Invitation, Mark, Origin, Profile, Recommendation, Record, Sheet};

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
    Context {
        now: now(),
        actor: Actor::person("wang", Role::Secretariat, node),
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

pub(crate) fn round() -> EvaluationRoundId {
    EvaluationRoundId(Uuid::from_u128(0xe0))
}

pub(crate) fn demand(number: u128) -> DemandId {
    DemandId(Uuid::from_u128(0xd000 + number))
}

pub(crate) fn expert(number: u128) -> ExpertId {
    ExpertId(Uuid::from_u128(0xe000 + number))
}

pub(crate) fn unit(number: u128) -> UnitId {
    UnitId(Uuid::from_u128(0xa000 + number))
}

pub(crate) fn ballot(number: u128) -> BallotId {
    BallotId(Uuid::from_u128(0xb000 + number))
}

pub(crate) fn record(title: &str, field: &str) -> Record {
    let wire = PublicRecord {
        title: title.to_owned(),
        field: field.to_owned(),
        mission: format!("攻克{title}"),
        ..Default::default()
    };
    wire.try_into().unwrap()
}

pub(crate) fn entry(number: u128, region: Region) -> Entry {
    Entry {
        demand: demand(number),
        region,
        record: record(&format!("光刻胶{number}"), "集成电路"),
        policy: "yrd-2023-1".to_owned(),
        recommended: Some(Recommendation {
            place: 1,
            at: now(),
        }),
    }
}

/// An invited expert of 集成电路 with this employer.
pub(crate) fn profile(number: u8, region: Region, employer: u128) -> Profile {
    Profile {
        person: PersonKey::from_bytes([number; 32]),
        region,
        employer: unit(employer),
        origin: Origin::Invited,
        fields: ["集成电路".parse().unwrap()].into(),
        keywords: [].into(),
        active: true,
    }
}

pub(crate) fn criteria() -> Vec<Criterion> {
    policy().evaluation_criteria
}

/// The same points on every criterion.
pub(crate) fn sheet(points: u32) -> Sheet {
    let marks = criteria().into_iter().map(|criterion| {
        let mark = Mark {
            points: points.try_into().unwrap(),
            reason: REASON.parse().unwrap(),
        };
        (criterion.key.parse().unwrap(), mark)
    });
    Sheet {
        marks: marks.collect(),
        recommended: points >= 60,
    }
}

pub(crate) fn invitation(number: u128) -> Invitation {
    Invitation {
        ballot: ballot(number),
        round: round(),
        expert: expert(number),
        person: PersonKey::from_bytes([9; 32]),
        record: record("光刻胶", "集成电路"),
        criteria: criteria(),
        deadline: deadline(),
    }
}

//! Each rule of matching with a case that it refuses, and what must hold over random histories.

mod federation;
mod histories;
mod rules_of_boxes;
mod rules_of_dialogue;
mod rules_of_intents;
mod rules_of_meetings;
mod rules_of_minutes;
mod rules_of_origins;
mod rules_of_postings;
mod rules_of_registrations;
mod rules_of_repeats;
mod rules_of_revisions;
mod rules_of_solutions;
mod rules_of_the_hub;
mod rules_of_the_pool;
mod rules_of_withdrawals;
mod world;

use std::{collections::BTreeMap, sync::Arc};

use regulation::{
    Actor, BlindId, Context, Day, DemandId, Money, Policy, Refusal, Region, Role, SolutionId,
    TaskId, Text, UnitId,
};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::{posting::Reason, *};
use crate::{
    dossier::{Channel, Dossier, Salt},
    record::{Mode, Record, Task},
};

pub(super) const START: OffsetDateTime = datetime!(2024-10-08 09:00 +8);

pub(super) fn text(text: &str) -> Text {
    text.parse().unwrap()
}

pub(super) fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

pub(super) fn task(n: u128, mode: Mode) -> Task {
    Task {
        id: id(n),
        title: "树脂合成".parse().unwrap(),
        content: text("分子量分布控制"),
        indicators: text("分散度不高于 1.2"),
        offered: Money::from_fen(300_000_000).unwrap(),
        mode,
        revision: 1,
    }
}

pub(super) fn record(tasks: Vec<Task>) -> Record {
    Record {
        title: "高端光刻胶树脂".parse().unwrap(),
        field: "集成电路".parse().unwrap(),
        mission: text("突破树脂合成工艺"),
        goals: vec![1],
        tasks,
        investment: Money::from_fen(2_000_000_000).unwrap(),
        months: 30,
        milestones: vec![],
        figures: vec![],
        investment_range: None,
    }
}

pub(super) fn context(node: Region, actor: Actor, now: OffsetDateTime) -> Context {
    let policy = Some(Arc::new(Policy::parse(regulation::YRD_2023_1).unwrap()));
    Context {
        now,
        actor,
        node,
        policy,
        heard: BTreeMap::new(),
    }
}

pub(super) fn member(unit: UnitId, node: Region) -> Actor {
    Actor {
        unit: Some(unit),
        ..Actor::person("member", Role::UnitMember, node)
    }
}

pub(super) fn dossier(n: u128, holder: UnitId, tasks: &[u128]) -> Dossier {
    Dossier {
        id: id(n),
        blind_id: id(9),
        tasks: tasks.iter().map(|n| id::<TaskId>(*n)).collect(),
        holder,
        team: [holder].into(),
        approach: text("两步法"),
        evidence: None,
        price: Money::from_fen(1).unwrap(),
        months: 12,
        channel: Channel::Platform,
        submitted_at: START,
        revision: 1,
        salt: salt(1),
    }
}

pub(super) fn salt(n: u8) -> Salt {
    Salt(evidence::Digest([n; 32]))
}

/// A unit that a credit record bars.
pub(super) fn bars(unit: UnitId) -> Bars {
    Bars([(unit, Day::of(START).plus_days(365))].into())
}

pub(super) fn reason(said: &str) -> Reason {
    Reason {
        text: text(said),
        names: vec!["苏州星河微电子有限公司".to_owned()],
    }
}

/// The rule by which something was refused.
pub(super) fn rule<T: std::fmt::Debug>(outcome: Result<T, Rejection>) -> &'static str {
    Refusal::from(outcome.unwrap_err()).rule.code
}

pub(super) const DEMANDER: UnitId = UnitId(Uuid::from_u128(0xD0));
pub(super) const AFFILIATE: UnitId = UnitId(Uuid::from_u128(0xD1));
pub(super) const SOLVER: UnitId = UnitId(Uuid::from_u128(0x50));

pub(super) fn demand() -> DemandId {
    id(0xDE)
}

pub(super) fn blind() -> BlindId {
    id(9)
}

pub(super) fn solution_id(n: u128) -> SolutionId {
    id(n)
}

/// How the demand is published, under the terms of the first policy.
pub(super) fn listing() -> Listing {
    Listing {
        blind_id: blind(),
        number: "2024-0001".parse().unwrap(),
        published_on: Day::of(START),
        terms: Terms {
            call_until: Day::of(START).plus_days(30),
            feedback_days: 14,
            policy: "yrd-2023-1".into(),
        },
    }
}

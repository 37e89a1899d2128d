//! A sound package with what is known around it, for tests.

use std::collections::BTreeMap;

use regulation::{
    ApplicationId, BlindId, GuideId, Money, PersonKey, Policy, Region, TaskId, TopicId, UnitId,
    YRD_2024_1,
};
use uuid::Uuid;

use chassis::Barred;

use super::{Known, Owner, Place, Registered, UnitFacts, UnitRole, Whose};
use crate::{
    domain::{
        Package, Terms, guide,
        guide::Guideline,
        package::{Content, Contract, Line, Member, PartVersion, Solver, Topic},
        pool_entry::Standing,
    },
    record,
};

pub(crate) const LEAD: UnitId = UnitId(Uuid::from_u128(1));
pub(crate) const SOLVER: UnitId = UnitId(Uuid::from_u128(2));
pub(crate) const TEAM: UnitId = UnitId(Uuid::from_u128(3));
pub(crate) const TOPIC: TopicId = TopicId(Uuid::from_u128(4));
pub(crate) const TASK: TaskId = TaskId(Uuid::from_u128(5));

pub(crate) fn fen(fen: i64) -> Money {
    Money::from_fen(fen).unwrap()
}

pub(crate) fn key(byte: u8) -> PersonKey {
    PersonKey::from_bytes([byte; 32])
}

pub(crate) fn terms() -> Terms {
    Terms::of(&Policy::parse(YRD_2024_1).unwrap())
}

pub(crate) fn guideline() -> Guideline {
    Guideline {
        year: 2024,
        title: "指南".parse().unwrap(),
        topics: vec![guide::Topic {
            id: TOPIC,
            title: "课题".parse().unwrap(),
            field: "集成电路".parse().unwrap(),
            content: "研制".parse().unwrap(),
            blind_id: Some(BlindId(Uuid::from_u128(6))),
        }],
        from: "2024-11-01".parse().unwrap(),
        until: "2024-12-31".parse().unwrap(),
        ceiling: Some(fen(400)),
        one_live: true,
        conditions: None,
    }
}

pub(crate) fn part(unit: UnitId, role: UnitRole, support: i64, own: i64) -> PartVersion {
    let request = crate::domain::part::Request {
        application: ApplicationId(Uuid::from_u128(7)),
        by: Region::ZJ,
        unit,
        role,
        title: "申报".parse().unwrap(),
        lead: LEAD,
        subtask: None,
    };
    let input = crate::domain::part::Input {
        lines: vec![Line {
            category: "materials".parse().unwrap(),
            support: fen(support),
            own: fen(own),
        }],
        people: [key(u8::try_from(unit.0.as_u128()).unwrap())].into(),
        work: "工作".parse().unwrap(),
    };
    let id = crate::domain::part_of(request.application, unit);
    let bytes = record::part(&request, id, 1, &input);
    PartVersion {
        version: 1,
        role,
        lines: input.lines,
        people: input.people,
        work: input.work,
        digest: evidence::Digest::of_document(&bytes),
    }
}

fn member(unit: UnitId, role: UnitRole, region: Region, support: i64, own: i64) -> Member {
    Member {
        role,
        region,
        guest: false,
        branch_of: None,
        subtask: None,
        interfaces: "交付样件".parse().ok(),
        part: Some(part(unit, role, support, own)),
    }
}

pub(crate) fn content() -> Content {
    Content {
        title: "申报".parse().unwrap(),
        leader: Some(key(1)),
        core_team: [key(2)].into(),
        indicators: "指标".parse().ok(),
        milestones: vec![],
        months: 36,
        duration_reason: None,
        investment: fen(1000),
        support: fen(300),
        contracts: vec![Contract {
            unit: SOLVER,
            amount: fen(200),
            registration: None,
        }],
        shares: BTreeMap::from([(LEAD, 7000), (SOLVER, 3000)]),
        committed: true,
    }
}

pub(crate) fn package() -> Package {
    let units = [
        (LEAD, member(LEAD, UnitRole::Lead, Region::ZJ, 200, 500)),
        (
            SOLVER,
            member(SOLVER, UnitRole::Subtask, Region::SH, 60, 100),
        ),
        (
            TEAM,
            member(TEAM, UnitRole::Participant, Region::SH, 40, 100),
        ),
    ];
    Package {
        application: ApplicationId(Uuid::from_u128(7)),
        version: 1,
        topic: Topic {
            guide: GuideId(Uuid::from_u128(8)),
            topic: TOPIC,
            field: "集成电路".parse().unwrap(),
            blind_id: Some(BlindId(Uuid::from_u128(6))),
        },
        lead: LEAD,
        units: BTreeMap::from(units),
        content: content(),
        solvers: [Solver {
            task: TASK,
            holder: SOLVER,
            team: [SOLVER, TEAM].into(),
        }]
        .into(),
        departure: None,
        policy: "yrd-2024-1".into(),
    }
}

pub(crate) fn bar() -> Barred {
    Barred {
        until: "2026-05-31".parse().unwrap(),
        record: "record-1".into(),
    }
}

pub(crate) fn known() -> Known {
    let facts = |region| UnitFacts {
        registered: Registered {
            region,
            guest: false,
            active: true,
            branch_of: None,
        },
        barred: None,
    };
    let pool = Place::In(Standing {
        fully: true,
        matched: [TASK].into(),
    });
    Known {
        pool: pool.clone(),
        whose: Whose::Here(Some(Owner {
            demander: LEAD,
            solvers: package().solvers,
            place: pool,
        })),
        units: BTreeMap::from([
            (LEAD, facts(Region::ZJ)),
            (SOLVER, facts(Region::SH)),
            (TEAM, facts(Region::SH)),
        ]),
        barred: BTreeMap::new(),
        leader_elsewhere: None,
    }
}

//! A project as the hub tells it: a lead of Jiangsu, a solver of Shanghai.

use proto::{
    application::v1::{
        ApplicationPackage, BudgetLine, ConsortiumUnit, PartContent, TechnicalContract, UnitRole,
    },
    common::v1::Money,
    review::v1::{EstablishmentEntry, ProjectEstablished},
};
use regulation::{ApplicationId, PersonKey, ProjectId, UnitId};
use uuid::{Uuid, uuid};

/// The project.
pub(crate) const PROJECT: ProjectId = ProjectId(uuid!("d37693bb-771a-5322-8606-7cb64f1a2b8a"));
/// The application that it comes of: the one that gives it its id.
pub(crate) const APPLICATION: ApplicationId = ApplicationId(Uuid::from_u128(0x71));
/// Its lead, of Jiangsu.
pub(crate) const LEAD: UnitId = UnitId(Uuid::from_u128(0xa1));
/// Its subtask unit, of Shanghai.
pub(crate) const SOLVER: UnitId = UnitId(Uuid::from_u128(0xa2));

/// 1,000,000.00 yuan of investment, of which 250,000.00 are support.
pub(crate) fn told() -> ProjectEstablished {
    let application_id = APPLICATION.to_string();
    ProjectEstablished {
        entry: Some(EstablishmentEntry {
            application_id: application_id.clone(),
            project_id: PROJECT.to_string(),
            title: "高端光刻胶联合攻关".into(),
            field: "集成电路".into(),
            lead_unit_id: LEAD.to_string(),
            region: "js".into(),
            place: 1,
            score: 8_800,
            established: true,
            reason: String::new(),
            support: Some(Money { fen: 25_000_000 }),
        }),
        package: Some(package(application_id)),
        decision_id: Uuid::from_u128(0xd1).to_string(),
        document_number: "长三角联攻〔2024〕9号".into(),
    }
}

fn package(application_id: String) -> ApplicationPackage {
    ApplicationPackage {
        application_id: application_id.clone(),
        version: 1,
        title: "高端光刻胶联合攻关".into(),
        field: "集成电路".into(),
        lead_unit_id: LEAD.to_string(),
        units: vec![
            unit(LEAD, "js", UnitRole::Lead, ""),
            unit(SOLVER, "sh", UnitRole::Subtask, "光刻胶配方"),
        ],
        parts: vec![
            part(&application_id, LEAD, 1),
            part(&application_id, SOLVER, 2),
        ],
        leader_person_key: PersonKey::from_bytes([1; 32]).to_string(),
        indicators: "分辨率达到 28 纳米".into(),
        milestones: vec!["完成配方".into(), "完成验证".into()],
        months: 36,
        investment: Some(Money { fen: 100_000_000 }),
        support: Some(Money { fen: 30_000_000 }),
        contracts: vec![TechnicalContract {
            subtask_unit_id: SOLVER.to_string(),
            amount: Some(Money { fen: 20_000_000 }),
            registration_number: String::new(),
        }],
        policy_version: "yrd-2023-1".into(),
        ..Default::default()
    }
}

fn unit(id: UnitId, region: &str, role: UnitRole, subtask: &str) -> ConsortiumUnit {
    ConsortiumUnit {
        unit_id: id.to_string(),
        region: region.into(),
        role: role.into(),
        guest: false,
        branch_of_unit_id: String::new(),
        subtask: subtask.into(),
    }
}

fn part(application_id: &str, unit: UnitId, number: u8) -> PartContent {
    PartContent {
        application_id: application_id.to_owned(),
        unit_id: unit.to_string(),
        version: 1,
        lines: vec![BudgetLine {
            category: "materials".into(),
            support: Some(Money { fen: 100 }),
            own: Some(Money {
                fen: i64::from(number),
            }),
        }],
        person_keys: vec![PersonKey::from_bytes([number; 32]).to_string()],
        work: "研制与验证".into(),
        ..Default::default()
    }
}

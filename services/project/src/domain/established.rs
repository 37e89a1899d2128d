//! What was established: the package of the application as the joint decision has it. [Art. 13, 16]

use std::collections::BTreeMap;

use regulation::{
    ApplicationId, DecisionId, Departure, Field, Money, PersonKey, ProjectId, Region, Text, Title,
    UnitId,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Party;

/// A project as it was established. Never changes; what changes a running project is another fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Established {
    /// Its id, given with the proposal.
    pub project: ProjectId,
    /// The application that it comes from.
    pub application: ApplicationId,
    /// Its title.
    pub title: Title,
    /// Its field.
    pub field: Field,
    /// The lead's home, whose department signs and manages. [Art. 16, 19]
    pub region: Region,
    /// 牵头单位
    pub lead: UnitId,
    /// 项目负责人
    pub leader: PersonKey,
    /// 项目承担单位, the lead among them.
    pub units: BTreeMap<UnitId, Unit>,
    /// 考核指标
    pub indicators: Option<Text>,
    /// Milestones, where it goes forward by them. [Art. 4]
    pub milestones: Vec<Text>,
    /// How long it lasts.
    pub months: u32,
    /// Why it may last longer than it does in principle.
    pub duration_departure: Option<Departure>,
    /// 项目投入
    pub investment: Money,
    /// 支持资金
    pub support: Money,
    /// 技术合同 between the lead and subtask units. [Art. 17]
    pub contracts: Vec<TechnicalContract>,
    /// The policy version that it keeps.
    pub policy: String,
    /// The joint decision.
    pub decision: DecisionId,
    /// 批文号 of the decision.
    pub document_number: String,
    /// When, by the hub's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A unit of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Where it sits, or as a guest is registered.
    pub home: Region,
    /// What it is in the project.
    pub role: UnitRole,
    /// Whether it is a guest there.
    pub guest: bool,
    /// The legal entity whose branch it is, if it is one.
    pub branch_of: Option<UnitId>,
    /// 子课题
    pub subtask: Option<Text>,
    /// What it does.
    pub work: Option<Text>,
    /// What that costs.
    pub lines: Vec<BudgetLine>,
    /// Who does it.
    pub people: Vec<PersonKey>,
}

/// What a unit is in a project. [Art. 13]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnitRole {
    /// 牵头单位
    Lead,
    /// 子课题承担单位
    Subtask,
    /// 参与单位
    Participant,
}

/// One line of a unit's budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetLine {
    /// What for.
    pub category: Title,
    /// Out of the support.
    pub support: Money,
    /// Out of the unit's own means.
    pub own: Money,
}

/// 技术合同
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnicalContract {
    /// With whom.
    pub unit: UnitId,
    /// How much.
    pub amount: Money,
    /// 技术合同认定登记号, once there is one.
    pub registration: Option<Title>,
}

/// What makes no project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEstablished {
    /// A field does not parse, or is missing.
    #[error("{field}: {fault}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// The units have no lead, or more than one.
    #[error("{0} units lead")]
    Leads(usize),
    /// The lead is another unit than the entry says, or sits elsewhere.
    #[error("the lead is not the one of the entry")]
    AnotherLead,
    /// Entry and package are of different applications.
    #[error("entry and package are of different applications")]
    AnotherApplication,
    /// It is on the list, but not established.
    #[error("the entry is not established")]
    NotEstablished,
    /// A technical contract is with a unit that has no subtask.
    #[error("a technical contract with {0}, which is no subtask unit")]
    ContractWith(UnitId),
    /// A unit stands there twice.
    #[error("{0} stands there twice")]
    Twice(UnitId),
}

impl Established {
    /// The same, if it holds together.
    ///
    /// # Errors
    /// When it has not exactly one lead, at home in its region, or a technical contract with
    /// another unit than a subtask unit.
    pub fn checked(self) -> Result<Self, InvalidEstablished> {
        let leads = self
            .units
            .values()
            .filter(|unit| unit.role == UnitRole::Lead);
        let leads = leads.count();
        if leads != 1 {
            return Err(InvalidEstablished::Leads(leads));
        }
        let lead = self.units.get(&self.lead);
        if !lead.is_some_and(|lead| lead.role == UnitRole::Lead && lead.home == self.region) {
            return Err(InvalidEstablished::AnotherLead);
        }
        for contract in &self.contracts {
            let unit = self.units.get(&contract.unit);
            if !unit.is_some_and(|unit| unit.role == UnitRole::Subtask) {
                return Err(InvalidEstablished::ContractWith(contract.unit));
            }
        }
        Ok(self)
    }

    /// Who signs its contract: the department, then every unit. [Art. 16, 18]
    pub fn parties(&self) -> impl Iterator<Item = Party> {
        let units = self.units.keys().copied().map(Party::Unit);
        std::iter::once(Party::Department).chain(units)
    }

    /// Where a party sits; none if it is no party.
    pub fn home_of(&self, party: Party) -> Option<Region> {
        match party {
            Party::Department => Some(self.region),
            Party::Unit(unit) => self.units.get(&unit).map(|unit| unit.home),
        }
    }
}

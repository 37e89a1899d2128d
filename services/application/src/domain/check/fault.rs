//! What the machine finds wrong, and to which item it belongs.

mod said;

use std::collections::BTreeSet;

use chassis::Barred;
use regulation::{ApplicationId, Day, Money, PersonKey, Region, TaskId, UnitId};
use serde::{Deserialize, Serialize};

use crate::domain::{Item, Package, Section, pool_entry::Place};

/// As what somebody stands in an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// 项目负责人
    Leader,
    /// 核心团队
    CoreTeam,
    /// In a unit's part.
    Part,
}

impl Post {
    /// As what a person stands in a package, the first that fits; nothing: they do not.
    pub fn of(person: &PersonKey, package: &Package) -> Option<Self> {
        let content = &package.content;
        if content.leader.as_ref() == Some(person) {
            Some(Self::Leader)
        } else if content.core_team.contains(person) {
            Some(Self::CoreTeam)
        } else {
            package.people().contains(person).then_some(Self::Part)
        }
    }

    /// In Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leader => "项目负责人",
            Self::CoreTeam => "核心团队成员",
            Self::Part => "承担单位填报的人员",
        }
    }
}

/// Something wrong with a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The guide is not open on that day.
    OutsideWindow {
        /// First day.
        from: Day,
        /// Last day.
        until: Day,
        /// When it is handed in.
        day: Day,
    },
    /// The guide has no such topic.
    UnknownTopic,
    /// The topic's demand is not in the reserve pool, but where is said.
    NotInPool(Place),
    /// The topic comes from somebody else's demand.
    LeadNotDemander,
    /// The lead sits outside the members.
    LeadOutside {
        /// Where it is registered.
        region: Region,
        /// Whether as a guest.
        guest: bool,
    },
    /// One lead, and only one.
    OneLead(UnitId),
    /// Units of too few member regions.
    TooFewRegions {
        /// Which there are.
        regions: BTreeSet<Region>,
        /// How many there have to be.
        least: usize,
    },
    /// The package names other solvers than the demander selected.
    OtherSolvers,
    /// A matched task has no solver in the package.
    TaskWithoutSolver(TaskId),
    /// A selected solver is no unit.
    SolverMissing(UnitId),
    /// A selected solver is no subtask unit.
    SolverNotSubtask(UnitId),
    /// A unit of a solver's team is no unit.
    TeamMissing(UnitId),
    /// It is not registered as it is named here, or not active.
    NotRegistered(UnitId),
    /// A credit record bars it.
    Barred {
        /// Which.
        unit: UnitId,
        /// By which record, until when.
        by: Barred,
    },
    /// A credit record bars somebody of the application.
    PersonBarred {
        /// Whom.
        person: PersonKey,
        /// As what they stand there.
        post: Post,
        /// By which record, until when.
        by: Barred,
    },
    /// It has not provided its part for the role that it has.
    NoPart(UnitId),
    /// The lines do not add up.
    BudgetSum {
        /// Of all lines; none: more than can be counted.
        support: Option<Money>,
        /// The support that is asked for.
        asked: Money,
        /// Support and own means of all lines.
        whole: Option<Money>,
        /// The investment.
        investment: Money,
    },
    /// Too large a share.
    SupportRatio {
        /// What is asked for.
        support: Money,
        /// What may be.
        most: Money,
    },
    /// More than the guide gives.
    Ceiling {
        /// What is asked for.
        support: Money,
        /// What may be.
        ceiling: Money,
    },
    /// A subtask unit without a contract, another one with.
    Contract {
        /// Which.
        unit: UnitId,
        /// How many contracts it has.
        count: usize,
    },
    /// The contracts come to more than the investment.
    ContractsTooMuch {
        /// Together; none: more than can be counted.
        sum: Option<Money>,
        /// The investment.
        investment: Money,
    },
    /// Longer than holds in principle, without an approved departure.
    Duration {
        /// How long.
        months: u32,
        /// How long in principle.
        most: u32,
        /// Whether a reason was given.
        reasoned: bool,
    },
    /// Nobody leads.
    NoLeader,
    /// The leader does not stand in the lead's part.
    LeaderNotOfLead,
    /// So many of the core team stand in no part.
    TeamNotInParts(usize),
    /// The leader has another live application.
    SecondLive(ApplicationId),
    /// No indicators.
    NoIndicators,
    /// The shares are not the whole, in ten-thousandths.
    Shares(u64),
    /// The undertaking is missing.
    NotCommitted,
    /// A correction changed what it was not asked for.
    NotAskedFor(Section),
}

impl Fault {
    /// To which item it belongs.
    pub fn item(&self) -> Item {
        match self {
            Self::OutsideWindow { .. } => Item::Window,
            Self::UnknownTopic | Self::NotInPool(_) | Self::LeadNotDemander => Item::Topic,
            Self::LeadOutside { .. } | Self::OneLead(_) => Item::Lead,
            Self::TooFewRegions { .. } => Item::Regions,
            Self::OtherSolvers
            | Self::TaskWithoutSolver(_)
            | Self::SolverMissing(_)
            | Self::SolverNotSubtask(_)
            | Self::TeamMissing(_) => Item::Solvers,
            Self::NotRegistered(_) | Self::Barred { .. } => Item::Units,
            Self::NoPart(_) => Item::Parts,
            Self::BudgetSum { .. } => Item::BudgetSum,
            Self::SupportRatio { .. } => Item::SupportRatio,
            Self::Ceiling { .. } => Item::Ceiling,
            Self::Contract { .. } | Self::ContractsTooMuch { .. } => Item::Contracts,
            Self::Duration { .. } => Item::Duration,
            Self::NoLeader
            | Self::LeaderNotOfLead
            | Self::TeamNotInParts(_)
            | Self::PersonBarred { .. } => Item::Team,
            Self::SecondLive(_) => Item::LeaderLive,
            Self::NoIndicators => Item::Indicators,
            Self::Shares(_) => Item::Shares,
            Self::NotCommitted => Item::Commitment,
            Self::NotAskedFor(_) => Item::Scope,
        }
    }
}

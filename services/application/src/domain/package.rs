//! The package of an application: what is frozen, agreed to, examined. [Art. 13, 14]

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use regulation::{
    ApplicationId, BlindId, Departure, Field, GuideId, Money, PersonKey, Region, TaskId, Text,
    Title, TopicId, UnitId,
};
use serde::{Deserialize, Serialize};

use super::Section;

/// Units of one consortium, at most.
pub const UNITS_MAX: usize = 60;
/// Budget lines of one part, at most.
pub const LINES_MAX: usize = 60;
/// People of one part, at most.
pub const PEOPLE_MAX: usize = 200;
/// Milestones and contracts, at most.
pub const LIST_MAX: usize = 60;
/// Months, at most, that anybody may write.
pub const MONTHS_MAX: u32 = 120;
/// All shares of intellectual property together, in ten-thousandths.
pub const SHARES_WHOLE: u32 = 10_000;

/// What a unit is in a consortium. [Art. 13]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitRole {
    /// 牵头单位
    Lead,
    /// 子课题承担单位
    Subtask,
    /// 参与单位
    Participant,
}

/// A line of a unit's budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Such as `equipment`.
    pub category: Title,
    /// Out of the support.
    pub support: Money,
    /// Out of its own means.
    pub own: Money,
}

/// A version of a unit's part. [Art. 13]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartVersion {
    /// From 1.
    pub version: u32,
    /// As which the unit provided it.
    pub role: UnitRole,
    /// Its budget.
    pub lines: Vec<Line>,
    /// Its people.
    pub people: BTreeSet<PersonKey>,
    /// What it does.
    pub work: Text,
    /// SHA-256 of the part as its home encoded it.
    pub digest: Digest,
}

/// A unit with its place in the consortium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What it is.
    pub role: UnitRole,
    /// Its home.
    pub region: Region,
    /// Whether it sits outside the members.
    pub guest: bool,
    /// The legal entity whose branch 分支机构 it is, if it is one. [Art. 13]
    pub branch_of: Option<UnitId>,
    /// 子课题
    pub subtask: Option<Title>,
    /// What its subtask takes from and hands over to the others. [Art. 18]
    pub interfaces: Option<Text>,
    /// The version of its part that counts.
    pub part: Option<PartVersion>,
}

/// A solver that the demander selected. [Art. 12, 13]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Solver {
    /// For which task.
    pub task: TaskId,
    /// Who holds the intent.
    pub holder: UnitId,
    /// All of the solving team.
    pub team: BTreeSet<UnitId>,
}

/// A technical contract between lead and subtask unit. [Art. 17]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// With whom.
    pub unit: UnitId,
    /// 技术合同额
    pub amount: Money,
    /// 技术合同认定登记号, once there is one.
    pub registration: Option<Title>,
}

/// What the lead writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// 项目名称
    pub title: Title,
    /// 项目负责人
    pub leader: Option<PersonKey>,
    /// 核心团队
    pub core_team: BTreeSet<PersonKey>,
    /// 考核指标
    pub indicators: Option<Text>,
    /// 里程碑
    pub milestones: Vec<Title>,
    /// How long it takes.
    pub months: u32,
    /// Why that is longer than holds in principle.
    pub duration_reason: Option<Text>,
    /// 总投入
    pub investment: Money,
    /// 申请支持资金
    pub support: Money,
    /// Technical contracts.
    pub contracts: Vec<Contract>,
    /// Shares of intellectual property, in ten-thousandths.
    pub shares: BTreeMap<UnitId, u32>,
    /// That everything is true and is asked support for nowhere else.
    pub committed: bool,
}

/// Which topic an application is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Of which guide.
    pub guide: GuideId,
    /// Which.
    pub topic: TopicId,
    /// Its field.
    pub field: Field,
    /// The published demand that it comes from, if it does.
    pub blind_id: Option<BlindId>,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Of which application.
    pub application: ApplicationId,
    /// From 1; counts those that were frozen.
    pub version: u32,
    /// For what.
    pub topic: Topic,
    /// Who leads.
    pub lead: UnitId,
    /// Everybody, the lead included.
    pub units: BTreeMap<UnitId, Member>,
    /// What the lead wrote.
    pub content: Content,
    /// The solvers of the reserve entry, by the word of the demander's home.
    pub solvers: BTreeSet<Solver>,
    /// The approved departure from the duration.
    pub departure: Option<Departure>,
    /// The policy version that it was taken under.
    pub policy: String,
}

impl Package {
    /// The lead's place, if it is one of the units.
    pub fn lead_member(&self) -> Option<&Member> {
        self.units.get(&self.lead)
    }

    /// Whose home it is: the lead's.
    pub fn home(&self) -> Option<Region> {
        self.lead_member().map(|member| member.region)
    }

    /// All budget lines of all parts.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let parts = self.units.values().filter_map(|unit| unit.part.as_ref());
        parts.flat_map(|part| &part.lines)
    }

    /// Everybody who stands in a part.
    pub fn people(&self) -> BTreeSet<&PersonKey> {
        let parts = self.units.values().filter_map(|unit| unit.part.as_ref());
        parts.flat_map(|part| &part.people).collect()
    }
}

/// Which sections of the lead's own content differ.
pub fn content_changes(before: &Content, after: &Content) -> BTreeSet<Section> {
    let changed = [
        (Section::Title, before.title != after.title),
        (
            Section::Team,
            before.leader != after.leader || before.core_team != after.core_team,
        ),
        (
            Section::Indicators,
            before.indicators != after.indicators || before.milestones != after.milestones,
        ),
        (
            Section::Duration,
            before.months != after.months || before.duration_reason != after.duration_reason,
        ),
        (
            Section::Money,
            before.investment != after.investment || before.support != after.support,
        ),
        (Section::Contracts, before.contracts != after.contracts),
        (Section::Shares, before.shares != after.shares),
        (Section::Commitment, before.committed != after.committed),
    ];
    let changed = changed.into_iter().filter(|(_, changed)| *changed);
    changed.map(|(section, _)| section).collect()
}

/// Which sections of two packages differ.
pub fn changes(before: &Package, after: &Package) -> BTreeSet<Section> {
    let mut changed = content_changes(&before.content, &after.content);
    let seats = |package: &Package| {
        let seats = package.units.iter().map(|(unit, member)| {
            let member = Member {
                part: None,
                ..member.clone()
            };
            (*unit, member)
        });
        seats.collect::<BTreeMap<_, _>>()
    };
    if seats(before) != seats(after) {
        changed.insert(Section::Units);
    }
    let part = |package: &Package, unit: &UnitId| {
        package
            .units
            .get(unit)
            .and_then(|member| member.part.clone())
    };
    // Whoever came or left is a change of the units, their parts come and go with them.
    let stayed = before
        .units
        .keys()
        .filter(|unit| after.units.contains_key(unit));
    if stayed
        .into_iter()
        .any(|unit| part(before, unit) != part(after, unit))
    {
        changed.insert(Section::Parts);
    }
    changed
}

//! The items of the formal examination 形式审查, and what of a package each lets be corrected.
//! [Art. 14: 相符性、完整性]

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A part of a package that can be edited by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Its title.
    Title,
    /// Units with their roles, subtasks and interfaces.
    Units,
    /// The units' parts: budget lines, people, work.
    Parts,
    /// Leader and core team.
    Team,
    /// Indicators and milestones.
    Indicators,
    /// Months, and why they are more than holds in principle.
    Duration,
    /// Investment and support.
    Money,
    /// Technical contracts.
    Contracts,
    /// Shares of intellectual property.
    Shares,
    /// The lead's undertaking.
    Commitment,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 10] = [
        Self::Title,
        Self::Units,
        Self::Parts,
        Self::Team,
        Self::Indicators,
        Self::Duration,
        Self::Money,
        Self::Contracts,
        Self::Shares,
        Self::Commitment,
    ];

    /// Its name in Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "项目名称",
            Self::Units => "承担单位与分工",
            Self::Parts => "各单位填报内容",
            Self::Team => "负责人与核心团队",
            Self::Indicators => "考核指标与里程碑",
            Self::Duration => "实施周期",
            Self::Money => "总投入与申请支持资金",
            Self::Contracts => "技术合同",
            Self::Shares => "知识产权份额",
            Self::Commitment => "承诺",
        }
    }
}

macro_rules! items {
    ($($(#[$doc:meta])* $name:ident $code:literal $chinese:literal [$($section:ident),*];)*) => {
        /// An item of the examination.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Item {
            $($(#[$doc])* $name,)*
        }

        impl Item {
            /// Every item, in the order in which they are examined.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name in the published language.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// Its name in Chinese.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $chinese),* }
            }

            /// What may be edited when this item has to be corrected; nothing: it can't be.
            pub fn sections(self) -> &'static [Section] {
                match self { $(Self::$name => &[$(Section::$section),*]),* }
            }
        }
    };
}

items! {
    /// The guide was open when it was handed in.
    Window "window" "申报时间" [];
    /// A topic of the pool, asked for by its demander.
    Topic "topic" "课题与需求方" [];
    /// The lead sits in a member region.
    Lead "lead" "牵头单位所在地" [];
    /// Units of enough member regions. [Art. 13]
    Regions "regions" "跨区域要求" [Units, Parts, Contracts];
    /// The selected solvers take part as they should. [Art. 13]
    Solvers "solvers" "需求解决方" [Units, Parts, Contracts];
    /// Every unit is registered as it is named, active and not barred.
    Units "units" "承担单位资格" [Units, Parts, Contracts];
    /// Every unit has provided its part.
    Parts "parts" "各单位填报完整性" [Parts];
    /// The parts add up to investment and support, to the fen.
    BudgetSum "budget_sum" "经费预算合计" [Parts, Money];
    /// Not more than the policy's share. [Art. 17]
    SupportRatio "support_ratio" "支持资金比例" [Parts, Money];
    /// Not more than the guide's ceiling.
    Ceiling "ceiling" "支持资金上限" [Parts, Money];
    /// A technical contract with each subtask unit. [Art. 17]
    Contracts "contracts" "技术合同" [Contracts];
    /// The months. [Art. 18]
    Duration "duration" "实施周期" [Duration];
    /// A leader and a core team out of the units' people.
    Team "team" "负责人与核心团队" [Team, Parts];
    /// One live application a leader, where the guide says so.
    LeaderLive "leader_live" "负责人限项" [Team, Parts];
    /// Indicators.
    Indicators "indicators" "考核指标" [Indicators];
    /// Shares make up the whole.
    Shares "shares" "知识产权份额" [Shares];
    /// The undertaking was given.
    Commitment "commitment" "承诺" [Commitment];
    /// A correction changes nothing but what was asked for. [Art. 14]
    Scope "scope" "补正范围" [];
    /// The package as a whole, which only a person can judge.
    Conformity "conformity" "内容相符性" [Title, Indicators];
}

/// Text that names no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("没有名为“{0}”的审查项")]
pub struct InvalidItem(String);

impl FromStr for Item {
    type Err = InvalidItem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|item| item.code() == text);
        found
            .copied()
            .ok_or_else(|| InvalidItem(text.chars().take(32).collect()))
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What may be edited to correct these items. [Art. 14]
pub fn open_for(items: impl IntoIterator<Item = Item>) -> BTreeSet<Section> {
    items
        .into_iter()
        .flat_map(|item| item.sections().iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_by_the_name_under_which_they_are_told() {
        for item in Item::ALL {
            assert_eq!(item.code().parse(), Ok(*item));
            let told = serde_json::to_string(item).unwrap();
            assert_eq!(told, format!("\"{item}\""));
        }
        assert!("other".parse::<Item>().is_err());
    }

    #[test]
    fn some_item_opens_every_section() {
        let open = open_for(Item::ALL.iter().copied());
        assert_eq!(open, Section::ALL.into_iter().collect());
    }
}

//! What a unit is registered with, and what becomes of it.

use std::collections::BTreeSet;

use regulation::{Field, Title, UnitId, UnitIdentity};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Part;
use crate::domain::Division;

/// When a node said that it registered a unit, by the signed time of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signed(#[serde(with = "time::serde::rfc3339")] pub OffsetDateTime);

impl Signed {
    /// A time as messages bear it.
    pub fn at(at: OffsetDateTime) -> Self {
        Self(at.truncate_to_microsecond())
    }
}

/// What a unit is registered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// By what it is known, for good.
    pub identity: UnitIdentity,
    /// Where it sits, for good: another seat may be another home. None for a unit abroad.
    pub seat: Option<Division>,
    /// What can change.
    pub profile: Profile,
}

/// What can change of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its full name.
    pub name: Title,
    /// Short names and brands, by which a text would give it away; never leave home.
    pub short_names: BTreeSet<Title>,
    /// What kind of organisation.
    pub kind: Kind,
    /// How large, of an enterprise and where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// The legal entity whose branch it is, if it is not one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_of: Option<UnitId>,
    /// Units under common control with it.
    pub affiliates: BTreeSet<UnitId>,
    /// Fields it is active in.
    pub fields: BTreeSet<Field>,
    /// What it is good at, in its own words.
    pub keywords: BTreeSet<Title>,
}

impl Profile {
    /// Keeps of `before` what a table leaves out, and its affiliates, of which none speaks.
    pub(super) fn keep(&mut self, before: &Self, unsaid: &BTreeSet<Part>) {
        self.affiliates.clone_from(&before.affiliates);
        for part in unsaid {
            match part {
                Part::ShortNames => self.short_names.clone_from(&before.short_names),
                Part::Size if self.kind == Kind::Enterprise => self.size = before.size,
                Part::Size => {}
                Part::BranchOf => self.branch_of = before.branch_of,
                Part::Fields => self.fields.clone_from(&before.fields),
                Part::Keywords => self.keywords.clone_from(&before.keywords),
            }
        }
    }
}

/// What kind of organisation a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 企业
    Enterprise,
    /// 高校
    University,
    /// 科研院所
    Institute,
    /// 医疗机构
    Hospital,
    /// 其他
    Other,
}

/// How large an enterprise is. [Art. 2]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// 大型
    Large,
    /// 中型
    Medium,
    /// 小型
    Small,
    /// 微型
    Micro,
}

/// Where a unit's qualification in one field stands. [Art. 8]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backbone {
    /// An officer has proposed it.
    Proposed {
        /// The officer's account.
        by: String,
    },
    /// A director has confirmed it.
    Confirmed {
        /// The director's account.
        by: String,
    },
}

/// Whether a unit takes part at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// It does.
    Active,
    /// It does not: dissolved, merged, or at its own wish.
    Inactive {
        /// Why.
        reason: Title,
    },
}

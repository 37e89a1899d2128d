//! Who acts, and what a decision may know besides the aggregate's own state.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{ExpertId, Policy, Region, UnitId};

/// What somebody acts as. One person may hold several roles, and acts under one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 经办人 of a department: prepares.
    Officer,
    /// 审批人 of a department: approves, never what they prepared.
    Director,
    /// 推进组秘书处: coordinates, feeds solutions back.
    Secretariat,
    /// 工作专班: approves joint matters, with a document number.
    TaskForce,
    /// 受理/评审管理机构: formal examination and review.
    Agency,
    /// A unit's administrator or delegate; the unit is in [`Actor::unit`].
    UnitMember,
    /// 专家; the expert is in [`Actor::expert`].
    Expert,
    /// 监督: reads everything of its region, changes nothing.
    Auditor,
    /// 运维: runs the node.
    Operator,
    /// Another service of the same node, on behalf of nobody; its name is [`Actor::person`].
    Service,
    /// The service itself: a timer that came due or a message that arrived.
    System,
}

impl Role {
    /// Whether it is one of the department's own, who see everything of their region.
    pub fn is_of_department(self) -> bool {
        matches!(self, Self::Officer | Self::Director | Self::Auditor)
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person's account at the home region, never a name; a service's name for services.
    pub person: String,
    /// What they act as.
    pub role: Role,
    /// The node whose word vouches for them.
    pub region: Region,
    /// The unit they act for, for [`Role::UnitMember`].
    pub unit: Option<UnitId>,
    /// The expert they are, for [`Role::Expert`].
    pub expert: Option<ExpertId>,
}

impl Actor {
    /// The service itself, acting on a timer or a message.
    pub fn system(region: Region) -> Self {
        Self {
            person: "system".into(),
            role: Role::System,
            region,
            unit: None,
            expert: None,
        }
    }

    /// A person of a role without unit or expert.
    pub fn person(person: impl Into<String>, role: Role, region: Region) -> Self {
        Self {
            person: person.into(),
            role,
            region,
            unit: None,
            expert: None,
        }
    }
}

/// What `decide` may know besides the aggregate's state and the command: handed in, so that rules
/// stay pure functions.
#[derive(Debug, Clone)]
pub struct Context {
    /// The domain's time.
    pub now: OffsetDateTime,
    /// Who acts.
    pub actor: Actor,
    /// The node on which this is decided.
    pub node: Region,
    /// The policy in force on the day of `now`, if any is. [Art. 22]
    pub policy: Option<Arc<Policy>>,
    /// For each region, up to which of its own times everything it said has been applied here.
    pub heard: BTreeMap<Region, OffsetDateTime>,
}

//! What the parties signed, and the numbers of the policy that it stands under.

use regulation::{Field, Money, Policy, ProjectId, Ratio, Title, UnitId};
use serde::{Deserialize, Serialize};

/// A signed contract, as far as money is concerned. [Art. 16, 17]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Whose.
    pub project: ProjectId,
    /// The project's name.
    pub title: Title,
    /// The project's field.
    pub field: Field,
    /// Who is paid.
    pub lead: UnitId,
    /// 项目投入
    pub investment: Money,
    /// The established support.
    pub support: Money,
    /// Digest of the signed document.
    pub digest: String,
    /// The policy version that the case was taken under, and keeps.
    pub policy: String,
    /// 技术合同 between the lead and its subtask units.
    pub technical: Vec<TechnicalContract>,
}

/// A technical contract of the lead with a subtask unit. [Art. 17]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechnicalContract {
    /// Who is paid by the lead.
    pub unit: UnitId,
    /// How much.
    pub amount: Money,
    /// 认定登记号, once there is one.
    pub registration: Option<Title>,
}

/// The policy's numbers about money, of the version that a case keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Support as a share of the investment, at most. [Art. 17]
    pub support_ratio_max: Ratio,
    /// From this amount up a director releases a payment.
    pub payment_director_from: Money,
}

impl From<&Policy> for Terms {
    fn from(policy: &Policy) -> Self {
        Self {
            support_ratio_max: policy.support_ratio_max,
            payment_director_from: policy.payment_director_from,
        }
    }
}

//! The policy's numbers as a case was taken under them: it keeps them, whatever comes later.

use std::collections::BTreeSet;

use regulation::{Policy, Ratio, Region};
use serde::{Deserialize, Serialize};

/// What the policy version of a case says of applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The version's name.
    pub policy: String,
    /// The full members.
    pub members: BTreeSet<Region>,
    /// Member regions that a consortium's units come from, at least. [Art. 13]
    pub regions_min: usize,
    /// Support as a share of the investment, at most. [Art. 17]
    pub support_ratio_max: Ratio,
    /// Months, at most, in principle. [Art. 18]
    pub duration_months_max: u32,
    /// Working days in which a correction has to be handed in. [Art. 14]
    pub correction_days: u32,
    /// Corrections that may be asked for. [Art. 14]
    pub correction_rounds_max: u32,
}

impl Terms {
    /// What a policy version says.
    pub fn of(policy: &Policy) -> Self {
        Self {
            policy: policy.version.clone(),
            members: policy.members.clone(),
            regions_min: policy.regions_min,
            support_ratio_max: policy.support_ratio_max,
            duration_months_max: policy.duration_months_max,
            correction_days: policy.correction_days,
            correction_rounds_max: policy.correction_rounds_max,
        }
    }
}

//! A region's own, stricter rules. [Art. 17, 19]

use std::fmt::Display;

use serde::Deserialize;

use crate::{InvalidPolicy, Money, Policy, Ratio, Region};

/// What one region sets more strictly than all members together; what is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionalRules {
    /// The region that sets them, for the cases that it takes.
    pub region: Region,
    /// The version that they tighten: a case keeps both together.
    pub policy: String,
    /// May only be lower.
    pub support_ratio_max: Option<Ratio>,
    /// May only be higher.
    pub subtask_payment_ratio_min: Option<Ratio>,
    /// May only be higher.
    pub regions_min: Option<usize>,
    /// May only be shorter.
    pub duration_months_max: Option<u32>,
    /// May only be longer.
    pub acceptance_preparation_months: Option<u32>,
    /// May only be lower.
    pub payment_director_from: Option<Money>,
    /// May only be shorter.
    pub report_due_days: Option<u32>,
}

/// A region's rule that is looser than the policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{region}: {key} = {regional} is looser than the policy's {policy}")]
pub struct Looser {
    /// The region that wanted it.
    pub region: Region,
    /// The policy's key.
    pub key: &'static str,
    /// What the policy says.
    pub policy: String,
    /// What the region wanted.
    pub regional: String,
}

/// Why a region's rules can't be put into a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRegionalRules {
    /// One is looser than the policy.
    #[error(transparent)]
    Looser(#[from] Looser),
    /// They are for another version.
    #[error("{region}: the rules are for {wanted}, this is {version}")]
    OtherVersion {
        /// The region that wanted it.
        region: Region,
        /// Which version they name.
        wanted: String,
        /// Which it is.
        version: String,
    },
    /// One makes no sense, such as more regions than there are members.
    #[error("{region}: {fault}")]
    Senseless {
        /// The region that wanted it.
        region: Region,
        /// The key and what is wrong with its value.
        fault: InvalidPolicy,
    },
}

impl RegionalRules {
    /// Rules of a region that change nothing in the version of that name.
    pub fn none(region: Region, policy: &str) -> Self {
        Self {
            region,
            policy: policy.to_owned(),
            support_ratio_max: None,
            subtask_payment_ratio_min: None,
            regions_min: None,
            duration_months_max: None,
            acceptance_preparation_months: None,
            payment_director_from: None,
            report_due_days: None,
        }
    }

    /// Reads a region's file.
    ///
    /// # Errors
    /// Says, with line and column, what is unknown or can't be read.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

impl Policy {
    /// This policy with a region's stricter rules in it. Its digest stays that of the joint file.
    ///
    /// # Errors
    /// Refuses a rule that is looser than the policy or makes no sense, and rules for another
    /// version.
    pub fn tighten(&self, rules: &RegionalRules) -> Result<Self, InvalidRegionalRules> {
        if rules.policy != self.version {
            return Err(InvalidRegionalRules::OtherVersion {
                region: rules.region,
                wanted: rules.policy.clone(),
                version: self.version.clone(),
            });
        }
        let (region, mut policy) = (rules.region, self.clone());
        policy.tightened_for = Some(region);
        let down = Tighten { region, up: false };
        let up = Tighten { region, up: true };
        down.set(
            "support_ratio_max",
            &mut policy.support_ratio_max,
            rules.support_ratio_max,
        )?;
        up.set(
            "subtask_payment_ratio_min",
            &mut policy.subtask_payment_ratio_min,
            rules.subtask_payment_ratio_min,
        )?;
        up.set("regions_min", &mut policy.regions_min, rules.regions_min)?;
        down.set(
            "duration_months_max",
            &mut policy.duration_months_max,
            rules.duration_months_max,
        )?;
        up.set(
            "acceptance_preparation_months",
            &mut policy.acceptance_preparation_months,
            rules.acceptance_preparation_months,
        )?;
        down.set(
            "payment_director_from",
            &mut policy.payment_director_from,
            rules.payment_director_from,
        )?;
        down.set(
            "report_due_days",
            &mut policy.report_due_days,
            rules.report_due_days,
        )?;
        policy
            .check()
            .map_err(|fault| InvalidRegionalRules::Senseless { region, fault })?;
        Ok(policy)
    }
}

/// In which direction a number gets stricter.
struct Tighten {
    region: Region,
    up: bool,
}

impl Tighten {
    fn set<T: Ord + Copy + Display>(
        &self,
        key: &'static str,
        number: &mut T,
        wanted: Option<T>,
    ) -> Result<(), Looser> {
        let Some(wanted) = wanted else { return Ok(()) };
        let looser = if self.up {
            wanted < *number
        } else {
            wanted > *number
        };
        if looser {
            return Err(Looser {
                region: self.region,
                key,
                policy: number.to_string(),
                regional: wanted.to_string(),
            });
        }
        *number = wanted;
        Ok(())
    }
}

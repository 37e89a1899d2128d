//! From a policy file to a [`Policy`]: every key is known, present and sensible, or named.

use std::{collections::BTreeSet, fmt::Display};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{Bounds, Criterion, Policy, Ratio, Region};

/// Why a file is no policy; each names the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    /// Not TOML; the message names line and column.
    #[error("not a TOML document: {0}")]
    Syntax(String),
    /// A key that every policy has is missing.
    #[error("missing key: {0}")]
    Missing(&'static str),
    /// A key that no policy has.
    #[error("unknown key: {0}")]
    Unknown(String),
    /// A key's value can't be read or makes no sense.
    #[error("key {key}: {reason}")]
    Value {
        /// The key.
        key: &'static str,
        /// What is wrong with its value.
        reason: String,
    },
}

/// Longest period that a policy can set, in days and in months: what is beyond is a slip of the pen.
const DAYS_MAX: u32 = 366;
const MONTHS_MAX: u32 = 120;
/// The five of Art. 9, of which none can be left out.
const EVALUATION_ALWAYS: [&str; 5] = [
    "strategic_fit",
    "effectiveness",
    "clarity",
    "urgency",
    "necessity",
];
/// The three of Art. 19.
const ACCEPTANCE_ALWAYS: [&str; 3] = ["innovation", "transformation", "contribution"];

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// Names the key that is missing, unknown, unreadable or senseless.
    pub fn parse(text: &str) -> Result<Self, InvalidPolicy> {
        let table = text
            .parse()
            .map_err(|e: toml::de::Error| InvalidPolicy::Syntax(e.to_string()))?;
        let mut keys = Keys(table);
        let policy = Self {
            version: keys.take("version")?,
            in_force_from: keys.take("in_force_from")?,
            in_force_until: keys.take("in_force_until")?,
            members: keys.take_set("members")?,
            fields: keys.take("fields")?,
            milestone_fields: keys.take("milestone_fields")?,
            breakthrough_months: keys.take("breakthrough_months")?,
            evaluation_criteria: keys.take("evaluation_criteria")?,
            evaluation_panel_size: keys.take("evaluation_panel_size")?,
            alternates: keys.take("alternates")?,
            ballots_trim_from: keys.take("ballots_trim_from")?,
            disagreement_threshold: keys.take("disagreement_threshold")?,
            publicity_days: keys.take("publicity_days")?,
            approvers: keys.take("approvers")?,
            feedback_period_days: keys.take("feedback_period_days")?,
            call_days_min: keys.take("call_days_min")?,
            regions_min: keys.take("regions_min")?,
            correction_days: keys.take("correction_days")?,
            correction_rounds_max: keys.take("correction_rounds_max")?,
            review_rounds_per_year: keys.take("review_rounds_per_year")?,
            review_criteria: keys.take("review_criteria")?,
            review_panel_size: keys.take("review_panel_size")?,
            panel_regions_min: keys.take("panel_regions_min")?,
            panel_employer_max: keys.take("panel_employer_max")?,
            panel_lead_region_max: keys.take("panel_lead_region_max")?,
            expert_load_max: keys.take("expert_load_max")?,
            evaluators_may_review: keys.take("evaluators_may_review")?,
            support_ratio_max: keys.take("support_ratio_max")?,
            subtask_payment_ratio_min: keys.take("subtask_payment_ratio_min")?,
            payment_two_person: keys.take("payment_two_person")?,
            payment_director_from: keys.take("payment_director_from")?,
            receipt_silence_days: keys.take("receipt_silence_days")?,
            duration_months_max: keys.take("duration_months_max")?,
            acceptance_preparation_months: keys.take("acceptance_preparation_months")?,
            report_period: keys.take("report_period")?,
            report_due_days: keys.take("report_due_days")?,
            report_reminder_days: keys.take("report_reminder_days")?,
            acceptance_criteria: keys.take("acceptance_criteria")?,
            credit_appeal_days: keys.take("credit_appeal_days")?,
            credit_record_months: keys.take("credit_record_months")?,
            publication: keys.take("publication")?,
            tightened_for: None,
            text: text.to_owned(),
            digest: Sha256::digest(text.as_bytes()).into(),
        };
        keys.finish()?;
        policy.check()?;
        Ok(policy)
    }

    /// Whether the numbers make sense together.
    pub(super) fn check(&self) -> Result<(), InvalidPolicy> {
        self.check_who_and_when()?;
        self.check_periods()?;
        self.check_people()?;
        self.publication.check(&self.fields)?;
        self.check_criteria()
    }

    fn check_who_and_when(&self) -> Result<(), InvalidPolicy> {
        sensible(
            "version",
            is_name(&self.version),
            "lower-case letters, digits and -, at most 32",
        )?;
        sensible(
            "in_force_until",
            self.in_force_from <= self.in_force_until,
            "before its beginning",
        )?;
        sensible("members", !self.members.is_empty(), "nobody is a member")?;
        sensible(
            "members",
            !self.members.contains(&Region::HUB),
            "the hub is no region",
        )?;
        sensible("fields", !self.fields.is_empty(), "no field at all")?;
        sensible("fields", all_differ(&self.fields), "a field twice")?;
        let known = self
            .milestone_fields
            .iter()
            .all(|field| self.has_field(field));
        sensible(
            "milestone_fields",
            known,
            "a field that is not among the fields",
        )?;
        sensible(
            "milestone_fields",
            all_differ(&self.milestone_fields),
            "a field twice",
        )
    }

    fn check_periods(&self) -> Result<(), InvalidPolicy> {
        for (key, days) in [
            ("publicity_days", self.publicity_days),
            ("feedback_period_days", self.feedback_period_days),
            ("call_days_min", self.call_days_min),
            ("correction_days", self.correction_days),
            ("receipt_silence_days", self.receipt_silence_days),
            ("report_due_days", self.report_due_days),
            ("report_reminder_days", self.report_reminder_days),
            ("credit_appeal_days", self.credit_appeal_days),
        ] {
            within(
                key,
                days,
                Bounds {
                    min: 1,
                    max: DAYS_MAX,
                },
            )?;
        }
        for (key, months) in [
            ("duration_months_max", self.duration_months_max),
            (
                "acceptance_preparation_months",
                self.acceptance_preparation_months,
            ),
            ("credit_record_months", self.credit_record_months),
            ("breakthrough_months", self.breakthrough_months.max),
        ] {
            within(
                key,
                months,
                Bounds {
                    min: 1,
                    max: MONTHS_MAX,
                },
            )?;
        }
        ordered("breakthrough_months", self.breakthrough_months)?;
        ordered("review_rounds_per_year", self.review_rounds_per_year)?;
        let shorter = self.acceptance_preparation_months < self.duration_months_max;
        sensible(
            "acceptance_preparation_months",
            shorter,
            "not shorter than a project",
        )
    }

    fn check_people(&self) -> Result<(), InvalidPolicy> {
        let zero = Ratio::from_basis_points(0).ok();
        sensible(
            "support_ratio_max",
            Some(self.support_ratio_max) > zero,
            "no support at all",
        )?;
        sensible(
            "payment_two_person",
            self.payment_two_person,
            "nobody approves what they prepared",
        )?;
        let members = self.members.len();
        sensible(
            "regions_min",
            (1..=members).contains(&self.regions_min),
            "not among the members",
        )?;
        let panels = 1..=99;
        sensible(
            "evaluation_panel_size",
            panels.contains(&self.evaluation_panel_size),
            "not 1-99",
        )?;
        sensible(
            "review_panel_size",
            panels.contains(&self.review_panel_size),
            "not 1-99",
        )?;
        sensible("alternates", self.alternates <= 99, "more than 99")?;
        sensible(
            "ballots_trim_from",
            self.ballots_trim_from >= 3,
            "dropping two leaves nobody",
        )?;
        sensible(
            "disagreement_threshold",
            self.disagreement_threshold <= 100,
            "above 100 points",
        )?;
        within(
            "correction_rounds_max",
            self.correction_rounds_max,
            Bounds { min: 0, max: 9 },
        )?;
        let panel = 1..=self.review_panel_size;
        let regions = 1..=self.review_panel_size.min(members);
        sensible(
            "panel_regions_min",
            regions.contains(&self.panel_regions_min),
            "can't be met",
        )?;
        sensible(
            "panel_employer_max",
            panel.contains(&self.panel_employer_max),
            "not in a panel",
        )?;
        let lead = self.panel_lead_region_max <= self.review_panel_size;
        sensible("panel_lead_region_max", lead, "more than a panel")?;
        sensible(
            "expert_load_max",
            self.expert_load_max >= 1,
            "nobody could review",
        )
    }

    fn check_criteria(&self) -> Result<(), InvalidPolicy> {
        criteria(
            "evaluation_criteria",
            &self.evaluation_criteria,
            &EVALUATION_ALWAYS,
        )?;
        criteria("review_criteria", &self.review_criteria, &[])?;
        criteria(
            "acceptance_criteria",
            &self.acceptance_criteria,
            &ACCEPTANCE_ALWAYS,
        )
    }
}

fn criteria(key: &'static str, all: &[Criterion], always: &[&str]) -> Result<(), InvalidPolicy> {
    let keys: BTreeSet<_> = all.iter().map(|criterion| criterion.key.as_str()).collect();
    sensible(key, keys.len() == all.len(), "a criterion twice")?;
    for wanted in always {
        sensible(key, keys.contains(wanted), format!("{wanted} is missing"))?;
    }
    let named = all
        .iter()
        .all(|c| !c.key.is_empty() && !c.name.trim().is_empty() && c.weight > 0);
    sensible(key, named, "a criterion without key, name or weight")?;
    let weights: u64 = all
        .iter()
        .map(|criterion| u64::from(criterion.weight))
        .sum();
    sensible(
        key,
        weights == 100,
        format!("the weights make {weights}, not 100"),
    )
}

fn ordered(key: &'static str, bounds: Bounds) -> Result<(), InvalidPolicy> {
    sensible(key, bounds.min <= bounds.max, "min above max")
}

fn within(key: &'static str, number: u32, bounds: Bounds) -> Result<(), InvalidPolicy> {
    sensible(
        key,
        bounds.contains(number),
        format!("{number} is not within {bounds}"),
    )
}

pub(super) fn sensible(
    key: &'static str,
    holds: bool,
    reason: impl Display,
) -> Result<(), InvalidPolicy> {
    if holds {
        Ok(())
    } else {
        Err(InvalidPolicy::Value {
            key,
            reason: reason.to_string(),
        })
    }
}

fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(plain)
}

fn all_differ<T: Ord>(things: &[T]) -> bool {
    things.iter().collect::<BTreeSet<_>>().len() == things.len()
}

/// The keys of a file that nobody has taken yet.
struct Keys(toml::Table);

impl Keys {
    fn take<T: DeserializeOwned>(&mut self, key: &'static str) -> Result<T, InvalidPolicy> {
        let value = self.0.remove(key).ok_or(InvalidPolicy::Missing(key))?;
        value
            .try_into()
            .map_err(|error: toml::de::Error| InvalidPolicy::Value {
                key,
                reason: error.message().to_owned(),
            })
    }

    /// A list in which nothing stands twice.
    fn take_set<T>(&mut self, key: &'static str) -> Result<BTreeSet<T>, InvalidPolicy>
    where
        T: DeserializeOwned + Ord,
    {
        let list: Vec<T> = self.take(key)?;
        sensible(key, all_differ(&list), "something twice")?;
        Ok(list.into_iter().collect())
    }

    fn finish(self) -> Result<(), InvalidPolicy> {
        match self.0.into_iter().next() {
            Some((key, _)) => Err(InvalidPolicy::Unknown(key)),
            None => Ok(()),
        }
    }
}

//! The regulation's numbers as data: one file a version, chosen by date.

mod book;
mod parse;
mod publication;
mod regional;
pub mod rules;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

pub use book::{InvalidBook, PolicyBook, UnknownPolicy};
pub use parse::InvalidPolicy;
pub use publication::{Amount, Publication, Range, Shown, Template};
pub use regional::{InvalidRegionalRules, Looser, RegionalRules};

use crate::{Day, Field, Money, Ratio, Region, Role, Rule};

/// The text of version `yrd-2023-1`, the first.
pub const YRD_2023_1: &str = include_str!("../../../../deploy/policy/yrd-2023-1.toml");
/// The text of version `yrd-2024-1`, which adds 未来产业.
pub const YRD_2024_1: &str = include_str!("../../../../deploy/policy/yrd-2024-1.toml");

/// A version of the policy. Each number's article, source and strength is in [`Policy::rules`].
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Its name, such as `yrd-2023-1`.
    pub version: String,
    /// First day of its force.
    pub in_force_from: Day,
    /// Last day of its force, included.
    pub in_force_until: Day,
    /// The full members, whose word every joint decision needs.
    pub members: BTreeSet<Region>,
    /// The technical fields it supports.
    pub fields: Vec<Field>,
    /// The fields that may go forward by milestones without an approval.
    pub milestone_fields: Vec<Field>,
    /// Months within which a breakthrough is to be expected.
    pub breakthrough_months: Bounds,

    /// What experts score a demand by; the five of the regulation and any others.
    pub evaluation_criteria: Vec<Criterion>,
    /// Experts who evaluate one demand.
    pub evaluation_panel_size: usize,
    /// Experts drawn beyond the panel, who follow when one drops out; for both kinds of panel.
    pub alternates: usize,
    /// From so many ballots up the highest and the lowest are dropped.
    pub ballots_trim_from: usize,
    /// Distance between the highest and the lowest total, in points, from which experts are said
    /// to disagree.
    pub disagreement_threshold: u32,

    /// Working days for which a joint decision is shown to the public.
    pub publicity_days: u32,
    /// Who approves which kind of joint decision; the task force where nothing is said.
    pub approvers: BTreeMap<DecisionKind, Role>,

    /// Days between two feedbacks of solutions to demanders.
    pub feedback_period_days: u32,
    /// Days for which a call for solutions stays open at least.
    pub call_days_min: u32,

    /// Member regions that the units of a consortium come from, at least.
    pub regions_min: usize,
    /// Working days in which a correction has to be handed in.
    pub correction_days: u32,
    /// Corrections that one application may be asked for.
    pub correction_rounds_max: u32,

    /// Review rounds held in a calendar year.
    pub review_rounds_per_year: Bounds,
    /// What experts score an application by.
    pub review_criteria: Vec<Criterion>,
    /// Experts who review one application.
    pub review_panel_size: usize,
    /// Regions that a review panel comes from, at least.
    pub panel_regions_min: usize,
    /// Experts of one employer on a panel, at most.
    pub panel_employer_max: usize,
    /// Experts of the lead's own region on a panel, at most.
    pub panel_lead_region_max: usize,
    /// Applications that one expert reviews in a round, at most.
    pub expert_load_max: usize,
    /// Whether who evaluated a demand may review the application that came of it.
    pub evaluators_may_review: bool,

    /// Support of the departments, as a share of the project's investment, at most.
    pub support_ratio_max: Ratio,
    /// What a subtask unit has been paid of each technical contract before acceptance, at least.
    pub subtask_payment_ratio_min: Ratio,
    /// Whether a payment's preparer and its approver are two people; always so.
    pub payment_two_person: bool,
    /// From this amount up a director approves a payment; below it another officer may.
    pub payment_director_from: Money,
    /// Days after which a receiver's silence lets the bank return count as the receipt.
    pub receipt_silence_days: u32,

    /// Months that a project lasts, at most.
    pub duration_months_max: u32,
    /// Calendar months before its end at which a project starts to prepare its acceptance.
    pub acceptance_preparation_months: u32,
    /// Which year a project reports on.
    pub report_period: ReportPeriod,
    /// Days after the end of the period in which the report is due.
    pub report_due_days: u32,
    /// Days before the report is due at which the lead is reminded.
    pub report_reminder_days: u32,
    /// What experts score a project's results by.
    pub acceptance_criteria: Vec<Criterion>,

    /// Days in which a unit or person may appeal against a credit record.
    pub credit_appeal_days: u32,
    /// Months for which a credit record has effect.
    pub credit_record_months: u32,

    /// How a demand's record is simplified before it is published.
    pub publication: Publication,

    tightened_for: Option<Region>,
    text: String,
    digest: [u8; 32],
}

impl Policy {
    /// Whether it may have force on that day; whether it has is the [`PolicyBook`]'s word. [Art. 22]
    pub fn covers(&self, day: Day) -> bool {
        (self.in_force_from..=self.in_force_until).contains(&day)
    }

    /// Whether it supports the field. [Art. 4]
    pub fn has_field(&self, field: &Field) -> bool {
        self.fields.contains(field)
    }

    /// Whether projects of the field may go forward by milestones without an approval. [Art. 4]
    pub fn allows_milestones(&self, field: &Field) -> bool {
        self.milestone_fields.contains(field)
    }

    /// Whether the region is a full member.
    pub fn is_member(&self, region: Region) -> bool {
        self.members.contains(&region)
    }

    /// Who approves joint decisions of this kind. [Art. 9, 13, 16]
    pub fn approver(&self, kind: DecisionKind) -> Role {
        self.approvers
            .get(&kind)
            .copied()
            .unwrap_or(Role::TaskForce)
    }

    /// The file as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the file's bytes: what a joint decision on this version is about.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// [`Policy::digest`] in lower-case hexadecimal.
    pub fn digest_hex(&self) -> String {
        hex::encode(self.digest)
    }

    /// The region whose stricter rules are in it, if any are.
    pub fn tightened_for(&self) -> Option<Region> {
        self.tightened_for
    }

    /// Every key of a policy file with its article, source and strength, in the file's order.
    pub fn rules() -> &'static [(&'static str, Rule)] {
        rules::BY_KEY
    }

    /// The rule behind one key of the policy file.
    pub fn rule(key: &str) -> Option<Rule> {
        rules::BY_KEY
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, rule)| *rule)
    }
}

/// The least and the most of a number, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The least.
    pub min: u32,
    /// The most.
    pub max: u32,
}

impl Bounds {
    /// Whether the number is within.
    pub fn contains(self, number: u32) -> bool {
        (self.min..=self.max).contains(&number)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.min, self.max)
    }
}

/// One thing that experts score, from 0 to 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name for programs, such as `strategic_fit`.
    pub key: String,
    /// Its Chinese name, such as 国家战略相符性.
    pub name: String,
    /// Its weight, in percent of the total.
    pub weight: u32,
}

/// What a joint decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// 重点揭榜任务清单. [Art. 9]
    List,
    /// 指南. [Art. 13]
    Guide,
    /// 拟立项建议名单. [Art. 16]
    Establishment,
    /// The admission of a node. [Art. 21]
    Admission,
    /// A policy version.
    Policy,
    /// An interpretation note 解释. [Art. 22]
    Interpretation,
    /// Criteria by which results are judged 成果评价机制. [Art. 19]
    ResultCriteria,
}

/// Which year a project reports on. [Art. 18: 按年度]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportPeriod {
    /// January to December.
    CalendarYear,
    /// Twelve months from the contract's start.
    ProjectYear,
}

#[cfg(test)]
mod tests;

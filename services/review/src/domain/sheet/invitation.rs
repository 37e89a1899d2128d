//! What an expert is asked.

use std::collections::BTreeSet;

use evidence::Digest;
use regulation::{
    Criterion, Day, ExpertId, Field, PersonKey, Region, ReviewRoundId, SheetId, Title, UnitId,
};
use serde::{Deserialize, Serialize};

/// What reviewers see of who applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blindness {
    /// The units are named.
    Open,
    /// No unit is named.
    Blind,
}

/// What a unit is in a consortium. [Art. 13]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitRole {
    /// 牵头单位
    Lead,
    /// 子课题承担单位
    Subtask,
    /// 参与单位
    Participant,
}

/// A unit that applies, as reviewers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Which.
    pub unit: UnitId,
    /// Where it sits.
    pub region: Region,
    /// As what.
    pub role: UnitRole,
    /// Its subtask, if it has one.
    pub subtask: String,
}

/// What an expert is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// The sheet.
    pub sheet: SheetId,
    /// The round.
    pub round: ReviewRoundId,
    /// Who is asked.
    pub expert: ExpertId,
    /// By which pseudonym credit records know them.
    pub person: PersonKey,
    /// What about.
    pub title: Title,
    /// Its field.
    pub field: Field,
    /// What is shown after the declaration.
    pub content: String,
    /// By what.
    pub criteria: Vec<Criterion>,
    /// Until the end of this day.
    pub deadline: Day,
    /// Whether the units are named.
    pub blindness: Blindness,
    /// Who applies; none in a blind round.
    pub applicants: Vec<Applicant>,
    /// [`barred_mark`]s of the units whose people may not review this.
    pub barred: BTreeSet<Digest>,
}

/// By what an expert's home knows a unit whose people may not fill in this sheet, without being
/// told who applies.
pub fn barred_mark(sheet: SheetId, unit: UnitId) -> Digest {
    Digest::of(
        "jiebang/review/barred-employer/v1",
        &[sheet.0.as_bytes(), unit.0.as_bytes()],
    )
}

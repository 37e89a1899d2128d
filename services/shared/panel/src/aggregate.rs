//! Adding up ballots in integers: weighted per expert, the highest and the lowest dropped, and
//! wild disagreement flagged. What comes of it, place and cut, is in the ranking.

use std::{
    collections::BTreeMap,
    num::{NonZeroU32, NonZeroU64},
};

use regulation::{Refusal, Rule};
use serde::{Deserialize, Serialize};

use crate::{CriterionKey, ExpertKey, Ratio};

mod ranking;

pub use ranking::{CutReason, FieldRanking, Placed, RankFault, Separation, Subject, Verdict, rank};

/// Ballots are added up the same way for everyone.
pub const AGGREGATION: Rule = Rule::ours(
    "panel.aggregation",
    "评分按权重加总，达到规定票数时去掉一个最高分和一个最低分，同分依次比较约定指标",
);

/// Points on one criterion: 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Score(u8);

impl Score {
    /// The most there is.
    pub const MAX: Self = Self(100);

    /// The points.
    pub fn points(self) -> u64 {
        u64::from(self.0)
    }
}

/// A score that is not within 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a score lies between 0 and 100, not {0}")]
pub struct InvalidScore(pub u32);

impl TryFrom<u32> for Score {
    type Error = InvalidScore;

    fn try_from(points: u32) -> Result<Self, InvalidScore> {
        match u8::try_from(points) {
            Ok(points) if points <= Self::MAX.0 => Ok(Self(points)),
            _ => Err(InvalidScore(points)),
        }
    }
}

impl From<Score> for u32 {
    fn from(score: Score) -> Self {
        Self::from(score.0)
    }
}

/// How ballots are added up; numbers of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Outline", into = "Outline")]
pub struct Scheme {
    weights: BTreeMap<CriterionKey, NonZeroU32>,
    weight_sum: NonZeroU64,
    tie_break: Vec<CriterionKey>,
    trim_from: u32,
    spread_max: Score,
}

/// A scheme as it is written down.
#[derive(Serialize, Deserialize)]
struct Outline {
    weights: BTreeMap<CriterionKey, NonZeroU32>,
    tie_break: Vec<CriterionKey>,
    trim_from: u32,
    spread_max: Score,
}

impl TryFrom<Outline> for Scheme {
    type Error = SchemeFault;

    fn try_from(outline: Outline) -> Result<Self, SchemeFault> {
        Self::new(
            outline.weights,
            outline.tie_break,
            outline.trim_from,
            outline.spread_max,
        )
    }
}

impl From<Scheme> for Outline {
    fn from(scheme: Scheme) -> Self {
        let Scheme {
            weights,
            tie_break,
            trim_from,
            spread_max,
            ..
        } = scheme;
        Self {
            weights,
            tie_break,
            trim_from,
            spread_max,
        }
    }
}

/// What is wrong with a scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemeFault {
    /// Nothing is scored.
    #[error("a scheme needs at least one criterion")]
    NoCriteria,
    /// A tie-break by something that is not scored.
    #[error("the tie-break names an unknown criterion: {0}")]
    TieBreak(CriterionKey),
    /// Dropping two of fewer than three ballots leaves nothing.
    #[error("highest and lowest can be dropped from 3 ballots up, not from {0}")]
    TrimFrom(u32),
}

impl Scheme {
    /// A scheme with a weight for every criterion, the criteria that decide ties in their order,
    /// from how many ballots the highest and the lowest are dropped, and beyond which distance in
    /// points between two experts they disagree wildly.
    ///
    /// # Errors
    /// [`SchemeFault`].
    pub fn new(
        weights: BTreeMap<CriterionKey, NonZeroU32>,
        tie_break: Vec<CriterionKey>,
        trim_from: u32,
        spread_max: Score,
    ) -> Result<Self, SchemeFault> {
        let sum = weights.values().map(|weight| u64::from(weight.get())).sum();
        let weight_sum = NonZeroU64::new(sum).ok_or(SchemeFault::NoCriteria)?;
        if let Some(unknown) = tie_break.iter().find(|key| !weights.contains_key(key)) {
            return Err(SchemeFault::TieBreak(unknown.clone()));
        }
        if trim_from < 3 {
            return Err(SchemeFault::TrimFrom(trim_from));
        }
        Ok(Self {
            weights,
            weight_sum,
            tie_break,
            trim_from,
            spread_max,
        })
    }

    /// The criteria with their weights.
    pub fn weights(&self) -> &BTreeMap<CriterionKey, NonZeroU32> {
        &self.weights
    }

    /// Which criteria decide ties, in this order.
    pub fn tie_break(&self) -> &[CriterionKey] {
        &self.tie_break
    }
}

/// One expert's scores on one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    /// Who scores.
    pub expert: ExpertKey,
    /// The points, one for every criterion of the scheme.
    pub scores: BTreeMap<CriterionKey, Score>,
}

/// Why ballots cannot be added up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BallotFault {
    /// There are none.
    #[error("there is no ballot")]
    NoBallots,
    /// Somebody has two on one subject.
    #[error("{0} has cast two ballots")]
    Twice(ExpertKey),
    /// Not exactly the criteria of the scheme.
    #[error("the ballot of {0} does not score the criteria of the scheme")]
    Criteria(ExpertKey),
}

impl From<BallotFault> for Refusal {
    fn from(fault: BallotFault) -> Self {
        let (message, remedy) = match &fault {
            BallotFault::NoBallots => ("没有可汇总的评分".to_owned(), "请先收齐专家评分"),
            BallotFault::Twice(expert) => (
                format!("专家{expert}对同一对象评分两次"),
                "每位专家只计一份评分",
            ),
            BallotFault::Criteria(expert) => (
                format!("专家{expert}的评分与评分指标不一致"),
                "请按规定指标逐项评分",
            ),
        };
        Self::new(AGGREGATION, message, remedy)
    }
}

/// Whose ballots were dropped; among equals the first by key, which changes no figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trimmed {
    /// Whose score was the lowest.
    pub lowest: ExpertKey,
    /// Whose score was the highest.
    pub highest: ExpertKey,
}

/// The result of one subject's ballots; all scores in points from 0 to 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The mean of the kept experts' weighted scores.
    pub score: Ratio,
    /// How many ballots were cast.
    pub ballots: u32,
    /// Which were dropped.
    pub trimmed: Option<Trimmed>,
    /// Every expert's weighted score.
    pub experts: BTreeMap<ExpertKey, Ratio>,
    /// The mean of each criterion, its own highest and lowest dropped by the same rule.
    pub criteria: BTreeMap<CriterionKey, Ratio>,
    /// Distance between the highest and the lowest expert.
    pub spread: Ratio,
    /// Whether that is beyond what the scheme calls wild disagreement.
    pub disagreement: bool,
}

/// Adds up the ballots on one subject. The order in which they are handed in changes nothing.
///
/// # Errors
/// [`BallotFault`].
pub fn tally(scheme: &Scheme, ballots: &[Ballot]) -> Result<Tally, BallotFault> {
    let mut experts: BTreeMap<&ExpertKey, u64> = BTreeMap::new();
    for ballot in ballots {
        if !ballot.scores.keys().eq(scheme.weights.keys()) {
            return Err(BallotFault::Criteria(ballot.expert.clone()));
        }
        if experts
            .insert(&ballot.expert, weighted(scheme, ballot))
            .is_some()
        {
            return Err(BallotFault::Twice(ballot.expert.clone()));
        }
    }
    let mut order: Vec<(u64, &ExpertKey)> = experts.iter().map(|(key, sum)| (*sum, *key)).collect();
    order.sort_unstable();
    let (Some(&(low, lowest)), Some(&(high, _))) = (order.first(), order.last()) else {
        return Err(BallotFault::NoBallots);
    };
    let trims = trims(scheme, ballots.len());
    let highest = order
        .iter()
        .find(|(sum, key)| *sum == high && *key != lowest);
    let trimmed = highest.filter(|_| trims).map(|(_, highest)| Trimmed {
        lowest: lowest.clone(),
        highest: (*highest).clone(),
    });
    let points = |sum| Ratio::new(sum, scheme.weight_sum);
    let limit = scheme.spread_max.points() * scheme.weight_sum.get();
    Ok(Tally {
        score: mean(
            scheme,
            experts.values().copied().collect(),
            scheme.weight_sum,
        ),
        ballots: u32::try_from(ballots.len()).unwrap_or(u32::MAX),
        trimmed,
        experts: experts
            .iter()
            .map(|(key, sum)| ((*key).clone(), points(*sum)))
            .collect(),
        criteria: scheme
            .weights
            .keys()
            .map(|key| (key.clone(), criterion(scheme, ballots, key)))
            .collect(),
        spread: points(high - low),
        disagreement: high - low > limit,
    })
}

/// An expert's score times the sum of the weights.
fn weighted(scheme: &Scheme, ballot: &Ballot) -> u64 {
    let pairs = scheme.weights.values().zip(ballot.scores.values());
    pairs
        .map(|(weight, score)| u64::from(weight.get()) * score.points())
        .sum()
}

fn criterion(scheme: &Scheme, ballots: &[Ballot], key: &CriterionKey) -> Ratio {
    let scores = ballots.iter().filter_map(|ballot| ballot.scores.get(key));
    mean(
        scheme,
        scores.map(|score| score.points()).collect(),
        NonZeroU64::MIN,
    )
}

fn trims(scheme: &Scheme, ballots: usize) -> bool {
    ballots >= scheme.trim_from as usize
}

/// The mean of values that are each `unit` times too large, without the highest and the lowest when
/// there are enough. Of several equal ones, one is dropped.
fn mean(scheme: &Scheme, mut values: Vec<u64>, unit: NonZeroU64) -> Ratio {
    values.sort_unstable();
    let kept = match values.as_slice() {
        [_, kept @ .., _] if trims(scheme, values.len()) => kept,
        all => all,
    };
    let count = NonZeroU64::new(kept.len() as u64).unwrap_or(NonZeroU64::MIN);
    Ratio::new(kept.iter().sum(), unit.saturating_mul(count))
}

/// How far each expert scores above (positive) or below the mean of the panels he sat on, in
/// hundredths of a point: shown beside the ranking, never corrected.
pub fn leniency<'a>(tallies: impl IntoIterator<Item = &'a Tally>) -> BTreeMap<ExpertKey, i64> {
    let mut seen: BTreeMap<ExpertKey, (i64, i64)> = BTreeMap::new();
    for tally in tallies {
        let mean = hundredths(&tally.score);
        for (expert, score) in &tally.experts {
            let (sum, count) = seen.entry(expert.clone()).or_default();
            *sum += hundredths(score) - mean;
            *count += 1;
        }
    }
    seen.into_iter()
        .map(|(expert, (sum, count))| (expert, sum / count))
        .collect()
}

fn hundredths(ratio: &Ratio) -> i64 {
    i64::try_from(ratio.hundredths()).unwrap_or(i64::MAX)
}

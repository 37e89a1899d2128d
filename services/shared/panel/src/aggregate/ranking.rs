//! Place and cut: who stands where in a field, how many the quota takes, and why the cut falls there.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use super::{Scheme, Tally};
use crate::{CriterionKey, FieldKey, ProposalKey, Ratio};

/// What is ranked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// A demand or an application.
    pub proposal: ProposalKey,
    /// With whom it competes.
    pub field: FieldKey,
    /// What its ballots came to.
    pub tally: Tally,
}

/// What puts a subject behind the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separation {
    /// It is the first.
    First,
    /// Its score is lower.
    Score,
    /// The scores are equal; it is lower on this criterion.
    TieBreak(CriterionKey),
    /// Equal in everything: they share the place.
    Equal,
}

/// Which side of the cut a subject is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The quota takes it.
    Within,
    /// Equal in everything with others across the cut: people have to decide.
    Tied,
    /// The quota does not reach it.
    Below,
}

/// A subject at its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// From 1; equals share a place and the next one is skipped.
    pub place: u32,
    /// The subject.
    pub proposal: ProposalKey,
    /// Its score.
    pub score: Ratio,
    /// What puts it behind the one before it.
    pub behind_by: Separation,
    /// Which side of the cut it is on.
    pub verdict: Verdict,
}

/// Why the cut falls where it falls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutReason {
    /// The quota takes everyone.
    EnoughForAll,
    /// The field has no quota this time.
    NoQuota,
    /// The last within has the higher score.
    Score {
        /// The last within.
        last_within: Ratio,
        /// The first below.
        first_below: Ratio,
    },
    /// The scores are equal and this criterion decided.
    TieBreak {
        /// The criterion.
        criterion: CriterionKey,
        /// The last within, on it.
        last_within: Ratio,
        /// The first below, on it.
        first_below: Ratio,
    },
    /// More are equal in everything than there are places: it is for people to decide.
    Undecided {
        /// Who is equal.
        tied: BTreeSet<ProposalKey>,
        /// How many of them the quota takes.
        places: u32,
    },
}

impl CutReason {
    /// The reason in Chinese; `name` gives a criterion's Chinese name.
    pub fn sentence(&self, name: impl Fn(&CriterionKey) -> String) -> String {
        match self {
            Self::EnoughForAll => "名额足够，全部列入建议".to_owned(),
            Self::NoQuota => "本领域本轮没有名额".to_owned(),
            Self::Score {
                last_within,
                first_below,
            } => {
                format!("按名额取舍：列入的末位得{last_within}分，未列入的首位得{first_below}分")
            }
            Self::TieBreak {
                criterion,
                last_within,
                first_below,
            } => format!(
                "总分相同，按“{}”取舍：列入的末位得{last_within}分，未列入的首位得{first_below}分",
                name(criterion)
            ),
            Self::Undecided { tied, places } => {
                format!(
                    "{}项各项得分完全相同，仅余{places}个名额，需会商决定",
                    tied.len()
                )
            }
        }
    }
}

/// The ranking of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRanking {
    /// How many the field may take.
    pub quota: u32,
    /// Everyone, the best first.
    pub places: Vec<Placed>,
    /// Why the cut falls where it falls.
    pub reason: CutReason,
}

/// Why nothing can be ranked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RankFault {
    /// A field without a quota: nobody said how many it may take.
    #[error("field {0} has no quota")]
    NoQuota(FieldKey),
    /// A subject is there twice.
    #[error("{0} is there twice")]
    Twice(ProposalKey),
}

/// Ranks every field by score, then by the scheme's tie-break criteria, and cuts at the quota. The
/// order in which subjects are handed in changes nothing.
///
/// # Errors
/// [`RankFault`].
pub fn rank(
    scheme: &Scheme,
    subjects: &[Subject],
    quotas: &BTreeMap<FieldKey, u32>,
) -> Result<BTreeMap<FieldKey, FieldRanking>, RankFault> {
    let mut seen = BTreeSet::new();
    let mut fields: BTreeMap<&FieldKey, Vec<&Subject>> = BTreeMap::new();
    for subject in subjects {
        if !seen.insert(&subject.proposal) {
            return Err(RankFault::Twice(subject.proposal.clone()));
        }
        fields.entry(&subject.field).or_default().push(subject);
    }
    let mut rankings = BTreeMap::new();
    for (field, subjects) in fields {
        let quota = quotas
            .get(field)
            .ok_or_else(|| RankFault::NoQuota(field.clone()))?;
        rankings.insert(field.clone(), rank_field(scheme, subjects, *quota));
    }
    Ok(rankings)
}

fn rank_field(scheme: &Scheme, mut subjects: Vec<&Subject>, quota: u32) -> FieldRanking {
    // The key only makes the order of equals the same everywhere; they share their place.
    subjects.sort_by(|a, b| {
        let (order, _) = compare(scheme, &a.tally, &b.tally);
        order.then_with(|| a.proposal.cmp(&b.proposal))
    });
    let mut places: Vec<Placed> = Vec::new();
    let mut before: Option<&Subject> = None;
    for (number, subject) in (1..).zip(&subjects) {
        let behind_by = before.map_or(Separation::First, |b| {
            compare(scheme, &b.tally, &subject.tally).1
        });
        let shared = places.last().filter(|_| behind_by == Separation::Equal);
        places.push(Placed {
            place: shared.map_or(number, |last| last.place),
            proposal: subject.proposal.clone(),
            score: subject.tally.score,
            behind_by,
            verdict: if number <= quota {
                Verdict::Within
            } else {
                Verdict::Below
            },
        });
        before = Some(subject);
    }
    let reason = cut(&subjects, &mut places, quota);
    FieldRanking {
        quota,
        places,
        reason,
    }
}

/// The better one first, and what decided.
fn compare(scheme: &Scheme, better: &Tally, worse: &Tally) -> (Ordering, Separation) {
    let by_score = worse.score.cmp(&better.score);
    if by_score != Ordering::Equal {
        return (by_score, Separation::Score);
    }
    for key in scheme.tie_break() {
        let order = worse.criteria.get(key).cmp(&better.criteria.get(key));
        if order != Ordering::Equal {
            return (order, Separation::TieBreak(key.clone()));
        }
    }
    (Ordering::Equal, Separation::Equal)
}

/// Says why the cut falls where it falls, and marks those who are equal across it.
fn cut(subjects: &[&Subject], places: &mut [Placed], quota: u32) -> CutReason {
    let at = quota as usize;
    let Some(first_below) = places.get(at) else {
        return CutReason::EnoughForAll;
    };
    let (Some(last), Some(next)) = (
        at.checked_sub(1).map(|last| subjects[last]),
        subjects.get(at),
    ) else {
        return CutReason::NoQuota;
    };
    match first_below.behind_by.clone() {
        Separation::TieBreak(criterion) => {
            let on = |subject: &Subject| {
                subject
                    .tally
                    .criteria
                    .get(&criterion)
                    .copied()
                    .unwrap_or(Ratio::whole(0))
            };
            CutReason::TieBreak {
                last_within: on(last),
                first_below: on(next),
                criterion,
            }
        }
        Separation::Equal => {
            let place = first_below.place;
            let tied = places.iter_mut().filter(|placed| placed.place == place);
            let tied = tied.map(|placed| {
                placed.verdict = Verdict::Tied;
                placed.proposal.clone()
            });
            CutReason::Undecided {
                tied: tied.collect(),
                places: quota + 1 - place,
            }
        }
        Separation::Score | Separation::First => CutReason::Score {
            last_within: last.tally.score,
            first_below: next.tally.score,
        },
    }
}

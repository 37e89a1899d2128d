//! What an expert says of an application: points and a reason for each criterion, a comment, and
//! whether it is recommended.

use std::collections::BTreeMap;

use panel::{
    CriterionKey, InvalidKey,
    aggregate::{InvalidScore, Score},
};
use proto::evaluation::v1 as evaluation;
use regulation::{Criterion, InvalidText, Text};
use serde::{Deserialize, Serialize};

/// An expert's points on one criterion, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// 0 to 100.
    pub points: Score,
    /// Why.
    pub reason: Text,
}

/// What a sheet says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// One mark for each criterion.
    pub marks: BTreeMap<CriterionKey, Mark>,
    /// What the applicant is told beside.
    pub comment: Text,
    /// Whether the expert would establish it.
    pub recommended: bool,
}

/// Why something is no opinion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOpinion {
    /// A criterion without a name.
    #[error("评审指标名称无效")]
    Key(#[from] InvalidKey),
    /// A criterion is there twice.
    #[error("评审指标“{0}”重复")]
    Twice(String),
    /// Not within 0 to 100.
    #[error("指标“{criterion}”的评分应为 0 至 100，现为 {points}")]
    Points {
        /// Its key.
        criterion: String,
        /// What was given.
        points: i32,
    },
    /// No reason, or none that can be read.
    #[error("指标“{criterion}”的理由：{fault}")]
    Reason {
        /// Its key.
        criterion: String,
        /// What is wrong.
        fault: InvalidText,
    },
    /// No comment, or none that can be read.
    #[error("总体意见：{0}")]
    Comment(InvalidText),
}

impl Opinion {
    /// Reads the marks, each criterion once.
    ///
    /// # Errors
    /// The first [`InvalidOpinion`].
    pub fn parse(
        scores: Vec<evaluation::Score>,
        comment: &str,
        recommended: bool,
    ) -> Result<Self, InvalidOpinion> {
        let mut marks = BTreeMap::new();
        for score in scores {
            let criterion = score.criterion;
            let key: CriterionKey = criterion.parse()?;
            let points = u32::try_from(score.points)
                .map_err(|_| InvalidScore(u32::MAX))
                .and_then(Score::try_from)
                .map_err(|_| InvalidOpinion::Points {
                    criterion: criterion.clone(),
                    points: score.points,
                })?;
            let reason = score
                .reason
                .parse()
                .map_err(|fault| InvalidOpinion::Reason {
                    criterion: criterion.clone(),
                    fault,
                })?;
            if marks.insert(key, Mark { points, reason }).is_some() {
                return Err(InvalidOpinion::Twice(criterion));
            }
        }
        Ok(Self {
            marks,
            comment: comment.parse().map_err(InvalidOpinion::Comment)?,
            recommended,
        })
    }

    /// The marks as others are told them.
    pub fn scores(&self) -> Vec<evaluation::Score> {
        let scores = self.marks.iter().map(|(key, mark)| evaluation::Score {
            criterion: key.to_string(),
            points: i32::try_from(mark.points.points()).unwrap_or(i32::MAX),
            reason: mark.reason.to_string(),
        });
        scores.collect()
    }

    /// The criteria that are missing or too many, by key.
    pub fn differs_from(&self, criteria: &[Criterion]) -> Vec<String> {
        let scored = |key: &str| self.marks.keys().any(|scored| scored.as_str() == key);
        let asked = |key: &CriterionKey| criteria.iter().any(|asked| asked.key == key.as_str());
        let missing = criteria
            .iter()
            .filter(|criterion| !scored(&criterion.key))
            .map(|criterion| criterion.key.clone());
        let extra = self.marks.keys().filter(|key| !asked(key));
        missing.chain(extra.map(ToString::to_string)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample;

    fn score(criterion: &str, points: i32) -> evaluation::Score {
        evaluation::Score {
            criterion: criterion.into(),
            points,
            reason: sample::REASON.into(),
        }
    }

    #[test]
    fn each_criterion_is_scored_once_with_a_reason_and_there_is_a_comment() {
        let twice = vec![score("benefit", 1), score("benefit", 2)];
        assert!(matches!(
            Opinion::parse(twice, "可行", true),
            Err(InvalidOpinion::Twice(_))
        ));
        let mut mute = score("benefit", 1);
        mute.reason.clear();
        assert!(Opinion::parse(vec![mute], "可行", true).is_err());
        assert!(Opinion::parse(vec![score("benefit", 1)], " ", true).is_err());
    }

    #[test]
    fn what_differs_from_the_criteria_is_named() {
        let criteria = sample::criteria();
        let mut opinion = sample::opinion(80);
        assert!(opinion.differs_from(&criteria).is_empty());
        let mark = opinion.marks.remove(&"benefit".parse().unwrap()).unwrap();
        opinion.marks.insert("luck".parse().unwrap(), mark);
        assert_eq!(opinion.differs_from(&criteria), ["benefit", "luck"]);
    }

    proptest! {
        #[test]
        fn points_lie_between_0_and_100_and_come_back_as_they_were_given(points in -300..300_i32) {
            let parsed = Opinion::parse(vec![score("benefit", points)], "可行", false);
            prop_assert_eq!(parsed.is_ok(), (0..=100).contains(&points));
            if let Ok(opinion) = parsed {
                prop_assert_eq!(opinion.scores(), vec![score("benefit", points)]);
            }
        }
    }
}

//! What an expert scores by: points and a reason for each criterion.

use std::collections::BTreeMap;

use panel::{
    CriterionKey, InvalidKey,
    aggregate::{InvalidScore, Score},
};
use proto::evaluation::v1 as wire;
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

/// One mark for each criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marks(pub BTreeMap<CriterionKey, Mark>);

/// Why something is no mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMark {
    /// A criterion without a name.
    #[error("指标名称无效")]
    Key(#[from] InvalidKey),
    /// A criterion is there twice.
    #[error("指标“{0}”重复")]
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
}

impl FromIterator<(CriterionKey, Mark)> for Marks {
    fn from_iter<T: IntoIterator<Item = (CriterionKey, Mark)>>(marks: T) -> Self {
        Self(marks.into_iter().collect())
    }
}

impl Marks {
    /// Reads the marks, each criterion once.
    ///
    /// # Errors
    /// The first [`InvalidMark`].
    pub fn parse(scores: Vec<wire::Score>) -> Result<Self, InvalidMark> {
        let mut marks = BTreeMap::new();
        for score in scores {
            let criterion = score.criterion;
            let key: CriterionKey = criterion.parse()?;
            let points = u32::try_from(score.points)
                .map_err(|_| InvalidScore(u32::MAX))
                .and_then(Score::try_from)
                .map_err(|_| InvalidMark::Points {
                    criterion: criterion.clone(),
                    points: score.points,
                })?;
            let reason = score.reason.parse().map_err(|fault| InvalidMark::Reason {
                criterion: criterion.clone(),
                fault,
            })?;
            if marks.insert(key, Mark { points, reason }).is_some() {
                return Err(InvalidMark::Twice(criterion));
            }
        }
        Ok(Self(marks))
    }

    /// The marks as others are told them.
    pub fn scores(&self) -> Vec<wire::Score> {
        let scores = self.0.iter().map(|(key, mark)| wire::Score {
            criterion: key.to_string(),
            points: i32::try_from(mark.points.points()).unwrap_or(i32::MAX),
            reason: mark.reason.to_string(),
        });
        scores.collect()
    }

    /// The points alone.
    pub fn points(&self) -> BTreeMap<CriterionKey, Score> {
        let marks = self.0.iter();
        marks
            .map(|(key, mark)| (key.clone(), mark.points))
            .collect()
    }

    /// The criteria that are missing or too many, by key.
    pub fn differs_from(&self, criteria: &[Criterion]) -> Vec<String> {
        let scored = |key: &str| self.0.keys().any(|scored| scored.as_str() == key);
        let asked = |key: &CriterionKey| criteria.iter().any(|asked| asked.key == key.as_str());
        let missing = criteria
            .iter()
            .filter(|criterion| !scored(&criterion.key))
            .map(|criterion| criterion.key.clone());
        let extra = self.0.keys().filter(|key| !asked(key));
        missing.chain(extra.map(ToString::to_string)).collect()
    }

    /// The reasons in the criteria's order, each under its criterion's name.
    pub fn reasons(&self, criteria: &[Criterion]) -> Vec<String> {
        let said = criteria.iter().filter_map(|criterion| {
            let mut marks = self.0.iter();
            let (_, mark) = marks.find(|(key, _)| key.as_str() == criterion.key)?;
            Some(format!("{}：{}", criterion.name, mark.reason))
        });
        said.collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn score(criterion: &str, points: i32) -> wire::Score {
        wire::Score {
            criterion: criterion.into(),
            points,
            reason: "指标明确".into(),
        }
    }

    fn criterion(key: &str, name: &str) -> Criterion {
        Criterion {
            key: key.into(),
            name: name.into(),
            weight: 1,
        }
    }

    #[test]
    fn each_criterion_is_scored_once_with_a_reason() {
        let twice = vec![score("clarity", 1), score("clarity", 2)];
        assert_eq!(
            Marks::parse(twice),
            Err(InvalidMark::Twice("clarity".into()))
        );
        let mut mute = score("clarity", 1);
        mute.reason.clear();
        let refused = Marks::parse(vec![mute]).unwrap_err();
        assert!(matches!(refused, InvalidMark::Reason { .. }));
        assert!(matches!(
            Marks::parse(vec![score("", 1)]),
            Err(InvalidMark::Key(_))
        ));
    }

    #[test]
    fn what_differs_from_the_criteria_is_named() {
        let asked = [criterion("clarity", "清晰度"), criterion("need", "必要性")];
        let marks = Marks::parse(vec![score("need", 1), score("clarity", 2)]).unwrap();
        assert!(marks.differs_from(&asked).is_empty());
        assert_eq!(
            marks.reasons(&asked),
            ["清晰度：指标明确", "必要性：指标明确"]
        );
        let marks = Marks::parse(vec![score("need", 1), score("luck", 2)]).unwrap();
        assert_eq!(marks.differs_from(&asked), ["clarity", "luck"]);
    }

    proptest! {
        #[test]
        fn points_lie_between_0_and_100_and_come_back_as_they_were_given(points in -300..300_i32) {
            let parsed = Marks::parse(vec![score("need", points)]);
            prop_assert_eq!(parsed.is_ok(), (0..=100).contains(&points));
            if let Ok(marks) = parsed {
                prop_assert_eq!(marks.scores(), vec![score("need", points)]);
                let kept = serde_json::to_string(&marks).unwrap();
                prop_assert_eq!(serde_json::from_str::<Marks>(&kept).unwrap(), marks);
            }
        }
    }
}

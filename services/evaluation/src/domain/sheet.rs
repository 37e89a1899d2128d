//! What a ballot says: points and a reason for each criterion, and whether the demand is recommended.

use std::collections::BTreeMap;

use panel::{
    CriterionKey, InvalidKey,
    aggregate::{InvalidScore, Score},
};
use prost::Message as _;
use proto::evaluation::v1 as wire;
use regulation::{BallotId, Criterion, InvalidText, Text};
use serde::{Deserialize, Serialize};

/// An expert's points on one criterion, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// 0 to 100.
    pub points: Score,
    /// Why.
    pub reason: Text,
}

/// What a ballot says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// One mark for each criterion.
    pub marks: BTreeMap<CriterionKey, Mark>,
    /// Whether the expert would list the demand.
    pub recommended: bool,
}

/// Why something is no sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSheet {
    /// A criterion without a name.
    #[error("评估指标名称无效")]
    Key(#[from] InvalidKey),
    /// A criterion is there twice.
    #[error("评估指标“{0}”重复")]
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
    /// The bytes are no ballot.
    #[error("评估意见无法读取")]
    Unreadable,
    /// The bytes are another ballot's.
    #[error("评估意见属于另一张选票")]
    OtherBallot,
}

impl Sheet {
    /// Reads the marks, each criterion once.
    ///
    /// # Errors
    /// The first [`InvalidSheet`].
    pub fn parse(scores: Vec<wire::Score>, recommended: bool) -> Result<Self, InvalidSheet> {
        let mut marks = BTreeMap::new();
        for score in scores {
            let criterion = score.criterion;
            let key: CriterionKey = criterion.parse()?;
            let points = u32::try_from(score.points)
                .map_err(|_| InvalidScore(u32::MAX))
                .and_then(Score::try_from)
                .map_err(|_| InvalidSheet::Points {
                    criterion: criterion.clone(),
                    points: score.points,
                })?;
            let reason = score.reason.parse().map_err(|fault| InvalidSheet::Reason {
                criterion: criterion.clone(),
                fault,
            })?;
            if marks.insert(key, Mark { points, reason }).is_some() {
                return Err(InvalidSheet::Twice(criterion));
            }
        }
        Ok(Self { marks, recommended })
    }

    /// Reads what was committed to.
    ///
    /// # Errors
    /// When it is not this ballot's, or no sheet.
    pub fn decode(ballot: BallotId, content: &[u8]) -> Result<Self, InvalidSheet> {
        let content = wire::BallotContent::decode(content).map_err(|_| InvalidSheet::Unreadable)?;
        if content.ballot_id != ballot.to_string() {
            return Err(InvalidSheet::OtherBallot);
        }
        Self::parse(content.scores, content.recommended)
    }

    /// The bytes that are committed to.
    pub fn encode(&self, ballot: BallotId) -> Vec<u8> {
        let content = wire::BallotContent {
            ballot_id: ballot.to_string(),
            scores: self.scores(),
            recommended: self.recommended,
        };
        content.encode_to_vec()
    }

    /// The marks as others are told them.
    pub fn scores(&self) -> Vec<wire::Score> {
        let scores = self.marks.iter().map(|(key, mark)| wire::Score {
            criterion: key.to_string(),
            points: i32::try_from(mark.points.points()).unwrap_or(i32::MAX),
            reason: mark.reason.to_string(),
        });
        scores.collect()
    }

    /// The criteria that are missing or too many, by key.
    pub fn differs_from(&self, criteria: &[Criterion]) -> Vec<String> {
        let missing = criteria
            .iter()
            .filter(|criterion| !self.marks.keys().any(|key| key.as_str() == criterion.key))
            .map(|criterion| criterion.key.clone());
        let extra = self
            .marks
            .keys()
            .filter(|key| {
                !criteria
                    .iter()
                    .any(|criterion| criterion.key == key.as_str())
            })
            .map(ToString::to_string);
        missing.chain(extra).collect()
    }
}

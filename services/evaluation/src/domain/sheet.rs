//! What a ballot says: points and a reason for each criterion, and whether the demand is recommended.

use draws::{InvalidMark, Marks};
use prost::Message as _;
use proto::evaluation::v1 as wire;
use regulation::BallotId;
use serde::{Deserialize, Serialize};

/// What a ballot says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// One mark for each criterion.
    pub marks: Marks,
    /// Whether the expert would list the demand.
    pub recommended: bool,
}

/// Why something is no sheet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSheet {
    /// A mark is none.
    #[error(transparent)]
    Mark(#[from] InvalidMark),
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
        let marks = Marks::parse(scores)?;
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
            scores: self.marks.scores(),
            recommended: self.recommended,
        };
        content.encode_to_vec()
    }
}

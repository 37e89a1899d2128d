//! What an expert says of an application: points and a reason for each criterion, a comment, and
//! whether it is recommended.

use draws::{InvalidMark, Marks};
use proto::evaluation::v1 as evaluation;
use regulation::{InvalidText, Text};
use serde::{Deserialize, Serialize};

/// What a sheet says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// One mark for each criterion.
    pub marks: Marks,
    /// What the applicant is told beside.
    pub comment: Text,
    /// Whether the expert would establish it.
    pub recommended: bool,
}

/// Why something is no opinion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOpinion {
    /// A mark is none.
    #[error(transparent)]
    Mark(#[from] InvalidMark),
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
        let marks = Marks::parse(scores)?;
        Ok(Self {
            marks,
            comment: comment.parse().map_err(InvalidOpinion::Comment)?,
            recommended,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn every_mark_has_a_reason_and_there_is_a_comment() {
        let scores = || sample::opinion(80).marks.scores();
        assert!(Opinion::parse(scores(), "可行", true).is_ok());
        assert!(matches!(
            Opinion::parse(scores(), " ", true),
            Err(InvalidOpinion::Comment(_))
        ));
        let mut mute = scores();
        mute[0].reason.clear();
        assert!(matches!(
            Opinion::parse(mute, "可行", true),
            Err(InvalidOpinion::Mark(_))
        ));
    }
}

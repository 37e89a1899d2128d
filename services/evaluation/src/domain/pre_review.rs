//! 预审与推荐: a department looks at a demand of its region before the joint round does. An officer
//! checks and gives an opinion, a director decides; only what is recommended enters a round.

mod opinion;
mod rejection;
#[cfg(test)]
mod tests;

use std::num::NonZeroU32;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Day, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Record;
use crate::publish;
pub use opinion::{CHECKS, Finding, Opinion};
pub use rejection::PreReviewRejection;

/// An opinion with who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// What was found.
    pub opinion: Opinion,
    /// The officer's account.
    pub by: String,
}

/// A director's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The director's account.
    pub by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A demand before its department, at its home.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreReview {
    /// No such demand was accepted here.
    #[default]
    Unknown,
    /// Nobody has looked at it.
    Pending {
        /// What it says.
        record: Box<Record>,
    },
    /// Before the director.
    Prepared {
        /// What it says.
        record: Box<Record>,
        /// What the officer found.
        prepared: Prepared,
    },
    /// Recommended for a round.
    Recommended {
        /// What it says.
        record: Box<Record>,
        /// What the officer found.
        prepared: Prepared,
        /// Whose decision it is.
        ruling: Ruling,
        /// The order within the province.
        place: NonZeroU32,
    },
    /// Given back to the demander.
    NotRecommended {
        /// What it says.
        record: Box<Record>,
        /// What the officer found.
        prepared: Prepared,
        /// Whose decision it is.
        ruling: Ruling,
        /// What the demander is told.
        comments: Text,
    },
    /// A round has judged it.
    Judged {
        /// What it says.
        record: Box<Record>,
        /// What the officer found.
        prepared: Prepared,
        /// Whose decision the recommendation was.
        ruling: Ruling,
        /// The order within the province.
        place: NonZeroU32,
    },
    /// The demander took it back.
    Withdrawn {
        /// What it said.
        record: Box<Record>,
    },
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum PreReviewCommand {
    /// The demand was accepted here.
    Begin {
        /// What it says.
        record: Box<Record>,
    },
    /// Write down what was found.
    Prepare(Opinion),
    /// Recommend it.
    Recommend {
        /// The order within the province.
        place: NonZeroU32,
    },
    /// Do not recommend it.
    Decline {
        /// What the demander is told.
        comments: Text,
    },
    /// A round has judged it.
    Judge,
    /// The demander took it back.
    Withdraw,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreReviewEvent {
    /// The demand waits to be looked at.
    Begun {
        /// What it says.
        record: Box<Record>,
    },
    /// An officer wrote down what was found.
    Prepared(Prepared),
    /// It was recommended.
    Recommended {
        /// Whose decision it is.
        ruling: Ruling,
        /// The order within the province.
        place: NonZeroU32,
        /// The year within which nobody else has that place.
        year: i32,
    },
    /// It was not recommended.
    Declined {
        /// Whose decision it is.
        ruling: Ruling,
        /// What the demander is told.
        comments: Text,
    },
    /// A round has judged it.
    Judged,
    /// It was taken back.
    Withdrawn,
}

impl Aggregate for PreReview {
    const KIND: &'static str = "pre_review";
    type Command = PreReviewCommand;
    type Event = PreReviewEvent;
    type Rejection = PreReviewRejection;

    fn decide(
        &self,
        command: PreReviewCommand,
        context: &Context,
    ) -> Result<Vec<PreReviewEvent>, PreReviewRejection> {
        match command {
            PreReviewCommand::Begin { record } => Ok(self.begin(record)),
            PreReviewCommand::Prepare(opinion) => self.prepare(opinion, context),
            PreReviewCommand::Recommend { place } => self.recommend(place, context),
            PreReviewCommand::Decline { comments } => self.decline(comments, context),
            PreReviewCommand::Judge => match self {
                Self::Recommended { .. } => Ok(vec![PreReviewEvent::Judged]),
                _ => Ok(vec![]),
            },
            PreReviewCommand::Withdraw => match self {
                Self::Unknown | Self::Withdrawn { .. } => Ok(vec![]),
                _ => Ok(vec![PreReviewEvent::Withdrawn]),
            },
        }
    }

    fn evolve(&mut self, event: &PreReviewEvent) {
        *self = match (std::mem::take(self), event.clone()) {
            (_, PreReviewEvent::Begun { record }) => Self::Pending { record },
            (
                Self::Pending { record } | Self::Prepared { record, .. },
                PreReviewEvent::Prepared(prepared),
            ) => Self::Prepared { record, prepared },
            (
                Self::Prepared { record, prepared },
                PreReviewEvent::Recommended { ruling, place, .. },
            ) => Self::Recommended {
                record,
                prepared,
                ruling,
                place,
            },
            (
                Self::Prepared { record, prepared },
                PreReviewEvent::Declined { ruling, comments },
            ) => Self::NotRecommended {
                record,
                prepared,
                ruling,
                comments,
            },
            (
                Self::Recommended {
                    record,
                    prepared,
                    ruling,
                    place,
                },
                PreReviewEvent::Judged,
            ) => Self::Judged {
                record,
                prepared,
                ruling,
                place,
            },
            (state, PreReviewEvent::Withdrawn) => match state.record() {
                Some(record) => Self::Withdrawn {
                    record: Box::new(record.clone()),
                },
                None => state,
            },
            (state, _) => state,
        };
    }

    fn publish(&self, id: &str, event: &PreReviewEvent, _context: &Context) -> Vec<Message> {
        publish::pre_review(id, event)
    }
}

impl PreReview {
    /// What the demand says.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Unknown => None,
            Self::Pending { record }
            | Self::Prepared { record, .. }
            | Self::Recommended { record, .. }
            | Self::NotRecommended { record, .. }
            | Self::Judged { record, .. }
            | Self::Withdrawn { record } => Some(record),
        }
    }

    /// Accepted again after it came back: a new look. What stands with the director or in a round
    /// is not disturbed by hearing the same again.
    fn begin(&self, record: Box<Record>) -> Vec<PreReviewEvent> {
        let begun = match self {
            Self::Unknown | Self::NotRecommended { .. } | Self::Judged { .. } => true,
            Self::Pending { record: before } | Self::Prepared { record: before, .. } => {
                *before != record
            }
            Self::Recommended { .. } | Self::Withdrawn { .. } => false,
        };
        if begun {
            vec![PreReviewEvent::Begun { record }]
        } else {
            vec![]
        }
    }

    fn prepare(
        &self,
        opinion: Opinion,
        context: &Context,
    ) -> Result<Vec<PreReviewEvent>, PreReviewRejection> {
        let before = match self {
            Self::Unknown => return Err(PreReviewRejection::NotHere),
            Self::Pending { .. } => None,
            Self::Prepared { prepared, .. } => Some(prepared),
            _ => return Err(PreReviewRejection::Decided),
        };
        let differing = opinion.differing();
        if !differing.is_empty() {
            return Err(PreReviewRejection::Checks(differing));
        }
        if opinion.recommend {
            opinion.passed()?;
        }
        let prepared = Prepared {
            opinion,
            by: context.actor.person.clone(),
        };
        if before == Some(&prepared) {
            return Ok(vec![]);
        }
        Ok(vec![PreReviewEvent::Prepared(prepared)])
    }

    /// What a director may decide on: prepared, and by somebody else.
    fn ruled_on(&self, context: &Context) -> Result<(&Prepared, Ruling), PreReviewRejection> {
        let prepared = match self {
            Self::Unknown => return Err(PreReviewRejection::NotHere),
            Self::Pending { .. } => return Err(PreReviewRejection::NotPrepared),
            Self::Prepared { prepared, .. } => prepared,
            _ => return Err(PreReviewRejection::Decided),
        };
        if prepared.by == context.actor.person {
            return Err(PreReviewRejection::SamePerson);
        }
        let ruling = Ruling {
            by: context.actor.person.clone(),
            at: context.now,
        };
        Ok((prepared, ruling))
    }

    fn recommend(
        &self,
        place: NonZeroU32,
        context: &Context,
    ) -> Result<Vec<PreReviewEvent>, PreReviewRejection> {
        if matches!(self, Self::Recommended { place: before, .. } if *before == place) {
            return Ok(vec![]);
        }
        let (prepared, ruling) = self.ruled_on(context)?;
        prepared.opinion.passed()?;
        Ok(vec![PreReviewEvent::Recommended {
            ruling,
            place,
            year: Day::of(context.now).year(),
        }])
    }

    fn decline(
        &self,
        comments: Text,
        context: &Context,
    ) -> Result<Vec<PreReviewEvent>, PreReviewRejection> {
        if matches!(self, Self::NotRecommended { comments: before, .. } if *before == comments) {
            return Ok(vec![]);
        }
        let (_, ruling) = self.ruled_on(context)?;
        Ok(vec![PreReviewEvent::Declined { ruling, comments }])
    }
}

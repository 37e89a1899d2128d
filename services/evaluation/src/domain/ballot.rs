//! One expert's ballot on one demand, at the expert's home: sealed until the round is closed.

use evidence::Digest;
use journal::Aggregate;
use proto::message::Message;
use regulation::{BallotId, Context, Criterion, Day, EvaluationRoundId, ExpertId, PersonKey, Role};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{record::Record, sheet::Sheet};
use crate::publish;

mod rejection;
pub use rejection::BallotRejection;

/// What an expert is asked. Says neither which demand it is nor where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// The ballot.
    pub ballot: BallotId,
    /// The round.
    pub round: EvaluationRoundId,
    /// Who is asked.
    pub expert: ExpertId,
    /// By which pseudonym credit records know them.
    pub person: PersonKey,
    /// What about.
    pub record: Record,
    /// By what.
    pub criteria: Vec<Criterion>,
    /// Until the end of this day.
    pub deadline: Day,
}

/// A ballot under its seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// What it says.
    pub sheet: Sheet,
    /// The exact bytes that are committed to, in hexadecimal.
    pub content: String,
    /// Opens the commitment, with the bytes.
    pub salt: Digest,
    /// What the hub was told.
    pub commitment: Digest,
    /// When it was cast.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Where a ballot stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ballot {
    /// Nobody was asked.
    #[default]
    Unknown,
    /// The expert has been asked.
    Invited(Invitation),
    /// The expert was silent and has been reminded.
    Reminded {
        /// What was asked.
        invitation: Invitation,
        /// Until when somebody else is not asked.
        #[serde(with = "time::serde::rfc3339")]
        reply_by: OffsetDateTime,
    },
    /// The expert stayed silent, and somebody else was asked.
    Recalled {
        /// What was asked.
        invitation: Invitation,
        /// What was answered all the same, too late; it does not count.
        sealed: Option<Sealed>,
    },
    /// A credit record bars the expert since the draw; somebody else is asked.
    Barred {
        /// What was asked.
        invitation: Invitation,
        /// Until when.
        until: Day,
    },
    /// Cast and sealed.
    Cast {
        /// What was asked.
        invitation: Invitation,
        /// What was answered.
        sealed: Sealed,
    },
    /// The expert declared a conflict instead.
    Conflicted {
        /// What was asked.
        invitation: Invitation,
    },
    /// Opened after the round was closed.
    Revealed {
        /// What was asked.
        invitation: Invitation,
        /// What was answered.
        sealed: Sealed,
    },
}

/// What is asked of a ballot.
#[derive(Debug, Clone, PartialEq)]
pub enum BallotCommand {
    /// The hub asks an expert.
    Invite(Box<Invitation>),
    /// The expert answers.
    Cast {
        /// What.
        sheet: Sheet,
        /// 32 random bytes.
        salt: [u8; 32],
    },
    /// The expert is in conflict.
    DeclareConflict,
    /// A credit record bars the expert: found at once, or when they were about to answer.
    Bar {
        /// The last day on which it does.
        until: Day,
    },
    /// The hub has heard nothing.
    Remind {
        /// Until when somebody else is not asked.
        reply_by: OffsetDateTime,
    },
    /// The hub asks somebody else.
    Recall,
    /// The round is closed: open the ballot.
    Reveal,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BallotEvent {
    /// The expert was asked.
    Invited(Box<Invitation>),
    /// The expert answered.
    Cast(Sealed),
    /// The expert declared a conflict.
    ConflictDeclared,
    /// A credit record bars the expert.
    Barred {
        /// The last day on which it does.
        until: Day,
    },
    /// The expert was reminded.
    Reminded {
        /// Until when somebody else is not asked.
        #[serde(with = "time::serde::rfc3339")]
        reply_by: OffsetDateTime,
    },
    /// Somebody else was asked.
    Recalled,
    /// The ballot was opened.
    Revealed,
}

impl Aggregate for Ballot {
    const KIND: &'static str = "ballot";
    type Command = BallotCommand;
    type Event = BallotEvent;
    type Rejection = BallotRejection;

    fn decide(
        &self,
        command: BallotCommand,
        context: &Context,
    ) -> Result<Vec<BallotEvent>, BallotRejection> {
        match command {
            BallotCommand::Invite(invitation) => self.invite(invitation),
            BallotCommand::Cast { sheet, salt } => self.cast(sheet, salt, context),
            BallotCommand::DeclareConflict => self.declare_conflict(context),
            BallotCommand::Bar { until } => self.bar(until, context),
            BallotCommand::Remind { reply_by } => match self {
                Self::Invited(_) => Ok(vec![BallotEvent::Reminded { reply_by }]),
                Self::Unknown => Err(BallotRejection::NotCast),
                // The answer and the reminder have passed each other.
                _ => Ok(vec![]),
            },
            BallotCommand::Recall => match self {
                Self::Unknown => Err(BallotRejection::NotCast),
                Self::Recalled { .. }
                | Self::Revealed { .. }
                | Self::Conflicted { .. }
                | Self::Barred { .. } => Ok(vec![]),
                _ => Ok(vec![BallotEvent::Recalled]),
            },
            BallotCommand::Reveal => match self {
                Self::Cast { .. } => Ok(vec![BallotEvent::Revealed]),
                Self::Revealed { .. } => Ok(vec![]),
                _ => Err(BallotRejection::NotCast),
            },
        }
    }

    fn evolve(&mut self, event: &BallotEvent) {
        *self = match (std::mem::take(self), event.clone()) {
            (Self::Unknown, BallotEvent::Invited(invitation)) => Self::Invited(*invitation),
            (
                Self::Invited(invitation) | Self::Reminded { invitation, .. },
                BallotEvent::Cast(sealed),
            ) => Self::Cast { invitation, sealed },
            (
                Self::Invited(invitation) | Self::Reminded { invitation, .. },
                BallotEvent::ConflictDeclared,
            ) => Self::Conflicted { invitation },
            (
                Self::Invited(invitation) | Self::Reminded { invitation, .. },
                BallotEvent::Barred { until },
            ) => Self::Barred { invitation, until },
            (Self::Invited(invitation), BallotEvent::Reminded { reply_by }) => Self::Reminded {
                invitation,
                reply_by,
            },
            (
                Self::Invited(invitation) | Self::Reminded { invitation, .. },
                BallotEvent::Recalled,
            ) => Self::Recalled {
                invitation,
                sealed: None,
            },
            (Self::Cast { invitation, sealed }, BallotEvent::Recalled) => Self::Recalled {
                invitation,
                sealed: Some(sealed),
            },
            (Self::Cast { invitation, sealed }, BallotEvent::Revealed) => {
                Self::Revealed { invitation, sealed }
            }
            (state, _) => state,
        };
    }

    fn publish(&self, _id: &str, event: &BallotEvent, _context: &Context) -> Vec<Message> {
        publish::ballot(self, event)
    }
}

impl Ballot {
    /// What was asked, if anything was.
    pub fn invitation(&self) -> Option<&Invitation> {
        match self {
            Self::Unknown => None,
            Self::Invited(invitation)
            | Self::Reminded { invitation, .. }
            | Self::Recalled { invitation, .. }
            | Self::Cast { invitation, .. }
            | Self::Conflicted { invitation }
            | Self::Barred { invitation, .. }
            | Self::Revealed { invitation, .. } => Some(invitation),
        }
    }

    /// Whether its expert can still answer.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Invited(_) | Self::Reminded { .. })
    }

    /// What was answered, if anything was.
    pub fn sealed(&self) -> Option<&Sealed> {
        match self {
            Self::Cast { sealed, .. } | Self::Revealed { sealed, .. } => Some(sealed),
            Self::Recalled { sealed, .. } => sealed.as_ref(),
            Self::Unknown
            | Self::Invited(_)
            | Self::Reminded { .. }
            | Self::Conflicted { .. }
            | Self::Barred { .. } => None,
        }
    }

    fn invite(&self, invitation: Box<Invitation>) -> Result<Vec<BallotEvent>, BallotRejection> {
        match self.invitation() {
            None => Ok(vec![BallotEvent::Invited(invitation)]),
            Some(before) if *before == *invitation => Ok(vec![]),
            Some(_) => Err(BallotRejection::OtherInvitation),
        }
    }

    fn cast(
        &self,
        sheet: Sheet,
        salt: [u8; 32],
        context: &Context,
    ) -> Result<Vec<BallotEvent>, BallotRejection> {
        let invitation = self.asked(context)?;
        match self {
            Self::Cast { sealed, .. } | Self::Revealed { sealed, .. } => {
                return if sealed.sheet == sheet {
                    Ok(vec![])
                } else {
                    Err(BallotRejection::AlreadyCast { at: sealed.at })
                };
            }
            Self::Conflicted { .. } => return Err(BallotRejection::Conflicted),
            Self::Barred { until, .. } => return Err(BallotRejection::Barred { until: *until }),
            Self::Recalled { .. } => return Err(BallotRejection::Replaced),
            Self::Unknown | Self::Invited(_) | Self::Reminded { .. } => {}
        }
        in_time(invitation, context)?;
        let differing = sheet.marks.differs_from(&invitation.criteria);
        if !differing.is_empty() {
            return Err(BallotRejection::Criteria(differing));
        }
        let bytes = sheet.encode(invitation.ballot);
        Ok(vec![BallotEvent::Cast(Sealed {
            commitment: evidence::commit(&salt, &bytes),
            content: hex::encode(bytes),
            salt: Digest(salt),
            sheet,
            at: context.now,
        })])
    }

    fn declare_conflict(&self, context: &Context) -> Result<Vec<BallotEvent>, BallotRejection> {
        let invitation = self.asked(context)?;
        match self {
            Self::Cast { sealed, .. } | Self::Revealed { sealed, .. } => {
                Err(BallotRejection::AlreadyCast { at: sealed.at })
            }
            // Somebody else is asked already, whatever for.
            Self::Conflicted { .. } | Self::Barred { .. } => Ok(vec![]),
            Self::Recalled { .. } => Err(BallotRejection::Replaced),
            Self::Unknown | Self::Invited(_) | Self::Reminded { .. } => {
                in_time(invitation, context)?;
                Ok(vec![BallotEvent::ConflictDeclared])
            }
        }
    }

    /// Nobody whom a record bars answers: somebody else is asked while there is time.
    fn bar(&self, until: Day, context: &Context) -> Result<Vec<BallotEvent>, BallotRejection> {
        if context.actor.role != Role::System {
            self.asked(context)?;
        }
        match self {
            Self::Invited(_) | Self::Reminded { .. } => Ok(vec![BallotEvent::Barred { until }]),
            _ => Ok(vec![]),
        }
    }

    /// The invitation, if it is the caller who was asked.
    fn asked(&self, context: &Context) -> Result<&Invitation, BallotRejection> {
        let actor = &context.actor;
        self.invitation()
            .filter(|asked| actor.role == Role::Expert && actor.expert == Some(asked.expert))
            .ok_or(BallotRejection::NotYours)
    }
}

fn in_time(invitation: &Invitation, context: &Context) -> Result<(), BallotRejection> {
    let deadline = invitation.deadline;
    if context.now > deadline.end() {
        return Err(BallotRejection::Late { deadline });
    }
    Ok(())
}

#[cfg(test)]
mod tests;

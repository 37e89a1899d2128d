//! One expert's sheet on one application, at the expert's home: the content is shown once the
//! expert has declared to have no conflict.

mod invitation;
mod rejection;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Day, Role, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use invitation::{Applicant, Blindness, Invitation, UnitRole, barred_mark};
pub use rejection::SheetRejection;

use super::Opinion;
use crate::publish;

/// Where a sheet stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sheet {
    /// Nobody was asked.
    #[default]
    Unknown,
    /// The expert has been asked; nothing is shown yet.
    Invited(Invitation),
    /// The expert has declared to have no conflict, and sees the content.
    Opened {
        /// What was asked.
        invitation: Invitation,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// Handed in.
    Completed {
        /// What was asked.
        invitation: Invitation,
        /// What was said.
        opinion: Opinion,
        /// When the content was first shown.
        #[serde(with = "time::serde::rfc3339")]
        opened: OffsetDateTime,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The expert declared a conflict instead.
    Conflicted {
        /// What was asked.
        invitation: Invitation,
        /// Whether the content had been shown.
        after_opening: bool,
    },
    /// A credit record bars the expert since the draw; somebody else is asked.
    Barred {
        /// What was asked.
        invitation: Invitation,
        /// Until when.
        until: Day,
    },
    /// The round goes on without it.
    Recalled {
        /// What was asked.
        invitation: Invitation,
    },
}

/// What is asked of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetCommand {
    /// The hub asks an expert.
    Invite(Box<Invitation>),
    /// The expert declares to have no conflict.
    Open {
        /// The expert's employer, as far as home knows.
        employer: Option<UnitId>,
    },
    /// The expert hands it in.
    Complete {
        /// What is said.
        opinion: Opinion,
        /// The expert's employer, as far as home knows.
        employer: Option<UnitId>,
    },
    /// The expert is in conflict.
    DeclareConflict,
    /// A credit record bars the expert: found at once, or when they were about to open or hand it in.
    Bar {
        /// The last day on which it does.
        until: Day,
    },
    /// The hub goes on without it.
    Recall,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetEvent {
    /// The expert was asked.
    Invited(Invitation),
    /// The expert declared to have no conflict.
    Opened {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The expert handed it in.
    Completed {
        /// What was said.
        opinion: Opinion,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// The expert declared a conflict.
    ConflictDeclared {
        /// Whether the content had been shown.
        after_opening: bool,
    },
    /// A credit record bars the expert.
    Barred {
        /// The last day on which it does.
        until: Day,
    },
    /// The round goes on without it.
    Recalled {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

impl Aggregate for Sheet {
    const KIND: &'static str = "sheet";
    type Command = SheetCommand;
    type Event = SheetEvent;
    type Rejection = SheetRejection;

    fn decide(
        &self,
        command: SheetCommand,
        context: &Context,
    ) -> Result<Vec<SheetEvent>, SheetRejection> {
        match command {
            SheetCommand::Invite(invitation) => self.invite(*invitation),
            SheetCommand::Open { employer } => self.open(employer, context),
            SheetCommand::Complete { opinion, employer } => {
                self.complete(opinion, employer, context)
            }
            SheetCommand::DeclareConflict => self.declare_conflict(context),
            SheetCommand::Bar { until } => self.bar(until, context),
            SheetCommand::Recall => match self {
                Self::Unknown => Err(SheetRejection::NotYours),
                Self::Invited(_) | Self::Opened { .. } => {
                    Ok(vec![SheetEvent::Recalled { at: context.now }])
                }
                Self::Completed { .. }
                | Self::Conflicted { .. }
                | Self::Barred { .. }
                | Self::Recalled { .. } => Ok(vec![]),
            },
        }
    }

    fn evolve(&mut self, event: &SheetEvent) {
        *self = match (std::mem::take(self), event.clone()) {
            (Self::Unknown, SheetEvent::Invited(invitation)) => Self::Invited(invitation),
            (Self::Invited(invitation), SheetEvent::Opened { at }) => {
                Self::Opened { invitation, at }
            }
            (
                Self::Opened {
                    invitation,
                    at: opened,
                },
                SheetEvent::Completed { opinion, at },
            ) => Self::Completed {
                invitation,
                opinion,
                opened,
                at,
            },
            (
                Self::Invited(invitation) | Self::Opened { invitation, .. },
                SheetEvent::ConflictDeclared { after_opening },
            ) => Self::Conflicted {
                invitation,
                after_opening,
            },
            (
                Self::Invited(invitation) | Self::Opened { invitation, .. },
                SheetEvent::Barred { until },
            ) => Self::Barred { invitation, until },
            (
                Self::Invited(invitation) | Self::Opened { invitation, .. },
                SheetEvent::Recalled { .. },
            ) => Self::Recalled { invitation },
            (state, _) => state,
        };
    }

    fn publish(&self, _id: &str, event: &SheetEvent, _context: &Context) -> Vec<Message> {
        publish::sheet(self, event)
    }
}

impl Sheet {
    /// What was asked, if anything was.
    pub fn invitation(&self) -> Option<&Invitation> {
        match self {
            Self::Unknown => None,
            Self::Invited(invitation)
            | Self::Opened { invitation, .. }
            | Self::Completed { invitation, .. }
            | Self::Conflicted { invitation, .. }
            | Self::Barred { invitation, .. }
            | Self::Recalled { invitation } => Some(invitation),
        }
    }

    /// Whether its expert can still go on with it.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Invited(_) | Self::Opened { .. })
    }

    /// When the content was first shown, while it is shown.
    pub fn opened(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Opened { at, .. } | Self::Completed { opened: at, .. } => Some(*at),
            _ => None,
        }
    }

    fn invite(&self, invitation: Invitation) -> Result<Vec<SheetEvent>, SheetRejection> {
        match self.invitation() {
            None => Ok(vec![SheetEvent::Invited(invitation)]),
            Some(before) if *before == invitation => Ok(vec![]),
            Some(_) => Err(SheetRejection::OtherInvitation),
        }
    }

    fn open(
        &self,
        employer: Option<UnitId>,
        context: &Context,
    ) -> Result<Vec<SheetEvent>, SheetRejection> {
        let invitation = self.asked(context)?;
        match self {
            Self::Opened { .. } | Self::Completed { .. } => return Ok(vec![]),
            Self::Conflicted { .. } => return Err(SheetRejection::Conflicted),
            Self::Barred { until, .. } => return Err(SheetRejection::Barred { until: *until }),
            Self::Recalled { .. } => return Err(SheetRejection::Recalled),
            Self::Unknown | Self::Invited(_) => {}
        }
        in_time(invitation, context)?;
        impartial(invitation, employer)?;
        Ok(vec![SheetEvent::Opened { at: context.now }])
    }

    fn complete(
        &self,
        opinion: Opinion,
        employer: Option<UnitId>,
        context: &Context,
    ) -> Result<Vec<SheetEvent>, SheetRejection> {
        let invitation = self.asked(context)?;
        match self {
            Self::Completed {
                opinion: before,
                at,
                ..
            } => {
                return if *before == opinion {
                    Ok(vec![])
                } else {
                    Err(SheetRejection::AlreadyCompleted { at: *at })
                };
            }
            Self::Conflicted { .. } => return Err(SheetRejection::Conflicted),
            Self::Barred { until, .. } => return Err(SheetRejection::Barred { until: *until }),
            Self::Recalled { .. } => return Err(SheetRejection::Recalled),
            Self::Unknown | Self::Invited(_) => return Err(SheetRejection::NotDeclared),
            Self::Opened { .. } => {}
        }
        in_time(invitation, context)?;
        impartial(invitation, employer)?;
        let differing = opinion.marks.differs_from(&invitation.criteria);
        if !differing.is_empty() {
            return Err(SheetRejection::Criteria(differing));
        }
        Ok(vec![SheetEvent::Completed {
            opinion,
            at: context.now,
        }])
    }

    fn declare_conflict(&self, context: &Context) -> Result<Vec<SheetEvent>, SheetRejection> {
        let invitation = self.asked(context)?;
        let after_opening = match self {
            Self::Completed { at, .. } => {
                return Err(SheetRejection::AlreadyCompleted { at: *at });
            }
            // Somebody else is asked already, whatever for.
            Self::Conflicted { .. } | Self::Barred { .. } => return Ok(vec![]),
            Self::Recalled { .. } => return Err(SheetRejection::Recalled),
            Self::Opened { .. } => true,
            Self::Unknown | Self::Invited(_) => false,
        };
        in_time(invitation, context)?;
        Ok(vec![SheetEvent::ConflictDeclared { after_opening }])
    }

    /// Nobody whom a record bars goes on: somebody else is asked while there is time.
    fn bar(&self, until: Day, context: &Context) -> Result<Vec<SheetEvent>, SheetRejection> {
        if context.actor.role != Role::System {
            self.asked(context)?;
        }
        match self {
            Self::Invited(_) | Self::Opened { .. } => Ok(vec![SheetEvent::Barred { until }]),
            _ => Ok(vec![]),
        }
    }

    /// The invitation, if it is the caller who was asked.
    fn asked(&self, context: &Context) -> Result<&Invitation, SheetRejection> {
        let actor = &context.actor;
        self.invitation()
            .filter(|asked| actor.role == Role::Expert && actor.expert == Some(asked.expert))
            .ok_or(SheetRejection::NotYours)
    }
}

fn in_time(invitation: &Invitation, context: &Context) -> Result<(), SheetRejection> {
    let deadline = invitation.deadline;
    if context.now > deadline.end() {
        return Err(SheetRejection::Late { deadline });
    }
    Ok(())
}

/// Nobody reviews their own employer, as far as home can tell.
fn impartial(invitation: &Invitation, employer: Option<UnitId>) -> Result<(), SheetRejection> {
    let bars = |unit| {
        invitation
            .barred
            .contains(&barred_mark(invitation.sheet, unit))
    };
    if employer.is_some_and(bars) {
        return Err(SheetRejection::OwnEmployer);
    }
    Ok(())
}

#[cfg(test)]
mod tests;

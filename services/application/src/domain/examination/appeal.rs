//! An appeal against an application's not being accepted, decided by people who did not examine it.
//! Ours.

use regulation::{Context, Region, Text};
use time::OffsetDateTime;

use super::{Decided, Event, Exam, Stage, decide::agency};
use crate::domain::Rejection;

impl Exam {
    /// In time by what its home signed, and about the package that was examined.
    pub(super) fn appeal(
        &self,
        (origin, at): (Region, OffsetDateTime),
        version: u32,
        grounds: Text,
    ) -> Result<Vec<Event>, Rejection> {
        self.said_by_home(origin)?;
        match &self.stage {
            Stage::Appealed { .. } => Ok(vec![]),
            Stage::NotAccepted { appeal_until, .. } => match appeal_until {
                Some(until) if version == self.received.package.version && at <= until.end() => {
                    Ok(vec![Event::Appealed { grounds }])
                }
                until => Err(Rejection::NoAppeal(*until)),
            },
            _ => Err(self.not_now("申诉")),
        }
    }

    pub(super) fn decide_appeal(
        &self,
        granted: bool,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        agency(context)?;
        let Stage::Appealed {
            by: concluded_by,
            recorded_by,
            ..
        } = &self.stage
        else {
            return Err(self.not_now("复核申诉"));
        };
        let by = context.actor.person.clone();
        if by == *concluded_by || by == *recorded_by {
            return Err(Rejection::OwnExamination);
        }
        Ok(vec![Event::AppealDecided {
            granted,
            reason,
            by,
        }])
    }

    pub(super) fn appealed(&mut self, event: &Event) {
        match (&self.stage, event) {
            (
                Stage::NotAccepted {
                    items,
                    reason,
                    by,
                    recorded_by,
                    ..
                },
                Event::Appealed { grounds },
            ) => {
                self.stage = Stage::Appealed {
                    items: items.clone(),
                    reason: reason.clone(),
                    by: by.clone(),
                    recorded_by: recorded_by.clone(),
                    grounds: grounds.clone(),
                };
            }
            (
                Stage::Appealed {
                    items,
                    reason: before,
                    by: concluded_by,
                    recorded_by,
                    grounds,
                },
                Event::AppealDecided {
                    granted,
                    reason,
                    by,
                },
            ) => {
                self.appeal = Some(Decided {
                    grounds: grounds.clone(),
                    granted: *granted,
                    reason: reason.clone(),
                    by: by.clone(),
                });
                self.stage = if *granted {
                    Stage::Pending
                } else {
                    Stage::NotAccepted {
                        items: items.clone(),
                        reason: before.clone(),
                        by: concluded_by.clone(),
                        recorded_by: recorded_by.clone(),
                        appeal_until: None,
                    }
                };
            }
            _ => {}
        }
    }
}

//! An appeal against its not being accepted, from the lead's side. Ours.

use regulation::{Context, Text};

use super::{Appeal, Case, Event, Stage, decide::of_unit};
use crate::domain::Rejection;

impl Case {
    pub(super) fn appeal(&self, grounds: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        of_unit(self.lead, context)?;
        match &self.stage {
            Stage::NotAccepted { appeal_until, .. } => match appeal_until {
                Some(until) if context.now <= until.end() => Ok(vec![Event::Appealed { grounds }]),
                until => Err(Rejection::NoAppeal(*until)),
            },
            _ => Err(self.not_now("申诉")),
        }
    }

    /// Its last day is over: it is not accepted for good.
    pub(super) fn end_appeal(&self, context: &Context) -> Vec<Event> {
        match self.stage {
            Stage::NotAccepted {
                appeal_until: Some(until),
                ..
            } if context.now > until.end() => vec![Event::AppealEnded],
            _ => vec![],
        }
    }

    /// The hub's word on it.
    pub(super) fn appeal_decided(&self, version: u32, granted: bool, reason: Text) -> Vec<Event> {
        match self.stage {
            Stage::Appealed { .. } if version == self.version() => {
                vec![Event::AppealDecided { granted, reason }]
            }
            // A repeat, or what crossed with a withdrawal.
            _ => vec![],
        }
    }

    pub(super) fn appealed(&mut self, event: &Event) {
        match (&mut self.stage, event) {
            (Stage::NotAccepted { reason, items, .. }, Event::Appealed { grounds }) => {
                self.appeal = Some(Appeal {
                    grounds: grounds.clone(),
                    answer: None,
                });
                self.stage = Stage::Appealed {
                    reason: reason.clone(),
                    items: items.clone(),
                };
            }
            (Stage::NotAccepted { appeal_until, .. }, Event::AppealEnded) => *appeal_until = None,
            (
                Stage::Appealed {
                    reason: before,
                    items,
                },
                Event::AppealDecided { granted, reason },
            ) => {
                if let Some(appeal) = &mut self.appeal {
                    appeal.answer = Some(reason.to_string());
                }
                self.stage = match &self.receipt {
                    Some(receipt) if *granted => Stage::InExamination { at: receipt.at },
                    _ => Stage::NotAccepted {
                        reason: before.clone(),
                        items: items.clone(),
                        appeal_until: None,
                    },
                };
            }
            _ => {}
        }
    }
}

//! A departure from the duration: the reason is the lead's, the approval a director's. [Art. 18]

use regulation::{Context, Departure, Role, Text};

use super::{Approval, Case, Event, Stage};
use crate::domain::{Rejection, rules};

impl Case {
    /// A rule in principle: the reason is the lead's, the approval a director's. [Art. 18]
    pub(super) fn approve(
        &self,
        months: u32,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        if context.actor.role != Role::Director {
            return Err(Rejection::NotOwn);
        }
        if !matches!(self.stage, Stage::Draft | Stage::CorrectionOpen(_)) {
            return Err(self.not_now("批准"));
        }
        let read = self.content.months == months
            && self.content.duration_reason.as_ref() == Some(&reason)
            && months > self.terms.duration_months_max;
        if !read {
            return Err(Rejection::NoDeparture);
        }
        let approval = Approval {
            months,
            reason,
            by: context.actor.person.clone(),
        };
        if self.approval.as_ref() == Some(&approval) {
            return Ok(vec![]);
        }
        Ok(vec![Event::DepartureApproved(approval)])
    }

    /// The departure as it stands, if there is one.
    pub fn approved_departure(&self) -> Option<Departure> {
        let content = &self.content;
        let reason = content.duration_reason.clone()?;
        if content.months <= self.terms.duration_months_max {
            return None;
        }
        let departure = Departure::new(rules::DURATION, reason.clone());
        match &self.approval {
            Some(approval) if approval.months == content.months && approval.reason == reason => {
                Some(departure.approved(&approval.by))
            }
            _ => Some(departure),
        }
    }
}

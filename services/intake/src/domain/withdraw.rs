//! The ends of a demand that somebody wants: withdrawn, or closed.

use regulation::{Context, Role, Text};

use super::{Case, Event, Programme, Rejection, Stage, Withdrawal};

impl Case {
    pub(super) fn withdraw(
        &self,
        reason: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::Withdrawn { .. } => Ok(vec![]),
            Stage::Closed { .. } => Err(self.wrong("撤回")),
            Stage::Published { withdrawal, .. } => {
                self.withdraw_published(withdrawal, reason, context)
            }
            _ => {
                self.own(context)?;
                Ok(vec![Event::Withdrawn(reason)])
            }
        }
    }

    /// The demander or an officer asks, a director who did not ask lets it happen.
    fn withdraw_published(
        &self,
        withdrawal: &Withdrawal,
        reason: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let person = &context.actor.person;
        match (context.actor.role, withdrawal) {
            (Role::Director, Withdrawal::Asked { by, .. }) if by == person => {
                Err(Rejection::SamePerson)
            }
            (Role::Director, Withdrawal::Asked { reason, .. }) => {
                Ok(vec![Event::Withdrawn(Some(reason.clone()))])
            }
            (Role::Director, _) => Err(Rejection::WithdrawalNotAsked),
            (role, _) => {
                if role != Role::Officer {
                    self.own(context)?;
                }
                let reason = reason.ok_or(Rejection::WithdrawalNeedsReason)?;
                let asked = Withdrawal::Asked {
                    reason: reason.clone(),
                    by: person.clone(),
                };
                if *withdrawal == asked {
                    return Ok(vec![]);
                }
                let by = person.clone();
                Ok(vec![Event::WithdrawalAsked { reason, by }])
            }
        }
    }

    pub(super) fn decline_withdrawal(&self, reason: Text) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::Published { withdrawal, .. } => match withdrawal {
                Withdrawal::Asked { .. } => Ok(vec![Event::WithdrawalDeclined(reason)]),
                Withdrawal::Declined(before) if *before == reason => Ok(vec![]),
                _ => Err(Rejection::WithdrawalNotAsked),
            },
            _ => Err(self.wrong("不同意撤回")),
        }
    }

    pub(super) fn close(&self, reason: Text) -> Result<Vec<Event>, Rejection> {
        let local = self.content.programme == Programme::Local;
        match &self.stage {
            Stage::NotShortlisted => Ok(vec![Event::Closed(reason)]),
            Stage::Accepted if local => Ok(vec![Event::Closed(reason)]),
            Stage::Closed { reason: before } if *before == reason => Ok(vec![]),
            stage => Err(Rejection::NotToBeClosed(stage.name())),
        }
    }
}

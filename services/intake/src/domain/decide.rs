//! What is decided of a demand, stage by stage.

use regulation::{BlindId, Context, Departure, Role, Text};

use super::{Case, Content, Event, Rejection, Stage, Standing, leak, rules};

pub(super) fn draft(content: Box<Content>, context: &Context) -> Result<Vec<Event>, Rejection> {
    let demander = context.actor.unit.ok_or(Rejection::NotOwn)?;
    let policy = context
        .policy
        .as_ref()
        .ok_or(Rejection::NoPolicy)?
        .version
        .clone();
    Ok(vec![Event::Drafted {
        demander,
        content,
        policy,
    }])
}

impl Case {
    fn own(&self, context: &Context) -> Result<(), Rejection> {
        let own = context.actor.unit == Some(self.demander);
        if own { Ok(()) } else { Err(Rejection::NotOwn) }
    }

    fn wrong(&self, wanted: &'static str) -> Rejection {
        Rejection::WrongStage {
            stage: self.stage.name(),
            wanted,
        }
    }

    pub(super) fn rewrite(
        &self,
        content: Box<Content>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Draft | Stage::Returned { .. } if *content == self.content => Ok(vec![]),
            Stage::Draft | Stage::Returned { .. } => Ok(vec![Event::Rewritten(content)]),
            _ => Err(self.wrong("修改")),
        }
    }

    pub(super) fn submit(
        &self,
        standing: &Standing,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Draft | Stage::Returned { .. } => {}
            Stage::Submitted => return Ok(vec![]),
            _ => return Err(self.wrong("提交")),
        }
        let policy = context.policy.as_ref().ok_or(Rejection::NoPolicy)?;
        let (content, record) = (&self.content, &self.content.record);
        if !policy.has_field(&record.field) {
            return Err(Rejection::UnknownField(record.field.clone()));
        }
        standing.allows(record)?;
        content.complete()?;
        if !record.milestones.is_empty() && !policy.allows_milestones(&record.field) {
            return Err(Rejection::NoMilestones(record.field.clone()));
        }
        let duration_departure = if policy.breakthrough_months.contains(record.months) {
            None
        } else {
            let reason = content.duration_reason.clone();
            let reason = reason.ok_or(Rejection::NoDurationReason(record.months))?;
            Some(Departure::new(rules::BREAKTHROUGH, reason))
        };
        let leaks = leak::leaks(record, &standing.names);
        if !leaks.is_empty() {
            return Err(Rejection::Leaks(leaks));
        }
        Ok(vec![Event::Submitted {
            affiliates: standing.affiliates.clone(),
            duration_departure,
        }])
    }

    pub(super) fn give_back(&self, reason: Text) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::Submitted => Ok(vec![Event::Returned(reason)]),
            Stage::Returned { reason: before } if *before == reason => Ok(vec![]),
            _ => Err(self.wrong("退回")),
        }
    }

    pub(super) fn accept(&self, context: &Context) -> Result<Vec<Event>, Rejection> {
        match self.stage {
            Stage::Submitted | Stage::NotShortlisted { .. } => {
                if context.policy.is_none() {
                    return Err(Rejection::NoPolicy);
                }
                Ok(vec![Event::Accepted {
                    by: context.actor.person.clone(),
                    at: context.now,
                }])
            }
            Stage::Accepted => Ok(vec![]),
            _ => Err(self.wrong("受理")),
        }
    }

    pub(super) fn withdraw(
        &self,
        reason: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match self.stage {
            Stage::Withdrawn { .. } => Ok(vec![]),
            Stage::Published { .. } => {
                let approved = context.actor.role == Role::Director && reason.is_some();
                if approved {
                    Ok(vec![Event::Withdrawn(reason)])
                } else {
                    Err(Rejection::WithdrawalNeedsDirector)
                }
            }
            _ => {
                self.own(context)?;
                Ok(vec![Event::Withdrawn(reason)])
            }
        }
    }

    pub(super) fn judge(&self, listed: bool, comments: Vec<String>) -> Vec<Event> {
        match self.stage {
            // What is listed stays accepted until the hub publishes it.
            Stage::Accepted if !listed => vec![Event::NotShortlisted(comments)],
            _ => vec![],
        }
    }

    pub(super) fn publish(&self, blind_id: BlindId, public_number: String) -> Vec<Event> {
        match self.stage {
            Stage::Accepted => vec![Event::Published {
                blind_id,
                public_number,
            }],
            _ => vec![],
        }
    }
}

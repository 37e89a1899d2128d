//! A credit record at the department that made it: proposed, told, open to appeal, in effect, over.

use journal::{Aggregate, Alarm};
use proto::message::Message;
use regulation::{Context, Day, Region, Text};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::{
    Appeal, Charge, Effect, Ended, Outcome, Rejection, Stage, Telling, Terms, Word, after,
};
use crate::publish::credit as publish;

/// How long to wait at first before looking again whether the other home was heard, and at most.
const PAUSE_MIN: Duration = Duration::seconds(2);
const PAUSE_MAX: Duration = Duration::HOUR;

/// A credit record; none before it is proposed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditRecord(pub Option<Box<Record>>);

/// A record that somebody proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The department that made it: this node.
    pub home: Region,
    /// What it says.
    pub charge: Charge,
    /// Where whom it is about is at home, and is told.
    pub told_region: Region,
    /// The policy's numbers, kept.
    pub terms: Terms,
    /// The officer.
    pub proposed_by: String,
    /// How far it has come.
    pub stage: Stage,
}

/// What can be asked of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Propose it.
    Propose {
        /// What it says.
        charge: Box<Charge>,
        /// The home of the unit that would be told, if any node has registered it.
        told_region: Option<Region>,
    },
    /// Turn the proposal down.
    Decline(Text),
    /// Confirm it, and have whom it is about told.
    Notify,
    /// They appeal, says `from`.
    Appeal {
        /// Which node says so.
        from: Region,
        /// When, and why.
        appeal: Appeal,
    },
    /// The time to appeal is over.
    Settle,
    /// Uphold it against the appeal.
    Uphold(Text),
    /// Take it back.
    Revoke(Text),
    /// Its time is over.
    Expire,
}

/// What happened to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// An officer proposed it.
    Proposed {
        /// By which department.
        home: Region,
        /// What it says.
        charge: Box<Charge>,
        /// Where whom it is about is at home.
        told_region: Region,
        /// The policy's numbers.
        terms: Terms,
        /// The officer.
        by: String,
    },
    /// A director turned it down.
    Declined(Word),
    /// A director confirmed it, and whom it is about is told.
    Notified(Telling),
    /// They appealed.
    Appealed(Appeal),
    /// The time to appeal is over, but their home has not been heard past it.
    Held {
        /// When to look again.
        #[serde(with = "time::serde::rfc3339")]
        look_at: OffsetDateTime,
    },
    /// It took effect.
    TookEffect {
        /// From when to when.
        effect: Effect,
        /// Who upheld it; nobody, where nobody appealed.
        word: Option<Word>,
    },
    /// It was revoked.
    Revoked(Word),
    /// It ran out.
    Expired,
}

impl Aggregate for CreditRecord {
    const KIND: &'static str = "credit_record";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (&self.0, command) {
            (
                None,
                Command::Propose {
                    charge,
                    told_region,
                },
            ) => propose(charge, told_region, context),
            (Some(record), Command::Propose { charge, .. }) if *charge == record.charge => {
                Ok(vec![])
            }
            (None, _) => Err(Rejection::Unknown),
            (Some(record), command) => record.decide(command, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (
                none @ None,
                Event::Proposed {
                    home,
                    charge,
                    told_region,
                    terms,
                    by,
                },
            ) => {
                *none = Some(Box::new(Record {
                    home: *home,
                    charge: (**charge).clone(),
                    told_region: *told_region,
                    terms: terms.clone(),
                    proposed_by: by.clone(),
                    stage: Stage::Proposed {},
                }));
            }
            (Some(record), event) => record.stage.evolve(event),
            (None, _) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, context: &Context) -> Vec<Message> {
        let record = self.0.as_deref();
        record.map_or_else(Vec::new, |record| {
            publish::record(id, record, event, context.node)
        })
    }

    fn alarms(&self) -> Vec<Alarm<Command>> {
        let stage = self.0.as_ref().map(|record| &record.stage);
        let alarm = match stage {
            Some(Stage::Notified { look_at, .. }) => Some(Alarm {
                name: "appeal_period_ends",
                due: *look_at,
                command: Command::Settle,
            }),
            Some(Stage::Effective { effect, .. }) => Some(Alarm {
                name: "record_expires",
                due: after(effect.until),
                command: Command::Expire,
            }),
            _ => None,
        };
        alarm.into_iter().collect()
    }
}

fn propose(
    charge: Box<Charge>,
    told_region: Option<Region>,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    if charge.evidence.is_empty() {
        return Err(Rejection::NoEvidence);
    }
    let policy = context.policy.as_ref().ok_or(Rejection::NoPolicy)?;
    if !policy.members.contains(&context.node) {
        return Err(Rejection::NotMember);
    }
    Ok(vec![Event::Proposed {
        home: context.node,
        charge,
        told_region: told_region.ok_or(Rejection::UnknownSubject)?,
        terms: Terms {
            policy: policy.version.clone(),
            appeal_days: policy.credit_appeal_days,
            record_months: policy.credit_record_months,
        },
        by: context.actor.person.clone(),
    }])
}

impl Record {
    /// What it bars from, and from when to when, while it has effect.
    pub fn effect(&self) -> Option<Effect> {
        match &self.stage {
            Stage::Effective { effect, .. } => Some(*effect),
            _ => None,
        }
    }

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Propose { .. } => Err(self.stage.not("提出")),
            Command::Decline(reason) => self.decline(reason, context),
            Command::Notify => self.notify(context),
            Command::Appeal { from, appeal } => self.appeal(from, appeal),
            Command::Settle => Ok(self.settle(context)),
            Command::Uphold(reason) => self.uphold(reason, context),
            Command::Revoke(reason) => self.revoke(reason, context),
            Command::Expire => Ok(self.expire(context)),
        }
    }

    /// Whoever decides did not prepare.
    fn word(&self, reason: Text, context: &Context) -> Result<Word, Rejection> {
        let by = &context.actor.person;
        let told = self.stage.telling().map(|telling| &telling.by);
        if *by == self.proposed_by || told == Some(by) {
            return Err(Rejection::SamePerson);
        }
        Ok(Word {
            by: by.clone(),
            reason,
        })
    }

    fn decline(&self, reason: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        match self.stage {
            Stage::Proposed {} => Ok(vec![Event::Declined(self.word(reason, context)?)]),
            _ => Err(self.stage.not("不予核定")),
        }
    }

    fn notify(&self, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Stage::Proposed {} = self.stage else {
            return Err(self.stage.not("告知"));
        };
        let by = context.actor.person.clone();
        if by == self.proposed_by {
            return Err(Rejection::SamePerson);
        }
        let on = Day::of(context.now);
        Ok(vec![Event::Notified(Telling {
            by,
            on,
            appeal_until: on.plus_days(self.terms.appeal_days),
        })])
    }

    /// In time is what bears a time within the period: the sender's home refused what does not.
    fn appeal(&self, from: Region, appeal: Appeal) -> Result<Vec<Event>, Rejection> {
        if from != self.told_region {
            return Err(Rejection::NotTheirs);
        }
        match &self.stage {
            Stage::Appealed { appeal: known, .. } if *known == appeal => Ok(vec![]),
            Stage::Notified { telling, .. } if Day::of(appeal.at) > telling.appeal_until => {
                Err(Rejection::AppealLate(telling.appeal_until))
            }
            Stage::Notified { .. } => Ok(vec![Event::Appealed(appeal)]),
            other => Err(other.not("申诉")),
        }
    }

    /// Nobody is taken to be silent who could not be heard.
    fn settle(&self, context: &Context) -> Vec<Event> {
        let Stage::Notified { telling, looks, .. } = &self.stage else {
            return vec![];
        };
        let over = after(telling.appeal_until);
        if context.now < over {
            return vec![];
        }
        let heard = context.heard.get(&self.told_region);
        if heard.is_none_or(|until| *until < over) {
            let pause = PAUSE_MIN * 2_i32.saturating_pow((*looks).min(16));
            let look_at = context.now + pause.min(PAUSE_MAX);
            return vec![Event::Held { look_at }];
        }
        vec![self.takes_effect(context, None)]
    }

    fn takes_effect(&self, context: &Context, word: Option<Word>) -> Event {
        let from = Day::of(context.now);
        let effect = Effect::of_months(from, self.terms.record_months);
        Event::TookEffect { effect, word }
    }

    fn uphold(&self, reason: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Stage::Appealed { .. } = self.stage else {
            return Err(self.stage.not("维持"));
        };
        let word = self.word(reason, context)?;
        Ok(vec![self.takes_effect(context, Some(word))])
    }

    fn revoke(&self, reason: Text, context: &Context) -> Result<Vec<Event>, Rejection> {
        match self.stage {
            Stage::Appealed { .. } | Stage::Effective { .. } => {
                Ok(vec![Event::Revoked(self.word(reason, context)?)])
            }
            _ => Err(self.stage.not("撤销")),
        }
    }

    fn expire(&self, context: &Context) -> Vec<Event> {
        match self.effect() {
            Some(effect) if context.now >= after(effect.until) => vec![Event::Expired],
            _ => vec![],
        }
    }

    /// What all members hear of `event`: what ended, or that it began.
    pub fn ended(&self) -> Option<(Effect, Option<Ended>)> {
        match &self.stage {
            Stage::Effective { effect, .. } => Some((*effect, None)),
            Stage::Revoked {
                effect: Some(effect),
                ..
            } => Some((*effect, Some(Ended::Revoked))),
            Stage::Expired { effect, .. } => Some((*effect, Some(Ended::Expired))),
            _ => None,
        }
    }

    /// What whom it is about hears of how it ended.
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.stage {
            Stage::Effective { .. } => Some(Outcome::Effective),
            Stage::Revoked { .. } => Some(Outcome::Revoked),
            Stage::Expired { .. } => Some(Outcome::Expired),
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "record_histories.rs"]
mod histories;

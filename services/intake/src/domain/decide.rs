//! What is decided of a demand, stage by stage.

use regulation::{BlindId, Context, Departure, Field, Policy, Text, Verdict};

use anonymity::Known;

use super::{
    Acceptance, Case, Content, Event, HandedIn, Judgement, Programme, Rejection, Stage, Submission,
    leak, rules,
};
use crate::{record::Record, told};

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
    pub(super) fn own(&self, context: &Context) -> Result<(), Rejection> {
        let own = context.actor.unit == Some(self.demander);
        if own { Ok(()) } else { Err(Rejection::NotOwn) }
    }

    pub(super) fn wrong(&self, wanted: &'static str) -> Rejection {
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
            Stage::Published { .. } => Err(Rejection::Frozen),
            _ if !self.stage.is_written() => Err(self.wrong("修改")),
            _ if *content == self.content => Ok(vec![]),
            _ => Ok(vec![Event::Rewritten(content)]),
        }
    }

    pub(super) fn submit(
        &self,
        submission: Submission,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Submitted => return Ok(vec![]),
            _ if self.stage.is_written() => {}
            _ => return Err(self.wrong("提交")),
        }
        let policy = context.policy.as_ref().ok_or(Rejection::NoPolicy)?;
        let Submission { standing, similar } = submission;
        let (content, record) = (&self.content, &self.content.record);
        if !policy.has_field(&record.field) {
            return Err(Rejection::UnknownField(record.field.clone()));
        }
        standing.allows(record)?;
        content.complete()?;
        let departures = departures(content, policy)?;
        self.figures_fit()?;
        let leaks = leak::leaks(record, &self.captions(), &self.known(&standing.names));
        if !leaks.is_empty() {
            return Err(Rejection::Leaks(leaks));
        }
        Ok(vec![Event::Submitted(Box::new(HandedIn {
            by: context.actor.person.clone(),
            at: context.now,
            policy: policy.version.clone(),
            template: policy.publication.of(&record.field).clone(),
            affiliates: standing.affiliates,
            departures,
            similar,
        }))])
    }

    /// What the demander could be recognised by: the unit's names, and its contact.
    pub(super) fn known(&self, names: &[String]) -> Known {
        let contact = self.content.contact.as_ref();
        Known::of_units(names).and_contact(contact.map(Text::as_str).unwrap_or_default())
    }

    pub(super) fn approve_departure(
        &self,
        rule: String,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let wish = self.departures.iter().find(|wish| wish.rule == rule);
        let by = context.actor.person.clone();
        match (&self.stage, wish) {
            (_, None) => Err(Rejection::NoDeparture),
            (_, Some(wish)) if wish.approved_by.is_some() => Ok(vec![]),
            (Stage::Submitted, Some(_)) if self.declared_by.as_ref() == Some(&by) => {
                Err(Rejection::SamePerson)
            }
            (Stage::Submitted, Some(_)) => Ok(vec![Event::DepartureApproved { rule, by }]),
            _ => Err(self.wrong("审批例外")),
        }
    }

    pub(super) fn give_back(&self, reason: Text) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::Submitted => Ok(vec![Event::Returned(reason)]),
            Stage::Returned { reason: before } if *before == reason => Ok(vec![]),
            _ => Err(self.wrong("退回")),
        }
    }

    pub(super) fn accept(
        &self,
        acceptance: Acceptance,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match self.stage {
            Stage::Submitted => {}
            Stage::Accepted => return Ok(vec![]),
            _ => return Err(self.wrong("受理")),
        }
        if context.policy.is_none() {
            return Err(Rejection::NoPolicy);
        }
        if let Some(barred) = acceptance.barred {
            return Err(Rejection::Barred(barred));
        }
        for rule in rules::IN_PRINCIPLE {
            let wish = self.departures.iter().find(|wish| wish.rule == rule.code);
            regulation::check(rule, wish.is_none(), wish)
                .map_err(|refusal| Rejection::Departure(Box::new(refusal)))?;
        }
        let by = &context.actor.person;
        let approved_by_same = |wish: &Departure| wish.approved_by.as_ref() == Some(by);
        let prepared = self.declared_by.as_ref() == Some(by);
        if prepared || self.departures.iter().any(approved_by_same) {
            return Err(Rejection::SamePerson);
        }
        let figures = self.confirm(&acceptance.confirmed, acceptance.pictures)?;
        let accepted = Event::Accepted {
            by: by.clone(),
            at: context.now,
        };
        Ok(std::iter::once(accepted).chain(figures).collect())
    }

    pub(super) fn judge(&self, judgement: Judgement) -> Result<Vec<Event>, Rejection> {
        self.joint()?;
        let known = self
            .judgements
            .iter()
            .any(|one| one.round.is_some() && one.round == judgement.round);
        // The list and the word on each demand of it come from two services: in either order.
        let heard = match self.stage {
            Stage::Accepted => true,
            Stage::Published { .. } => judgement.listed,
            _ => false,
        };
        let judged = (heard && !known).then_some(Event::Judged(judgement));
        Ok(judged.into_iter().collect())
    }

    pub(super) fn publish(
        &self,
        blind_id: BlindId,
        public_number: String,
    ) -> Result<Vec<Event>, Rejection> {
        self.joint()?;
        match self.stage {
            Stage::Accepted => Ok(vec![Event::Published {
                blind_id,
                public_number,
            }]),
            _ => Ok(vec![]),
        }
    }

    /// Nothing that the hub says can be about a region's own programme. [Art. 4]
    fn joint(&self) -> Result<(), Rejection> {
        match self.content.programme {
            Programme::Joint => Ok(()),
            Programme::Local => Err(Rejection::Local),
        }
    }
}

/// What a policy says of a demand, always in this order. [Art. 4, 10]
pub(super) fn verdicts(record: &Record, policy: &Policy) -> Vec<Verdict> {
    let left_out = told::left_out(record, policy.publication.of(&record.field));
    let (months, usual) = (record.months, policy.breakthrough_months);
    let milestones = record.milestones.is_empty() || policy.allows_milestones(&record.field);
    vec![
        Verdict::new(
            rules::FIELD,
            policy.has_field(&record.field),
            &record.field,
            names(&policy.fields),
        ),
        Verdict::new(rules::BREAKTHROUGH, usual.contains(months), months, usual),
        Verdict::new(
            rules::MILESTONES,
            milestones,
            record.milestones.len(),
            names(&policy.milestone_fields),
        ),
        Verdict::new(
            rules::SHOWN_IN_FULL,
            left_out.is_empty(),
            &record.field,
            left_out.join("、"),
        ),
    ]
}

fn names(fields: &[Field]) -> String {
    let names: Vec<_> = fields.iter().map(Field::as_str).collect();
    names.join("、")
}

/// Where the content departs from what holds in principle, each with its reason. [Art. 4]
fn departures(content: &Content, policy: &Policy) -> Result<Vec<Departure>, Rejection> {
    let record = &content.record;
    let mut wishes = Vec::new();
    if !policy.breakthrough_months.contains(record.months) {
        let reason = content.duration_reason.clone();
        let reason = reason.ok_or(Rejection::NoDurationReason {
            months: record.months,
            usual: policy.breakthrough_months,
        })?;
        wishes.push(Departure::new(rules::BREAKTHROUGH, reason));
    }
    if !record.milestones.is_empty() && !policy.allows_milestones(&record.field) {
        let reason = content.milestones_reason.clone();
        let reason = reason.ok_or_else(|| Rejection::NoMilestones(record.field.clone()))?;
        wishes.push(Departure::new(rules::MILESTONES, reason));
    }
    Ok(wishes)
}

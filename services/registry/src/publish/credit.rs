//! What of credit records leaves: to all, the kind and the dates; to the home of whom it is about,
//! that they are told and how it ended; to the record's home, the appeal. Never the evidence, the
//! case, the reasons, an account or a person's name. [Art. 20]

use proto::{
    message::{Audience, Message, PublicEvent},
    registry::v1 as wire,
};
use regulation::Region;

use crate::domain::credit::{
    BarredAct, Ended, Misconduct, Outcome, Subject,
    notice::{self, Told},
    record::{self, Record},
};

/// What others hear of `event`; `record` is the record after it.
pub(crate) fn record(
    id: &str,
    record: &Record,
    event: &record::Event,
    node: Region,
) -> Vec<Message> {
    match event {
        record::Event::Proposed { .. }
        | record::Event::Declined(_)
        | record::Event::Appealed(_)
        | record::Event::Held { .. } => Vec::new(),
        record::Event::Notified(_) => notified(id, record)
            .map(|event| to(record.told_region, node, id, &event))
            .into_iter()
            .collect(),
        record::Event::TookEffect { .. } | record::Event::Revoked(_) | record::Event::Expired => {
            let effect =
                effective(id, record).map(|event| Message::share(Audience::All, id, &event));
            let outcome = record.outcome().map(|outcome| wire::CreditRecordConcluded {
                record_id: id.to_owned(),
                outcome: wire::CreditOutcome::from(outcome).into(),
            });
            let concluded = outcome.map(|event| to(record.told_region, node, id, &event));
            effect.into_iter().chain(concluded).collect()
        }
    }
}

/// What the record's home hears of `event`.
pub(crate) fn notice(id: &str, told: &Told, event: &notice::Event, node: Region) -> Vec<Message> {
    match event {
        notice::Event::Told(_) | notice::Event::Concluded(_) => Vec::new(),
        notice::Event::Appealed(lodged) => {
            let event = wire::CreditRecordAppealed {
                record_id: id.to_owned(),
                grounds: lodged.grounds.to_string(),
            };
            vec![to(told.announced.region, node, id, &event)]
        }
    }
}

/// What a node hears alone; itself included.
fn to<E: PublicEvent>(region: Region, node: Region, id: &str, event: &E) -> Message {
    if region == node {
        Message::node(id, event)
    } else {
        Message::share(Audience::One(region), id, event)
    }
}

fn notified(id: &str, record: &Record) -> Option<wire::CreditRecordNotified> {
    let telling = record.stage.telling()?;
    let charge = &record.charge;
    Some(wire::CreditRecordNotified {
        record_id: id.to_owned(),
        unit_id: charge.subject.told().to_string(),
        person_key: charge
            .subject
            .person()
            .map(ToString::to_string)
            .unwrap_or_default(),
        misconduct: wire::Misconduct::from(charge.misconduct).into(),
        barred_acts: acts(&charge.acts),
        notified_on: telling.on.to_string(),
        appeal_until: telling.appeal_until.to_string(),
    })
}

/// What all members know of a record that has or had effect. A person's unit is left out.
pub(crate) fn effective(id: &str, record: &Record) -> Option<wire::CreditRecordEffective> {
    let (effect, ended) = record.ended()?;
    let charge = &record.charge;
    let (unit_id, person_key) = match &charge.subject {
        Subject::Unit(unit) => (unit.to_string(), String::new()),
        Subject::Person { key, .. } => (String::new(), key.to_string()),
    };
    Some(wire::CreditRecordEffective {
        record_id: id.to_owned(),
        unit_id,
        person_key,
        barring: ended.is_none() && !charge.acts.is_empty(),
        until: match ended {
            None => effect.until.to_string(),
            Some(_) => String::new(),
        },
        misconduct: wire::Misconduct::from(charge.misconduct).into(),
        barred_acts: acts(&charge.acts),
        from: effect.from.to_string(),
        ended: ended
            .map_or(wire::CreditEnd::Unspecified, Into::into)
            .into(),
    })
}

/// Acts as they are told.
pub(crate) fn acts<'a>(acts: impl IntoIterator<Item = &'a BarredAct>) -> Vec<i32> {
    acts.into_iter()
        .map(|act| wire::BarredAct::from(*act).into())
        .collect()
}

/// Evidence as the department itself sees it.
pub(crate) fn evidence(record: &Record) -> Vec<wire::CreditEvidence> {
    let evidence = record.charge.evidence.iter();
    evidence
        .map(|one| wire::CreditEvidence {
            digest: one.digest.to_string(),
            description: one.description.to_string(),
        })
        .collect()
}

impl From<Misconduct> for wire::Misconduct {
    fn from(misconduct: Misconduct) -> Self {
        match misconduct {
            Misconduct::FalseMaterials => Self::FalseMaterials,
            Misconduct::MisuseOfFunds => Self::MisuseOfFunds,
            Misconduct::BreachOfContract => Self::BreachOfContract,
            Misconduct::ResearchMisconduct => Self::ResearchMisconduct,
            Misconduct::ReviewMisconduct => Self::ReviewMisconduct,
            Misconduct::Obstruction => Self::Obstruction,
            Misconduct::Other => Self::Other,
        }
    }
}

impl From<BarredAct> for wire::BarredAct {
    fn from(act: BarredAct) -> Self {
        match act {
            BarredAct::Intake => Self::Intake,
            BarredAct::Solution => Self::Solution,
            BarredAct::ExpertDraw => Self::ExpertDraw,
            BarredAct::Application => Self::Application,
            BarredAct::Contract => Self::Contract,
        }
    }
}

impl From<Ended> for wire::CreditEnd {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Expired => Self::Expired,
            Ended::Revoked => Self::Revoked,
        }
    }
}

impl From<Outcome> for wire::CreditOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Effective => Self::Effective,
            Outcome::Revoked => Self::Revoked,
            Outcome::Expired => Self::Expired,
        }
    }
}

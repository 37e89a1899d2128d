//! Credit records of other nodes, and what this node's own hear from those that were told of them.

use chassis::Subject;
use journal::Act;
use proto::{
    message::{Incoming, Unreadable},
    registry::v1::{
        self as wire, CreditRecordAppealed, CreditRecordConcluded, CreditRecordEffective,
        CreditRecordNotified,
    },
};
use regulation::{Context, Day, PersonKey, UnitId};

use crate::domain::credit::{
    self, Announced, Appeal, BarredAct, CreditNotice, CreditRecord, Ended, Filing, Misconduct,
    Outcome, RecordId,
    filing::{self, Standing},
    notice, record,
};

/// A record of the message's origin, as all members know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) record: RecordId,
    pub(crate) unit: Option<UnitId>,
    pub(crate) person: Option<PersonKey>,
    pub(crate) misconduct: i32,
    pub(crate) acts: Vec<i32>,
    /// Its first and last day.
    pub(crate) from: Day,
    /// None once it has ended.
    pub(crate) until: Option<Day>,
    pub(crate) ended: i32,
}

/// Reads a credit record in effect. A node can change only records of its own: they are kept by
/// origin.
pub(crate) fn effective(message: &Incoming) -> Result<Effect, Unreadable> {
    let told: CreditRecordEffective = message.read()?;
    let (unit, person) = match (told.unit_id.as_str(), told.person_key.as_str()) {
        ("", person) => (None, Some(parse(message, person)?)),
        (unit, "") => (Some(parse(message, unit)?), None),
        _ => return Err(message.unreadable("about a unit and a person")),
    };
    let until = match told.until.as_str() {
        "" => None,
        day => Some(parse(message, day)?),
    };
    // An older version says only whether it bars: then it does from everything, and at once.
    let from = match told.from.as_str() {
        "" => Day::of(message.at),
        day => parse(message, day)?,
    };
    let acts = match (told.barring, told.barred_acts.is_empty()) {
        (true, true) => crate::publish::credit::acts(&BarredAct::ALL),
        (_, _) => told.barred_acts,
    };
    let ended = match (until, told.ended) {
        (None, 0) => wire::CreditEnd::Revoked.into(),
        (_, ended) => ended,
    };
    Ok(Effect {
        record: own(message, &told.record_id)?,
        unit,
        person,
        misconduct: told.misconduct,
        acts,
        from,
        until,
        ended,
    })
}

/// Credit records are made by the members' departments alone: neither by the hub nor by a region
/// that the policy in force does not name. What ended may be said of by whoever was one before.
fn by_member(message: &Incoming, context: &Context) -> Result<(), Unreadable> {
    let origin = message.origin;
    let policy = context.policy.as_ref();
    if origin.is_hub() || policy.is_some_and(|policy| !policy.members.contains(&origin)) {
        return Err(message.unreadable(format!("{origin} makes no credit records")));
    }
    Ok(())
}

/// What took effect or ended by a record of this node is to be filed in the national record.
pub(super) fn in_effect(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
    let effect = effective(message)?;
    if effect.until.is_some() {
        by_member(message, context)?;
    }
    if message.origin != context.node {
        return Ok(Vec::new());
    }
    let subject = effect.unit.map(Subject::Unit);
    let subject = subject.or(effect.person.map(Subject::Person));
    let told = wire::Misconduct::try_from(effect.misconduct);
    let standing = Standing {
        subject: subject.ok_or_else(|| message.unreadable("about nobody"))?,
        misconduct: misconduct(told.unwrap_or_default()),
        from: effect.from,
        until: effect.until,
        ended: match wire::CreditEnd::try_from(effect.ended) {
            Ok(wire::CreditEnd::Expired) => Some(Ended::Expired),
            Ok(wire::CreditEnd::Revoked) => Some(Ended::Revoked),
            Ok(wire::CreditEnd::Unspecified) | Err(_) => None,
        },
    };
    let command = filing::Command::Queue(Box::new(standing));
    Ok(vec![Act::new::<Filing>(effect.record, command)])
}

/// Whom a record is about is told at their home.
pub(super) fn notified(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
    by_member(message, context)?;
    let told: CreditRecordNotified = message.read()?;
    let through: UnitId = parse(message, &told.unit_id)?;
    let subject = match told.person_key.as_str() {
        "" => credit::Subject::Unit(through),
        key => credit::Subject::Person {
            key: parse(message, key)?,
            through,
        },
    };
    let announced = Announced {
        region: message.origin,
        subject,
        misconduct: misconduct(told.misconduct()),
        acts: told.barred_acts().filter_map(act).collect(),
        on: parse(message, &told.notified_on)?,
        appeal_until: parse(message, &told.appeal_until)?,
    };
    let command = notice::Command::Tell(Box::new(announced));
    let id = own(message, &told.record_id)?;
    Ok(vec![Act::new::<CreditNotice>(id, command)])
}

/// An appeal counts by the time that its home signed.
pub(super) fn appealed(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let told: CreditRecordAppealed = message.read()?;
    let appeal = Appeal {
        at: message.at,
        grounds: parse(message, &told.grounds)?,
    };
    let from = message.origin;
    let command = record::Command::Appeal { from, appeal };
    let id = own(message, &told.record_id)?;
    Ok(vec![Act::new::<CreditRecord>(id, command)])
}

/// How what was told ended.
pub(super) fn concluded(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let told: CreditRecordConcluded = message.read()?;
    let outcome = match told.outcome() {
        wire::CreditOutcome::Effective => Outcome::Effective,
        wire::CreditOutcome::Revoked => Outcome::Revoked,
        wire::CreditOutcome::Expired => Outcome::Expired,
        wire::CreditOutcome::Unspecified => return Err(message.unreadable("no outcome")),
    };
    let from = message.origin;
    let command = notice::Command::Conclude { from, outcome };
    let id = own(message, &told.record_id)?;
    Ok(vec![Act::new::<CreditNotice>(id, command)])
}

/// The record's id, where the message tells of that record.
fn own(message: &Incoming, id: &str) -> Result<RecordId, Unreadable> {
    if message.aggregate != id {
        return Err(message.unreadable("it does not tell of its aggregate"));
    }
    parse(message, id)
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    message: &Incoming,
    text: &str,
) -> Result<T, Unreadable> {
    text.parse().map_err(|error| message.unreadable(error))
}

/// What a newer version calls otherwise is something else.
pub(crate) fn misconduct(told: wire::Misconduct) -> Misconduct {
    match told {
        wire::Misconduct::FalseMaterials => Misconduct::FalseMaterials,
        wire::Misconduct::MisuseOfFunds => Misconduct::MisuseOfFunds,
        wire::Misconduct::BreachOfContract => Misconduct::BreachOfContract,
        wire::Misconduct::ResearchMisconduct => Misconduct::ResearchMisconduct,
        wire::Misconduct::ReviewMisconduct => Misconduct::ReviewMisconduct,
        wire::Misconduct::Obstruction => Misconduct::Obstruction,
        wire::Misconduct::Other | wire::Misconduct::Unspecified => Misconduct::Other,
    }
}

/// An act that this version knows.
pub(crate) fn act(told: wire::BarredAct) -> Option<BarredAct> {
    BarredAct::ALL
        .into_iter()
        .find(|act| wire::BarredAct::from(*act) == told)
}

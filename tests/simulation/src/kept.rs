//! What is read out of messages beside the aggregates: heartbeats and policies in force by the
//! chassis for every service, and by registry whom the credit records of all members bar.

use std::collections::BTreeSet;

use chassis::{Barred, Subject as Whom};
use prost::Message as _;
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    exchange::v1::RegionHeartbeat,
    message::Incoming,
    registry::v1::{self as wire, CreditRecordEffective},
};
use registry::domain::credit::{BarredAct, CreditRecord, Effect, Subject};
use regulation::{Day, Region};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{node::Process, service::Name, world::World};

/// Whether the message admits a region.
pub(crate) fn admitted(message: &Incoming) -> bool {
    if !message.is::<DecisionInForce>() || !message.origin.is_hub() {
        return false;
    }
    let decision = DecisionInForce::decode(message.body.as_slice());
    decision.is_ok_and(|decision| decision.kind() == DecisionKind::Admission)
}

/// What another member's record bars from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    /// Whom.
    pub(crate) whom: Whom,
    /// From what.
    pub(crate) acts: BTreeSet<i32>,
    /// When; none once it has ended.
    pub(crate) effect: Option<Effect>,
}

/// What the message says of another member's record, if it does.
pub(crate) fn bar(message: &Incoming) -> Option<(String, Bar)> {
    if !message.is::<CreditRecordEffective>() {
        return None;
    }
    let told = CreditRecordEffective::decode(message.body.as_slice()).ok()?;
    let effect = (told.until.parse::<Day>()).ok().and_then(|until| {
        let from = told.from.parse::<Day>().ok()?;
        Some(Effect { from, until })
    });
    let bar = Bar {
        whom: match told.person_key.as_str() {
            "" => Whom::Unit(told.unit_id.parse().ok()?),
            key => Whom::Person(key.parse().ok()?),
        },
        acts: told.barred_acts.iter().copied().collect(),
        effect,
    };
    Some((told.record_id, bar))
}

/// The record of any member that bars somebody longest on that day, as far as a node knows.
pub(crate) fn bars(
    world: &World,
    node: Region,
    whom: &Whom,
    act: BarredAct,
    day: Day,
) -> Option<Barred> {
    let process = world.service(node, Name::Registry)?;
    let act = wire::BarredAct::from(act).into();
    let told = process
        .bars
        .iter()
        .map(|((_, id), bar)| (id.as_str(), bar.clone()));
    let all = own_bars(process).chain(told);
    let those = all.filter(|(_, bar)| bar.whom == *whom && bar.acts.contains(&act));
    let covering = those.filter_map(|(record, bar)| {
        let effect = bar.effect.filter(|effect| effect.covers(day))?;
        let record = record.to_owned();
        Some(Barred {
            until: effect.until,
            record,
        })
    });
    covering.max_by_key(|barred| barred.until)
}

/// What of its own records a node says to the others.
pub(crate) fn own_bars(process: &Process) -> impl Iterator<Item = (&str, Bar)> {
    process.all::<CreditRecord>().filter_map(|(id, record)| {
        let record = record.0.as_deref()?;
        let (effect, ended) = record.ended()?;
        let charge = &record.charge;
        let acts = charge
            .acts
            .iter()
            .map(|act| wire::BarredAct::from(*act).into());
        let bar = Bar {
            whom: match &charge.subject {
                Subject::Unit(unit) => Whom::Unit(*unit),
                Subject::Person { key, .. } => Whom::Person(key.clone()),
            },
            acts: acts.collect(),
            effect: ended.is_none().then_some(effect),
        };
        Some((id, bar))
    })
}

/// Up to when the message's origin has been heard, if it is a heartbeat.
pub(crate) fn heard(message: &Incoming) -> Option<OffsetDateTime> {
    if !message.is::<RegionHeartbeat>() {
        return None;
    }
    let heartbeat = RegionHeartbeat::decode(message.body.as_slice()).ok()?;
    evidence::from_timestamp(&heartbeat.time?)
}

/// The digest of the policy that the message puts into force, and when, if it does.
pub(crate) fn policy(message: &Incoming) -> Option<(String, OffsetDateTime)> {
    if !message.is::<DecisionInForce>() || !message.origin.is_hub() {
        return None;
    }
    let decision = DecisionInForce::decode(message.body.as_slice()).ok()?;
    if decision.kind() != DecisionKind::Policy {
        return None;
    }
    let at = OffsetDateTime::parse(&decision.in_force_at, &Rfc3339).ok()?;
    Some((decision.digest, at))
}

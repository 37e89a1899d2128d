//! The door in for events: units of other nodes, and credit records. [Art. 20]

pub(crate) mod credit;

use journal::Act;
use proto::{
    message::{Incoming, PublicEvent as _, Unreadable},
    registry::v1::{
        self as wire, CreditRecordAppealed, CreditRecordConcluded, CreditRecordEffective,
        CreditRecordNotified, ExpertHostedElsewhere, ExpertPooled, UnitRecorded,
    },
};
use regulation::{Context, ExpertId, Region, UnitId};

use crate::{
    domain::{
        Expert, ExpertHome, Unit, expert,
        expert_home::Hosts,
        unit::{Command, Signed},
    },
    identity,
};

/// Which commands follow from a message.
pub(crate) fn react(message: &Incoming, context: &Context) -> Result<Vec<Act>, Unreadable> {
    match message.kind.as_str() {
        UnitRecorded::KIND => {
            let (id, _) = unit(message)?;
            if message.origin == context.node {
                return Ok(Vec::new());
            }
            let (region, at) = (message.origin, Signed::at(message.at));
            let command = Command::NoteElsewhere { region, at };
            Ok(vec![Act::new::<Unit>(id, command)])
        }
        ExpertPooled::KIND if context.node.is_hub() => {
            let (id, home) = hosted(message)?;
            Ok(vec![Act::new::<ExpertHome>(id, Hosts(home))])
        }
        ExpertHostedElsewhere::KIND => {
            let told: ExpertHostedElsewhere = message.read_of_hub()?;
            let id: ExpertId = told.expert_id.parse().map_err(|e| message.unreadable(e))?;
            let home: Region = told.region.parse().map_err(|e| message.unreadable(e))?;
            let command = expert::Command::NoteElsewhere(home);
            Ok(vec![Act::new::<Expert>(id, command)])
        }
        CreditRecordEffective::KIND => credit::in_effect(message, context),
        CreditRecordNotified::KIND => credit::notified(message, context),
        CreditRecordAppealed::KIND => credit::appealed(message),
        CreditRecordConcluded::KIND => credit::concluded(message),
        // Heartbeats are the chassis' business.
        _ => Ok(Vec::new()),
    }
}

/// Which expert the message says that its origin hosts.
fn hosted(message: &Incoming) -> Result<(ExpertId, Region), Unreadable> {
    let pooled: ExpertPooled = message.read()?;
    let expert = pooled
        .expert
        .ok_or_else(|| message.unreadable("no expert"))?;
    if expert.region != message.origin.as_str() || message.aggregate != expert.expert_id {
        let reason = format!("{} may not speak for {}", message.origin, expert.region);
        return Err(message.unreadable(reason));
    }
    let id = expert.expert_id.parse();
    Ok((id.map_err(|e| message.unreadable(e))?, message.origin))
}

/// The unit that the message tells of. A region speaks for the units that it has registered, and a
/// unit's id is that of its identity: nobody can put its own facts under another's id.
pub(crate) fn unit(message: &Incoming) -> Result<(UnitId, wire::Unit), Unreadable> {
    let recorded: UnitRecorded = message.read()?;
    let unit = recorded.unit.ok_or_else(|| message.unreadable("no unit"))?;
    if unit.region != message.origin.as_str() {
        let reason = format!("{} may not speak for {}", message.origin, unit.region);
        return Err(message.unreadable(reason));
    }
    let id: UnitId = unit.unit_id.parse().map_err(|e| message.unreadable(e))?;
    let identity = identity::parse(&unit.identity).map_err(|e| message.unreadable(e))?;
    if identity.unit_id() != id || message.aggregate != unit.unit_id {
        return Err(message.unreadable("the id is not that of the identity"));
    }
    Ok((id, unit))
}

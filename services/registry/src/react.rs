//! The door in for events: units of other nodes, and credit records. [Art. 20]

pub(crate) mod credit;

use journal::Act;
use proto::{
    message::{Incoming, PublicEvent as _, Unreadable},
    registry::v1::{
        self as wire, CreditRecordAppealed, CreditRecordConcluded, CreditRecordEffective,
        CreditRecordNotified, UnitRecorded,
    },
};
use regulation::{Context, UnitId};

use crate::{
    domain::{
        Unit,
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
        CreditRecordEffective::KIND => {
            credit::effective(message)?;
            Ok(Vec::new())
        }
        CreditRecordNotified::KIND => credit::notified(message),
        CreditRecordAppealed::KIND => credit::appealed(message),
        CreditRecordConcluded::KIND => credit::concluded(message),
        // Heartbeats are the chassis' business.
        _ => Ok(Vec::new()),
    }
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

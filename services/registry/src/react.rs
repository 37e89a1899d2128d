//! The door in for events: units of other nodes, and credit records. [Art. 20]

use journal::Act;
use proto::{
    message::{Incoming, PublicEvent as _, Unreadable},
    registry::v1::{self as wire, CreditRecordEffective, UnitRecorded},
};
use regulation::{Context, Day, PersonKey, UnitId};

use crate::{
    domain::{Unit, unit::Command},
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
            let command = Command::NoteElsewhere(message.origin);
            Ok(vec![Act::new::<Unit>(id, command)])
        }
        CreditRecordEffective::KIND => {
            barring(message)?;
            Ok(Vec::new())
        }
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

/// What a credit record says of a unit's taking part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Barring {
    /// The record, one of the message's origin.
    pub(crate) record: String,
    /// The unit that it is about; none where it is about a person.
    pub(crate) unit: Option<UnitId>,
    /// The last day on which it bars; none where it does not, or no longer.
    pub(crate) until: Option<Day>,
}

/// Reads a credit record. A node can change only records of its own: they are kept by origin.
pub(crate) fn barring(message: &Incoming) -> Result<Barring, Unreadable> {
    let record: CreditRecordEffective = message.read()?;
    let unit = match (record.unit_id.as_str(), record.person_key.as_str()) {
        ("", person) => {
            person
                .parse::<PersonKey>()
                .map_err(|e| message.unreadable(e))?;
            None
        }
        (unit, "") => Some(unit.parse().map_err(|e| message.unreadable(e))?),
        _ => return Err(message.unreadable("about a unit and a person")),
    };
    if record.record_id.is_empty() || message.aggregate != record.record_id {
        return Err(message.unreadable("it does not tell of its aggregate"));
    }
    let until = match record.until.as_str() {
        "" => None,
        day => Some(day.parse::<Day>().map_err(|e| message.unreadable(e))?),
    };
    Ok(Barring {
        record: record.record_id,
        unit,
        until: until.filter(|_| record.barring),
    })
}

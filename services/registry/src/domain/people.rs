//! 人员: somebody who works for units of this node, known elsewhere by a key alone.

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Refusal, RefusalKind, Role, Title, UnitId};
use serde::{Deserialize, Serialize};

use super::rules;

/// A person; nobody before they are registered. Its id is the person's key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person(pub Option<Known>);

/// A person whom this node knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Their name; never leaves home.
    pub name: Title,
    /// For whom they work.
    pub units: BTreeSet<UnitId>,
}

/// What can be asked of a person's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Register them as somebody of a unit.
    Register {
        /// Their name.
        name: Title,
        /// For whom they work.
        unit: UnitId,
        /// Whether the unit is at home here and active.
        unit_here: bool,
    },
}

/// What happened to a person's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// They work for this unit.
    Registered {
        /// Their name.
        name: Title,
        /// For whom they work.
        unit: UnitId,
    },
}

/// Why the registry says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The identity number belongs to somebody of another name.
    AnotherName,
    /// The unit is not an active one of this node.
    UnitNotHere(UnitId),
    /// The caller is not of the unit.
    NotOwn,
}

impl Aggregate for Person {
    const KIND: &'static str = "person";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Command::Register {
            name,
            unit,
            unit_here,
        } = command;
        let own = context.actor.unit == Some(unit);
        if context.actor.role != Role::Officer && !own {
            return Err(Rejection::NotOwn);
        }
        if !unit_here {
            return Err(Rejection::UnitNotHere(unit));
        }
        match &self.0 {
            Some(known) if known.name != name => Err(Rejection::AnotherName),
            Some(known) if known.units.contains(&unit) => Ok(vec![]),
            _ => Ok(vec![Event::Registered { name, unit }]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Registered { name, unit } = event;
        let known = self.0.get_or_insert_with(|| Known {
            name: name.clone(),
            units: BTreeSet::new(),
        });
        known.units.insert(*unit);
    }

    /// Nobody hears of it: a person's key crosses only in what they take part in.
    fn publish(&self, _id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::AnotherName => Refusal::new(
                rules::ONE_PERSON,
                "该证件号已登记，姓名不同",
                "请核对证件号和姓名；如需更正，请联系所在地经办人",
            )
            .kind(RefusalKind::Exists),
            Rejection::UnitNotHere(unit) => Refusal::new(
                rules::REGISTERED,
                "该单位没有在本节点登记，或已停用",
                "请由登记该单位的节点办理",
            )
            .with("unit_id", unit),
            Rejection::NotOwn => Refusal::new(
                rules::OWN_PEOPLE,
                "您不是该单位的管理员或经办人",
                "请由该单位自己的账号，或所在地经办人办理",
            )
            .kind(RefusalKind::Forbidden),
        }
    }
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;

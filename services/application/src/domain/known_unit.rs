//! A unit as registries told it to all: where it is registered, whether it is a guest, whose branch
//! it is. [Art. 13]

use std::collections::BTreeMap;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Region, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Rejection;

/// A unit by what each node says that has registered it; nothing before it was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownUnit(BTreeMap<Region, Registration>);

/// What one node says of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Registration {
    /// As it stands there now.
    registered: Registered,
    /// When the node said so first.
    #[serde(with = "time::serde::rfc3339")]
    since: OffsetDateTime,
}

/// What a rule has to know of a registered unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The node that registered it.
    pub region: Region,
    /// Whether it sits outside the members.
    pub guest: bool,
    /// Whether it is in use.
    pub active: bool,
    /// The legal entity whose branch 分支机构 it is, if it is one.
    pub branch_of: Option<UnitId>,
}

/// What is told of a unit, by the node that registered it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// What is told.
    pub registered: Registered,
    /// When, by that node's signed time.
    pub at: OffsetDateTime,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// This was told.
    Noted {
        /// What.
        registered: Registered,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

impl KnownUnit {
    /// What counts: a unit has one home, and of several registrations the earliest is it, as
    /// registry has it, in whatever order they were heard.
    pub fn registered(&self) -> Option<Registered> {
        let first = self
            .0
            .iter()
            .min_by_key(|(region, told)| (told.since, **region));
        first.map(|(_, told)| told.registered)
    }
}

impl Aggregate for KnownUnit {
    const KIND: &'static str = "known_unit";
    type Command = Note;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, note: Note, _context: &Context) -> Result<Vec<Event>, Rejection> {
        let Note { registered, at } = note;
        let known = self.0.get(&registered.region);
        if known.is_some_and(|known| known.registered == registered) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Noted { registered, at }])
    }

    fn evolve(&mut self, Event::Noted { registered, at }: &Event) {
        let told = Registration {
            registered: *registered,
            since: *at,
        };
        self.0
            .entry(registered.region)
            .and_modify(|known| known.registered = *registered)
            .or_insert(told);
    }

    fn publish(&self, _id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use regulation::{Actor, Role};
    use time::macros::datetime;

    use super::*;

    fn note(region: Region, guest: bool, at: OffsetDateTime) -> Note {
        let registered = Registered {
            region,
            guest,
            active: true,
            branch_of: None,
        };
        Note { registered, at }
    }

    fn after(notes: &[Note]) -> KnownUnit {
        let context = Context {
            now: datetime!(2024-11-11 10:00 UTC),
            actor: Actor::person("wang", Role::Service, Region::ZJ),
            node: Region::ZJ,
            policy: None,
            heard: BTreeMap::new(),
        };
        let mut unit = KnownUnit::default();
        for note in notes {
            for event in unit.decide(*note, &context).unwrap() {
                unit.evolve(&event);
            }
        }
        unit
    }

    #[test]
    fn the_earliest_registration_counts_in_whatever_order_it_was_heard() {
        let early = note(Region::SH, true, datetime!(2024-01-01 0:00 UTC));
        let late = note(Region::JS, true, datetime!(2024-01-02 0:00 UTC));
        for notes in [[early, late], [late, early]] {
            assert_eq!(after(&notes).registered(), Some(early.registered));
        }
        assert_eq!(KnownUnit::default().registered(), None);
    }

    #[test]
    fn what_its_home_says_later_changes_what_is_known_and_not_since_when() {
        let early = note(Region::SH, true, datetime!(2024-01-01 0:00 UTC));
        let other = note(Region::JS, true, datetime!(2024-01-02 0:00 UTC));
        let mut gone = note(Region::SH, true, datetime!(2024-01-03 0:00 UTC));
        gone.registered.active = false;
        let unit = after(&[early, other, gone]);
        assert_eq!(unit.registered(), Some(gone.registered));
    }
}

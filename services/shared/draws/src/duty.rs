//! What an expert of this node was asked to judge, and which credit records bar them: so that a
//! record that takes effect is found at once, not only when they next act. [Art. 20]

use std::collections::BTreeMap;

use journal::{Act, Aggregate};
use proto::{
    evaluation::v1::BallotBarCalled,
    message::{Incoming, Message, PublicEvent, Scope, Unreadable},
    registry::v1::{BarredAct, CreditRecordEffective},
    review::v1::SheetBarCalled,
};
use regulation::{Context, Day, PersonKey, Refusal, Region};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Purpose;

/// Something to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// A ballot or a sheet.
    pub purpose: Purpose,
    /// Until the end of this day; later nobody could follow in time.
    pub deadline: Day,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    errand: Errand,
    /// Whether it was called back.
    called: bool,
}

/// One person's, by their pseudonym.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// What was asked of them, by the id of the ballot or sheet.
    asked: BTreeMap<Uuid, Asked>,
    /// By the region that made it: each record that bars them from judging, and its last day.
    bars: BTreeMap<Region, BTreeMap<Uuid, Day>>,
}

/// What is heard of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DutyCommand {
    /// The hub asks them.
    Ask {
        /// The ballot or sheet.
        what: Uuid,
        /// What it is.
        errand: Errand,
    },
    /// What stands of a credit record about them.
    Note {
        /// Whose record it is.
        by: Region,
        /// Which.
        record: Uuid,
        /// The last day on which it bars them from judging; none where it does not, or no more.
        until: Option<Day>,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyEvent {
    /// They were asked.
    Asked {
        /// The ballot or sheet.
        what: Uuid,
        /// What it is.
        errand: Errand,
        /// On this day.
        on: Day,
    },
    /// A credit record was heard of.
    Noted {
        /// Whose record it is.
        by: Region,
        /// Which.
        record: Uuid,
        /// Until when it bars them.
        until: Option<Day>,
    },
    /// What they were asked for is called back, if it is still open.
    Called {
        /// The ballot or sheet.
        what: Uuid,
        /// What it was.
        purpose: Purpose,
        /// The last day of the bar.
        until: Day,
    },
}

impl Aggregate for Duty {
    const KIND: &'static str = "duty";
    type Command = DutyCommand;
    type Event = DutyEvent;
    type Rejection = Refusal;

    fn decide(&self, command: DutyCommand, context: &Context) -> Result<Vec<DutyEvent>, Refusal> {
        let today = Day::of(context.now);
        let mut after = self.clone();
        let heard = match command {
            DutyCommand::Ask { what, .. } if self.asked.contains_key(&what) => return Ok(vec![]),
            DutyCommand::Ask { what, errand } => DutyEvent::Asked {
                what,
                errand,
                on: today,
            },
            DutyCommand::Note { by, record, until } if self.until(by, record) == until => {
                return Ok(vec![]);
            }
            DutyCommand::Note { by, record, until } => DutyEvent::Noted { by, record, until },
        };
        after.evolve(&heard);
        let mut events = vec![heard];
        events.extend(after.called(today));
        Ok(events)
    }

    fn evolve(&mut self, event: &DutyEvent) {
        match event {
            DutyEvent::Asked { what, errand, on } => {
                self.asked.retain(|_, asked| asked.errand.deadline >= *on);
                let asked = Asked {
                    errand: *errand,
                    called: false,
                };
                self.asked.insert(*what, asked);
            }
            DutyEvent::Noted { by, record, until } => {
                let records = self.bars.entry(*by).or_default();
                match until {
                    Some(until) => records.insert(*record, *until),
                    None => records.remove(record),
                };
            }
            DutyEvent::Called { what, .. } => {
                if let Some(asked) = self.asked.get_mut(what) {
                    asked.called = true;
                }
            }
        }
    }

    fn publish(&self, _id: &str, event: &DutyEvent, _context: &Context) -> Vec<Message> {
        let DutyEvent::Called {
            what,
            purpose,
            until,
        } = event
        else {
            return Vec::new();
        };
        let until = until.to_string();
        let message = match purpose {
            Purpose::Evaluation => {
                let ballot_id = what.to_string();
                Message::node(what, &BallotBarCalled { ballot_id, until })
            }
            Purpose::Review => {
                let sheet_id = what.to_string();
                Message::node(what, &SheetBarCalled { sheet_id, until })
            }
        };
        vec![message]
    }
}

impl Duty {
    fn until(&self, by: Region, record: Uuid) -> Option<Day> {
        self.bars.get(&by)?.get(&record).copied()
    }

    /// What is called back on this day: everything that could still be answered in time, while any
    /// record bars the person.
    fn called(&self, today: Day) -> Vec<DutyEvent> {
        let records = self.bars.values().flat_map(BTreeMap::values);
        let Some(until) = records.copied().filter(|until| *until >= today).max() else {
            return Vec::new();
        };
        let open = self
            .asked
            .iter()
            .filter(|(_, asked)| !asked.called && asked.errand.deadline >= today);
        let called = open.map(|(what, asked)| DutyEvent::Called {
            what: *what,
            purpose: asked.errand.purpose,
            until,
        });
        called.collect()
    }
}

/// What follows for a person from being asked.
pub fn on_duty(person: &PersonKey, what: impl Into<Uuid>, errand: Errand) -> Act {
    let what = what.into();
    Act::new::<Duty>(person, DutyCommand::Ask { what, errand })
}

/// What follows for a person from a credit record, which only the region that made it changes.
///
/// # Errors
/// When the hub speaks, which makes none, or a part does not parse.
pub fn credit(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let told: CreditRecordEffective = message.read()?;
    if message.origin.is_hub() {
        return Err(message.unreadable("the hub makes no credit records"));
    }
    if told.person_key.is_empty() {
        return Ok(Vec::new());
    }
    let unreadable = |error: &dyn std::fmt::Display| message.unreadable(error);
    let person: PersonKey = told.person_key.parse().map_err(|e| unreadable(&e))?;
    // An older version does not say from what: then it bars from everything.
    let judging =
        told.barred_acts.is_empty() || told.barred_acts().any(|act| act == BarredAct::ExpertDraw);
    let until = match told.until.as_str() {
        day if told.barring && judging => Some(day.parse().map_err(|e| unreadable(&e))?),
        _ => None,
    };
    let command = DutyCommand::Note {
        by: message.origin,
        record: told.record_id.parse().map_err(|e| unreadable(&e))?,
        until,
    };
    Ok(vec![Act::new::<Duty>(person, command)])
}

/// Reads a call that nobody but this node's own [`Duty`] may make.
///
/// # Errors
/// When it has crossed the border, or does not decode.
pub fn called<E: PublicEvent>(message: &Incoming) -> Result<E, Unreadable> {
    if message.scope != Scope::Node {
        return Err(message.unreadable("a call is made by the node itself"));
    }
    message.read()
}

#[cfg(test)]
mod tests;

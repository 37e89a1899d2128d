//! A demand's place in the reserve pool as this node knows it; who demands, who solves and what was
//! applied for from it at the demander's home alone. [Art. 12, 13]

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{ApplicationId, Context, TaskId, UnitId};
use serde::{Deserialize, Serialize};

use super::{Fault, Rejection, package::Solver};
use crate::publish;

/// An entry, known by its blind id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolEntry {
    /// What the hub told all.
    told: Place,
    /// What matching of this very node told, at the demander's home.
    pub owner: Option<Owner>,
    /// What was applied for from it, at the demander's home.
    applications: BTreeSet<ApplicationId>,
}

/// Whether a demand is in the pool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Never heard of in the pool.
    #[default]
    Never,
    /// In it.
    In(Standing),
    /// It left: nothing is matched any more, and the demand stays valid. [Art. 12]
    Left,
    /// The demander withdrew the demand.
    Withdrawn,
}

impl Place {
    /// Where it stands, if it is in the pool.
    pub fn standing(&self) -> Option<&Standing> {
        match self {
            Self::In(standing) => Some(standing),
            Self::Never | Self::Left | Self::Withdrawn => None,
        }
    }
}

/// Where a demand stands in the pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether all its tasks are matched.
    pub fully: bool,
    /// Which are.
    pub matched: BTreeSet<TaskId>,
}

/// Who demands, whom they selected, and where that leaves the demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// 需求方
    pub demander: UnitId,
    /// 需求解决方
    pub solvers: BTreeSet<Solver>,
    /// Where the demand stands, before all others hear it from the hub.
    pub place: Place,
}

/// What is told of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// By the hub: where it stands, or that it left the pool.
    Change(Option<Standing>),
    /// By matching of this node.
    RecordOwner(Owner),
    /// Somebody applies for a topic that comes from it.
    NoteApplication(ApplicationId),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It is in the pool, or not any more.
    Changed(Option<Standing>),
    /// Its owner and solvers are known.
    OwnerRecorded(Owner),
    /// Somebody applied.
    ApplicationNoted(ApplicationId),
}

impl PoolEntry {
    /// Where it stands: at the demander's home by its own word, which comes first; in the pool only
    /// once the hub has told all.
    pub fn place(&self) -> &Place {
        match (&self.told, &self.owner) {
            (_, Some(owner)) if owner.place == Place::Withdrawn => &owner.place,
            (Place::Never, _) | (_, None) => &self.told,
            (_, Some(owner)) => &owner.place,
        }
    }

    fn change(&self, standing: Option<Standing>) -> Vec<Event> {
        let same = match (&self.told, &standing) {
            (Place::In(known), Some(told)) => known == told,
            (known, None) => *known == Place::Left,
            _ => false,
        };
        if same {
            return vec![];
        }
        vec![Event::Changed(standing)]
    }
}

impl Aggregate for PoolEntry {
    const KIND: &'static str = "pool_entry";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, _context: &Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Change(standing) => Ok(self.change(standing)),
            Command::RecordOwner(owner) if self.owner.as_ref() == Some(&owner) => Ok(vec![]),
            Command::RecordOwner(owner) => Ok(vec![Event::OwnerRecorded(owner)]),
            // What its closing would not reach any more is not begun.
            Command::NoteApplication(_) if *self.place() == Place::Withdrawn => {
                Err(Fault::NotInPool(Place::Withdrawn).into())
            }
            Command::NoteApplication(id) if self.applications.contains(&id) => Ok(vec![]),
            Command::NoteApplication(id) => Ok(vec![Event::ApplicationNoted(id)]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Changed(Some(standing)) => self.told = Place::In(standing.clone()),
            Event::Changed(None) => self.told = Place::Left,
            Event::OwnerRecorded(owner) => self.owner = Some(owner.clone()),
            Event::ApplicationNoted(id) => {
                self.applications.insert(*id);
            }
        }
    }

    /// Who demands never leaves this aggregate but in a submitted package. [Art. 10]
    fn publish(&self, _id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        match event {
            Event::OwnerRecorded(owner) if owner.place == Place::Withdrawn => {
                let applications = self.applications.iter();
                applications.map(|id| publish::topic_closed(*id)).collect()
            }
            _ => Vec::new(),
        }
    }
}

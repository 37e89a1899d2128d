//! A demand's place in the reserve pool as this node knows it; who demands and who solves at the
//! demander's home alone. [Art. 12, 13]

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, TaskId, UnitId};
use serde::{Deserialize, Serialize};

use super::{Rejection, package::Solver};

/// An entry, known by its blind id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolEntry {
    /// What the hub told all; nothing while it is not in the pool.
    pub standing: Option<Standing>,
    /// What matching of this very node told, at the demander's home.
    pub owner: Option<Owner>,
}

/// Where a demand stands in the pool, as everybody knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether all its tasks are matched.
    pub fully: bool,
    /// Which are.
    pub matched: BTreeSet<TaskId>,
}

/// Who demands, and whom they selected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// 需求方
    pub demander: UnitId,
    /// 需求解决方
    pub solvers: BTreeSet<Solver>,
}

/// What is told of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// By the hub: where it stands; nothing: it left the pool.
    Change(Option<Standing>),
    /// By matching of this node.
    RecordOwner(Owner),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It is in the pool, or not any more.
    Changed(Option<Standing>),
    /// Its owner and solvers are known.
    OwnerRecorded(Owner),
}

impl Aggregate for PoolEntry {
    const KIND: &'static str = "pool_entry";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, _context: &Context) -> Result<Vec<Event>, Rejection> {
        Ok(match command {
            Command::Change(standing) if standing != self.standing => {
                vec![Event::Changed(standing)]
            }
            Command::RecordOwner(owner) if self.owner.as_ref() != Some(&owner) => {
                vec![Event::OwnerRecorded(owner)]
            }
            Command::Change(_) | Command::RecordOwner(_) => vec![],
        })
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Changed(standing) => self.standing.clone_from(standing),
            Event::OwnerRecorded(owner) => self.owner = Some(owner.clone()),
        }
    }

    /// Who demands never leaves this aggregate but in a submitted package. [Art. 10]
    fn publish(&self, _id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

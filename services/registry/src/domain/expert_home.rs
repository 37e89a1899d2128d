//! On the hub: which node hosts an expert, the first that said so. Nobody is in the pool twice.

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Refusal, Region};
use serde::{Deserialize, Serialize};

use crate::publish;

/// Which node hosts an expert, by the expert's id; none before any said so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpertHome(pub Option<Home>);

/// Which node hosts an expert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The one that counts.
    pub region: Region,
    /// Those that said so later, and were told.
    pub told: BTreeSet<Region>,
}

/// A node says that it hosts the expert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hosts(pub Region);

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// This node hosts them.
    Found(Region),
    /// This one says so too, and does not count.
    FoundAgain(Region),
}

impl Aggregate for ExpertHome {
    const KIND: &'static str = "expert_home";
    type Command = Hosts;
    type Event = Event;
    type Rejection = Refusal;

    fn decide(&self, Hosts(region): Hosts, _context: &Context) -> Result<Vec<Event>, Refusal> {
        Ok(match &self.0 {
            None => vec![Event::Found(region)],
            Some(home) if home.region == region || home.told.contains(&region) => vec![],
            Some(_) => vec![Event::FoundAgain(region)],
        })
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (home @ None, Event::Found(region)) => {
                *home = Some(Home {
                    region: *region,
                    told: BTreeSet::new(),
                });
            }
            (Some(home), Event::FoundAgain(region)) => {
                home.told.insert(*region);
            }
            (Some(_), Event::Found(_)) | (None, Event::FoundAgain(_)) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        match (&self.0, event) {
            (Some(home), Event::FoundAgain(later)) => {
                vec![publish::hosted_elsewhere(id, home.region, *later)]
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
#[path = "expert_home_tests.rs"]
mod tests;

//! 揭榜任务清单: a list that a joint decision put into force, and its publication. On the hub.

use std::collections::{BTreeMap, BTreeSet};

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, Day, DemandId, Region};
use serde::{Deserialize, Serialize};

use super::{Entry, Listing, PublicNumber, Rejection, Terms};
use crate::{publish, record::Record};

/// A list, keyed by its joint decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedList(pub Option<List>);

/// A list in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// 批文号 of the decision.
    pub document_number: String,
    /// The programme year.
    pub year: u16,
    /// The demands on it.
    pub demands: BTreeMap<DemandId, Listed>,
    /// Its publication, once it happened.
    pub publication: Option<Publication>,
}

/// A demand on a list, as the hub knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The demand's home.
    pub home: Region,
    /// What is published of it.
    pub record: Record,
}

/// When and under which names a list was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// When.
    pub on: Day,
    /// On which terms.
    pub terms: Terms,
    /// In the order of their blind ids, which tells nothing of where they come from.
    pub names: Vec<Published>,
}

/// Under which names one demand was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// What the public knows it by.
    pub blind_id: BlindId,
    /// Its public number.
    pub number: PublicNumber,
    /// The demand behind it.
    pub demand: DemandId,
}

/// What can be asked of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Its joint decision is in force.
    Adopt {
        /// 批文号.
        document_number: String,
        /// The programme year.
        year: u16,
        /// The demands on it.
        demands: BTreeMap<DemandId, Listed>,
    },
    /// Publish it.
    Publish {
        /// As many random ids as there are demands.
        blind_ids: Vec<BlindId>,
        /// The first number of the year that is free.
        first: u32,
    },
}

/// What happened to a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It came into force.
    Adopted {
        /// 批文号.
        document_number: String,
        /// The programme year.
        year: u16,
        /// The demands on it.
        demands: BTreeMap<DemandId, Listed>,
    },
    /// It was published.
    Published(Publication),
}

impl Aggregate for PublishedList {
    const KIND: &'static str = "published_list";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        if !context.node.is_hub() {
            return Err(Rejection::NotAtHub);
        }
        match (&self.0, command) {
            (
                None,
                Command::Adopt {
                    document_number,
                    year,
                    demands,
                },
            ) => Ok(vec![Event::Adopted {
                document_number,
                year,
                demands,
            }]),
            (Some(_), Command::Adopt { .. }) => Ok(vec![]),
            (None, Command::Publish { .. }) => Err(Rejection::ListUnknown),
            (Some(list), Command::Publish { blind_ids, first }) => {
                list.publish(&blind_ids, first, context)
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (
                _,
                Event::Adopted {
                    document_number,
                    year,
                    demands,
                },
            ) => {
                self.0 = Some(List {
                    document_number: document_number.clone(),
                    year: *year,
                    demands: demands.clone(),
                    publication: None,
                });
            }
            (Some(list), Event::Published(publication)) => {
                list.publication = Some(publication.clone());
            }
            (None, Event::Published(_)) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        match (&self.0, event) {
            (Some(list), Event::Published(publication)) => publish::list(id, list, publication),
            _ => Vec::new(),
        }
    }
}

impl List {
    fn publish(
        &self,
        blind_ids: &[BlindId],
        first: u32,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        if self.publication.is_some() {
            return Ok(vec![]);
        }
        let policy = context.policy.as_ref().ok_or(Rejection::NoPolicy)?;
        let distinct: BTreeSet<_> = blind_ids.iter().collect();
        if distinct.len() != self.demands.len() || blind_ids.len() != self.demands.len() {
            return Err(Rejection::BlindIds);
        }
        let mut pairs: Vec<_> = blind_ids.iter().zip(self.demands.keys()).collect();
        pairs.sort();
        let names = (first..)
            .zip(pairs)
            .map(|(place, (blind_id, demand))| Published {
                blind_id: *blind_id,
                number: PublicNumber {
                    year: self.year,
                    place,
                },
                demand: *demand,
            });
        let on = Day::of(context.now);
        let terms = Terms {
            call_until: on.plus_days(policy.call_days_min),
            feedback_days: policy.feedback_period_days,
            policy: policy.version.clone(),
        };
        Ok(vec![Event::Published(Publication {
            on,
            terms,
            names: names.collect(),
        })])
    }

    /// The entries as everybody sees them, each with what only the hub knows.
    pub fn entries(&self) -> impl Iterator<Item = (Entry, DemandId, Region)> {
        let names = self
            .publication
            .iter()
            .flat_map(|publication| &publication.names);
        names.filter_map(|name| {
            let listed = self.demands.get(&name.demand)?;
            let (blind_id, number) = (name.blind_id, name.number);
            let entry = Entry {
                blind_id,
                number,
                record: listed.record.clone(),
            };
            Some((entry, name.demand, listed.home))
        })
    }
}

impl Publication {
    /// How the demand with these names is published.
    pub fn listing(&self, entry: &Entry) -> Listing {
        Listing {
            blind_id: entry.blind_id,
            number: entry.number,
            published_on: self.on,
            terms: self.terms.clone(),
        }
    }
}

//! 单位: registered once, at one node, and qualified field by field. [Art. 8]

mod parts;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Field, Region, Role, Title, UnitId};
use serde::{Deserialize, Serialize};

use super::{Division, Rejection};
use crate::publish;

pub use parts::{Activity, Backbone, Details, Kind, Profile, Signed, Size};
pub use words::{Command, Event, Part};

/// A unit by its id, which follows from its identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Nobody has registered it.
    #[default]
    Unknown,
    /// Other nodes have; the earliest counts.
    Elsewhere(BTreeMap<Region, Signed>),
    /// This node has.
    Here(Box<Entry>),
}

/// A unit at home here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// This node.
    pub home: Region,
    /// Whether it sits outside the members.
    pub guest: bool,
    /// What it was registered with.
    pub details: Details,
    /// Its qualifications as a backbone enterprise. [Art. 8]
    pub backbone: BTreeMap<Field, Backbone>,
    /// Whether it takes part at present.
    pub activity: Activity,
    /// When it was registered.
    pub registered: Signed,
    /// Nodes that have registered it too.
    pub elsewhere: BTreeMap<Region, Signed>,
    /// Affiliates besides those of the profile, each said by the unit or an officer.
    pub declared: BTreeSet<UnitId>,
}

impl Aggregate for Unit {
    const KIND: &'static str = "unit";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (self, command) {
            (_, Command::NoteElsewhere { region, at }) => Ok(self.note_elsewhere(region, at)),
            (Self::Unknown, Command::Register(details) | Command::Import { details, .. }) => {
                register(details, context)
            }
            (Self::Elsewhere(nodes), Command::Register(_) | Command::Import { .. }) => {
                let home = earliest(nodes).map(|(_, region)| region);
                Err(home.map_or(Rejection::NotHere, Rejection::Exists))
            }
            (Self::Unknown | Self::Elsewhere(_), _) => Err(Rejection::NotHere),
            (Self::Here(entry), command) => entry.decide(command, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut *self, event) {
            (
                _,
                Event::Registered {
                    home,
                    guest,
                    details,
                    at,
                },
            ) => {
                *self = Self::Here(Box::new(Entry {
                    home: *home,
                    guest: *guest,
                    details: (**details).clone(),
                    backbone: BTreeMap::new(),
                    activity: Activity::Active,
                    registered: *at,
                    elsewhere: BTreeMap::new(),
                    declared: BTreeSet::new(),
                }));
            }
            (Self::Unknown, Event::FoundElsewhere { region, at }) => {
                *self = Self::Elsewhere([(*region, *at)].into());
            }
            (Self::Elsewhere(nodes), Event::FoundElsewhere { region, at }) => {
                nodes.insert(*region, *at);
            }
            (Self::Here(entry), event) => entry.evolve(event),
            (Self::Unknown | Self::Elsewhere(_), _) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        match self {
            Self::Here(entry) => publish::unit(id, entry, event),
            Self::Unknown | Self::Elsewhere(_) => Vec::new(),
        }
    }
}

fn register(details: Box<Details>, context: &Context) -> Result<Vec<Event>, Rejection> {
    let home = context.node;
    if home.is_hub() {
        return Err(Rejection::NoRegion);
    }
    let guest = match details.seat.as_ref().and_then(Division::region) {
        Some(region) if region == home => false,
        Some(region) => return Err(Rejection::SeatElsewhere(region)),
        None => true,
    };
    Ok(vec![Event::Registered {
        home,
        guest,
        details,
        at: Signed::at(context.now),
    }])
}

/// The node whose registration is the earliest; of two at the same time, the first by name.
fn earliest(nodes: &BTreeMap<Region, Signed>) -> Option<(Signed, Region)> {
    nodes.iter().map(|(region, at)| (*at, *region)).min()
}

impl Unit {
    fn note_elsewhere(&self, region: Region, at: Signed) -> Vec<Event> {
        let known = match self {
            Self::Unknown => false,
            Self::Elsewhere(nodes) => nodes.contains_key(&region),
            Self::Here(entry) => entry.home == region || entry.elsewhere.contains_key(&region),
        };
        if known {
            vec![]
        } else {
            vec![Event::FoundElsewhere { region, at }]
        }
    }
}

impl Entry {
    /// Whether it takes part at present.
    pub fn is_active(&self) -> bool {
        self.activity == Activity::Active
    }

    /// The other node whose registration of it is earlier, and counts.
    pub fn counts_at(&self) -> Option<Region> {
        earliest(&self.elsewhere)
            .filter(|other| *other < (self.registered, self.home))
            .map(|(_, region)| region)
    }

    /// The units under common control with it, whoever said so.
    pub fn affiliates(&self) -> BTreeSet<UnitId> {
        let recorded = &self.details.profile.affiliates;
        recorded.union(&self.declared).copied().collect()
    }

    fn active(&self) -> Result<(), Rejection> {
        if let Some(region) = self.counts_at() {
            return Err(Rejection::CountsElsewhere(region));
        }
        if self.is_active() {
            Ok(())
        } else {
            Err(Rejection::Inactive)
        }
    }

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Register(details) if *details == self.details => Ok(vec![]),
            Command::Register(_) => Err(Rejection::Exists(self.home)),
            Command::Import {
                details,
                replace,
                unsaid,
            } => self.import(*details, replace, &unsaid),
            Command::Revise(profile) => self.revise(profile),
            Command::ProposeBackbone(field) => self.propose(field, context),
            Command::ConfirmBackbone(field) => self.confirm(field, context),
            Command::WithdrawBackbone { field, reason } => self.withdraw(field, reason, context),
            Command::Deactivate(_) if !self.is_active() => Ok(vec![]),
            Command::Deactivate(reason) => Ok(vec![Event::Deactivated(reason)]),
            Command::Reactivate if self.is_active() => Ok(vec![]),
            Command::Reactivate => Ok(vec![Event::Reactivated]),
            Command::DeclareAffiliate(affiliate) => self.declare(affiliate, context),
            Command::RemoveAffiliate { affiliate, reason } => {
                self.active()?;
                let known = self.affiliates().contains(&affiliate);
                let by = context.actor.person.clone();
                let removed = Event::AffiliateRemoved {
                    affiliate,
                    reason,
                    by,
                };
                Ok(known.then_some(removed).into_iter().collect())
            }
            // Noted by the unit as a whole.
            Command::NoteElsewhere { .. } => Ok(vec![]),
        }
    }

    fn declare(&self, affiliate: UnitId, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.active()?;
        let id = self.details.identity.unit_id();
        let actor = &context.actor;
        if actor.role == Role::UnitMember && actor.unit != Some(id) {
            return Err(Rejection::NotOwn);
        }
        if affiliate == id {
            return Err(Rejection::OwnAffiliate);
        }
        if self.affiliates().contains(&affiliate) {
            return Ok(vec![]);
        }
        let by = actor.person.clone();
        Ok(vec![Event::AffiliateDeclared { affiliate, by }])
    }

    fn import(
        &self,
        mut details: Details,
        replace: bool,
        unsaid: &BTreeSet<Part>,
    ) -> Result<Vec<Event>, Rejection> {
        details.profile.keep(&self.details.profile, unsaid);
        if details == self.details {
            return Ok(vec![]);
        }
        // Another seat may be another home.
        if !replace || details.seat != self.details.seat {
            return Err(Rejection::Exists(self.home));
        }
        self.revise(Box::new(details.profile))
    }

    fn revise(&self, profile: Box<Profile>) -> Result<Vec<Event>, Rejection> {
        self.active()?;
        if *profile == self.details.profile {
            return Ok(vec![]);
        }
        if profile.kind != Kind::Enterprise && !self.backbone.is_empty() {
            return Err(Rejection::StillBackbone);
        }
        Ok(vec![Event::Revised(profile)])
    }

    /// Whether it can be a backbone enterprise of the field today.
    fn can_be_backbone(&self, field: &Field, context: &Context) -> Result<(), Rejection> {
        if self.guest || self.details.profile.kind != Kind::Enterprise {
            return Err(Rejection::NoBackbone);
        }
        let policy = context.policy.as_ref();
        if policy.is_some_and(|policy| policy.has_field(field)) {
            Ok(())
        } else {
            Err(Rejection::UnknownField(field.clone()))
        }
    }

    fn propose(&self, field: Field, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.active()?;
        self.can_be_backbone(&field, context)?;
        if self.backbone.contains_key(&field) {
            return Ok(vec![]);
        }
        let by = context.actor.person.clone();
        Ok(vec![Event::BackboneProposed { field, by }])
    }

    fn confirm(&self, field: Field, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.active()?;
        let proposed_by = match self.backbone.get(&field) {
            None => return Err(Rejection::NotProposed(field)),
            Some(Backbone::Confirmed { .. }) => return Ok(vec![]),
            Some(Backbone::Proposed { by }) => by,
        };
        let by = context.actor.person.clone();
        if by == *proposed_by {
            return Err(Rejection::SamePerson);
        }
        // Another policy may be in force by now.
        self.can_be_backbone(&field, context)?;
        Ok(vec![Event::BackboneConfirmed { field, by }])
    }

    fn withdraw(
        &self,
        field: Field,
        reason: Title,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.active()?;
        if !self.backbone.contains_key(&field) {
            return Err(Rejection::NotProposed(field));
        }
        let by = context.actor.person.clone();
        Ok(vec![Event::BackboneWithdrawn { field, reason, by }])
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered { .. } => {}
            Event::BackboneWithdrawn { field, .. } => {
                self.backbone.remove(field);
            }
            Event::FoundElsewhere { region, at } => {
                self.elsewhere.insert(*region, *at);
            }
            Event::AffiliateDeclared { affiliate, .. } => {
                self.declared.insert(*affiliate);
            }
            Event::AffiliateRemoved { affiliate, .. } => {
                self.declared.remove(affiliate);
                self.details.profile.affiliates.remove(affiliate);
            }
            Event::Revised(profile) => self.details.profile = (**profile).clone(),
            Event::BackboneProposed { field, by } => {
                let proposed = Backbone::Proposed { by: by.clone() };
                self.backbone.insert(field.clone(), proposed);
            }
            Event::BackboneConfirmed { field, by } => {
                let confirmed = Backbone::Confirmed { by: by.clone() };
                self.backbone.insert(field.clone(), confirmed);
            }
            Event::Deactivated(reason) => {
                self.activity = Activity::Inactive {
                    reason: reason.clone(),
                };
            }
            Event::Reactivated => self.activity = Activity::Active,
        }
    }
}

#[cfg(test)]
#[path = "unit_tests.rs"]
mod tests;

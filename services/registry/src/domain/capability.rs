//! 能力画像: what a unit can do, in its own words, by which solvers are found. [Art. 11]

use std::collections::{BTreeMap, BTreeSet};

use journal::Aggregate;
use proto::message::Message;
use regulation::{Context, Field, Refusal, RefusalKind, Region, Role, UnitId};
use serde::{Deserialize, Serialize};

use super::{
    item::{Item, Keyword, Name},
    rules,
};
use crate::publish;

/// A unit's profile by the unit's id; none before it is first kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability(pub Option<Kept>);

/// A profile that is kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// This node.
    pub home: Region,
    /// What the unit says.
    pub content: Content,
}

/// What a unit says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// In which fields it works.
    pub fields: BTreeSet<Field>,
    /// What it is good at.
    pub keywords: BTreeSet<Keyword>,
    /// Its projects, patents and papers: each name once, in order.
    items: Vec<Item>,
}

impl Content {
    /// Items of a profile at most.
    pub const ITEMS_MAX: usize = 100;

    /// What a unit says of itself; of two items with one name the later counts.
    pub fn new(
        fields: BTreeSet<Field>,
        keywords: BTreeSet<Keyword>,
        items: impl IntoIterator<Item = Item>,
    ) -> Self {
        let items: BTreeMap<Name, Item> = named(items);
        Self {
            fields,
            keywords,
            items: items.into_values().collect(),
        }
    }

    /// Its projects, patents and papers.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    fn with(&self, items: &[Item]) -> Self {
        let all = self.items.iter().chain(items).cloned();
        Self::new(self.fields.clone(), self.keywords.clone(), all)
    }
}

fn named(items: impl IntoIterator<Item = Item>) -> BTreeMap<Name, Item> {
    items
        .into_iter()
        .map(|item| (item.name.clone(), item))
        .collect()
}

/// What can be asked of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose.
    pub unit: UnitId,
    /// Whether that unit is at home here and active.
    pub unit_here: bool,
    /// What of it.
    pub change: Change,
}

/// What is to become of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is to say this.
    Replace(Box<Content>),
    /// It is to have these items too; one of a name that it has already replaces that.
    Add(Vec<Item>),
}

/// What happened to a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It says this.
    Replaced {
        /// Where it is kept.
        home: Region,
        /// What it says.
        content: Box<Content>,
    },
    /// It has these items too.
    ItemsAdded {
        /// Where it is kept.
        home: Region,
        /// Of new names.
        new: Vec<Item>,
        /// Of names that it had.
        replaced: Vec<Item>,
    },
}

/// Why the registry says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The unit is not an active one of this node.
    UnitNotHere(UnitId),
    /// The caller is not of the unit.
    NotOwn,
    /// More items than a profile may have.
    TooMany(usize),
}

impl Aggregate for Capability {
    const KIND: &'static str = "capability";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let actor = &context.actor;
        let own = actor.role == Role::UnitMember && actor.unit == Some(command.unit);
        if actor.role != Role::Officer && !own {
            return Err(Rejection::NotOwn);
        }
        if !command.unit_here {
            return Err(Rejection::UnitNotHere(command.unit));
        }
        match command.change {
            Change::Replace(content) => self.replace(content, context.node),
            Change::Add(items) => self.add(items, context.node),
        }
    }

    fn evolve(&mut self, event: &Event) {
        let (home, content) = match event {
            Event::Replaced { home, content } => (home, (**content).clone()),
            Event::ItemsAdded {
                home,
                new,
                replaced,
            } => {
                let before = self.content();
                (home, before.with(new).with(replaced))
            }
        };
        self.0 = Some(Kept {
            home: *home,
            content,
        });
    }

    fn publish(&self, id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        self.0
            .iter()
            .map(|kept| publish::profile(id, kept))
            .collect()
    }
}

impl Capability {
    fn content(&self) -> Content {
        let kept = self.0.as_ref();
        kept.map(|kept| kept.content.clone()).unwrap_or_default()
    }

    fn replace(&self, content: Box<Content>, home: Region) -> Result<Vec<Event>, Rejection> {
        within(&content)?;
        if self.content() == *content {
            return Ok(vec![]);
        }
        Ok(vec![Event::Replaced { home, content }])
    }

    fn add(&self, items: Vec<Item>, home: Region) -> Result<Vec<Event>, Rejection> {
        let before = self.content();
        let mut had = named(before.items.iter().cloned());
        let (mut new, mut replaced) = (Vec::new(), Vec::new());
        for item in named(items).into_values() {
            match had.remove(&item.name) {
                None => new.push(item),
                Some(same) if same == item => {}
                Some(_) => replaced.push(item),
            }
        }
        within(&before.with(&new))?;
        if new.is_empty() && replaced.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![Event::ItemsAdded {
            home,
            new,
            replaced,
        }])
    }
}

fn within(content: &Content) -> Result<(), Rejection> {
    match content.items.len() {
        fits if fits <= Content::ITEMS_MAX => Ok(()),
        many => Err(Rejection::TooMany(many)),
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnitNotHere(unit) => Refusal::new(
                rules::REGISTERED,
                "该单位没有在本节点登记，或已停用",
                "请由登记该单位的节点办理",
            )
            .with("unit_id", unit),
            Rejection::NotOwn => Refusal::new(
                rules::OWN_PROFILE,
                "您不是该单位的管理员或经办人",
                "请由该单位自己的账号，或所在地经办人办理",
            )
            .kind(RefusalKind::Forbidden),
            Rejection::TooMany(items) => Refusal::new(
                rules::PROFILE_SIZE,
                format!("成果共 {items} 项，超过 {} 项", Content::ITEMS_MAX),
                "请只保留有代表性的成果",
            )
            .with("items", items)
            .with("limit", Content::ITEMS_MAX),
        }
    }
}

#[cfg(test)]
#[path = "capability_tests.rs"]
mod tests;

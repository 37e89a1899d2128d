//! What happened since the laws last looked.

use std::sync::Arc;

use journal::{Aggregate, Held};
use regulation::{Actor, Region};
use time::OffsetDateTime;

use crate::{node::Letter, service::Name};

/// Something that was committed.
pub(crate) struct Deed {
    /// On which node.
    pub(crate) node: Region,
    /// By which service.
    pub(crate) service: Name,
    /// Kind of the aggregate.
    pub(crate) kind: &'static str,
    /// Its id.
    pub(crate) id: String,
    /// Who did it.
    pub(crate) actor: Actor,
    /// When, by the node's true clock.
    pub(crate) at: OffsetDateTime,
    /// Where the aggregate stood.
    pub(crate) before: Option<Held>,
    /// Where it stands.
    pub(crate) after: Held,
    /// The aggregate's events, as a `Vec`.
    pub(crate) events: Box<dyn std::any::Any + Send + Sync>,
}

impl Deed {
    /// The state before and after, if the aggregate is an `A`.
    pub(crate) fn states<A: Aggregate>(&self) -> Option<(Option<&A>, &A)> {
        if self.kind != A::KIND {
            return None;
        }
        let before = self.before.as_ref().and_then(Held::state::<A>);
        Some((before, self.after.state::<A>()?))
    }

    /// What happened, if the aggregate is an `A`.
    pub(crate) fn events_of<A: Aggregate>(&self) -> impl Iterator<Item = &A::Event> {
        self.events
            .downcast_ref::<Vec<A::Event>>()
            .into_iter()
            .flatten()
    }
}

/// An application of a message, for the laws to look at.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    /// On which node.
    pub(crate) node: Region,
    /// By which service.
    pub(crate) service: Name,
    /// The message.
    pub(crate) letter: Arc<Letter>,
}

/// What happened since the laws last looked.
#[derive(Default)]
pub(crate) struct News {
    /// What was committed.
    pub(crate) deeds: Vec<Deed>,
    /// What crossed a border, with the node that it left.
    pub(crate) crossed: Vec<Arc<Letter>>,
    /// What was applied.
    pub(crate) applied: Vec<Application>,
    /// What the journal would have decided otherwise.
    pub(crate) differences: Vec<String>,
    /// Timers whose own rules refused them.
    pub(crate) refused: Vec<String>,
    /// What was asked for at doors, by method, with the rule that refused it.
    pub(crate) asked: Vec<(&'static str, Option<&'static str>)>,
    /// Timers that fell due, by kind of aggregate and name.
    pub(crate) fired: Vec<(&'static str, &'static str)>,
    /// What was said, with the node where.
    pub(crate) said: Vec<(Region, Arc<Letter>)>,
}

//! Invariant 7, of messages: each applied exactly once, in its aggregate's order.

use std::collections::{BTreeMap, BTreeSet};

use proto::message::Scope;
use regulation::Region;
use uuid::Uuid;

use super::{Held, must};
use crate::{
    node::{Dead, Letter},
    service::Name,
    transport::BEHIND,
    world::{Application, NODES, World},
};

/// Where a message came from and what it is about: such messages stay in order.
type Lane = (Region, Name, Region, &'static str, String);

/// What was applied so far.
#[derive(Default)]
pub(super) struct Seen {
    ids: BTreeSet<(Region, Name, Uuid)>,
    last: BTreeMap<Lane, u64>,
}

impl Seen {
    pub(super) fn look(&mut self, one: &Application) -> Held {
        let message = &one.letter.incoming;
        let told = || format!("{} at {} by {:?}", message.kind, one.node, one.service);
        let new = self.ids.insert((one.node, one.service, message.id));
        must(7, new, || format!("{} is applied twice", told()))?;
        let lane = (
            one.node,
            one.service,
            message.origin,
            one.letter.by,
            message.aggregate.clone(),
        );
        let last = self.last.insert(lane, one.letter.serial);
        must(7, last.is_none_or(|last| last < one.letter.serial), || {
            format!("{} is applied after a later one of its aggregate", told())
        })
    }
}

/// Defects that histories found and that are open, by the kind of message that becomes a dead
/// letter and the rule that refuses it. Where one shows, nothing more is asked of that service.
pub(crate) const OPEN: [(&str, &str, &str); 0] = [];

/// Whether this is one of the [`OPEN`] defects, or waits behind one.
fn is_open(dead: &Dead) -> bool {
    dead.reason == BEHIND
        || OPEN.iter().any(|(kind, rule, _)| {
            dead.letter.incoming.kind == *kind && dead.reason.starts_with(rule)
        })
}

/// Whether an [`OPEN`] defect shows in this world.
pub(super) fn shows_open_defect(world: &World) -> bool {
    let processes = world.nodes.values().flat_map(|node| node.services.values());
    processes.flat_map(|process| &process.dead).any(is_open)
}

/// Everything that was said has been applied by everybody whom it is for, and nothing lies aside.
pub(super) fn settled(world: &World) -> Held {
    for (origin, node) in &world.nodes {
        for letter in &node.stream {
            let message = &letter.incoming;
            if message.origin != *origin {
                continue;
            }
            let alone = message.scope == Scope::Node;
            for to in NODES.into_iter().filter(|to| !alone || to == origin) {
                if message.is_for(to) {
                    applied(world, to, letter)?;
                }
            }
        }
    }
    Ok(())
}

fn applied(world: &World, to: Region, letter: &Letter) -> Held {
    let message = &letter.incoming;
    for name in &letter.heard_by {
        let Some(process) = world.service(to, *name) else {
            continue;
        };
        if process.dead.iter().any(is_open) {
            continue;
        }
        let aside = process
            .dead
            .iter()
            .find(|dead| dead.letter.incoming.id == message.id);
        let reason = aside.map_or("it never arrived", |dead| &dead.reason);
        must(7, process.inbox.contains(&message.id), || {
            let (kind, origin) = (&message.kind, message.origin);
            format!("{name:?} of {to} has not applied {kind} of {origin}: {reason}")
        })?;
    }
    Ok(())
}

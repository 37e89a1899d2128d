//! Invariant 7, of messages: each applied exactly once, in its aggregate's order.

use std::collections::{BTreeMap, BTreeSet};

use proto::message::Scope;
use regulation::Region;
use uuid::Uuid;

use super::{Held, must};
use crate::{news::Application, node::Letter, service::Name, world::World};

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

/// Everything that was said has been applied by everybody whom it is for, and nothing lies aside.
pub(super) fn settled(world: &World) -> Held {
    for (origin, node) in &world.nodes {
        for letter in &node.stream {
            let message = &letter.incoming;
            if message.origin != *origin {
                continue;
            }
            let alone = message.scope == Scope::Node;
            for to in world
                .nodes
                .keys()
                .copied()
                .filter(|to| !alone || to == origin)
            {
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
        if let Some(until) = letter.heard {
            let heard = process.heard.get(&message.origin);
            must(7, heard.is_some_and(|heard| *heard >= until), || {
                format!(
                    "{name:?} of {to} has not heard {} until {until}",
                    message.origin
                )
            })?;
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

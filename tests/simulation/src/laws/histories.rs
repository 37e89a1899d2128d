//! Invariants 7 and 8, of what regions have said: everybody holds the same chain of each region, only
//! those can read it whom it is for, and who changes what they said is found out.

use super::{Held, must};
use crate::{
    notary::{Notary, Wrong},
    world::World,
};

pub(super) fn look(world: &World) -> Held {
    let wrong = world.notary.iter().flat_map(|notary| &notary.wrong);
    for (holder, wrong, kind) in wrong {
        let law = match wrong {
            Wrong::Garbled => 7,
            Wrong::Opened => 1,
        };
        must(law, false, || format!("{kind} at {holder}: {wrong:?}"))?;
    }
    Ok(())
}

/// Says whether somebody had changed their past: then they are heard no more.
pub(super) fn settled(world: &World) -> Result<bool, super::Breach> {
    let Some(notary) = &world.notary else {
        return Ok(false);
    };
    if let Some(rewriting) = &notary.rewriting {
        let region = rewriting.region;
        for holder in &rewriting.held_by {
            must(8, notary.noticed(*holder, region), || {
                format!("{holder} has not noticed that {region} changed what it had said")
            })?;
        }
        return Ok(true);
    }
    same_chains(world, notary)?;
    Ok(false)
}

fn same_chains(world: &World, notary: &Notary) -> Held {
    for origin in world.nodes.keys().copied() {
        let (own, others) = notary.heads(origin);
        for (holder, head) in others {
            must(7, head == own, || {
                format!("{holder} holds {origin}'s chain up to {head:?}, itself up to {own:?}")
            })?;
            must(8, !notary.noticed(holder, origin), || {
                format!("{holder} accuses {origin}, which has changed nothing")
            })?;
        }
    }
    Ok(())
}

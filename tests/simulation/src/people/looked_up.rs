//! What matching's doors look up on their node before they give a command.

use matching::domain::{CallFacts, Posting, TeamStanding};
use registry::domain::Unit;
use regulation::{BlindId, Region, SolutionId, UnitId};
use time::OffsetDateTime;

use crate::{service::Name, world::World};

/// What the node's catalogue says of a demand.
pub(super) fn facts(world: &World, node: Region, blind_id: BlindId) -> Option<CallFacts> {
    let process = world.service(node, Name::Matching)?;
    let published = process.catalogue.get(&blind_id)?;
    Some(CallFacts {
        blind_id,
        number: published.number,
        tasks: published.tasks.clone(),
        open: published.open,
    })
}

/// What the node's registry says of a team.
pub(super) fn team(world: &World, node: Region, unit: UnitId) -> TeamStanding {
    let known: Unit = world.state(node, Name::Registry, unit);
    let active = matches!(known, Unit::Here(entry) if entry.is_active());
    TeamStanding {
        unregistered: if active { Vec::new() } else { vec![unit] },
        barred: Vec::new(),
    }
}

/// When the solver's home told the node the seal of what was fed back.
pub(super) fn sealed(
    world: &World,
    node: Region,
    posting: &Posting,
    solution: SolutionId,
) -> Option<OffsetDateTime> {
    let received = posting.call()?.received.get(&solution)?;
    let process = world.service(node, Name::Matching)?;
    let place = (received.region, received.dossier.seal());
    process.seals.get(&place).copied()
}

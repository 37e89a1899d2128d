//! What doors look up on their node before they give a command.

use std::collections::BTreeSet;

use chassis::{Barred, Subject};
use matching::domain::{Bars, CallFacts, Posting, TeamStanding};
use registry::domain::{Unit, credit::BarredAct};
use regulation::{BlindId, Day, Region, SolutionId, UnitId};
use time::OffsetDateTime;

use crate::{cast, fault::Fault, kept::bars, service::Name, world::World};

/// Where a unit is at home, as far as a node knows.
pub(super) fn home(world: &World, node: Region, unit: UnitId) -> Option<Region> {
    match world.state(node, Name::Registry, unit) {
        Unit::Unknown => None,
        Unit::Here(_) => Some(node),
        Unit::Elsewhere(nodes) => {
            let earliest = nodes.into_iter().map(|(region, at)| (at, region)).min();
            earliest.map(|(_, region)| region)
        }
    }
}

/// What bars somebody today, as far as a node's registry knows.
pub(super) fn barred(
    world: &World,
    node: Region,
    whom: &Subject,
    act: BarredAct,
) -> Option<Barred> {
    let today = Day::of(world.clock(node));
    let barred = bars(world, node, whom, act, today);
    barred.filter(|_| world.fault != Some(Fault::Unbarred))
}

/// By what a unit that is at home on a node could be recognised.
pub(super) fn names(world: &World, node: Region, unit: UnitId) -> Vec<String> {
    match world.state(node, Name::Registry, unit) {
        Unit::Here(entry) if world.fault != Some(Fault::NoNames) => cast::names(&entry),
        _ => Vec::new(),
    }
}

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
    let those_where = |it_is: bool| if it_is { vec![unit] } else { Vec::new() };
    TeamStanding {
        unregistered: those_where(!active),
        barred: barred_units(world, node, [unit].into()),
    }
}

/// Which of the units a credit record bars from solving.
pub(super) fn barred_units(world: &World, node: Region, units: BTreeSet<UnitId>) -> Bars {
    let until = |unit: UnitId| {
        let barred = barred(world, node, &Subject::Unit(unit), BarredAct::Solution)?;
        Some((unit, barred.until))
    };
    Bars(units.into_iter().filter_map(until).collect())
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

//! Officers and directors at the registry. [Art. 8]

use journal::Act;
use registry::domain::{
    Expert, Unit,
    expert::Command as ExpertCommand,
    unit::{Backbone, Command},
};
use regulation::{Role, UnitId};

use super::Call;
use crate::{
    cast::{self, Cast, Part},
    service::Name,
    words::say,
    world::World,
};

/// What a department could want of its units.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Register a unit.
    Register(UnitId),
    /// Propose it as a backbone enterprise.
    Propose(UnitId),
    /// Confirm that.
    Confirm(UnitId),
    /// Stop it, or let it take part again.
    Toggle(UnitId),
}

impl Wish {
    pub(crate) fn is_toggle(self) -> bool {
        matches!(self, Self::Toggle(_))
    }
}

pub(crate) fn wishes(world: &World, cast: &Cast) -> impl Iterator<Item = (usize, Wish)> {
    let wishes: Vec<_> = cast
        .units
        .iter()
        .flat_map(|unit| of_unit(world, unit))
        .collect();
    wishes.into_iter()
}

pub(crate) fn of_unit(world: &World, unit: &cast::Unit) -> impl Iterator<Item = (usize, Wish)> {
    // Where a region is not admitted, there is no node.
    let there = world.nodes.contains_key(&unit.region);
    let known: Option<&Unit> = world.known(unit.region, Name::Registry, &unit.spelled);
    let mut wishes = Vec::new();
    match (known.unwrap_or(&Unit::Unknown), unit.part) {
        (Unit::Here(entry), Part::Demander) => match entry.backbone.get(&cast::field()) {
            None => wishes.push((8, Wish::Propose(unit.id))),
            Some(Backbone::Proposed { .. }) => wishes.push((8, Wish::Confirm(unit.id))),
            Some(Backbone::Confirmed { .. }) => {}
        },
        (Unit::Here(_), Part::Affiliate) => wishes.push((1, Wish::Toggle(unit.id))),
        (Unit::Here(_), _) => {}
        _ => wishes.push((2, Wish::Register(unit.id))),
    }
    wishes.into_iter().filter(move |_| there)
}

pub(crate) fn call(world: &mut World, cast: &Cast, wish: Wish) -> Option<Call> {
    let (Wish::Register(id) | Wish::Propose(id) | Wish::Confirm(id) | Wish::Toggle(id)) = wish;
    let unit = cast.unit(id)?;
    let (method, role, command) = match wish {
        Wish::Register(_) => {
            let command = Command::Register(Box::new(unit.details.clone()));
            (
                "jiebang.registry.v1.RegistryService/RegisterUnit",
                Role::Officer,
                command,
            )
        }
        Wish::Propose(_) => {
            let command = Command::ProposeBackbone(cast::field());
            (
                "jiebang.registry.v1.RegistryService/ProposeBackbone",
                Role::Officer,
                command,
            )
        }
        Wish::Confirm(_) => {
            let command = Command::ConfirmBackbone(cast::field());
            (
                "jiebang.registry.v1.RegistryService/ConfirmBackbone",
                Role::Director,
                command,
            )
        }
        Wish::Toggle(_) => {
            let active = match world.state(unit.region, Name::Registry, id) {
                Unit::Here(entry) => entry.is_active(),
                _ => true,
            };
            if active {
                let command = Command::Deactivate(say("歇业整顿"));
                (
                    "jiebang.registry.v1.RegistryService/DeactivateUnit",
                    Role::Director,
                    command,
                )
            } else {
                (
                    "jiebang.registry.v1.RegistryService/ReactivateUnit",
                    Role::Director,
                    Command::Reactivate,
                )
            }
        }
    };
    Some(Call {
        method,
        node: unit.region,
        service: Name::Registry,
        actor: cast::official(role, unit.region),
        acts: vec![Act::new::<Unit>(id, command)],
    })
}

/// The calls that register an expert.
pub(crate) fn expert(expert: &cast::Expert) -> Call {
    let command = ExpertCommand::Register {
        profile: Box::new(expert.profile.clone()),
        employer_known: true,
        replace: false,
    };
    Call {
        method: "jiebang.registry.v1.RegistryService/RegisterExpert",
        node: expert.region,
        service: Name::Registry,
        actor: cast::official(Role::Officer, expert.region),
        acts: vec![Act::new::<Expert>(expert.id, command)],
    }
}

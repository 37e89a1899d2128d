//! Invariant 1, of what nodes keep and what their services say to one another: each fact, each
//! state and each message, searched in the step in which it appears. [Art. 10]

use ::coordination::domain::objection::Objection;
use ::intake::domain::Demand;
use ::matching::domain::{Posting, Question, Solution, SolutionBox};
use journal::Aggregate as _;
use proto::message::Scope;
use regulation::{Region, SolutionId};

use super::{
    Held,
    disclosure::{is_named, knows},
    must,
};
use crate::{
    cast::{Cast, Unit},
    kinds::KINDS,
    needles::Told,
    news::Deed,
    node::Letter,
    people::matching,
    service::Name,
    world::World,
};

/// Where something is kept or said.
struct Place<'a> {
    node: Region,
    service: &'a str,
    kind: &'a str,
    id: &'a str,
}

/// Searches the facts of a deed and the state that follows from them.
pub(super) fn look(world: &World, cast: &Cast, deed: &Deed, text: &mut Vec<u8>) -> Held {
    let Some(kind) = KINDS.get(&(deed.service, deed.kind)) else {
        return must(0, false, || format!("{} is no known kind", deed.kind));
    };
    if deed.service == Name::Registry {
        return Ok(());
    }
    text.clear();
    kind.write_facts(&*deed.events, text);
    kind.write_state(&deed.after, text);
    let place = Place {
        node: deed.node,
        service: deed.service.served().name,
        kind: deed.kind,
        id: &deed.id,
    };
    search(world, cast, &place, text)
}

/// Searches what a service says on its own node alone; what crosses is looked at where it does.
pub(super) fn said(world: &World, cast: &Cast, node: Region, letter: &Letter) -> Held {
    let message = &letter.incoming;
    if message.scope != Scope::Node {
        return Ok(());
    }
    let place = Place {
        node,
        service: letter.by,
        kind: &message.kind,
        id: &message.aggregate,
    };
    search(world, cast, &place, &message.body)
}

/// Searches everything that is kept anywhere.
pub(super) fn settled(world: &World, cast: &Cast) -> Held {
    let mut text = Vec::new();
    for (node, services) in &world.nodes {
        for ((service, name), kind) in KINDS.iter().filter(|((one, _), _)| *one != Name::Registry) {
            let process = services.services.get(service);
            for (id, held) in process
                .and_then(|process| process.states.get(name))
                .into_iter()
                .flatten()
            {
                text.clear();
                kind.write_state(held, &mut text);
                let place = Place {
                    node: *node,
                    service: service.served().name,
                    kind: name,
                    id,
                };
                search(world, cast, &place, &text)?;
            }
        }
    }
    Ok(())
}

fn search(world: &World, cast: &Cast, place: &Place<'_>, text: &[u8]) -> Held {
    // Everybody knows which units there are.
    if place.service == Name::Registry.served().name {
        return Ok(());
    }
    let mut before = None;
    for told in cast.needles.within(text) {
        if before.replace(told) == Some(told) {
            continue;
        }
        must(1, may_keep(world, cast, place, told), || {
            let Place { node, kind, id, .. } = place;
            format!("{kind} {id} at {node} tells {told:?}")
        })?;
    }
    Ok(())
}

/// Whether the table of who learns the demander, and when, lets this be kept there.
fn may_keep(world: &World, cast: &Cast, place: &Place<'_>, told: Told) -> bool {
    if place.kind == Demand::KIND && only_written(world, place) {
        return true;
    }
    let unit = |at: usize| cast.units.get(at);
    match told {
        Told::Note => place.kind == Demand::KIND && !place.node.is_hub(),
        // Services of its home look texts through for it; it never crosses.
        // A solver's people are reached in the same words; wherever they write, those are their own.
        Told::Contact => !place.node.is_hub() || place.kind == Solution::KIND,
        // Whoever objects does so in their own name, demander or not, and says nothing of a demand.
        Told::Id(_) if place.kind == Objection::KIND => true,
        // Whoever asks may guess.
        Told::Name(_)
            if [Question::KIND, SolutionBox::KIND, Posting::KIND].contains(&place.kind) =>
        {
            true
        }
        Told::Id(at) if place.service == Name::Evaluation.served().name => {
            unit(at).is_some_and(|unit| cast.employs(unit.id) || place.node == unit.region)
        }
        Told::Id(at) | Told::Name(at) | Told::Code(at) => {
            unit(at).is_some_and(|unit| knows_of(world, place, unit))
        }
    }
}

/// Whether it is what somebody wrote in its own name at whatever node, which can be handed in nowhere
/// but at home.
fn only_written(world: &World, place: &Place<'_>) -> bool {
    let demand = world.known::<Demand>(place.node, Name::Intake, place.id);
    let case = demand.and_then(|demand| demand.0.as_ref());
    case.is_some_and(|case| !case.told)
}

/// Whether it is kept at the demander's home for those who may know there, or where it was told.
fn knows_of(world: &World, place: &Place<'_>, demander: &Unit) -> bool {
    let of_solvers = [Solution::KIND, Question::KIND].contains(&place.kind);
    let at_home = place.node == demander.region && !of_solvers;
    let was_told = || {
        let Ok(solution) = place.id.parse::<SolutionId>() else {
            return false;
        };
        let mut calls = matching::postings(world).filter_map(|(_, _, posting)| posting.call());
        calls.any(|call| knows(call, demander.id, solution, place.node))
    };
    at_home || is_named(world, demander.id) || was_told()
}

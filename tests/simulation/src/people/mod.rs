//! What people want to do next, and how they ask for it at the doors.

mod ballots;
pub(crate) mod coordination;
pub(crate) mod credit;
pub(crate) mod dialogue;
pub(crate) mod evaluation;
pub(crate) mod intake;
mod looked_up;
pub(crate) mod matching;
mod meetings;
pub(crate) mod registry;
mod seeds;
mod solutions;

use chassis::access::{self, Who};
use journal::Act;
use regulation::{Actor, Region, Role};

use crate::{
    cast::{self, Cast},
    dice::Dice,
    service::Name,
    world::{World, said},
};

/// Somebody asks for something at a door.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The method, as the access table names it.
    pub(crate) method: &'static str,
    pub(crate) node: Region,
    pub(crate) service: Name,
    pub(crate) actor: Actor,
    pub(crate) acts: Vec<Act>,
}

/// Something that somebody could want now.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    Registry(registry::Wish),
    Credit(credit::Wish),
    Intake(intake::Wish),
    Evaluation(evaluation::Wish),
    Coordination(coordination::Wish),
    Matching(matching::Wish),
    Dialogue(dialogue::Wish),
}

/// Everything that somebody could want now, each with its weight.
pub(crate) fn wishes(world: &World, cast: &Cast) -> Vec<(usize, Wish)> {
    let mut all = Vec::new();
    all.extend(registry::wishes(world, cast).map(|(weight, wish)| (weight, Wish::Registry(wish))));
    all.extend(intake::wishes(world).map(|(weight, wish)| (weight, Wish::Intake(wish))));
    all.extend(evaluation::wishes(world).map(|(weight, wish)| (weight, Wish::Evaluation(wish))));
    all.extend(coordination::wishes(world).map(|(w, wish)| (w, Wish::Coordination(wish))));
    all.extend(matching::wishes(world).map(|(weight, wish)| (weight, Wish::Matching(wish))));
    all.extend(credit::wishes(world).map(|(weight, wish)| (weight, Wish::Credit(wish))));
    all.extend(dialogue::wishes(world, cast).map(|(weight, wish)| (weight, Wish::Dialogue(wish))));
    // What hinders has weight 1, and comes often enough all the same.
    for (weight, _) in all.iter_mut().filter(|(weight, _)| *weight > 1) {
        *weight *= 5;
    }
    all
}

/// One of the wishes, by weight.
pub(crate) fn chosen(dice: &mut Dice, wishes: &[(usize, Wish)]) -> Option<Wish> {
    let mut left = dice.below(wishes.iter().map(|(weight, _)| weight).sum());
    for (weight, wish) in wishes {
        if left < *weight {
            return Some(*wish);
        }
        left -= weight;
    }
    None
}

/// The call that fulfils a wish; none where what it is about is gone.
pub(crate) fn call(world: &mut World, cast: &Cast, wish: Wish) -> Option<Call> {
    match wish {
        Wish::Registry(wish) => registry::call(world, cast, wish),
        Wish::Intake(wish) => intake::call(world, cast, wish),
        Wish::Evaluation(wish) => evaluation::call(world, wish),
        Wish::Coordination(wish) => coordination::call(world, cast, wish),
        Wish::Matching(wish) => matching::call(world, cast, wish),
        Wish::Credit(wish) => credit::call(world, cast, wish),
        Wish::Dialogue(wish) => dialogue::call(world, cast, wish),
    }
}

/// The same call as somebody else, or somewhere else: mostly refused, and never harmful.
pub(crate) fn twisted(world: &mut World, cast: &Cast, mut call: Call) -> Call {
    const ROLES: [Role; 7] = [
        Role::Officer,
        Role::Director,
        Role::Secretariat,
        Role::TaskForce,
        Role::UnitMember,
        Role::Expert,
        Role::Auditor,
    ];
    // What its id follows from, and what was looked up for it, is the door's to say.
    let fixed = call.method.ends_with("/RegisterForRoadshow");
    match world.dice.below(5) {
        1 | 2 if fixed => {}
        0 => call.actor.role = world.dice.one_of(&ROLES).copied().unwrap_or(Role::Auditor),
        1 => {
            let regions = world.regions();
            call.node = world.dice.one_of(&regions).copied().unwrap_or(Region::HUB);
            call.actor.region = call.node;
        }
        2 => {
            // Demanders solve nothing here, so that wherever one is named it is a leak.
            let others = |unit: &&cast::Unit| {
                call.service != Name::Matching || unit.part != cast::Part::Demander
            };
            let units: Vec<_> = cast.units.iter().filter(others).collect();
            if let Some(unit) = world.dice.one_of(&units) {
                call.actor.unit = call.actor.unit.map(|_| unit.id);
            }
            if let Some(expert) = world.dice.one_of(&cast.experts) {
                call.actor.expert = call.actor.expert.map(|_| expert.id);
            }
        }
        3 => {
            // One person in two roles.
            let prepared = cast::official(Role::Officer, call.node);
            call.actor.person = prepared.person;
        }
        _ => call.acts = [call.acts.clone(), call.acts].concat(),
    }
    call
}

impl World {
    /// Lets somebody ask; says whether it was done.
    pub(crate) fn ask(&mut self, call: &Call) -> bool {
        let (node, person) = (call.node, &call.actor.person);
        let method = call.method.rsplit('/').next().unwrap_or_default();
        if !admitted(call) {
            self.note(|_| format!("{node} {person} may not {method}"));
            return false;
        }
        if !begins(method) && !self.finds(call) {
            self.note(|_| format!("{node} {person} {method}: not found"));
            return false;
        }
        let outcome = self.execute(call.node, call.service, call.actor.clone(), &call.acts);
        self.note(|_| format!("{node} {person} {method}: {}", said(&outcome)));
        let refused = outcome.as_ref().err().map(|refusal| refusal.rule.code);
        self.refused.extend(refused);
        self.news.asked.push((call.method, refused));
        outcome.is_ok()
    }

    /// Doors load what they are asked about before they give it a command.
    fn finds(&self, call: &Call) -> bool {
        let process = self.service(call.node, call.service);
        let known = |act: &Act| process.is_some_and(|p| p.held(act.kind(), act.id()).is_some());
        call.acts.iter().all(known)
    }
}

/// Whether a method makes what it is about.
fn begins(method: &str) -> bool {
    let verbs = [
        "Create",
        "Register",
        "Open",
        "Give",
        "File",
        "ProposeCredit",
        "Ask",
    ];
    let those_that_are = ["OpenSolution", "GiveAssent"];
    verbs.iter().any(|verb| method.starts_with(verb)) && !those_that_are.contains(&method)
}

/// The gate before every door: the role has to be in the method's row.
fn admitted(call: &Call) -> bool {
    match access::who(&format!("/{}", call.method)) {
        Some(Who::Public) => true,
        Some(Who::Roles(roles)) => roles.contains(&call.actor.role),
        None => false,
    }
}

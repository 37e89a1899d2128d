//! Where a [`Fault`] takes effect. Without one, everything here lets things be.

use std::{collections::BTreeMap, sync::Arc};

use coordination::domain::assent::{Assent, Stage as AssentStage};
use intake::domain::{Demand, Stage};
use journal::{Act, Aggregate, Held, Turn};
use matching::domain::posting::{self, Posting};
use prost::Message as _;
use proto::{
    coordination::v1::AssentGiven,
    evaluation::v1::DrawAnswered,
    intake::v1::TaskRevised,
    matching::v1::DemanderDisclosed,
    message::{Audience, Message, PublicEvent as _, Scope},
};
use regulation::{Actor, Context, Region, Role};
use time::{Duration, macros::datetime};
use uuid::Uuid;

use crate::{
    fault::Fault,
    news::Deed,
    node::{Letter, Process},
    people::matching::postings,
    service::Name,
    tampered,
    world::{MEMBERS, NODES, World},
};

/// Versions of an aggregate that are kept to go back to.
const BACKUPS: usize = 8;

/// What the border takes of its node's stream.
pub(crate) fn border(fault: Option<Fault>, letter: &Arc<Letter>) -> Arc<Letter> {
    let mut letter = Arc::clone(letter);
    if fault == Some(Fault::NodeMessagesCross) && letter.incoming.scope == Scope::Node {
        Arc::make_mut(&mut letter).incoming.scope = Scope::Share(Audience::All);
    }
    if fault == Some(Fault::Unsealed) && letter.incoming.is::<DemanderDisclosed>() {
        Arc::make_mut(&mut letter).incoming.scope = Scope::Share(Audience::All);
    }
    letter
}

/// What arrives for one message that was sent.
pub(crate) fn arriving(fault: Option<Fault>, letter: &Arc<Letter>) -> Vec<Arc<Letter>> {
    let mut letters = vec![Arc::clone(letter)];
    match fault {
        Some(Fault::ForgedAssents) => letters.extend(forged(letter)),
        Some(Fault::StrikesLost) => letters.iter_mut().for_each(without_strikes),
        _ => {}
    }
    letters
}

/// The assents of all the others, in their names.
fn forged(letter: &Letter) -> Vec<Arc<Letter>> {
    let origin = letter.incoming.origin;
    let Ok(given) = letter.incoming.read::<AssentGiven>() else {
        return Vec::new();
    };
    if !letter.incoming.is::<AssentGiven>() {
        return Vec::new();
    }
    let others = MEMBERS.into_iter().filter(|region| *region != origin);
    let forge = |(nth, region): (u128, Region)| {
        let mut given = given.clone();
        if let Some(party) = &mut given.party {
            party.region = region.to_string();
        }
        let mut letter = letter.clone();
        letter.incoming.origin = region;
        letter.incoming.id = Uuid::from_u128(letter.incoming.id.as_u128() ^ nth);
        letter.incoming.body = given.encode_to_vec();
        Arc::new(letter)
    };
    (1..).zip(others).map(forge).collect()
}

fn without_strikes(letter: &mut Arc<Letter>) {
    if letter.incoming.is::<DrawAnswered>()
        && let Ok(mut answered) = letter.incoming.read::<DrawAnswered>()
    {
        answered.strikes.clear();
        Arc::make_mut(letter).incoming.body = answered.encode_to_vec();
    }
}

/// What a service says on its own node.
pub(crate) fn said(world: &World, node: Region, message: &mut Message) {
    if world.fault != Some(Fault::WordsInvented) || message.kind != TaskRevised::KIND {
        return;
    }
    if let Ok(mut revised) = TaskRevised::decode(message.body.as_slice()) {
        let calls = postings(world).filter(|(home, ..)| *home == node);
        let picks = calls.filter_map(|(_, _, posting)| Some(&posting.call()?.picks));
        let picked = picks.flat_map(|picks| picks.values().flat_map(BTreeMap::keys));
        revised.agreed_solution_ids = picked.map(ToString::to_string).collect();
        message.body = revised.encode_to_vec();
    }
}

/// How far the clock of units' people is ahead in matching.
pub(crate) fn haste(fault: Option<Fault>) -> Duration {
    match fault {
        Some(Fault::Hasty) => Duration::hours(18),
        _ => Duration::ZERO,
    }
}

/// By which context something is decided.
pub(crate) fn context(fault: Option<Fault>, name: Name, mut context: Context) -> Context {
    let expert = context.actor.role == Role::Expert;
    if fault == Some(Fault::StoppedClock) && name == Name::Evaluation && expert {
        context.now = datetime!(2024-05-06 10:00 +8);
    }
    let demander = name == Name::Matching && context.actor.role == Role::UnitMember;
    if demander {
        context.now += haste(fault);
    }
    if fault == Some(Fault::TakenAsHeard) && name == Name::Registry {
        let always = context.now + Duration::weeks(52);
        context.heard = NODES.map(|node| (node, always)).into();
    }
    context
}

/// Whether timers fire as soon as they are armed.
pub(crate) fn fires_at_once(fault: Option<Fault>, node: Region, name: Name) -> bool {
    fault == Some(Fault::AtOnce) && node.is_hub() && name == Name::Matching
}

/// What a journal without versions makes of a command that was refused: it was decided on what
/// stood there before, and is written over what stands there now.
pub(crate) fn journal(world: &World, act: &Act, node: Region, context: &Context) -> Option<Turn> {
    if world.fault != Some(Fault::NoVersions) || act.kind() != Posting::KIND {
        return None;
    }
    let backups = world
        .backups
        .get(&(node, act.kind(), act.id().to_owned()))?;
    let now = backups.last()?.state::<Posting>()?;
    let stale = |held: &Held| act.play(Some(held), context).ok().flatten();
    let mut turn = backups.iter().rev().skip(1).find_map(stale)?;
    let mut merged = now.clone();
    for event in turn.events.downcast_ref::<Vec<posting::Event>>()? {
        merged.evolve(event);
    }
    turn.held = Held::new(backups.last()?.version() + 1, merged);
    Some(turn)
}

/// What gets to the disk of what was decided.
pub(crate) fn written(world: &mut World, deed: &mut Deed) {
    match world.fault {
        Some(fault) if let Some(after) = tampered::instead(fault, deed) => deed.after = after,
        Some(Fault::UnapprovedDepartures) => unapproved(deed),
        Some(Fault::OneAccount) => one_account(deed),
        Some(Fault::NoVersions | Fault::Restored) => {
            let key = (deed.node, deed.kind, deed.id.clone());
            let backups = world.backups.entry(key).or_default();
            backups.push(deed.after.clone());
            if backups.len() > BACKUPS {
                backups.remove(0);
            }
        }
        _ => {}
    }
}

fn unapproved(deed: &mut Deed) {
    let Some(Demand(Some(case))) = deed.after.state::<Demand>() else {
        return;
    };
    if case.stage != Stage::Accepted {
        return;
    }
    let mut case = case.clone();
    for departure in &mut case.departures {
        departure.approved_by = None;
    }
    deed.after = Held::new(deed.after.version(), Demand(Some(case)));
}

fn one_account(deed: &mut Deed) {
    let Some(Assent::Asked { request, stage }) = deed.after.state::<Assent>() else {
        return;
    };
    let mut stage = stage.clone();
    if let AssentStage::Given {
        preparation: Some(preparation),
        by,
    } = &mut stage
    {
        by.person.clone_from(&preparation.by.person);
        let request = request.clone();
        deed.after = Held::new(deed.after.version(), Assent::Asked { request, stage });
    }
}

/// Now and then an operator restores a backup of one aggregate.
pub(crate) fn tick(world: &mut World) {
    if world.fault != Some(Fault::Restored) || world.backups.is_empty() {
        return;
    }
    let at = world.dice.below(world.backups.len());
    let Some(((node, kind, id), held)) = world.backups.iter().nth(at) else {
        return;
    };
    let (node, kind, id) = (*node, *kind, id.clone());
    let Some(held) = held.first().cloned() else {
        return;
    };
    let by_kind = |process: &Process| process.held(kind, &id).is_some();
    let mut names = Name::ALL.into_iter();
    let name = names.find(|name| world.service(node, *name).is_some_and(by_kind));
    let Some(name) = name else { return };
    let Some(process) = world.process(node, name) else {
        return;
    };
    let states = process.states.entry(kind).or_default();
    let before = states.insert(id.clone(), held.clone());
    let (actor, at) = (
        Actor::person("operator", Role::Operator, node),
        world.clock(node),
    );
    world.news.deeds.push(Deed {
        node,
        service: name,
        kind,
        id,
        actor,
        at,
        before,
        after: held,
        events: Box::new(()),
    });
}

//! Invariant 1, of what crosses a border: nobody outside the home learns who demands before the table allows it; nobody but
//! home and hub can tell which demand a blind id is, and nobody in the public where it sits.
//! [Art. 10]

use std::collections::BTreeSet;

use ::intake::domain::Programme;
use proto::{
    evaluation::v1::DrawProposed,
    matching::v1::{
        DemanderDisclosed, DemanderNamed, MeetingTold, NamingApproved, QuestionAnswered,
        QuestionAsked, QuestionForwarded, SolutionDisposed,
    },
    message::{Audience, PublicEvent as _, Scope},
    registry::v1::UnitRecorded,
};
use regulation::{Region, SolutionId};

use super::{
    Held,
    disclosure::{is_named, knows},
    must,
};
use crate::{
    cast::{self, Cast},
    needles::Told,
    node::Letter,
    people::{intake, matching},
    world::World,
};

/// Messages that name units as what they are to everybody: whose experts they employ, whom a
/// record is about. They say the id, never the name.
fn names_units(kind: &str) -> bool {
    kind.starts_with("registry.") || kind == DrawProposed::KIND
}

/// The documents of joint decisions, which members read whole: they name demands and regions.
fn is_members_document(kind: &str) -> bool {
    kind.starts_with("coordination.decision.")
}

/// Looks at what crosses a border.
pub(super) fn look(world: &World, cast: &Cast, letter: &Letter) -> Held {
    let message = &letter.incoming;
    let Scope::Share(audience) = message.scope else {
        return must(1, false, || format!("{} left its node", message.kind));
    };
    let found = cast.needles.within(&message.body);
    let all = found.chain(cast.needles.within(message.aggregate.as_bytes()));
    for told in all.collect::<BTreeSet<_>>() {
        let (unit, named) = match told {
            Told::Note | Told::Contact => {
                return must(1, false, || format!("{} tells a secret", message.kind));
            }
            Told::Id(unit) => (unit, false),
            Told::Name(unit) | Told::Code(unit) => (unit, true),
        };
        let Some(demander) = cast.units.get(unit) else {
            continue;
        };
        let usual = match message.kind.as_str() {
            UnitRecorded::KIND => true,
            kind => names_units(kind) && !named,
        };
        let may = usual || may_name(world, letter, audience, demander);
        must(1, may, || {
            let (kind, code) = (&message.kind, &demander.spelled);
            format!("{kind} to {audience} names the demander {code}")
        })?;
    }
    demands(world, letter, audience)
}

/// Whether the table allows the message to say who demands, by what is on record at home.
fn may_name(world: &World, letter: &Letter, audience: Audience, demander: &cast::Unit) -> bool {
    let message = &letter.incoming;
    let of_home = message.origin == demander.region;
    let is_its_own = || {
        let calls = matching::postings(world).filter_map(|(_, _, posting)| posting.call());
        let mut own = calls.filter(|call| call.owner.demander == demander.id);
        own.any(|call| call.listing.blind_id.to_string() == message.aggregate)
    };
    match (message.kind.as_str(), audience) {
        (
            DemanderDisclosed::KIND | MeetingTold::KIND | SolutionDisposed::KIND,
            Audience::One(to),
        ) if of_home => {
            let Ok(solution) = message.aggregate.parse::<SolutionId>() else {
                return false;
            };
            let mut calls = matching::postings(world)
                .filter(|(home, ..)| *home == demander.region)
                .filter_map(|(_, _, posting)| posting.call());
            calls.any(|call| knows(call, demander.id, solution, to))
        }
        // Who asks may guess; what is published must not say that the guess is right.
        (QuestionAsked::KIND, Audience::One(to)) => to.is_hub(),
        (QuestionForwarded::KIND, Audience::One(_)) => message.origin.is_hub(),
        (QuestionAnswered::KIND, Audience::All) => message.origin.is_hub() && !is_its_own(),
        (NamingApproved::KIND, Audience::One(to)) if of_home => {
            to.is_hub() && is_named(world, demander.id)
        }
        (DemanderNamed::KIND, Audience::All) => {
            message.origin.is_hub() && is_named(world, demander.id)
        }
        _ => false,
    }
}

/// Who may hear which demand it is, and where it sits.
fn demands(world: &World, letter: &Letter, audience: Audience) -> Held {
    let message = &letter.incoming;
    let body = String::from_utf8_lossy(&message.body);
    let tells = |what: &str| body.contains(what) || message.aggregate == what;
    if !is_members_document(&message.kind) {
        for (home, demand, state) in intake::demands(world) {
            let local = state
                .0
                .as_ref()
                .is_some_and(|case| case.content.programme == Programme::Local);
            let knows = |to: Region| !local && (to.is_hub() || to == home);
            let may_know = matches!(audience, Audience::One(to) if knows(to));
            let told = !may_know && tells(&demand.to_string());
            must(1, !told, || {
                format!("{} to {audience} names the demand {demand}", message.kind)
            })?;
        }
    }
    if audience != Audience::All || message.origin.is_hub() {
        return Ok(());
    }
    let calls = matching::postings(world).filter_map(|(_, _, posting)| posting.call());
    for blind in calls.map(|call| call.listing.blind_id) {
        must(1, !tells(&blind.to_string()), || {
            format!(
                "{} of {} tells whose {blind} is",
                message.kind, message.origin
            )
        })?;
    }
    Ok(())
}

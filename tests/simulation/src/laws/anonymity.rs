//! Invariant 1: nobody outside the home learns who demands; nobody but home and hub can tell which
//! demand a blind id is. [Art. 10]

use proto::{
    evaluation::v1::DrawProposed,
    message::{Audience, PublicEvent as _, Scope},
};
use regulation::Region;

use super::{Held, must};
use crate::{
    cast::{CONTACT, Cast, NOTE, Part},
    node::Letter,
    people::intake,
    world::World,
};

/// Messages that name units as what they are to everybody: registered, or employing an expert.
fn names_units(kind: &str) -> bool {
    kind.starts_with("registry.") || kind == DrawProposed::KIND
}

/// The documents of joint decisions, which members read whole: they name demands and regions.
fn is_members_document(kind: &str) -> bool {
    kind.starts_with("coordination.decision.")
}

pub(super) fn look(world: &World, cast: &Cast, letter: &Letter) -> Held {
    let message = &letter.incoming;
    let Scope::Share(audience) = message.scope else {
        return must(1, false, || format!("{} left its node", message.kind));
    };
    let body = String::from_utf8_lossy(&message.body);
    let tells = |what: &str| body.contains(what) || message.aggregate.contains(what);
    for secret in [NOTE, CONTACT] {
        must(1, !tells(secret), || {
            format!("{} tells a secret", message.kind)
        })?;
    }
    if !names_units(&message.kind) {
        for demander in cast.of(Part::Demander) {
            let code = demander.id.to_string();
            let short = demander.details.profile.short_names.iter();
            let known = tells(&code) || short.into_iter().any(|name| tells(name.as_str()));
            must(1, !known, || {
                format!("{} to {audience} names the demander {code}", message.kind)
            })?;
        }
    }
    if is_members_document(&message.kind) {
        return Ok(());
    }
    for (home, demand, _) in intake::demands(world) {
        let knows = |to: Region| to.is_hub() || to == home;
        let may_know = matches!(audience, Audience::One(to) if knows(to));
        let told = !may_know && tells(&demand.to_string());
        must(1, !told, || {
            format!("{} to {audience} names the demand {demand}", message.kind)
        })?;
    }
    Ok(())
}

//! Invariant 5: a joint decision is in force only with every full member's assent, given at its
//! own node, to the same digest.

use coordination::domain::{
    assent::{Assent, Stage as AssentStage},
    assent_to,
    decision::{Decision, JointDecision, Stage},
};
use regulation::{DecisionId, Region, Role};

use super::{Held, must};
use crate::{
    news::Deed,
    service::Name,
    world::{MEMBERS, World},
};

pub(super) fn look(world: &World, deed: &Deed) -> Held {
    let Some((_, JointDecision::Opened(decision))) = deed.states::<JointDecision>() else {
        return Ok(());
    };
    let (true, Ok(id)) = (
        matches!(decision.stage, Stage::InForce { .. }),
        deed.id.parse::<DecisionId>(),
    ) else {
        return Ok(());
    };
    for member in MEMBERS {
        has_assented(world, id, decision, member)?;
    }
    let by_members = decision.assents.keys().all(|one| MEMBERS.contains(one));
    must(5, by_members, || {
        format!("decision {id} counts somebody who is no full member")
    })
}

fn has_assented(world: &World, id: DecisionId, decision: &Decision, member: Region) -> Held {
    let digest = decision.matter.document.digest();
    let word = decision.assents.get(&member);
    must(5, word.is_some_and(|word| word.digest == digest), || {
        format!("decision {id} is in force without {member}'s word on its digest")
    })?;
    let assent: Assent = world.state(member, Name::Coordination, assent_to(id, member));
    let given = match assent.asked() {
        Some((request, AssentStage::Given { by, .. })) => {
            request.document.digest() == digest
                && by.role == Role::Director
                && word.is_some_and(|word| word.signature.person == by.person)
        }
        _ => false,
    };
    must(5, given, || {
        format!("decision {id} is in force by a word that {member} never gave")
    })
}

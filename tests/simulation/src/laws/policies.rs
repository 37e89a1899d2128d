//! Invariant 10, of policy: a case is taken under the version in force on that day at its home, and
//! keeps it, whatever is decided later. [Art. 22]

use evaluation::domain::EvaluationRound;
use intake::domain::{Demand, Stage};
use regulation::Day;

use super::{Held, must};
use crate::{kinds::KINDS, news::Deed, world::World};

pub(super) fn look(world: &World, deed: &Deed) -> Held {
    let Some(kind) = KINDS.get(&(deed.service, deed.kind)) else {
        return Ok(());
    };
    let Some(after) = kind.taken_under(&deed.after) else {
        return Ok(());
    };
    let before = deed.before.as_ref().and_then(|held| kind.taken_under(held));
    if is_taken(deed, before, after) {
        let process = world.service(deed.node, deed.service);
        let policy = process.and_then(|process| process.policies.on(Day::of(deed.at)));
        let in_force = policy.as_ref().map(|policy| policy.version.as_str());
        return must(10, in_force == Some(after), || {
            let (kind, id) = (deed.kind, &deed.id);
            format!("{kind} {id} is taken under {after}, in force is {in_force:?}")
        });
    }
    must(10, before.is_none_or(|before| before == after), || {
        format!("{} {} goes from {before:?} to {after}", deed.kind, deed.id)
    })
}

/// Whether this is when its version is settled. A demand has that of the day on which it was written,
/// until it is handed in.
fn is_taken(deed: &Deed, before: Option<&str>, after: &str) -> bool {
    let Some((was, Demand(Some(case)))) = deed.states::<Demand>() else {
        return before.is_none() && deed.states::<EvaluationRound>().is_some();
    };
    let stage = was.and_then(|was| Some(&was.0.as_ref()?.stage));
    match case.stage {
        Stage::Submitted => stage != Some(&Stage::Submitted),
        Stage::Draft | Stage::Returned { .. } | Stage::NotShortlisted => before != Some(after),
        _ => false,
    }
}

//! Invariants 7 and 10, of revised tasks: one that has solvers is revised with their word only, and
//! everybody sees the same tasks. [Art. 12]

use std::collections::BTreeMap;

use intake::domain::{Demand, Stage};
use matching::domain::{Posting, SolutionBox, posting};
use regulation::TaskId;

use super::{Held, must};
use crate::{news::Deed, people::matching::postings, service::Name, world::World};

pub(super) fn look(world: &World, deed: &Deed) -> Held {
    let Some((Some(Posting::Open(before)), _)) = deed.states::<Posting>() else {
        return Ok(());
    };
    for event in deed.events_of::<Posting>() {
        let posting::Event::TaskRevised(task) = event else {
            continue;
        };
        let demand: Demand = world.state(deed.node, Name::Intake, before.owner.demand);
        let Some(case) = &demand.0 else { continue };
        // Taken back meanwhile: nothing follows from it any more.
        let proposal = case.proposal.as_ref();
        let Some(proposal) = proposal.filter(|proposal| proposal.revision.task.id == task.id)
        else {
            continue;
        };
        let mut picked = before.picks.get(&task.id).into_iter().flatten();
        let signed = picked.all(|(solution, _)| proposal.revision.words.contains_key(solution));
        must(10, signed, || {
            format!("task {} is revised without its solvers' word", task.id)
        })?;
    }
    Ok(())
}

/// Home, hub and catalogue have the same tasks, and every proposal has its answer.
pub(super) fn settled(world: &World) -> Held {
    for (home, _, posting) in postings(world) {
        let Some(call) = posting.call() else { continue };
        let (demand, blind) = (call.owner.demand, call.listing.blind_id);
        let tasks = call.owner.record.tasks.iter();
        let here: BTreeMap<TaskId, _> = tasks.map(|task| (task.id, task.revision)).collect();
        let boxed: SolutionBox = world.state(regulation::Region::HUB, Name::Matching, blind);
        let listed = boxed.listing.iter().flat_map(|one| &one.entry.record.tasks);
        let hub: BTreeMap<TaskId, _> = listed.map(|task| (task.id, task.revision)).collect();
        must(7, here == hub, || {
            format!("the tasks of {blind} are {here:?}, the hub has {hub:?}")
        })?;
        let Some(case) = world.state::<Demand>(home, Name::Intake, demand).0 else {
            continue;
        };
        if !matches!(case.stage, Stage::Published { .. }) {
            continue;
        }
        must(7, case.proposal.is_none(), || {
            format!("a revision of {demand} is not answered")
        })?;
        let tasks = case.content.record.tasks.iter();
        let own = tasks.map(|task| (task.id, i64::from(task.revision)));
        let posted = here
            .iter()
            .map(|(id, revision)| (*id, i64::from(*revision)));
        let same = own.collect::<BTreeMap<_, _>>() == posted.collect();
        must(7, same, || {
            format!("{home} has other tasks of {demand} than its posting")
        })?;
    }
    Ok(())
}

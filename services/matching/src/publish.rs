//! The only door out: what others hear. Nothing that crosses has a field for the demander; the
//! demand's id and region go to the hub and to its own home alone. [Art. 10]

use std::collections::BTreeMap;

mod dialogue;
mod forum;
mod posting;
mod solution;

use proto::{
    matching::v1 as wire,
    message::{Audience, Message},
};
use regulation::{DemandId, Region, SolutionId};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

pub(crate) use posting::posting;
pub(crate) use solution::{dossier, question, registration, solution};

use crate::{
    domain::{
        BoxListing, BoxedSolution, FeedbackId, Given, List, Listing, Publication, SolutionBox,
        Waits, posting::reserve::PoolChange, words::BoxEvent,
    },
    record::Task,
};

/// What solvers read when a demand is withdrawn.
pub(crate) const DEMAND_WITHDRAWN: &str = "需求已撤回，本次对接终止。";

fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// A list is published: to all without demand or region, to each home under which names.
pub(crate) fn list(id: &str, list: &List, publication: &Publication) -> Vec<Message> {
    let mut messages = vec![Message::share(
        Audience::All,
        id,
        &wire::ListPublished {
            decision_id: id.to_owned(),
            document_number: list.document_number.clone(),
            year: i32::from(list.year),
            entries: list
                .entries()
                .map(|(entry, _, _)| (&entry).into())
                .collect(),
            published_on: publication.on.to_string(),
            call_until: publication.terms.call_until.to_string(),
        },
    )];
    for (entry, demand, home) in list.entries() {
        let listed = wire::DemandListed {
            published: Some(published(demand, &publication.listing(&entry))),
            entry: Some((&entry).into()),
            region: home.to_string(),
        };
        messages.push(Message::node(entry.blind_id, &listed));
    }
    messages
}

fn published(demand: DemandId, listing: &Listing) -> wire::DemandPublished {
    wire::DemandPublished {
        demand_id: demand.to_string(),
        blind_id: listing.blind_id.to_string(),
        public_number: listing.number.to_string(),
        published_on: listing.published_on.to_string(),
        call_until: listing.terms.call_until.to_string(),
        feedback_days: i32::try_from(listing.terms.feedback_days).unwrap_or(i32::MAX),
        policy_version: listing.terms.policy.clone(),
    }
}

/// A feedback is given: the hub's boxes hear it.
pub(crate) fn feedback(id: &str, given: &Given) -> Vec<Message> {
    let called = given.demands.iter().map(|blind_id| {
        let called = wire::FeedbackCalled {
            feedback_id: id.to_owned(),
            blind_id: blind_id.to_string(),
            cut_off: rfc3339(given.cut_off),
        };
        Message::node(blind_id, &called)
    });
    called.collect()
}

/// What happened to a box on the hub.
pub(crate) fn solution_box(id: &str, state: &SolutionBox, event: &BoxEvent) -> Vec<Message> {
    let Some(listed) = &state.listing else {
        return Vec::new();
    };
    let to_home = Audience::One(listed.home);
    match event {
        BoxEvent::Received(boxed) if boxed.waits == Waits::Lapsed => {
            vec![lapsed_by_hub(boxed.dossier.id, boxed.region)]
        }
        BoxEvent::Listed(_) => {
            let published = published(listed.demand, &listed.listing);
            vec![Message::share(to_home, listed.demand, &published)]
        }
        BoxEvent::Received(_) => Vec::new(),
        BoxEvent::Withdrawn(solution) => {
            let withdrawn = wire::FedBackWithdrawn {
                demand_id: listed.demand.to_string(),
                solution_id: solution.to_string(),
            };
            // A solution that was never fed back is nothing to the demander: sealed to the end.
            let fed_back = state
                .solutions
                .get(solution)
                .is_some_and(|boxed| boxed.was_fed_back);
            fed_back
                .then(|| Message::share(to_home, listed.demand, &withdrawn))
                .into_iter()
                .collect()
        }
        BoxEvent::FedBack {
            feedback,
            cut_off,
            solutions,
        } => {
            let boxed = solutions.iter().filter_map(|id| state.solutions.get(id));
            fed_back(id, listed, *feedback, *cut_off, boxed.collect())
        }
        BoxEvent::TaskRevised(task) => {
            let mut messages = vec![entry_changed(id, state)];
            messages.extend(task_revised(state, task));
            messages
        }
        BoxEvent::Forum(event) => forum::forum(id, state, listed, event),
        BoxEvent::Closed { lapsed } => {
            let solutions = lapsed.iter().filter_map(|id| state.solutions.get(id));
            let mut messages = vec![entry_changed(id, state)];
            messages.extend(solutions.map(|boxed| lapsed_by_hub(boxed.dossier.id, boxed.region)));
            messages
        }
        BoxEvent::ReserveChanged(change) => {
            let changed = reserve_changed(id, &listed.entry.number.to_string(), change);
            vec![Message::share(Audience::All, id, &changed)]
        }
    }
}

/// A batch goes to the demand's home; each solver's home hears that it did.
fn fed_back(
    blind_id: &str,
    listed: &BoxListing,
    feedback: FeedbackId,
    cut_off: OffsetDateTime,
    batch: Vec<&BoxedSolution>,
) -> Vec<Message> {
    let (feedback_id, cut_off) = (feedback.to_string(), rfc3339(cut_off));
    let mut by_region: BTreeMap<Region, Vec<String>> = BTreeMap::new();
    let mut solutions = Vec::new();
    for one in batch {
        let ids = by_region.entry(one.region).or_default();
        ids.push(one.dossier.id.to_string());
        solutions.push(wire::FedBackSolution {
            solution: Some((&one.dossier).into()),
            region: one.region.to_string(),
        });
    }
    let delivered = wire::FeedbackDelivered {
        feedback_id: feedback_id.clone(),
        demand_id: listed.demand.to_string(),
        blind_id: blind_id.to_owned(),
        cut_off: cut_off.clone(),
        solutions,
    };
    let mut messages = vec![Message::share(
        Audience::One(listed.home),
        listed.demand,
        &delivered,
    )];
    messages.extend(by_region.into_iter().map(|(region, solution_ids)| {
        let noted = wire::FeedbackNoted {
            feedback_id: feedback_id.clone(),
            solution_ids,
            cut_off: cut_off.clone(),
        };
        Message::share(Audience::One(region), blind_id, &noted)
    }));
    messages
}

/// Who answered a task that was revised may hand in anew; nobody else is troubled. [Art. 12]
fn task_revised(state: &SolutionBox, task: &Task) -> Vec<Message> {
    let live = |one: &&BoxedSolution| {
        matches!(one.waits, Waits::Yes | Waits::FedBack(_)) && one.dossier.tasks.contains(&task.id)
    };
    let revised = state.solutions.values().filter(live).map(|one| {
        let id = one.dossier.id;
        let revised = wire::SolutionTaskRevised {
            solution_id: id.to_string(),
            task_id: task.id.to_string(),
            revision: task.revision,
        };
        Message::share(Audience::One(one.region), id, &revised)
    });
    revised.collect()
}

fn entry_changed(id: &str, state: &SolutionBox) -> Message {
    let changed = wire::CatalogueEntryChanged {
        entry: state.listing.as_ref().map(|listed| (&listed.entry).into()),
        withdrawn: state.closed,
    };
    Message::share(Audience::All, id, &changed)
}

fn lapsed_by_hub(solution: SolutionId, region: Region) -> Message {
    let disposed = wire::SolutionDisposed {
        solution_id: solution.to_string(),
        disposition: wire::Disposition::Lapsed.into(),
        reason: DEMAND_WITHDRAWN.to_owned(),
        task_ids: Vec::new(),
        ..Default::default()
    };
    Message::share(Audience::One(region), solution, &disposed)
}

fn reserve_changed(blind_id: &str, number: &str, change: &PoolChange) -> wire::ReserveChanged {
    wire::ReserveChanged {
        reserve_entry_id: change.entry.to_string(),
        blind_id: blind_id.to_owned(),
        public_number: number.to_owned(),
        status: wire::ReserveStatus::from(change.status).into(),
        matched_task_ids: change.matched.iter().map(ToString::to_string).collect(),
    }
}

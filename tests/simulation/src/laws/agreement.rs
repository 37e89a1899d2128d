//! Invariant 7, of what the nodes know: once everything has arrived, all agree with each home.

use ::coordination::domain::{
    assent::{Assent, Stage as AssentStage},
    assent_to,
    decision::{JointDecision, Stage as DecisionStage},
};
use ::evaluation::domain::{Candidate, EvaluationRound, Expert as Pooled};
use ::intake::domain::Stage as DemandStage;
use ::matching::domain::{
    MeetingId, Posting, PublishedList, Registration, RegistrationStanding, Solution, SolutionBox,
    Stage,
    posting::{
        Call,
        meetings::{Meeting, MeetingStanding},
        reserve::Status,
    },
};
use registry::domain::{Expert, Unit};
use regulation::{BlindId, Day, DecisionKind, Region, SolutionId};

use super::{Held, must};
use crate::{
    node::Process,
    people::{coordination, intake, matching},
    service::Name,
    world::{MEMBERS, STRICTER, World},
};

pub(super) fn settled(world: &World) -> Held {
    units(world)?;
    experts(world)?;
    policies(world)?;
    demands(world)?;
    for (id, decision) in coordination::decisions(world) {
        words(world, id, decision)?;
        lists(world, id, decision)?;
    }
    catalogues(world)?;
    for (region, _, posting) in matching::postings(world) {
        boxes(world, region, posting)?;
    }
    Ok(())
}

fn units(world: &World) -> Held {
    for home in world.nodes.keys().copied() {
        let registry = world.service(home, Name::Registry);
        for (id, unit) in registry.into_iter().flat_map(Process::all::<Unit>) {
            let Unit::Here(_) = unit else { continue };
            for node in world.nodes.keys().copied().filter(|node| *node != home) {
                let known: Unit = world.state(node, Name::Registry, id);
                let knows = match &known {
                    Unit::Elsewhere(homes) => homes.contains_key(&home),
                    // Registered twice: each home knows of the other.
                    Unit::Here(entry) => entry.elsewhere.contains_key(&home),
                    Unit::Unknown => false,
                };
                must(7, knows, || {
                    format!("{node} does not know unit {id} of {home}")
                })?;
            }
        }
    }
    Ok(())
}

fn experts(world: &World) -> Held {
    for home in MEMBERS {
        let registry = world.service(home, Name::Registry);
        for (id, expert) in registry.into_iter().flat_map(Process::all::<Expert>) {
            let Some(hosted) = &expert.0 else { continue };
            let known: Pooled = world.state(Region::HUB, Name::Evaluation, id);
            let same = matches!(&known, Pooled::Pooled(profile)
                if profile.region == home && profile.employer == hosted.profile.employer);
            must(7, same, || {
                format!("the hub knows expert {id} of {home} otherwise")
            })?;
        }
    }
    Ok(())
}

/// Every service of every node decides under the same policy; a region's own stricter rules leave
/// its digest as it was decided, and are nobody else's.
fn policies(world: &World) -> Held {
    let today = Day::of(world.now);
    let force = |process: &Process| process.policies.on(today).map(|policy| policy.digest());
    let stricter = |process: &Process| process.policies.on(today)?.tightened_for();
    let hub = world
        .service(Region::HUB, Name::Coordination)
        .and_then(force);
    for node in world.nodes.keys().copied() {
        for name in Name::ALL {
            let here = world.service(node, name).and_then(force);
            must(7, here == hub, || {
                format!("{name:?} of {node} decides under {here:?}, the hub under {hub:?}")
            })?;
            let own = world.service(node, name).and_then(stricter);
            let expected = Some(node).filter(|node| *node == STRICTER && here.is_some());
            must(7, own == expected, || {
                format!("{name:?} of {node} decides by the stricter rules of {own:?}")
            })?;
        }
    }
    Ok(())
}

fn demands(world: &World) -> Held {
    for (home, id, demand) in intake::demands(world) {
        let Some(case) = &demand.0 else { continue };
        let joint = case.content.programme == ::intake::domain::Programme::Joint;
        let known: Candidate = world.state(Region::HUB, Name::Evaluation, id);
        let right = match (&case.stage, &known) {
            _ if !joint || !case.told => known == Candidate::Unknown,
            (
                DemandStage::Withdrawn { .. } | DemandStage::Closed { .. },
                Candidate::Withdrawn { region },
            ) => *region == home,
            (DemandStage::Withdrawn { .. } | DemandStage::Closed { .. }, _) => false,
            (_, Candidate::Accepted { entry, .. }) => entry.region == home,
            _ => false,
        };
        must(7, right, || {
            format!("the hub knows demand {id} of {home} otherwise")
        })?;
    }
    Ok(())
}

/// Who has agreed at home is known to have agreed on the hub.
fn words(world: &World, id: regulation::DecisionId, decision: &JointDecision) -> Held {
    let Some(decision) = decision.opened() else {
        return Ok(());
    };
    let returned = matches!(decision.stage, DecisionStage::Returned(_));
    for member in MEMBERS {
        let assent: Assent = world.state(member, Name::Coordination, assent_to(id, member));
        let given = assent
            .asked()
            .is_some_and(|(_, stage)| matches!(stage, AssentStage::Given { .. }));
        let known = decision.assents.contains_key(&member);
        must(7, given == known || returned && given, || {
            format!("{member} has agreed to {id}: {given}; the hub knows of it: {known}")
        })?;
    }
    Ok(())
}

/// What a decision on a list in force brings about in evaluation, matching and at the homes.
fn lists(world: &World, id: regulation::DecisionId, decision: &JointDecision) -> Held {
    let Some(decision) = decision.opened() else {
        return Ok(());
    };
    if decision.matter.kind != DecisionKind::List {
        return Ok(());
    }
    let in_force = matches!(decision.stage, DecisionStage::InForce { .. });
    let round: EvaluationRound =
        world.state(Region::HUB, Name::Evaluation, &decision.matter.subject_id);
    let adopted = matches!(&round, EvaluationRound::Adopted { decision, .. } if *decision == id);
    must(7, in_force == adopted, || {
        format!("the round of {id} is adopted: {adopted}")
    })?;
    let list: PublishedList = world.state(Region::HUB, Name::Matching, id);
    must(7, in_force == list.0.is_some(), || {
        format!("matching knows no list of {id}")
    })?;
    let Some(list) = &list.0 else { return Ok(()) };
    for (entry, demand, home) in list.entries() {
        let case = world
            .state::<::intake::domain::Demand>(home, Name::Intake, demand)
            .0;
        let told = case.is_some_and(|case| match &case.stage {
            DemandStage::Published { blind_id, .. } => *blind_id == entry.blind_id,
            DemandStage::Withdrawn { .. } => true,
            _ => false,
        });
        must(7, told, || {
            format!("{home} does not know that {demand} is published")
        })?;
        let posting: Posting = world.state(home, Name::Matching, Posting::id(demand));
        let blind = posting.call().map(|call| call.listing.blind_id);
        must(7, blind == Some(entry.blind_id), || {
            format!("the posting of {demand} at {home} is none of the list")
        })?;
    }
    Ok(())
}

/// Every node shows the same catalogue.
fn catalogues(world: &World) -> Held {
    let shown = |node| {
        world
            .service(node, Name::Matching)
            .map(|process| &process.catalogue)
    };
    let hub = shown(Region::HUB);
    for node in world.nodes.keys().copied() {
        must(7, shown(node) == hub, || {
            format!("{node} shows another catalogue")
        })?;
    }
    Ok(())
}

/// The hub and the solvers know of a posting what its home says.
fn boxes(world: &World, home: Region, posting: &Posting) -> Held {
    let Some(call) = posting.call() else {
        return Ok(());
    };
    let blind: BlindId = call.listing.blind_id;
    let known: SolutionBox = world.state(Region::HUB, Name::Matching, blind);
    let pool = known.pool.as_ref().map_or(Status::Left, |pool| pool.status);
    let here = call.pool_status().unwrap_or(Status::Left);
    must(7, pool == here, || {
        format!("the pool of {blind} is {here:?}, the hub says {pool:?}")
    })?;
    let closed = matches!(posting, Posting::Closed(_));
    must(7, known.closed == closed, || {
        format!(
            "{home} has closed {blind}: {closed}; the hub: {}",
            known.closed
        )
    })?;
    for (meeting, known) in &call.meetings {
        registrants(world, *meeting, known)?;
    }
    for (solver, id, solution) in matching::solutions(world) {
        solvers(call, solver, id, solution)?;
    }
    Ok(())
}

/// Who has registered knows whether they come.
fn registrants(world: &World, meeting: MeetingId, known: &Meeting) -> Held {
    if matches!(known.standing, MeetingStanding::Cancelled(_)) {
        return Ok(());
    }
    for (id, registrant) in &known.registrants {
        let (unit, home) = (registrant.registered.unit, registrant.registered.region);
        let filed: Registration = world.state(home, Name::Matching, id);
        let knows = filed.0.is_some_and(|filed| match filed.standing {
            RegistrationStanding::Admitted => registrant.admitted,
            RegistrationStanding::Waiting => !registrant.admitted,
            _ => false,
        });
        must(7, knows, || {
            format!("{unit} does not know whether it comes to {meeting}")
        })?;
    }
    Ok(())
}

fn solvers(call: &Call, solver: Region, id: SolutionId, solution: &Solution) -> Held {
    let Some(case) = &solution.0 else {
        return Ok(());
    };
    if case.blind_id != call.listing.blind_id {
        return Ok(());
    }
    let (picked, agreed) = (call.selected(id, false), call.selected(id, true));
    let same = match &case.stage {
        Stage::Selected(word) => word.tasks == picked,
        Stage::Intent(word) => word.tasks == picked && word.tasks == agreed,
        _ => picked.is_empty(),
    };
    must(7, same, || {
        let stage = case.stage.name();
        format!("{solver} has {id} as {stage}, its demander has selected it for {picked:?}")
    })
}

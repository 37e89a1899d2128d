//! How far a history gets, so that it is seen that the laws had something to look at.

use std::collections::BTreeSet;

use ::coordination::domain::decision::Stage as DecisionStage;
use ::evaluation::domain::EvaluationRound;
use ::matching::domain::{
    PublishedList, SolutionBox, Stage as SolutionStage, Waits, posting::reserve::Reserve,
};
use regulation::Region;

use crate::{
    people::{coordination, evaluation, intake, matching},
    service::Name,
    world::World,
};

/// Something that a history reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A demand was accepted.
    Accepted,
    /// Experts were drawn.
    Drawn,
    /// A round was closed.
    Closed,
    /// A list was proposed.
    Proposed,
    /// A joint decision was approved.
    Approved,
    /// A joint decision was returned.
    Returned,
    /// A joint decision is in force.
    InForce,
    /// A list was published.
    Published,
    /// A solution was submitted.
    Submitted,
    /// A solution was fed back.
    FedBack,
    /// A solution was selected.
    Selected,
    /// Both sides gave their word.
    Intent,
    /// A demand is in the reserve pool.
    InPool,
    /// A demand was withdrawn after others had heard of it.
    Withdrawn,
}

/// What this history reached.
pub(crate) fn reached(world: &World) -> Vec<Stage> {
    let mut stages = BTreeSet::new();
    for (_, _, demand) in intake::demands(world) {
        let case = demand.0.as_ref().filter(|case| case.told);
        stages.extend(case.map(|_| Stage::Accepted));
        let gone = |case: &&::intake::domain::Case| {
            matches!(case.stage, ::intake::domain::Stage::Withdrawn { .. })
        };
        stages.extend(case.filter(gone).map(|_| Stage::Withdrawn));
    }
    for (_, round) in evaluation::rounds(world) {
        stages.extend(round.table().map(|_| Stage::Drawn));
        stages.extend(round.proposal().map(|_| Stage::Proposed));
        if matches!(round, EvaluationRound::Closed { .. }) || round.proposal().is_some() {
            stages.insert(Stage::Closed);
        }
    }
    for (_, decision) in coordination::decisions(world) {
        let Some(decision) = decision.opened() else {
            continue;
        };
        stages.extend(decision.approval().map(|_| Stage::Approved));
        match decision.stage {
            DecisionStage::InForce { .. } => stages.insert(Stage::InForce),
            DecisionStage::Returned(_) => stages.insert(Stage::Returned),
            _ => false,
        };
    }
    of_matching(world, &mut stages);
    stages.into_iter().collect()
}

fn of_matching(world: &World, stages: &mut BTreeSet<Stage>) {
    let Some(hub) = world.service(Region::HUB, Name::Matching) else {
        return;
    };
    for (_, list) in hub.all::<PublishedList>() {
        let published = list.0.as_ref().and_then(|list| list.publication.as_ref());
        stages.extend(published.map(|_| Stage::Published));
    }
    for (_, one) in hub.all::<SolutionBox>() {
        for boxed in one.solutions.values() {
            stages.insert(Stage::Submitted);
            if matches!(boxed.waits, Waits::FedBack(_)) {
                stages.insert(Stage::FedBack);
            }
        }
    }
    for (_, _, solution) in matching::solutions(world) {
        let stage = solution.0.as_ref().map(|case| &case.stage);
        if let Some(SolutionStage::Selected(_) | SolutionStage::Intent(_)) = stage {
            stages.insert(Stage::Selected);
        }
        if let Some(SolutionStage::Intent(_)) = stage {
            stages.insert(Stage::Intent);
        }
    }
    for (_, _, posting) in matching::postings(world) {
        let reserve = posting.call().map(|call| &call.reserve);
        if let Some(Reserve::InPool { .. }) = reserve {
            stages.insert(Stage::InPool);
        }
    }
}

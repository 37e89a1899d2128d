//! How far a history gets, so that it is seen that the laws had something to look at.

use std::collections::BTreeSet;

use ::coordination::domain::decision::Stage as DecisionStage;
use ::evaluation::domain::{EvaluationRound, Seat, SeatState};
use ::matching::domain::{
    PublishedList, SolutionBox, Stage as SolutionStage, Waits,
    posting::{
        Call,
        disclosure::Audience,
        meetings::{Meeting, MeetingStanding},
        questions::{Inquiry, InquiryStanding},
        reserve::{Reserve, Status},
    },
};
use registry::domain::credit::Stage as Record;
use regulation::{DecisionKind, Region};

use crate::{
    people::{coordination, credit, evaluation, intake, matching},
    service::Name,
    world::{LINKED, World},
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
    /// A credit record has or had effect.
    RecordInEffect,
    /// Somebody appealed against one.
    Appealed,
    /// A record ran out.
    RecordExpired,
    /// A unit was refused what a record bars it from.
    Barred,
    /// All solvers were answered a question.
    Answered,
    /// A text was refused because it gives somebody away.
    GivesAway,
    /// A roadshow or a one-to-one was held.
    Met,
    /// A unit came to a roadshow for which it had registered.
    Registered,
    /// A solver was told who demands.
    Disclosed,
    /// Everybody was told who demands.
    Named,
    /// A task was revised.
    Revised,
    /// A revision came too late: somebody was selected.
    RevisionRefused,
    /// A selection or an intent came to its end.
    Lapsed,
    /// A demand left the pool.
    PoolReduced,
    /// A demand that was not on a list was handed in again.
    Reentered,
    /// A region's own programme was accepted.
    Local,
    /// A silent expert was replaced.
    Replaced,
    /// An expert whom a credit record bars since the draw was replaced.
    BarredExpert,
    /// A withheld seed was opened by the others' shares.
    SeedRecovered,
    /// A region was admitted.
    Admitted,
    /// A solution came from there.
    Linked,
    /// A version of the policy was decided.
    Decided,
    /// Demands taken under two versions of the policy stood beside one another.
    TwoPolicies,
}

/// What this history reached.
pub(crate) fn reached(world: &World) -> Vec<Stage> {
    let mut stages = BTreeSet::new();
    for (_, _, demand) in intake::demands(world) {
        let case = demand.0.as_ref().filter(|case| case.told);
        stages.extend(case.map(|_| Stage::Accepted));
        if let Some(case) = &demand.0 {
            of_demand(case, &mut stages);
        }
        let gone = |case: &&::intake::domain::Case| {
            matches!(case.stage, ::intake::domain::Stage::Withdrawn { .. })
        };
        stages.extend(case.filter(gone).map(|_| Stage::Withdrawn));
    }
    let accepted = intake::demands(world).filter_map(|(_, _, demand)| demand.0.as_ref());
    let versions: BTreeSet<_> = accepted
        .filter(|case| case.told)
        .map(|case| &case.policy)
        .collect();
    stages.extend((versions.len() > 1).then_some(Stage::TwoPolicies));
    for (_, round) in evaluation::rounds(world) {
        of_round(round, &mut stages);
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
            DecisionStage::InForce { .. } => stages.insert(match decision.matter.kind {
                DecisionKind::Admission => Stage::Admitted,
                DecisionKind::Policy => Stage::Decided,
                _ => Stage::InForce,
            }),
            DecisionStage::Returned(_) => stages.insert(Stage::Returned),
            _ => false,
        };
    }
    of_matching(world, &mut stages);
    of_credit(world, &mut stages);
    let refused = |code| world.refused.contains(code);
    if refused("intake.not-barred") || refused(::matching::domain::rules::NOT_BARRED.code) {
        stages.insert(Stage::Barred);
    }
    if refused(::matching::domain::rules::NEUTRAL.code) {
        stages.insert(Stage::GivesAway);
    }
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
        let left = one
            .pool
            .as_ref()
            .is_some_and(|pool| pool.status == Status::Left);
        stages.extend(left.then_some(Stage::PoolReduced));
        for boxed in one.solutions.values() {
            stages.insert(Stage::Submitted);
            if matches!(boxed.waits, Waits::FedBack(_)) {
                stages.insert(Stage::FedBack);
            }
        }
    }
    for (region, _, solution) in matching::solutions(world) {
        let stage = solution.0.as_ref().map(|case| &case.stage);
        let told = matches!(stage, Some(SolutionStage::Draft)) || region != *LINKED;
        stages.extend((!told).then_some(Stage::Linked));
        if let Some(SolutionStage::Selected(_) | SolutionStage::Intent(_)) = stage {
            stages.insert(Stage::Selected);
        }
        if let Some(SolutionStage::Lapsed(_)) = stage {
            stages.insert(Stage::Lapsed);
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
        if let Some(call) = posting.call() {
            of_dialogue(call, stages);
        }
    }
}

fn of_demand(case: &::intake::domain::Case, stages: &mut BTreeSet<Stage>) {
    let local = case.content.programme == ::intake::domain::Programme::Local;
    let accepted = case.stage == ::intake::domain::Stage::Accepted;
    stages.extend((local && accepted).then_some(Stage::Local));
    stages.extend((!case.revisions.is_empty()).then_some(Stage::Revised));
    stages.extend((!case.refused.is_empty()).then_some(Stage::RevisionRefused));
    let before = case.judgements.iter().any(|judgement| !judgement.listed);
    let again = before && case.stage != ::intake::domain::Stage::NotShortlisted;
    stages.extend(again.then_some(Stage::Reentered));
}

fn of_round(round: &EvaluationRound, stages: &mut BTreeSet<Stage>) {
    let Some(table) = round.table() else { return };
    let replaced = |seat: &Seat| matches!(seat.state, SeatState::Replaced);
    let silent = table.seats.values().any(replaced);
    stages.extend(silent.then_some(Stage::Replaced));
    let barred = |seat: &Seat| matches!(seat.state, SeatState::Barred);
    let called_back = table.seats.values().any(barred);
    stages.extend(called_back.then_some(Stage::BarredExpert));
    let mut recoveries = table.seeds.story.recoveries.values();
    stages.extend(
        recoveries
            .any(|one| one.opened)
            .then_some(Stage::SeedRecovered),
    );
}

fn of_dialogue(call: &Call, stages: &mut BTreeSet<Stage>) {
    let released = |one: &Inquiry| matches!(one.standing, InquiryStanding::Released { .. });
    if call.questions.values().any(released) {
        stages.insert(Stage::Answered);
    }
    let held = |one: &Meeting| matches!(one.standing, MeetingStanding::Held(_));
    if call.meetings.values().any(held) {
        stages.insert(Stage::Met);
    }
    let coming = |one: &Meeting| one.registrants.values().any(|one| one.admitted);
    if call.meetings.values().any(coming) {
        stages.insert(Stage::Registered);
    }
    stages.extend(call.disclosures.iter().map(|told| match told.to {
        Audience::All => Stage::Named,
        Audience::Solver { .. } => Stage::Disclosed,
    }));
}

fn of_credit(world: &World, stages: &mut BTreeSet<Stage>) {
    for (_, _, record) in credit::records(world) {
        let stage = record.0.as_ref().map(|record| &record.stage);
        match stage {
            Some(Record::Appealed { .. }) => stages.insert(Stage::Appealed),
            Some(Record::Effective { upheld, .. }) => {
                stages.extend(upheld.as_ref().map(|_| Stage::Appealed));
                stages.insert(Stage::RecordInEffect)
            }
            Some(Record::Revoked { appeal, .. }) => {
                stages.extend(appeal.as_ref().map(|_| Stage::Appealed));
                false
            }
            Some(Record::Expired { .. }) => stages.insert(Stage::RecordExpired),
            _ => false,
        };
    }
}

//! The secretariat's publication and feedback, solvers, demanders and their departments.
//! [Art. 10, 11, 12]

use std::collections::BTreeSet;

use journal::Act;
use matching::domain::{
    FeedbackId, FeedbackRound, Posting, PublishedList, Solution, SolutionBox, Stage, Waits, Waiver,
    posting::{self, Call as OpenCall, Standing, reserve::Reserve},
    words::{FeedbackCommand, ListCommand},
};
use regulation::{BlindId, Day, DecisionId, PostingId, Region, Role, SolutionId, TaskId, UnitId};
use time::Duration;

use super::{
    Call,
    dialogue::{spelled, words},
    looked_up::{barred_units, facts, names, sealed, team},
    solutions::{draft, on_solution},
};
use crate::{
    cast::{self, Cast},
    node::Process,
    service::Name,
    words::say,
    world::{MEMBERS, World},
};

/// Solutions of one history at most.
const SOLUTIONS_MAX: usize = 5;

/// What somebody could want.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Publish a list in force.
    Publish(DecisionId),
    /// Begin a solution.
    Draft(Region, BlindId),
    /// Hand it in.
    Submit(Region, SolutionId),
    /// Take it back.
    Withdraw(Region, SolutionId),
    /// Give the solver's word.
    Confirm(Region, SolutionId),
    /// Hand it in anew.
    Revise(Region, SolutionId),
    /// Feed back what waits.
    Feedback,
    /// Something of the demander's with a solution.
    Dispose(Region, PostingId, SolutionId, Way),
    /// Select a solution for a task.
    Select(Region, PostingId, SolutionId, TaskId),
    /// Propose it for the pool.
    Reserve(Region, PostingId),
    /// Audit that.
    Audit(Region, PostingId),
}

/// What a demander may do with a solution.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// Read it.
    Open,
    /// Consider it.
    Shortlist,
    /// Do not take it.
    Decline,
    /// End its selections.
    Lapse,
}

pub(crate) fn postings(world: &World) -> impl Iterator<Item = (Region, PostingId, &Posting)> {
    MEMBERS.into_iter().flat_map(|region| {
        let process = world.service(region, Name::Matching);
        let postings = process.into_iter().flat_map(Process::all::<Posting>);
        postings.filter_map(move |(id, posting)| Some((region, id.parse().ok()?, posting)))
    })
}

pub(crate) fn solutions(world: &World) -> impl Iterator<Item = (Region, SolutionId, &Solution)> {
    world.nodes.keys().flat_map(|region| {
        let region = *region;
        let process = world.service(region, Name::Matching);
        let solutions = process.into_iter().flat_map(Process::all::<Solution>);
        solutions.filter_map(move |(id, solution)| Some((region, id.parse().ok()?, solution)))
    })
}

pub(crate) fn wishes(world: &World) -> impl Iterator<Item = (usize, Wish)> {
    let mut wishes = Vec::new();
    let hub = world.service(Region::HUB, Name::Matching);
    for (id, list) in hub.into_iter().flat_map(Process::all::<PublishedList>) {
        let unpublished = list
            .0
            .as_ref()
            .is_some_and(|list| list.publication.is_none());
        if let (true, Ok(id)) = (unpublished, id.parse()) {
            wishes.push((40, Wish::Publish(id)));
        }
    }
    let boxes = hub.into_iter().flat_map(Process::all::<SolutionBox>);
    let waiting = |one: &SolutionBox| {
        one.solutions
            .values()
            .any(|boxed| boxed.waits == Waits::Yes)
    };
    if boxes.into_iter().any(|(_, one)| waiting(one)) {
        wishes.push((10, Wish::Feedback));
    }
    if solutions(world).count() < SOLUTIONS_MAX {
        for region in world.nodes.keys().copied() {
            let process = world.service(region, Name::Matching);
            let listed = process
                .into_iter()
                .flat_map(|process| process.catalogue.iter());
            let open = listed.filter(|(_, published)| published.open);
            wishes.extend(open.map(|(blind, _)| (14, Wish::Draft(region, *blind))));
        }
    }
    for (region, id, solution) in solutions(world) {
        let Some(case) = &solution.0 else { continue };
        match case.stage {
            Stage::Draft => {
                let open = facts(world, region, case.blind_id).is_some_and(|call| call.open);
                let standing = team(world, region, case.holder);
                let free = standing.unregistered.is_empty() && standing.barred.0.is_empty();
                let promises = open && free && case.content.secrecy;
                wishes.push((if promises { 30 } else { 1 }, Wish::Submit(region, id)));
            }
            Stage::Selected(_) => wishes.push((25, Wish::Confirm(region, id))),
            Stage::Submitted | Stage::FedBack => wishes.push((1, Wish::Revise(region, id))),
            _ => {}
        }
        if !case.stage.is_terminal() {
            wishes.push((1, Wish::Withdraw(region, id)));
        }
    }
    for (region, id, posting) in postings(world) {
        if let Posting::Open(call) = posting {
            of_demander(&mut wishes, world, (region, id), call);
        }
    }
    wishes.into_iter()
}

fn of_demander(
    wishes: &mut Vec<(usize, Wish)>,
    world: &World,
    (region, id): (Region, PostingId),
    call: &OpenCall,
) {
    let over = world.now > call.listing.terms.call_until.end();
    for (solution, received) in &call.received {
        let way = |way| Wish::Dispose(region, id, *solution, way);
        match &received.standing {
            Standing::Unopened => wishes.push((25, way(Way::Open))),
            Standing::Opened | Standing::Shortlisted(_) => {
                wishes.extend([(2, way(Way::Shortlist)), (2, way(Way::Decline))]);
                for task in &received.dossier.tasks {
                    let picked = call
                        .picks
                        .get(task)
                        .is_some_and(|p| p.contains_key(solution));
                    let weight = match (picked, over) {
                        (true, _) => continue,
                        (false, true) => 20,
                        (false, false) => 1,
                    };
                    wishes.push((weight, Wish::Select(region, id, *solution, *task)));
                }
                if !call.selected(*solution, false).is_empty() {
                    wishes.push((1, way(Way::Lapse)));
                }
            }
            _ => {}
        }
    }
    match &call.reserve {
        Reserve::Outside { .. } if !call.matches().is_empty() => {
            wishes.push((20, Wish::Reserve(region, id)));
        }
        Reserve::Outside { .. } if !call.picks.is_empty() => {
            wishes.push((1, Wish::Reserve(region, id)));
        }
        Reserve::Proposed { .. } => wishes.push((25, Wish::Audit(region, id))),
        Reserve::InPool { .. } if call.upgrade_waits() => {
            wishes.push((20, Wish::Audit(region, id)));
        }
        _ => {}
    }
}

pub(crate) fn call(world: &mut World, cast: &Cast, wish: Wish) -> Option<Call> {
    match wish {
        Wish::Publish(id) => publish(world, id),
        Wish::Feedback => feedback(world),
        Wish::Draft(region, blind) => draft(world, cast, region, blind),
        Wish::Submit(region, id)
        | Wish::Withdraw(region, id)
        | Wish::Confirm(region, id)
        | Wish::Revise(region, id) => on_solution(world, region, id, wish),
        Wish::Dispose(region, id, ..)
        | Wish::Select(region, id, ..)
        | Wish::Reserve(region, id)
        | Wish::Audit(region, id) => on_posting(world, cast, (region, id), wish),
    }
}

/// The units that would solve.
fn team_of(posting: &Posting, solution: SolutionId) -> BTreeSet<UnitId> {
    let received = posting.call().and_then(|call| call.received.get(&solution));
    let dossier = received.map(|received| &received.dossier);
    dossier
        .into_iter()
        .flat_map(|dossier| dossier.team.iter().copied().chain([dossier.holder]))
        .collect()
}

fn of_secretariat(method: &'static str, act: Act) -> Call {
    Call {
        method,
        node: Region::HUB,
        service: Name::Matching,
        actor: cast::official(Role::Secretariat, Region::HUB),
        acts: vec![act],
    }
}

fn publish(world: &mut World, id: DecisionId) -> Option<Call> {
    let list = world
        .state::<PublishedList>(Region::HUB, Name::Matching, id)
        .0?;
    let blind_ids = list.demands.keys().map(|_| world.dice.id()).collect();
    let hub = world.service(Region::HUB, Name::Matching);
    let lists = hub.into_iter().flat_map(Process::all::<PublishedList>);
    let given = lists
        .filter_map(|(_, list)| list.0.as_ref()?.publication.as_ref())
        .map(|publication| publication.names.len());
    let first = u32::try_from(given.sum::<usize>()).unwrap_or_default() + 1;
    let command = ListCommand::Publish { blind_ids, first };
    Some(of_secretariat(
        "jiebang.matching.v1.MatchingService/PublishList",
        Act::new::<PublishedList>(id, command),
    ))
}

fn feedback(world: &mut World) -> Option<Call> {
    let back = world.dice.moment(Duration::hours(30));
    let without = world.dice.percent(10).then(|| Waiver {
        regions: MEMBERS.into(),
        reason: say("该地区通信中断"),
    });
    let hub = world.service(Region::HUB, Name::Matching)?;
    let waiting = hub.all::<SolutionBox>().filter(|(_, one)| {
        one.solutions
            .values()
            .any(|boxed| boxed.waits == Waits::Yes)
    });
    let demands: BTreeSet<BlindId> = waiting.filter_map(|(id, _)| id.parse().ok()).collect();
    let command = FeedbackCommand::Give {
        cut_off: world.clock(Region::HUB) - back,
        demands,
        without,
    };
    let id: FeedbackId = world.dice.id();
    Some(of_secretariat(
        "jiebang.matching.v1.MatchingService/GiveFeedback",
        Act::new::<FeedbackRound>(id, command),
    ))
}

fn on_posting(
    world: &mut World,
    cast: &Cast,
    (node, id): (Region, PostingId),
    wish: Wish,
) -> Option<Call> {
    let posting: Posting = world.state(node, Name::Matching, id);
    let demander = posting.call()?.owner.demander;
    let mut actor = cast::member(demander, node);
    let own = spelled(cast, demander);
    let reason = posting::Reason {
        text: words(&mut world.dice, "综合比选", &own),
        names: names(world, node, demander),
    };
    let nothing_matched = posting.call()?.matches().is_empty();
    let ends = world.temper.restless() && world.dice.percent(40);
    let days = u32::try_from(world.dice.between(15, 40)).unwrap_or(15);
    let valid_until = ends.then(|| Day::of(world.clock(node)).plus_days(days));
    let (method, command) = match wish {
        Wish::Dispose(.., solution, Way::Open) => (
            "jiebang.matching.v1.MatchingService/OpenSolution",
            posting::Command::OpenSolution(solution, sealed(world, node, &posting, solution)),
        ),
        Wish::Dispose(.., solution, Way::Shortlist) => (
            "jiebang.matching.v1.MatchingService/DisposeSolution",
            posting::Command::Shortlist(solution, reason),
        ),
        Wish::Dispose(.., solution, Way::Decline) => (
            "jiebang.matching.v1.MatchingService/DisposeSolution",
            posting::Command::Decline(solution, reason),
        ),
        Wish::Dispose(.., solution, Way::Lapse) => (
            "jiebang.matching.v1.MatchingService/LapseIntent",
            posting::Command::Lapse(solution, reason),
        ),
        Wish::Select(.., solution, task) => (
            "jiebang.matching.v1.MatchingService/SelectSolution",
            posting::Command::Select {
                task,
                solution,
                reason,
                answer_until: None,
                valid_until,
                bars: barred_units(world, node, team_of(&posting, solution)),
            },
        ),
        Wish::Reserve(..) => (
            "jiebang.matching.v1.MatchingService/ProposeReserve",
            posting::Command::ProposeReserve {
                supplement: say("补充材料齐全"),
                situation: nothing_matched.then(|| say("解决方已选定，先行储备")),
            },
        ),
        _ => {
            actor = cast::official(Role::Officer, node);
            let returned = world.dice.percent(10).then(|| say("请补充材料"));
            (
                "jiebang.matching.v1.MatchingService/AuditReserve",
                posting::Command::AuditReserve { returned },
            )
        }
    };
    Some(Call {
        method,
        node,
        service: Name::Matching,
        actor,
        acts: vec![Act::new::<Posting>(id, command)],
    })
}

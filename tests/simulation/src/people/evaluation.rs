//! The secretariat's evaluation rounds, and experts at their homes. [Art. 9]

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
};

use chassis::Subject;
use evaluation::domain::{
    Ballot, CHECKS, Candidate, Chase, Entry, EvaluationRound, Expert, Finding, Opening, Opinion,
    PreReview, PreReviewCommand, Proposing, Quota, RoundCommand, SeatState, Waivable,
};
use evidence::Digest;
use journal::{Act, Aggregate as _};
use panel::Seed;
use registry::domain::credit::BarredAct;
use regulation::{BallotId, Day, DemandId, EvaluationRoundId, PersonKey, Region, Role};
use time::OffsetDateTime;

use super::{Call, ballots, looked_up::barred, seeds};
use crate::{
    cast,
    node::Process,
    service::Name,
    words::say,
    world::{MEMBERS, World},
};

/// What the secretariat or an expert could want.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// Look at an accepted demand.
    Prepare(Region, DemandId),
    /// Recommend it.
    Recommend(Region, DemandId),
    /// Do not recommend it.
    Decline(Region, DemandId),
    /// Open a round over what waits.
    Open,
    /// Draw experts.
    Draw(EvaluationRoundId),
    /// Ask for the others' shares of a seed.
    RecoverSeed(EvaluationRoundId),
    /// Go on without a seed.
    WaiveSeed(EvaluationRoundId),
    /// Go on without something.
    Waive(EvaluationRoundId),
    /// Close it.
    Close(EvaluationRoundId),
    /// Propose the list.
    Propose(EvaluationRoundId),
    /// Give it up.
    Return(EvaluationRoundId),
    /// Answer an invitation.
    Cast(Region, BallotId),
    /// Answer it again, otherwise.
    Recast(Region, BallotId),
    /// Declare a conflict.
    Declare(Region, BallotId),
}

pub(crate) fn rounds(world: &World) -> impl Iterator<Item = (EvaluationRoundId, &EvaluationRound)> {
    let hub = world.service(Region::HUB, Name::Evaluation);
    let rounds = hub.into_iter().flat_map(Process::all::<EvaluationRound>);
    rounds.filter_map(|(id, round)| Some((id.parse().ok()?, round)))
}

pub(crate) fn wishes(world: &World) -> impl Iterator<Item = (usize, Wish)> {
    let mut wishes = Vec::new();
    if !batch(world).is_empty() {
        wishes.push((6, Wish::Open));
    }
    for (id, round) in rounds(world) {
        match round {
            EvaluationRound::Open(_) if round.seeds_awaited().is_empty() => {
                wishes.push((40, Wish::Draw(id)));
            }
            EvaluationRound::Open(_) => {
                wishes.extend([(1, Wish::Draw(id)), (1, Wish::WaiveSeed(id))]);
            }
            EvaluationRound::Frozen(_) => {
                wishes.extend([(1, Wish::RecoverSeed(id)), (1, Wish::WaiveSeed(id))]);
            }
            EvaluationRound::Drawn(table) | EvaluationRound::Scoring(table) => {
                let missing = table.missing(&BTreeSet::new());
                let all_in = missing.ballots.is_empty() && missing.unanswered.is_empty();
                let late = world.now > table.setup.deadline.end();
                wishes.push((if all_in || late { 30 } else { 2 }, Wish::Close(id)));
                wishes.push((if late { 25 } else { 1 }, Wish::Waive(id)));
            }
            EvaluationRound::Closed { table, .. } => {
                let sealed =
                    |seat: &evaluation::domain::Seat| matches!(seat.state, SeatState::Cast { .. });
                let waits = table.seats.values().any(sealed);
                wishes.push((if waits { 2 } else { 40 }, Wish::Propose(id)));
                wishes.push((1, Wish::Waive(id)));
            }
            EvaluationRound::Proposed { .. } => wishes.push((1, Wish::Return(id))),
            _ => {}
        }
    }
    for region in MEMBERS {
        let process = world.service(region, Name::Evaluation);
        let reviews = process.into_iter().flat_map(Process::all::<PreReview>);
        for (id, review) in reviews {
            let Ok(id) = id.parse() else { continue };
            match review {
                PreReview::Pending { .. } => wishes.push((40, Wish::Prepare(region, id))),
                PreReview::Prepared { .. } => wishes.extend([
                    (40, Wish::Recommend(region, id)),
                    (1, Wish::Decline(region, id)),
                ]),
                _ => {}
            }
        }
        let ballots = process.into_iter().flat_map(Process::all::<Ballot>);
        for (id, ballot) in ballots {
            let Ok(id) = id.parse() else { continue };
            match ballot {
                Ballot::Invited(asked) => {
                    let late = world.now > asked.deadline.end();
                    wishes.push((if late { 1 } else { 30 }, Wish::Cast(region, id)));
                    wishes.push((1, Wish::Declare(region, id)));
                }
                // Whoever was silent mostly stays so.
                Ballot::Reminded { .. } | Ballot::Recalled { sealed: None, .. } => {
                    wishes.push((1, Wish::Cast(region, id)));
                }
                Ballot::Cast { .. } => wishes.push((1, Wish::Recast(region, id))),
                _ => {}
            }
        }
    }
    wishes.into_iter()
}

/// The accepted demands that no round has, as the hub's list of candidates has them.
fn batch(world: &World) -> BTreeMap<DemandId, Entry> {
    let hub = world.service(Region::HUB, Name::Evaluation);
    let candidates = hub.into_iter().flat_map(Process::all::<Candidate>);
    let free = candidates.filter_map(|(_, candidate)| match candidate {
        Candidate::Accepted { entry, at } => {
            let word = entry.recommended.as_ref()?;
            let free = !taken(world, entry.demand, (*at).min(word.at));
            free.then(|| (entry.demand, (**entry).clone()))
        }
        _ => None,
    });
    free.collect()
}

/// Whether a round has the demand, or had it since its home and department last spoke for it.
fn taken(world: &World, demand: DemandId, spoken_for: OffsetDateTime) -> bool {
    let begun = |id: EvaluationRoundId| {
        let hub = world.service(Region::HUB, Name::Evaluation)?;
        hub.begun
            .get(&(EvaluationRound::KIND, id.to_string()))
            .copied()
    };
    let has = |(id, round): (EvaluationRoundId, &EvaluationRound)| {
        let setup = round.setup();
        let in_it = setup.is_some_and(|setup| setup.batch.contains_key(&demand));
        in_it
            && match round {
                EvaluationRound::Returned { .. } => false,
                EvaluationRound::Adopted { proposal, .. } => {
                    let standing = proposal.standings.get(&demand);
                    let since = begun(id).is_some_and(|at| at >= spoken_for);
                    standing.is_some_and(|standing| standing.listed || since)
                }
                _ => true,
            }
    };
    rounds(world).any(has)
}

pub(crate) fn call(world: &mut World, wish: Wish) -> Option<Call> {
    let (method, id, command) = match wish {
        Wish::Open => {
            let (id, command) = opening(world);
            (
                "jiebang.evaluation.v1.EvaluationService/OpenRound",
                id,
                command,
            )
        }
        Wish::Draw(id) => {
            let pool = pool(world);
            let barred = barred_experts(world, pool.values().map(|profile| &profile.person));
            let command = RoundCommand::Draw { pool, barred };
            (
                "jiebang.evaluation.v1.EvaluationService/DrawRound",
                id,
                command,
            )
        }
        Wish::RecoverSeed(id) | Wish::WaiveSeed(id) => seeds::call(world, id, wish)?,
        Wish::Prepare(region, id) | Wish::Recommend(region, id) | Wish::Decline(region, id) => {
            return pre_review(world, region, id, wish);
        }
        Wish::Waive(id) => {
            let what = waivable(world, id)?;
            let reason = say("专家联系不上");
            let command = RoundCommand::Waive { what, reason };
            let method = "jiebang.evaluation.v1.EvaluationService/WaiveBallot";
            (method, id, command)
        }
        Wish::Close(id) => {
            let withdrawn = withdrawn(world, id);
            let method = "jiebang.evaluation.v1.EvaluationService/CloseRound";
            (method, id, RoundCommand::Close { withdrawn })
        }
        Wish::Propose(id) => {
            let command = RoundCommand::Propose(Proposing {
                withdrawn: withdrawn(world, id),
                barred: barred_by_now(world, id),
                quotas: BTreeMap::new(),
                choices: BTreeMap::new(),
            });
            (
                "jiebang.evaluation.v1.EvaluationService/ProposeList",
                id,
                command,
            )
        }
        Wish::Return(id) => {
            let reason = say("会商未达成一致");
            (
                "jiebang.evaluation.v1.EvaluationService/ReturnRound",
                id,
                RoundCommand::Return { reason },
            )
        }
        Wish::Cast(region, id) | Wish::Recast(region, id) | Wish::Declare(region, id) => {
            return ballots::call(world, region, id, wish);
        }
    };
    Some(Call {
        method,
        node: Region::HUB,
        service: Name::Evaluation,
        actor: cast::official(Role::Secretariat, Region::HUB),
        acts: vec![Act::new::<EvaluationRound>(id, command)],
    })
}

fn opening(world: &mut World) -> (EvaluationRoundId, RoundCommand) {
    let round: EvaluationRoundId = world.dice.id();
    let quota = Quota {
        places: u32::try_from(world.dice.between(1, 3)).unwrap_or(1),
        reason: say("年度安排"),
    };
    let days = u32::try_from(world.dice.between(3, 20)).unwrap_or(3);
    let opening = Opening {
        round,
        year: 2024,
        quotas: BTreeMap::from([(cast::field(), quota)]),
        panel_size: Some(u32::try_from(world.dice.between(1, 3)).unwrap_or(1)),
        alternates: Some(u32::try_from(world.dice.between(1, 2)).unwrap_or(1)),
        deadline: Day::of(world.now).plus_days(days),
        cut_off: None,
        without: BTreeMap::new(),
        chase: world.dice.percent(30).then_some(Chase {
            reminder_days: 1,
            reply_days: 2,
        }),
        batch: batch(world),
        seed: Seed::from(world.dice.bytes()),
        mask: Digest(world.dice.bytes()),
    };
    (round, RoundCommand::Open(Box::new(opening)))
}

fn pool(world: &World) -> BTreeMap<regulation::ExpertId, evaluation::domain::Profile> {
    let hub = world.service(Region::HUB, Name::Evaluation);
    let experts = hub.into_iter().flat_map(Process::all::<Expert>);
    let pooled = experts.filter_map(|(id, expert)| match expert {
        Expert::Pooled(profile) => Some((id.parse().ok()?, profile.clone())),
        Expert::Unknown => None,
    });
    pooled.collect()
}

/// Of these people, whom a credit record bars from judging, as far as the hub knows.
fn barred_experts<'a>(
    world: &World,
    people: impl Iterator<Item = &'a PersonKey>,
) -> BTreeSet<PersonKey> {
    let is_barred = |person: &&PersonKey| {
        let whom = Subject::Person((*person).clone());
        barred(world, Region::HUB, &whom, BarredAct::ExpertDraw).is_some()
    };
    people.filter(is_barred).cloned().collect()
}

/// Of the experts of a round, whom credit records bar by now, and until when.
fn barred_by_now(world: &World, round: EvaluationRoundId) -> BTreeMap<PersonKey, Day> {
    let round: EvaluationRound = world.state(Region::HUB, Name::Evaluation, round);
    let seated = round
        .table()
        .into_iter()
        .flat_map(|table| table.roster.values());
    let until = |person: &PersonKey| {
        let whom = Subject::Person(person.clone());
        let bar = barred(world, Region::HUB, &whom, BarredAct::ExpertDraw)?;
        Some((person.clone(), bar.until))
    };
    seated.filter_map(|one| until(&one.person)).collect()
}

/// Demands of the round's batch that their homes took back.
fn withdrawn(world: &World, round: EvaluationRoundId) -> BTreeSet<DemandId> {
    let round: EvaluationRound = world.state(Region::HUB, Name::Evaluation, round);
    let batch = round
        .setup()
        .into_iter()
        .flat_map(|setup| setup.batch.keys());
    let gone = |demand: &&DemandId| {
        let candidate: Candidate = world.state(Region::HUB, Name::Evaluation, demand);
        matches!(candidate, Candidate::Withdrawn { .. })
    };
    batch.filter(gone).copied().collect()
}

/// Something that the round waits for.
fn waivable(world: &mut World, round: EvaluationRoundId) -> Option<Waivable> {
    let round: EvaluationRound = world.state(Region::HUB, Name::Evaluation, round);
    let missing = round.table()?.missing(&BTreeSet::new());
    let ballots = missing.ballots.keys().copied().map(Waivable::Ballot);
    let demands = missing.unanswered.keys().chain(missing.vacancies.keys());
    let regions = MEMBERS.map(Waivable::Region);
    let all: Vec<_> = ballots
        .chain(demands.copied().map(Waivable::Demand))
        .chain(regions.into_iter().take(1))
        .collect();
    world.dice.one_of(&all).copied()
}

fn pre_review(world: &mut World, node: Region, id: DemandId, wish: Wish) -> Option<Call> {
    let (method, role, command) = match wish {
        Wish::Prepare(..) => {
            let finding = Finding {
                passed: true,
                note: None,
            };
            let checks = CHECKS.map(|(key, _)| (key.to_owned(), finding.clone()));
            let opinion = Opinion {
                checks: checks.into(),
                opinion: say("符合推荐条件"),
                recommend: true,
            };
            (
                "jiebang.evaluation.v1.PreReviewService/PrepareRecommendation",
                Role::Officer,
                PreReviewCommand::Prepare(opinion),
            )
        }
        Wish::Recommend(..) => {
            let place = u32::try_from(world.dice.between(1, 999_999)).unwrap_or(1);
            let place = NonZeroU32::new(place)?;
            (
                "jiebang.evaluation.v1.PreReviewService/RecommendDemand",
                Role::Director,
                PreReviewCommand::Recommend { place },
            )
        }
        _ => (
            "jiebang.evaluation.v1.PreReviewService/DeclineDemand",
            Role::Director,
            PreReviewCommand::Decline {
                comments: say("指标尚不明确"),
            },
        ),
    };
    Some(Call {
        method,
        node,
        service: Name::Evaluation,
        actor: cast::official(role, node),
        acts: vec![Act::new::<PreReview>(id, command)],
    })
}

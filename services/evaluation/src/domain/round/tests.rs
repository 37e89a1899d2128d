//! A round's rules, each by a case that it decides.

mod ballots;
mod chase;
mod guards;
mod listing;
mod opening;
mod refusals;
mod seeds;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};

use draws::{Heard, SeedRejection, Word, draw_id, holders};
use evidence::Digest;
use panel::{Seed, SeedCommitment};
use regulation::{
    BallotId, Context, Day, DecisionId, DemandId, ExpertId, RefusalKind, Region, Text, UnitId,
};
use time::Duration;

use super::*;
use crate::domain::{Origin, Profile, rules, sample};

const HOMES: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
const NONE: BTreeSet<DemandId> = BTreeSet::new();

fn opening(demands: u128, places: u32) -> Opening {
    let quota = Quota {
        places,
        reason: "年度安排".parse().unwrap(),
    };
    let batch = (1..=demands).map(|n| sample::entry(n, Region::SH));
    Opening {
        round: sample::round(),
        year: 2024,
        quotas: BTreeMap::from([("集成电路".parse().unwrap(), quota)]),
        panel_size: Some(3),
        alternates: Some(2),
        deadline: sample::deadline(),
        batch: batch.map(|entry| (entry.demand, entry)).collect(),
        cut_off: None,
        without: BTreeMap::new(),
        chase: None,
        mask: Digest([6; 32]),
        seed: Seed::from([0xfe; 32]),
    }
}

fn member_seed(region: Region) -> Seed {
    Seed::from([region.as_str().as_bytes()[0]; 32])
}

/// What a member's node tells when it is asked for its seed.
fn word(region: Region) -> Word {
    let draw = draw_id(sample::round()).unwrap();
    let seed = member_seed(region);
    let dealt = panel::deal(&seed, &holders(&HOMES.into(), region));
    let shares = dealt.iter().map(|(holder, share)| {
        let commitment = share.commitment(region, *holder, &draw);
        (*holder, Digest(commitment))
    });
    Word {
        commitment: SeedCommitment::to(&seed, region, &draw),
        shares: shares.collect(),
    }
}

fn commitment(origin: Region) -> RoundCommand {
    let heard = Heard::Commitment(word(origin));
    RoundCommand::NoteSeeds { origin, heard }
}

/// A member's seed, for what is frozen.
fn seed_of(round: &EvaluationRound, origin: Region) -> RoundCommand {
    let EvaluationRound::Frozen(now) = round else {
        panic!("not frozen")
    };
    let heard = Heard::Seed {
        seed: member_seed(origin),
        frozen: now.input.digest(),
    };
    RoundCommand::NoteSeeds { origin, heard }
}

/// Freezes a pool in which nobody is barred.
fn draw(pool: BTreeMap<ExpertId, Profile>) -> RoundCommand {
    RoundCommand::Draw {
        pool,
        barred: BTreeSet::new(),
    }
}

/// Expert n sits in one of four regions and works for unit n.
fn pool(experts: u8) -> BTreeMap<ExpertId, Profile> {
    let profile = |n: u8| sample::profile(n, HOMES[usize::from(n) % 4], n.into());
    (1..=experts)
        .map(|n| (sample::expert(n.into()), profile(n)))
        .collect()
}

fn context() -> Context {
    let heard = HOMES
        .iter()
        .map(|region| (*region, sample::deadline().end()))
        .collect();
    Context {
        heard,
        ..sample::context(Region::HUB)
    }
}

fn after_deadline() -> Context {
    Context {
        now: sample::deadline().end() + Duration::hours(9),
        ..context()
    }
}

fn decide(
    round: &EvaluationRound,
    command: RoundCommand,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    round.decide(command, &context())
}

fn then(round: EvaluationRound, command: RoundCommand) -> EvaluationRound {
    then_in(round, command, &context())
}

fn then_in(
    mut round: EvaluationRound,
    command: RoundCommand,
    context: &Context,
) -> EvaluationRound {
    for event in round.decide(command, context).unwrap() {
        // Through JSON, as the journal keeps it.
        let kept = serde_json::to_string(&event).unwrap();
        round.evolve(&serde_json::from_str(&kept).unwrap());
    }
    let kept = serde_json::to_string(&round).unwrap();
    serde_json::from_str(&kept).unwrap()
}

fn opened(demands: u128, places: u32) -> EvaluationRound {
    then(
        EvaluationRound::Unknown,
        RoundCommand::Open(Box::new(opening(demands, places))),
    )
}

/// Every member has committed to a seed.
fn gathered(demands: u128, places: u32) -> EvaluationRound {
    HOMES
        .into_iter()
        .fold(opened(demands, places), |round, home| {
            then(round, commitment(home))
        })
}

fn drawn_from(round: EvaluationRound, pool: BTreeMap<ExpertId, Profile>) -> EvaluationRound {
    let frozen = then(round, draw(pool));
    HOMES.into_iter().fold(frozen, |round, home| {
        let seed = seed_of(&round, home);
        then(round, seed)
    })
}

fn drawn(demands: u128, experts: u8) -> EvaluationRound {
    drawn_from(gathered(demands, 1), pool(experts))
}

fn answer(demand: u128, strikes: &[ExpertId]) -> RoundCommand {
    let commitment = Digest([1; 32]);
    RoundCommand::Answer {
        demand: sample::demand(demand),
        origin: Region::SH,
        strikes: strikes.iter().map(|expert| (*expert, commitment)).collect(),
    }
}

fn scoring(demands: u128) -> EvaluationRound {
    (1..=demands).fold(drawn(demands, 8), |round, demand| {
        then(round, answer(demand, &[]))
    })
}

fn members(round: &EvaluationRound, demand: u128) -> Vec<ExpertId> {
    let table = round.table().unwrap();
    let panel = table.panel(sample::demand(demand)).unwrap();
    table.experts(&panel.experts).collect()
}

fn seats(round: &EvaluationRound) -> Vec<(BallotId, Seat)> {
    let seats = &round.table().unwrap().seats;
    seats
        .iter()
        .map(|(ballot, seat)| (*ballot, seat.clone()))
        .collect()
}

fn sealed(ballot: BallotId, points: u32) -> (Digest, Vec<u8>) {
    let content = sample::sheet(points).encode(ballot);
    (evidence::commit(&[7; 32], &content), content)
}

fn cast(ballot: BallotId, seat: &Seat, points: u32) -> RoundCommand {
    let commitment = sealed(ballot, points).0;
    RoundCommand::NoteCast {
        ballot,
        origin: seat.region,
        commitment,
        at: sample::now(),
    }
}

fn reveal(ballot: BallotId, seat: &Seat, points: u32) -> RoundCommand {
    let content = sealed(ballot, points).1;
    RoundCommand::NoteReveal {
        ballot,
        origin: seat.region,
        salt: [7; 32],
        content,
    }
}

fn close() -> RoundCommand {
    RoundCommand::Close { withdrawn: NONE }
}

fn waive(what: Waivable) -> RoundCommand {
    RoundCommand::Waive {
        what,
        reason: "联系不上".parse().unwrap(),
    }
}

fn all_cast(round: EvaluationRound, points: impl Fn(&Seat) -> u32) -> EvaluationRound {
    seats(&round).iter().fold(round, |round, (ballot, seat)| {
        then(round, cast(*ballot, seat, points(seat)))
    })
}

fn all_revealed(round: EvaluationRound, points: impl Fn(&Seat) -> u32) -> EvaluationRound {
    seats(&round).iter().fold(round, |round, (ballot, seat)| {
        then(round, reveal(*ballot, seat, points(seat)))
    })
}

fn outstanding(result: Result<Vec<RoundEvent>, RoundRejection>) -> Outstanding {
    match result {
        Err(RoundRejection::Outstanding(outstanding)) => *outstanding,
        other => panic!("not refused for what is outstanding: {other:?}"),
    }
}

#[test]
fn only_active_experts_whom_a_department_invited_are_drawn_and_each_person_once() {
    let mut pool = pool(8);
    pool.get_mut(&sample::expert(1)).unwrap().origin = Origin::NationalPool;
    pool.get_mut(&sample::expert(2)).unwrap().active = false;
    let person = pool[&sample::expert(3)].person.clone();
    pool.get_mut(&sample::expert(4)).unwrap().person = person;
    let round = drawn_from(gathered(3, 1), pool);
    let named: BTreeSet<_> = round.table().unwrap().roster.keys().copied().collect();
    for n in [1, 2, 4] {
        assert!(!named.contains(&sample::expert(n)), "expert {n}");
    }
}

#[test]
fn nobody_is_drawn_whom_a_credit_record_bars() {
    let pool = pool(8);
    let barred = [1, 2, 3].map(|n| pool[&sample::expert(n)].person.clone());
    let command = RoundCommand::Draw {
        barred: barred.into(),
        pool,
    };
    let frozen = then(gathered(1, 1), command);
    let EvaluationRound::Frozen(state) = &frozen else {
        panic!("not frozen")
    };
    let people = state.people.values().map(|person| person.expert);
    let free = [4, 5, 6, 7, 8].map(sample::expert);
    assert_eq!(people.collect::<BTreeSet<_>>(), free.into());
}

#[test]
fn whom_a_record_bars_since_the_draw_is_followed_and_whatever_they_say_counts_for_nothing() {
    let round = then(drawn(1, 8), answer(1, &[]));
    let (ballot, seat) = seats(&round).remove(0);
    let barred = |origin| RoundCommand::NoteBarred { ballot, origin };
    let foreign = HOMES.into_iter().find(|home| *home != seat.region).unwrap();
    assert!(matches!(
        decide(&round, barred(foreign)),
        Err(RoundRejection::NotItsHome { .. })
    ));
    let round = then(round, barred(seat.region));
    let table = round.table().unwrap();
    assert_eq!(table.seats[&ballot].state, SeatState::Barred);
    assert_eq!(members(&round, 1).len(), 3);
    assert_eq!(table.followed.len(), 1);
    assert!(decide(&round, barred(seat.region)).unwrap().is_empty());
    let refused = decide(&round, cast(ballot, &seat, 80)).unwrap_err();
    assert_eq!(regulation::Refusal::from(refused).rule, rules::STANDING);
}

#[test]
fn too_few_experts_are_refused_with_the_limit() {
    let refused = decide(&gathered(1, 1), draw(pool(2)));
    assert!(matches!(refused, Err(RoundRejection::Draw(_))));
}

#[test]
fn who_is_struck_is_followed_and_nobody_is_asked_before_home_has_answered() {
    let round = drawn(1, 8);
    assert!(seats(&round).is_empty());
    let struck = members(&round, 1)[0];
    let round = then(round, answer(1, &[struck]));
    assert!(matches!(round, EvaluationRound::Scoring(_)));
    assert_eq!(members(&round, 1).len(), 3);
    assert!(seats(&round).iter().all(|(_, seat)| seat.expert != struck));
    assert_eq!(seats(&round).len(), 3);
}

#[test]
fn only_the_demands_home_strikes_once_and_only_who_was_named() {
    let round = drawn(1, 8);
    let RoundCommand::Answer {
        demand, strikes, ..
    } = answer(1, &[])
    else {
        panic!()
    };
    let foreign = RoundCommand::Answer {
        demand,
        strikes,
        origin: Region::JS,
    };
    let not_home = RoundRejection::NotItsHome {
        home: Region::SH,
        origin: Region::JS,
    };
    assert_eq!(decide(&round, foreign).map(drop), Err(not_home));
    let stranger = decide(&round, answer(1, &[sample::expert(99)]));
    assert!(matches!(stranger, Err(RoundRejection::Replace(_))));
    let struck = members(&round, 1)[0];
    let round = then(round, answer(1, &[struck]));
    assert!(decide(&round, answer(1, &[struck])).unwrap().is_empty());
    let otherwise = RoundRejection::AnsweredOtherwise { demand };
    assert_eq!(decide(&round, answer(1, &[])).map(drop), Err(otherwise));
}

#[test]
fn where_nobody_is_left_the_seat_stays_empty_and_keeps_the_round_open() {
    let round = drawn(1, 4);
    let strikes = members(&round, 1)[..2].to_vec();
    let round = then(round, answer(1, &strikes));
    assert_eq!(seats(&round).len(), 2);
    let round = all_cast(round, |_| 80);
    let refused = outstanding(round.decide(close(), &after_deadline()));
    assert_eq!(refused.vacancies, BTreeMap::from([(sample::demand(1), 1)]));
    let round = then(round, waive(Waivable::Demand(sample::demand(1))));
    assert!(round.decide(close(), &after_deadline()).is_ok());
}

#[test]
fn a_declared_conflict_brings_the_next_alternate_in() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round)[0].clone();
    let conflict = RoundCommand::NoteConflict {
        ballot,
        origin: seat.region,
    };
    let round = then(round, conflict.clone());
    assert!(!members(&round, 1).contains(&seat.expert));
    assert_eq!(seats(&round).len(), 4);
    assert!(decide(&round, conflict).unwrap().is_empty());
    let rejection = RoundRejection::InConflict { ballot };
    assert_eq!(
        decide(&round, cast(ballot, &seat, 90)).map(drop),
        Err(rejection)
    );
}

#[test]
fn experts_of_one_employer_do_not_sit_together() {
    let mut pool = pool(8);
    let employer: UnitId = sample::unit(1);
    for n in [1, 5] {
        pool.get_mut(&sample::expert(n)).unwrap().employer = employer;
    }
    let round = drawn_from(gathered(1, 1), pool);
    let table = round.table().unwrap();
    let colleagues = members(&round, 1)
        .into_iter()
        .filter(|e| table.roster[e].employer == employer);
    assert!(colleagues.count() <= 1);
}

//! Random histories of a whole round over five nodes, through the real doors: messages in any
//! order that a link allows, twice, experts who cast, declare conflicts, come late, and a
//! secretariat that tries to close too early.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proto::{
    evaluation::v1::{BallotInvited, DrawProposed, SeedRevealRequested, SeedRevealed},
    message::{Audience, PublicEvent, Scope},
};
use regulation::{Actor, Context, Region};

use self::world::{HOMES, World, conflicted, draw, drawn, opened};
use super::{BallotCommand, EvaluationRound, Proposing, RoundCommand, SeatState, Waivable, sample};

#[derive(Debug, Clone)]
enum Step {
    Deliver { origin: usize, twice: bool },
    Cast { ballot: usize, points: u32 },
    Conflict { ballot: usize },
    Wait { hours: i64 },
    Waive { ballot: usize },
    WaiveDemand { demand: u128 },
    Draw,
    RecoverSeed { region: usize },
    WaiveSeed { region: usize },
    Close,
    Propose,
    ReturnList,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0_usize..5, any::<bool>()).prop_map(|(origin, twice)| Step::Deliver { origin, twice }),
        8 => (0_usize..9, 0_u32..=100).prop_map(|(ballot, points)| Step::Cast { ballot, points }),
        2 => (0_usize..9).prop_map(|ballot| Step::Conflict { ballot }),
        2 => (1_i64..240).prop_map(|hours| Step::Wait { hours }),
        2 => (0_usize..9).prop_map(|ballot| Step::Waive { ballot }),
        1 => (1_u128..=2).prop_map(|demand| Step::WaiveDemand { demand }),
        2 => Just(Step::Draw),
        1 => (0_usize..4).prop_map(|region| Step::RecoverSeed { region }),
        1 => (0_usize..4).prop_map(|region| Step::WaiveSeed { region }),
        1 => Just(Step::ReturnList),
        2 => Just(Step::Close),
        1 => Just(Step::Propose),
    ]
}

fn take(world: &mut World, step: Step) {
    let reason = || "专家联系不上".parse().unwrap();
    match step {
        Step::Deliver { origin, twice } => {
            let origin = HOMES.into_iter().chain([Region::HUB]).nth(origin).unwrap();
            world.deliver(origin, twice);
        }
        Step::Cast { ballot, points } => {
            let sheet = sample::sheet(points);
            world.expert(
                ballot,
                BallotCommand::Cast {
                    sheet,
                    salt: [9; 32],
                },
            );
        }
        Step::Conflict { ballot } => world.expert(ballot, BallotCommand::DeclareConflict),
        Step::Wait { hours } => world.wait(hours),
        Step::Waive { ballot } => {
            let round = world.round();
            let seats = round
                .table()
                .map(|table| table.seats.keys().copied().collect::<Vec<_>>());
            if let Some(id) = seats.and_then(|seats| seats.get(ballot).copied()) {
                let what = Waivable::Ballot(id);
                let _ = world.secretariat(RoundCommand::Waive {
                    what,
                    reason: reason(),
                });
            }
        }
        Step::WaiveDemand { demand } => {
            let what = Waivable::Demand(sample::demand(demand));
            let _ = world.secretariat(RoundCommand::Waive {
                what,
                reason: reason(),
            });
        }
        Step::Close => {
            let before = world.round();
            let context = world.context(Region::HUB, Actor::system(Region::HUB));
            if world
                .secretariat(RoundCommand::Close {
                    withdrawn: BTreeSet::new(),
                })
                .is_ok()
            {
                closed_rightly(&before, &context);
            }
        }
        Step::Propose => {
            let _ = world.secretariat(RoundCommand::Propose(Proposing::default()));
        }
        step => take_with_seeds(world, step),
    }
}

fn take_with_seeds(world: &mut World, step: Step) {
    let reason = || "该节点断网".parse().unwrap();
    match step {
        // Too early, twice, or in vain: refused, and that is the end of it.
        Step::Draw => {
            let _ = world.secretariat(draw());
        }
        Step::RecoverSeed { region } => {
            let _ = world.secretariat(RoundCommand::RecoverSeed {
                region: HOMES[region],
                reason: reason(),
            });
        }
        Step::WaiveSeed { region } => {
            let _ = world.secretariat(RoundCommand::WaiveSeed {
                region: HOMES[region],
                reason: reason(),
            });
        }
        Step::ReturnList => {
            if let Some(proposal) = world.round().proposal() {
                let _ = world.secretariat(RoundCommand::ReturnList {
                    decision: regulation::DecisionId(uuid::Uuid::from_u128(world.next)),
                    digest: proposal.digest,
                    reason: "不同意".to_owned(),
                });
            }
        }
        _ => {}
    }
}

/// A round closes only with all ballots, or waivers and everybody heard past the deadline.
fn closed_rightly(before: &EvaluationRound, context: &Context) {
    let table = before.table().unwrap();
    let end = table.setup.deadline.end();
    for seat in table.seats.values() {
        match seat.state {
            SeatState::Invited | SeatState::Late { .. } => panic!("closed without {seat:?}"),
            SeatState::Waived(_) => assert!(context.heard[&seat.region] >= end),
            _ => {}
        }
    }
    for bench in table.benches.values() {
        assert!(bench.waiver.is_some() || (bench.answered && bench.vacant == 0));
    }
}

/// Nobody scores something of their own employer, twice, or late; what counts is what was sealed.
fn holds(world: &World) {
    let round = world.round();
    let Some(table) = round.table() else { return };
    // Every member's seed is in, or who went on without it is on record.
    assert!(table.seeds.randomness.combine().is_ok());
    for home in HOMES {
        let is_in = table.seeds.randomness.seeds().contains_key(&home);
        assert!(
            is_in || table.seeds.story.waived.contains_key(&home),
            "{home}"
        );
    }
    let mut seen = BTreeSet::new();
    let homes: BTreeMap<_, _> = world
        .ballots()
        .into_iter()
        .map(|(node, ballot)| (ballot.invitation().unwrap().ballot, (node, ballot)))
        .collect();
    for (id, seat) in &table.seats {
        assert!(
            seen.insert((seat.demand, seat.expert)),
            "two ballots of one expert"
        );
        let number = if seat.demand == sample::demand(1) {
            1
        } else {
            2
        };
        let employer = table.roster[&seat.expert].employer;
        assert!(
            !conflicted(number, employer),
            "{:?} judges their own employer",
            seat.expert
        );
        let (SeatState::Cast { .. } | SeatState::Revealed(_)) = &seat.state else {
            continue;
        };
        let (node, ballot) = &homes[id];
        let sealed = ballot.sealed().unwrap();
        assert_eq!(*node, seat.region);
        assert!(sealed.at <= table.setup.deadline.end());
        match &seat.state {
            SeatState::Revealed(sheet) => assert_eq!(*sheet, sealed.sheet),
            SeatState::Cast { commitment, .. } => assert_eq!(*commitment, sealed.commitment),
            _ => {}
        }
    }
}

/// What crosses the border names no demander; what experts' homes are told names no demand and no
/// region that sent it; what a ballot says is told only once the round is closed.
fn nothing_leaks(world: &World) {
    seeds_stay_closed(world);
    let draw_kind = DrawProposed::KIND;
    for (origin, message) in &world.told {
        let text = String::from_utf8_lossy(&message.body);
        let crosses = matches!(message.scope, Scope::Share(_));
        let evaluation = message.kind.starts_with("evaluation.");
        if crosses && evaluation && message.kind != draw_kind {
            for unit in [1, 2, 5] {
                assert!(
                    !text.contains(&sample::unit(unit).to_string()),
                    "{}",
                    message.kind
                );
            }
        }
        if message.kind == draw_kind {
            assert!(origin.is_hub() && message.scope != Scope::Share(Audience::All));
        }
        if message.kind == BallotInvited::KIND {
            for demand in [1, 2] {
                assert!(!text.contains(&sample::demand(demand).to_string()));
            }
        }
        if message.kind == "evaluation.ballot.cast" {
            assert!(!text.contains(sample::REASON));
        }
    }
}

/// No seed is in anything that was told but the seed's own opening, after the freeze.
fn seeds_stay_closed(world: &World) {
    let seeds = world.seeds();
    let mut frozen = false;
    for (_, message) in &world.told {
        frozen |= message.kind == SeedRevealRequested::KIND;
        if message.kind == SeedRevealed::KIND {
            assert!(frozen, "a seed was opened before the freeze");
            continue;
        }
        let shown = message
            .body
            .windows(32)
            .any(|bytes| seeds.iter().any(|seed| seed == bytes));
        assert!(!shown, "{} shows a seed", message.kind);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_happens_nobody_scores_twice_late_or_at_home_and_nothing_leaks(
        seed: [u8; 32], steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut world = drawn(seed);
        for step in steps {
            take(&mut world, step);
            holds(&world);
        }
        nothing_leaks(&world);
        prop_assert!(world.dead.is_empty(), "{:?}", world.dead);
    }

    #[test]
    fn whatever_happens_to_seeds_nothing_is_drawn_without_all_that_are_not_gone_without(
        seed: [u8; 32], steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut world = opened(seed);
        for step in steps {
            take(&mut world, step);
            holds(&world);
        }
        nothing_leaks(&world);
        prop_assert!(world.dead.is_empty(), "{:?}", world.dead);
    }

    #[test]
    fn a_member_that_is_cut_off_after_its_commitment_does_not_keep_the_others_from_drawing(
        seed: [u8; 32], away in 0_usize..4,
    ) {
        let mut world = opened(seed);
        world.settle();
        world.secretariat(draw()).unwrap();
        let region = HOMES[away];
        // Everybody hears the hub; what this member says does not come through any more.
        let others = || HOMES.into_iter().filter(move |home| *home != region);
        while !world.said[&Region::HUB].is_empty() {
            world.deliver(Region::HUB, false);
        }
        for home in others() {
            while !world.said[&home].is_empty() {
                world.deliver(home, false);
            }
        }
        prop_assert!(world.round().table().is_none());
        let reason = "该节点断网".parse().unwrap();
        world.secretariat(RoundCommand::RecoverSeed { region, reason }).unwrap();
        while !world.said[&Region::HUB].is_empty() {
            world.deliver(Region::HUB, false);
        }
        for home in others() {
            while !world.said[&home].is_empty() {
                world.deliver(home, false);
            }
        }
        let round = world.round();
        prop_assert!(round.table().unwrap().seeds.randomness.seeds().contains_key(&region));
        world.settle();
        holds(&world);
        prop_assert!(world.dead.is_empty(), "{:?}", world.dead);
    }

    #[test]
    fn an_undisturbed_round_ends_in_a_list(seed: [u8; 32], points in 0_u32..=100) {
        let mut world = drawn(seed);
        world.settle();
        for ballot in 0..6 {
            let points = points.saturating_sub(u32::try_from(ballot).unwrap());
            let sheet = sample::sheet(points);
            world.expert(ballot, BallotCommand::Cast { sheet, salt: [3; 32] });
        }
        world.settle();
        world.secretariat(RoundCommand::Close { withdrawn: BTreeSet::new() }).unwrap();
        world.settle();
        world.secretariat(RoundCommand::Propose(Proposing::default())).unwrap();
        holds(&world);
        let round = world.round();
        let proposal = round.proposal().unwrap();
        prop_assert_eq!(proposal.standings.len(), 2);
        prop_assert!(proposal.standings.values().filter(|s| s.listed).count() <= 1);
        nothing_leaks(&world);
        prop_assert!(world.dead.is_empty(), "{:?}", world.dead);
    }
}

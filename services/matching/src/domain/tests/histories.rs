//! What must hold whatever happens in whatever order: modes, pool and anonymity. [domain: 1, 9]

use std::collections::BTreeSet;

use proptest::prelude::*;
use proto::matching::v1 as wire;

use super::world::{SECRET_UNIT, Step, World};

fn step() -> impl Strategy<Value = Step> {
    let solver = || 0..4_usize;
    prop_oneof![
        2 => (solver(), 1..4_u8).prop_map(|(n, tasks)| Step::Submit(n, tasks)),
        3 => Just(Step::Feedback),
        6 => solver().prop_map(Step::Open),
        1 => solver().prop_map(Step::Shortlist),
        1 => solver().prop_map(Step::Decline),
        6 => (solver(), 1..3_u8).prop_map(|(n, task)| Step::Select(n, task)),
        4 => solver().prop_map(Step::Confirm),
        1 => solver().prop_map(Step::Lapse),
        1 => solver().prop_map(Step::Withdraw),
        3 => any::<bool>().prop_map(Step::Propose),
        3 => Just(Step::Audit),
        1 => Just(Step::GiveBack),
        1 => (1..3_u8).prop_map(Step::Revise),
        2 => solver().prop_map(Step::Anew),
        1 => solver().prop_map(Step::Ask),
        1 => solver().prop_map(Step::Answer),
        1 => (solver(), any::<bool>()).prop_map(|(n, publish)| Step::Release(n, publish)),
        1 => prop_oneof![Just(Step::Roadshow), Just(Step::ReleaseRoadshow)],
        2 => solver().prop_map(Step::Register),
        1 => solver().prop_map(Step::Unregister),
        3 => solver().prop_map(Step::Invite),
        3 => solver().prop_map(Step::Accept),
        1 => solver().prop_map(Step::Minute),
        2 => solver().prop_map(Step::Disclose),
        1 => proptest::option::of(solver()).prop_map(Step::ProposeNaming),
        1 => any::<bool>().prop_map(Step::DecideNaming),
        1 => prop_oneof![9 => Just(Step::Feedback), 1 => Just(Step::CloseDemand)],
        4 => (1..30_u8).prop_map(Step::Pass),
        40 => (any::<usize>(), any::<bool>()).prop_map(|(n, twice)| Step::Deliver(n, twice)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn modes_pool_and_anonymity_hold_in_every_history(
        steps in proptest::collection::vec(step(), 1..250),
    ) {
        let mut world = World::published();
        for step in &steps {
            world.step(step);
            world.check();
        }
        world.agree();
        world.search();
    }
}

/// A question for all, one for nobody, a roadshow, a one-to-one, and the demander named.
const TALK: &[Step] = &[
    Step::Ask(0),
    Step::Ask(2),
    Step::Answer(0),
    Step::Release(0, true),
    Step::Release(2, false),
    Step::Roadshow,
    Step::ReleaseRoadshow,
    Step::Register(0),
    Step::Register(1),
    Step::Register(3),
    Step::Pass(1),
    Step::Unregister(0),
    Step::Invite(0),
    Step::Accept(0),
    Step::Pass(3),
    Step::Disclose(0),
    Step::Minute(0),
    Step::ProposeNaming(None),
    Step::DecideNaming(true),
];

/// Up to a demand that is matched in whole.
fn matched() -> World {
    let mut world = World::published();
    world.run(&[
        Step::Pass(1),
        Step::Submit(0, 3),
        Step::Submit(1, 2),
        Step::Submit(3, 1),
    ]);
    world.run(&[Step::Submit(2, 1), Step::Pass(1), Step::Feedback]);
    world.run(&[
        Step::Open(0),
        Step::Open(1),
        Step::Open(2),
        Step::Pass(40),
        Step::Shortlist(0),
    ]);
    world.run(TALK);
    world.run(&[
        Step::Decline(2),
        Step::Shortlist(1),
        Step::Select(0, 1),
        Step::Confirm(0),
        Step::Propose(false),
        Step::Audit,
    ]);
    world.run(&[
        Step::Revise(2),
        Step::Anew(1),
        Step::Pass(1),
        Step::Feedback,
        Step::Open(1),
        Step::Select(1, 2),
        Step::Confirm(1),
        Step::Audit,
    ]);
    world
}

/// To its end: every kind of message was said.
pub(super) fn straight() -> World {
    let mut world = matched();
    world.run(&[Step::Withdraw(1), Step::CloseDemand]);
    world
}

/// The search finds something: a straight history in which every kind of message is said.
#[test]
fn a_straight_history_ends_in_the_pool_and_says_every_kind_of_message() {
    let told = matched().federation.told::<wire::ReserveOwnerRecorded>();
    let matched = told.last().unwrap();
    assert_eq!(matched.status(), wire::ReserveStatus::Matched);
    assert_eq!(matched.demander_unit_id, SECRET_UNIT.to_string());
    assert_eq!(matched.solvers.len(), 2);
    let mut world = straight();
    let said: BTreeSet<&str> = world.federation.said.iter().map(|(_, m)| m.kind).collect();
    for event in proto::events::EVENTS
        .iter()
        .filter(|e| e.kind.starts_with("matching."))
    {
        assert!(said.contains(event.kind), "{} was never said", event.kind);
    }
    world.agree();
    world.search();
}

#[test]
fn what_is_left_of_a_selection_stands_at_its_solvers_home_too() {
    let mut world = World::published();
    world.run(&[
        Step::Pass(1),
        Step::Submit(0, 3),
        Step::Pass(1),
        Step::Feedback,
        Step::Open(0),
        Step::Pass(40),
        Step::Select(0, 1),
        Step::Confirm(0),
        Step::Select(0, 2),
        Step::Pass(20),
    ]);
    let narrowed = world.federation.told::<wire::SolutionDisposed>();
    assert_eq!(narrowed.last().unwrap().task_ids.len(), 1);
    world.agree();
}

//! What a budget gives is recorded by one and confirmed by another, and given out once.

use super::world::*;
use crate::domain::{AppropriationCommand, AppropriationStage, Source, rules};

#[test]
fn nobody_confirms_or_rejects_what_they_recorded() {
    let mut world = World::signed();
    let id = world.record(&officer(), Source::Central, 100);
    let own = officer_as_director();
    let confirmed = world.on_appropriation(&own, id, AppropriationCommand::Confirm);
    assert_eq!(code(confirmed), rules::TWO_PEOPLE.code);
    let reject = AppropriationCommand::Reject("误登".parse().unwrap());
    let rejected = world.on_appropriation(&own, id, reject);
    assert_eq!(code(rejected), rules::TWO_PEOPLE.code);
    assert_eq!(world.entry(id).stage, AppropriationStage::Recorded);
    assert!(world.postings.is_empty());
}

#[test]
fn a_confirmed_appropriation_is_posted_once_and_confirming_again_changes_nothing() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 100);
    world
        .on_appropriation(&director(), id, AppropriationCommand::Confirm)
        .unwrap();
    assert_eq!(world.postings.len(), 1);
    assert_eq!(world.entry(id).left(), Some(fen(100)));
}

#[test]
fn nothing_is_allocated_from_what_is_not_confirmed() {
    let mut world = World::signed();
    let id = world.record(&officer(), Source::Central, 100);
    let prepared = world.prepare(&officer(), 0, &[(id, 100)], on_contract(100));
    assert_eq!(code(prepared), rules::APPROPRIATION_CONFIRMED.code);
    let reserve = AppropriationCommand::Reserve {
        allocation: regulation::AllocationId(uuid::Uuid::from_u128(1)),
        project: project(0),
        amount: fen(100),
    };
    let reserved = world.on_appropriation(&director(), id, reserve);
    assert_eq!(code(reserved), rules::APPROPRIATION_CONFIRMED.code);
}

#[test]
fn what_was_rejected_or_confirmed_stays_so() {
    let mut world = World::signed();
    let rejected = world.record(&officer(), Source::County, 100);
    let reject = AppropriationCommand::Reject("误登".parse().unwrap());
    world
        .on_appropriation(&director(), rejected, reject.clone())
        .unwrap();
    let confirm = world.on_appropriation(&director(), rejected, AppropriationCommand::Confirm);
    assert_eq!(code(confirm), rules::LIFECYCLE.code);
    let confirmed = world.confirmed(Source::County, 100);
    let reject = world.on_appropriation(&director(), confirmed, reject);
    assert_eq!(code(reject), rules::LIFECYCLE.code);
}

#[test]
fn no_more_is_prepared_than_the_appropriation_has_left() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 100);
    let prepared = world.prepare(&officer(), 0, &[(id, 101)], on_contract(101));
    assert_eq!(code(prepared), rules::APPROPRIATION_LEFT.code);
}

#[test]
fn of_two_allocations_prepared_on_one_appropriation_only_what_it_has_is_approved() {
    let mut world = World::signed();
    let (scarce, ample) = (
        world.confirmed(Source::Central, 100),
        world.confirmed(Source::Provincial, 10_000),
    );
    let first = world.prepare(&officer(), 0, &[(scarce, 60)], on_contract(60));
    let lines = [(ample, 500), (scarce, 60)];
    let second = world.prepare(&officer(), 1, &lines, on_contract(560));
    let (first, second) = (first.unwrap(), second.unwrap());
    world.approve(&director(), 0, first).unwrap();
    let refused = world.approve(&director(), 1, second);
    assert_eq!(code(refused), rules::APPROPRIATION_LEFT.code);
    // All lines or none: the ample source has kept what is its.
    assert!(!is_approved(&world.allocation(1, second)));
    assert_eq!(world.entry(ample).left(), Some(fen(10_000)));
    assert_eq!(world.entry(scarce).left(), Some(fen(40)));
}

//! What is paid, by whom, when.

use regulation::{Actor, Region, Role, UnitId};
use uuid::Uuid;

use super::world::*;
use crate::domain::{Condition, GrantCommand, PaymentStage, Source, rules};

#[test]
fn nothing_is_paid_from_an_allocation_that_is_not_approved() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let prepared = world.prepare(&officer(), 0, &[(id, 100)], on_contract(100));
    let paid = world.pay(&officer(), 0, (prepared.unwrap(), 1), &[(id, 100)]);
    assert_eq!(code(paid), rules::ALLOCATION_APPROVED.code);
}

#[test]
fn a_tranche_waits_for_its_condition() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let tranches = vec![
        tranche(Condition::Contract, 40),
        tranche(Condition::Report { year: 2025 }, 30),
        tranche(Condition::Gate { number: 1 }, 20),
        tranche(Condition::Acceptance, 10),
    ];
    let allocation = world.allocated(0, &[(id, 100)], tranches);
    for later in 2..=4 {
        let paid = world.pay(&officer(), 0, (allocation, later), &[(id, 1)]);
        assert_eq!(code(paid), rules::TRANCHE_CONDITION.code, "{later}");
    }
    for none in [0, 5] {
        let paid = world.pay(&officer(), 0, (allocation, none), &[(id, 1)]);
        assert_eq!(code(paid), rules::LIFECYCLE.code);
    }
    world
        .pay(&officer(), 0, (allocation, 1), &[(id, 40)])
        .unwrap();
}

#[test]
fn no_more_is_paid_than_the_tranche_has() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let tranches = vec![
        tranche(Condition::Contract, 40),
        tranche(Condition::Acceptance, 60),
    ];
    let allocation = world.allocated(0, &[(id, 100)], tranches);
    let over = world.pay(&officer(), 0, (allocation, 1), &[(id, 41)]);
    assert_eq!(code(over), rules::TRANCHE_LEFT.code);
    world
        .pay(&officer(), 0, (allocation, 1), &[(id, 30)])
        .unwrap();
    // What waits for approval counts too.
    let over = world.pay(&officer(), 0, (allocation, 1), &[(id, 11)]);
    assert_eq!(code(over), rules::TRANCHE_LEFT.code);
}

#[test]
fn no_more_is_paid_of_a_source_than_it_has_given() {
    let mut world = World::signed();
    let central = world.confirmed(Source::Central, 1_000);
    let county = world.confirmed(Source::County, 1_000);
    let allocation = world.allocated(0, &[(central, 60), (county, 40)], on_contract(100));
    let over = world.pay(&officer(), 0, (allocation, 1), &[(county, 41)]);
    assert_eq!(code(over), rules::ALLOCATION_LEFT.code);
    world
        .pay(&officer(), 0, (allocation, 1), &[(county, 40)])
        .unwrap();
    let over = world.pay(&officer(), 0, (allocation, 1), &[(county, 1)]);
    assert_eq!(code(over), rules::ALLOCATION_LEFT.code);
    let stranger = world.confirmed(Source::Municipal, 1_000);
    let strange = world.pay(&officer(), 0, (allocation, 1), &[(stranger, 1)]);
    assert_eq!(code(strange), rules::LIFECYCLE.code);
    // Nor is it left out in silence beside a source that is known.
    let lines = [(central, 1), (stranger, 1)];
    let mixed = world.pay(&officer(), 0, (allocation, 1), &lines);
    assert_eq!(code(mixed), rules::LIFECYCLE.code);
}

#[test]
fn the_lead_is_paid_and_nobody_else() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    let command = GrantCommand::PreparePayment {
        payment: Uuid::from_u128(77).into(),
        allocation,
        tranche: 1,
        payee: UnitId(Uuid::from_u128(0xBAD)),
        lines: [(id, fen(1))].into(),
    };
    let paid = world.on_grant(&officer(), 0, command);
    assert_eq!(code(paid), rules::PAYEE_LEAD.code);
}

#[test]
fn nobody_releases_or_rejects_a_payment_that_they_prepared() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    let payment = world
        .pay(&officer(), 0, (allocation, 1), &[(id, 100)])
        .unwrap();
    for own in [officer(), officer_as_director()] {
        let released = world.release(&own, 0, payment);
        assert_eq!(code(released), rules::TWO_PEOPLE.code);
    }
    let reject = GrantCommand::RejectPayment(payment, "有误".parse().unwrap());
    let rejected = world.on_grant(&officer_as_director(), 0, reject);
    assert_eq!(code(rejected), rules::TWO_PEOPLE.code);
    assert_eq!(world.payment(0, payment).stage, PaymentStage::Prepared);
}

#[test]
fn from_the_policys_amount_up_a_director_releases_and_below_it_another_officer_may() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    let colleague = Actor::person("colleague", Role::Officer, Region::JS);
    for (amount, may) in [(50, false), (49, true)] {
        let payment = world.pay(&officer(), 0, (allocation, 1), &[(id, amount)]);
        let terms = officers_release_below(50);
        let payment = payment.unwrap();
        let command = GrantCommand::ApprovePayment { payment, terms };
        let released = world.on_grant(&colleague, 0, command);
        if may {
            released.unwrap();
        } else {
            assert_eq!(code(released), rules::PAYMENT_DIRECTOR.code);
            world.release(&director(), 0, payment).unwrap();
        }
    }
}

#[test]
fn a_rejected_payment_makes_room_and_stays_rejected() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    let payment = world
        .pay(&officer(), 0, (allocation, 1), &[(id, 100)])
        .unwrap();
    let reject = GrantCommand::RejectPayment(payment, "有误".parse().unwrap());
    world.on_grant(&director(), 0, reject).unwrap();
    let released = world.release(&director(), 0, payment);
    assert_eq!(code(released), rules::LIFECYCLE.code);
    world
        .pay(&officer(), 0, (allocation, 1), &[(id, 100)])
        .unwrap();
}

#[test]
fn what_one_tranche_or_one_allocation_has_paid_takes_nothing_from_another() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let halves = vec![
        tranche(Condition::Contract, 50),
        tranche(Condition::Contract, 50),
    ];
    let first = world.allocated(0, &[(id, 100)], halves);
    let second = world.allocated(0, &[(id, 80)], on_contract(80));
    for (allocation, part, amount) in [(first, 1, 50), (first, 2, 50), (second, 1, 80)] {
        let paid = world.pay(&officer(), 0, (allocation, part), &[(id, amount)]);
        paid.unwrap();
        let more = world.pay(&officer(), 0, (allocation, part), &[(id, 1)]);
        assert!(more.is_err(), "{part}");
    }
}

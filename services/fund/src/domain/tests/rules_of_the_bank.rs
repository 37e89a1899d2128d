//! What the bank returns is true, and never lost.

use proto::{fund::v1::PaymentConfirmed, message::Message};
use regulation::{AppropriationId, PaymentId};

use super::world::*;
use crate::{
    domain::{Bank, BankLine, Finding, GrantCommand, Mismatch, PaymentStage, Source, rules},
    ledger::Account,
};

/// A payment of 100 fen that is with the bank.
fn sent() -> (World, AppropriationId, PaymentId) {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    let payment = world
        .pay(&officer(), 0, (allocation, 1), &[(id, 100)])
        .unwrap();
    world.release(&director(), 0, payment).unwrap();
    (world, id, payment)
}

fn finding(world: &World, reference: &str) -> Finding {
    let kept = world.kept().into_iter();
    let mut found = kept.filter(|kept| kept.line.reference.as_str() == reference);
    found.next().unwrap().finding
}

#[test]
fn the_line_that_matches_confirms_once_and_the_hub_hears_it() {
    let (mut world, _, payment) = sent();
    for _ in 0..2 {
        world.bank(&line("B1", payment, 100)).unwrap();
    }
    assert_eq!(world.case(0).paid(), fen(100));
    let told: Vec<PaymentConfirmed> = world.told.iter().filter_map(Message::read).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].payment_id, payment.to_string());
    assert_eq!(told[0].amount.unwrap().fen, 100);
    let project = project(0);
    assert_eq!(finding(&world, "B1"), Finding::Matched { project, payment });
}

#[test]
fn a_line_with_another_amount_confirms_nothing_and_is_kept() {
    let (mut world, _, payment) = sent();
    for (reference, amount) in [("B1", 99), ("B2", 101)] {
        world.bank(&line(reference, payment, amount)).unwrap();
        let why = Mismatch::OtherAmount { sent: fen(100) };
        assert_eq!(finding(&world, reference), Finding::Unmatched(why));
    }
    assert!(matches!(
        world.payment(0, payment).stage,
        PaymentStage::Sent { .. }
    ));
    let bank = line("B3", payment, 99).of(payment);
    let forced = world.on_grant(&officer(), 0, GrantCommand::Return(bank));
    assert_eq!(code(forced), rules::BANK_MATCH.code);
}

#[test]
fn a_line_about_nothing_is_kept() {
    let (mut world, _, _) = sent();
    for (reference, quoted) in [
        ("B1", "货款".to_owned()),
        ("B2", String::new()),
        ("B3", uuid::Uuid::from_u128(5).to_string()),
    ] {
        world.bank(&line(reference, quoted, 100)).unwrap();
        let why = Mismatch::NoSuchPayment;
        assert_eq!(finding(&world, reference), Finding::Unmatched(why));
    }
    assert_eq!(world.case(0).paid(), fen(0));
}

#[test]
fn a_line_that_comes_before_the_release_is_compared_again_when_it_comes_again() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    let payment = world
        .pay(&officer(), 0, (allocation, 1), &[(id, 100)])
        .unwrap();
    let early = line("B1", payment, 100);
    world.bank(&early).unwrap();
    assert_eq!(finding(&world, "B1"), Finding::Unmatched(Mismatch::NotSent));
    world.release(&director(), 0, payment).unwrap();
    world.bank(&early).unwrap();
    assert_eq!(world.case(0).paid(), fen(100));
}

#[test]
fn a_second_line_about_a_confirmed_payment_is_kept_as_matching_nothing() {
    let (mut world, _, payment) = sent();
    world.bank(&line("B1", payment, 100)).unwrap();
    world.bank(&line("B2", payment, 100)).unwrap();
    assert_eq!(finding(&world, "B2"), Finding::Unmatched(Mismatch::NotSent));
    assert_eq!(world.case(0).paid(), fen(100));
}

#[test]
fn a_reference_names_one_line() {
    let (mut world, _, payment) = sent();
    world.bank(&line("B1", "货款", 100)).unwrap();
    let other = world.bank(&line("B1", payment, 100));
    assert_eq!(code(other), rules::BANK_REFERENCE_ONCE.code);
    assert_eq!(world.case(0).paid(), fen(0));
}

#[test]
fn what_the_bank_gives_back_is_reversed_and_can_be_paid_again() {
    let (mut world, id, payment) = sent();
    let back = BankLine {
        paid: false,
        ..line("B1", payment, 100)
    };
    world.bank(&back).unwrap();
    assert!(matches!(
        world.payment(0, payment).stage,
        PaymentStage::Failed { .. }
    ));
    let undone = world
        .postings
        .iter()
        .filter(|posting| posting.reverses.is_some());
    let undone: Vec<_> = undone.collect();
    assert_eq!(undone.len(), 1);
    let sent = world
        .postings
        .iter()
        .find(|posting| posting.name == "payment-sent");
    assert_eq!(undone[0].reverses, Some(sent.unwrap().id));
    assert_eq!(undone[0].moves[0].to, Account::Allocated);
    let allocation = world.payment(0, payment).allocation;
    world
        .pay(&officer(), 0, (allocation, 1), &[(id, 100)])
        .unwrap();
}

#[test]
fn the_same_return_given_to_the_grant_twice_has_effect_once() {
    let (mut world, _, payment) = sent();
    let bank: Bank = line("B1", payment, 100).of(payment);
    for _ in 0..2 {
        world
            .on_grant(&officer(), 0, GrantCommand::Return(bank.clone()))
            .unwrap();
    }
    let confirmed = world
        .postings
        .iter()
        .filter(|p| p.name == "payment-confirmed");
    assert_eq!(confirmed.count(), 1);
}

#[test]
fn what_is_with_the_bank_or_paid_is_not_paid_again_and_what_came_back_is() {
    for paid in [true, false] {
        let (mut world, id, payment) = sent();
        let allocation = world.payment(0, payment).allocation;
        let again = |world: &mut World| world.pay(&officer(), 0, (allocation, 1), &[(id, 1)]);
        assert_eq!(code(again(&mut world)), rules::ALLOCATION_LEFT.code);
        let returned = BankLine {
            paid,
            ..line("B1", payment, 100)
        };
        world.bank(&returned).unwrap();
        if paid {
            assert_eq!(code(again(&mut world)), rules::ALLOCATION_LEFT.code);
        } else {
            again(&mut world).unwrap();
        }
    }
}

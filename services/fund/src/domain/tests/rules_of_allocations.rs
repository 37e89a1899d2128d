//! How much a project gets. [Art. 17]

use proto::{
    common::v1 as common,
    fund::v1::{AllocationRecorded, FundSource},
    message::{Audience, Scope},
};

use journal::Aggregate as _;
use regulation::{Policy, YRD_2023_1};

use super::world::*;
use crate::domain::{Condition, Grant, GrantCommand, Source, rules};

#[test]
fn one_fen_over_thirty_percent_of_the_investment_is_refused() {
    let mut world = World::default();
    // More was established than the article allows: the article holds.
    world.sign(contract(0, INVESTMENT, INVESTMENT)).unwrap();
    let id = world.confirmed(Source::Central, INVESTMENT);
    let over = world.prepare(&officer(), 0, &[(id, 30_001)], on_contract(30_001));
    let refusal = over.unwrap_err();
    assert_eq!(refusal.rule, rules::SUPPORT_RATIO);
    assert!(
        refusal.to_string().contains("《实施办法》第17条"),
        "{refusal}"
    );
    assert!(refusal.message.contains("30%"), "{refusal}");
    world
        .prepare(&officer(), 0, &[(id, 30_000)], on_contract(30_000))
        .unwrap();
    // What waits for approval counts too.
    let more = world.prepare(&officer(), 0, &[(id, 1)], on_contract(1));
    assert_eq!(code(more), rules::SUPPORT_RATIO.code);
}

#[test]
fn what_is_approved_is_held_against_the_ratio_once_more() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, INVESTMENT);
    let prepared = world.prepare(&officer(), 0, &[(id, 30_000)], on_contract(30_000));
    let mut stricter = terms();
    stricter.support_ratio_max = "0.29".parse().unwrap();
    let command = GrantCommand::ApproveAllocation {
        allocation: prepared.unwrap(),
        terms: stricter,
    };
    let approved = world.on_grant(&director(), 0, command);
    assert_eq!(code(approved), rules::SUPPORT_RATIO.code);
}

#[test]
fn another_policy_judges_what_is_signed_allocated_and_paid() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, INVESTMENT);
    world
        .prepare(&officer(), 0, &[(id, 20_000)], on_contract(20_000))
        .unwrap();
    let grant = Grant(Some(world.case(0)));
    assert_eq!(grant.taken_under(), Some("yrd-2023-1"));
    let failing = |line: &str, other: &str| {
        let text = YRD_2023_1.replace(line, other);
        let verdicts = grant.verdicts(&Policy::parse(&text).unwrap());
        let failing = verdicts.into_iter().filter(|verdict| !verdict.holds);
        failing
            .map(|verdict| (verdict.rule.code, verdict.found))
            .collect::<Vec<_>>()
    };
    assert_eq!(failing("", ""), []);
    let ratio = "support_ratio_max = \"0.30\"";
    let signed = (rules::SUPPORT_RATIO.code, fen(30_000).to_string());
    let allocated = (rules::SUPPORT_RATIO.code, fen(20_000).to_string());
    let fifth = failing(ratio, "support_ratio_max = \"0.20\"");
    assert_eq!(fifth, std::slice::from_ref(&signed));
    let tenth = failing(ratio, "support_ratio_max = \"0.10\"");
    assert_eq!(tenth, [signed, allocated]);
}

#[test]
fn a_project_gets_no_more_than_was_established() {
    let mut world = World::default();
    world.sign(contract(0, INVESTMENT, 20_000)).unwrap();
    let id = world.confirmed(Source::Central, INVESTMENT);
    let over = world.prepare(&officer(), 0, &[(id, 20_001)], on_contract(20_001));
    assert_eq!(code(over), rules::ESTABLISHED_SUPPORT.code);
}

#[test]
fn without_a_signed_contract_there_is_no_money() {
    let mut world = World::default();
    let id = world.confirmed(Source::Central, 100);
    let prepared = world.prepare(&officer(), 7, &[(id, 100)], on_contract(100));
    assert_eq!(code(prepared), rules::CONTRACT_SIGNED.code);
}

#[test]
fn the_same_contract_again_changes_nothing_and_another_is_refused() {
    let mut world = World::signed();
    let before = world.case(0);
    world.sign(contract(0, INVESTMENT, SUPPORT)).unwrap();
    assert_eq!(world.case(0), before);
    let other = world.sign(contract(0, INVESTMENT, SUPPORT + 1));
    assert_eq!(code(other), rules::ONE_CONTRACT.code);
}

#[test]
fn tranches_are_the_whole_allocation() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    for tranches in [on_contract(99), on_contract(101), vec![]] {
        let prepared = world.prepare(&officer(), 0, &[(id, 100)], tranches);
        assert_eq!(code(prepared), rules::TRANCHES_COVER.code);
    }
    let halves = vec![
        tranche(Condition::Contract, 50),
        tranche(Condition::Acceptance, 50),
    ];
    world.prepare(&officer(), 0, &[(id, 100)], halves).unwrap();
}

#[test]
fn nobody_approves_or_rejects_an_allocation_that_they_prepared() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let prepared = world.prepare(&officer(), 0, &[(id, 100)], on_contract(100));
    let allocation = prepared.unwrap();
    let own = officer_as_director();
    assert_eq!(
        code(world.approve(&own, 0, allocation)),
        rules::TWO_PEOPLE.code
    );
    let reject = GrantCommand::RejectAllocation(allocation, "重复".parse().unwrap());
    assert_eq!(
        code(world.on_grant(&own, 0, reject)),
        rules::TWO_PEOPLE.code
    );
    assert_eq!(world.entry(id).left(), Some(fen(1_000)));
}

#[test]
fn approving_again_takes_nothing_more_and_says_nothing_more() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 100);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    // Nothing is left: were the line taken again, it would be refused.
    let (told, posted) = (world.told.len(), world.postings.len());
    world.approve(&director(), 0, allocation).unwrap();
    assert_eq!((world.told.len(), world.postings.len()), (told, posted));
    assert_eq!(world.entry(id).left(), Some(fen(0)));
}

#[test]
fn a_rejected_allocation_makes_room_and_stays_rejected() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, INVESTMENT);
    let all = on_contract(SUPPORT);
    let first = world.prepare(&officer(), 0, &[(id, SUPPORT)], all.clone());
    let first = first.unwrap();
    let reject = GrantCommand::RejectAllocation(first, "来源有误".parse().unwrap());
    world.on_grant(&director(), 0, reject).unwrap();
    let approved = world.approve(&director(), 0, first);
    assert_eq!(code(approved), rules::LIFECYCLE.code);
    world.allocated(0, &[(id, SUPPORT)], all);
}

#[test]
fn the_hub_alone_hears_what_a_project_gets() {
    let mut world = World::signed();
    let id = world.confirmed(Source::Central, 1_000);
    let allocation = world.allocated(0, &[(id, 100)], on_contract(100));
    let [message] = world.told.as_slice() else {
        panic!("{:?}", world.told);
    };
    assert_eq!(message.scope, Scope::Share(Audience::HUB));
    let recorded: AllocationRecorded = message.read().unwrap();
    assert_eq!(recorded.allocation_id, allocation.to_string());
    assert_eq!(recorded.project_id, project(0).to_string());
    assert_eq!(recorded.support.unwrap().fen, 100);
    assert_eq!(recorded.investment.unwrap().fen, INVESTMENT);
    let [source] = recorded.sources.as_slice() else {
        panic!("{:?}", recorded.sources);
    };
    assert_eq!(source.source(), FundSource::Central);
    assert_eq!(source.amount, Some(common::Money { fen: 100 }));
}

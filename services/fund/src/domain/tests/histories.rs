//! What must hold whatever is tried in whatever order. [domain: 2, 11]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use regulation::{Actor, AllocationId, AppropriationId, Money, PaymentId, Region, Role};

use super::world::*;
use crate::{
    domain::{
        AllocationStage, AppropriationCommand, AppropriationStage, BankLine, Condition,
        GrantCommand, PaymentStage, Source,
    },
    ledger::{Account, Side},
};

/// Somebody: one of three people in one of two roles.
#[derive(Debug, Clone, Copy)]
struct Who(u8, bool);

impl Who {
    fn actor(self) -> Actor {
        let role = if self.1 {
            Role::Director
        } else {
            Role::Officer
        };
        Actor::person(format!("person-{}", self.0), role, Region::JS)
    }
}

#[derive(Debug, Clone)]
enum Step {
    Record(Who, usize, i64),
    Confirm(Who, usize),
    RejectAppropriation(Who, usize),
    Prepare(Who, u128, Vec<(usize, i64)>, i64),
    Approve(Who, usize),
    RejectAllocation(Who, usize),
    Pay(Who, usize, usize, i64),
    Release(Who, usize),
    RejectPayment(Who, usize),
    Bank(usize, u8, i64, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || (0..3_u8, any::<bool>()).prop_map(|(n, director)| Who(n, director));
    let n = || 0..12_usize;
    let amount = || prop_oneof![1..200_i64, 1_000..12_000_i64];
    let lines = proptest::collection::vec((n(), amount()), 1..4);
    prop_oneof![
        2 => (who(), 0..4_usize, amount()).prop_map(|(w, s, a)| Step::Record(w, s, a)),
        4 => (who(), n()).prop_map(|(w, n)| Step::Confirm(w, n)),
        1 => (who(), n()).prop_map(|(w, n)| Step::RejectAppropriation(w, n)),
        6 => (who(), 0..2_u128, lines, 0..100_i64)
            .prop_map(|(w, p, l, now)| Step::Prepare(w, p, l, now)),
        6 => (who(), n()).prop_map(|(w, n)| Step::Approve(w, n)),
        1 => (who(), n()).prop_map(|(w, n)| Step::RejectAllocation(w, n)),
        6 => (who(), n(), 1..3_usize, amount()).prop_map(|(w, n, t, a)| Step::Pay(w, n, t, a)),
        6 => (who(), n()).prop_map(|(w, n)| Step::Release(w, n)),
        1 => (who(), n()).prop_map(|(w, n)| Step::RejectPayment(w, n)),
        6 => (n(), 0..60_u8, prop_oneof![9 => Just(0_i64), 1 => 1..3_i64], prop::bool::weighted(0.8))
            .prop_map(|(n, r, d, paid)| Step::Bank(n, r, d, paid)),
    ]
}

/// The `n`th of what there is, round and round.
fn nth<T: Clone>(all: &[T], n: usize) -> Option<T> {
    all.get(n.checked_rem(all.len())?).cloned()
}

fn allocations(world: &World) -> Vec<(u128, AllocationId)> {
    (0..2)
        .flat_map(|n| world.case(n).allocations.into_keys().map(move |id| (n, id)))
        .collect()
}

fn payments(world: &World) -> Vec<(u128, PaymentId)> {
    (0..2)
        .flat_map(|n| world.case(n).payments.into_keys().map(move |id| (n, id)))
        .collect()
}

/// Signed contracts and some money to begin with.
fn begun() -> World {
    let mut world = World::signed();
    for source in [Source::Central, Source::County] {
        world.confirmed(source, 20_000);
    }
    world
}

/// Tries the step; that it may be refused is the point.
fn tried(world: &mut World, step: &Step) -> Option<bool> {
    let ids: Vec<AppropriationId> = world
        .appropriations()
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    let outcome = match step {
        Step::Record(who, source, amount) => {
            world.record(&who.actor(), Source::ALL[*source], *amount);
            return Some(true);
        }
        Step::Confirm(who, n) => {
            let id = nth(&ids, *n)?;
            world.on_appropriation(&who.actor(), id, AppropriationCommand::Confirm)
        }
        Step::RejectAppropriation(who, n) => {
            let command = AppropriationCommand::Reject("误登".parse().unwrap());
            world.on_appropriation(&who.actor(), nth(&ids, *n)?, command)
        }
        Step::Prepare(who, n, lines, later) => {
            let lines: BTreeMap<_, _> = lines
                .iter()
                .filter_map(|(at, amount)| Some((nth(&ids, *at)?, *amount)))
                .collect();
            let total: i64 = lines.values().sum();
            let later = total * later / 200;
            let tranches = vec![
                tranche(Condition::Contract, total - later),
                tranche(Condition::Acceptance, later),
            ];
            let lines: Vec<_> = lines.into_iter().collect();
            world.prepare(&who.actor(), *n, &lines, tranches).map(drop)
        }
        Step::Approve(who, n) => {
            let (of, id) = nth(&allocations(world), *n)?;
            world.approve(&who.actor(), of, id)
        }
        Step::RejectAllocation(who, n) => {
            let (of, id) = nth(&allocations(world), *n)?;
            let command = GrantCommand::RejectAllocation(id, "有误".parse().unwrap());
            world.on_grant(&who.actor(), of, command)
        }
        Step::Pay(who, n, tranche, amount) => {
            let (of, id) = nth(&allocations(world), *n)?;
            let lines: Vec<_> = world.allocation(of, id).lines.iter().collect();
            let (from, _) = nth(&lines, *n)?;
            world
                .pay(&who.actor(), of, (id, *tranche), &[(from, *amount)])
                .map(drop)
        }
        Step::Release(who, n) => {
            let (of, id) = nth(&payments(world), *n)?;
            world.release(&who.actor(), of, id)
        }
        Step::RejectPayment(who, n) => {
            let (of, id) = nth(&payments(world), *n)?;
            let command = GrantCommand::RejectPayment(id, "有误".parse().unwrap());
            world.on_grant(&who.actor(), of, command)
        }
        Step::Bank(n, reference, more, paid) => {
            let (of, id) = nth(&payments(world), *n)?;
            let amount = world.payment(of, id).lines.total().fen() + more;
            let line = BankLine {
                paid: *paid,
                ..line(&format!("B{reference}"), id, amount)
            };
            world.bank(&line)
        }
    };
    Some(outcome.is_ok())
}

/// Balances by source and account, as the ledger adds up.
fn balances(world: &World) -> BTreeMap<(Source, Account), i64> {
    let mut balances = BTreeMap::new();
    for posting in &world.postings {
        let mut sides = 0;
        for (account, side, moved) in posting.entries() {
            let fen = match side {
                Side::Debit => moved.amount.fen(),
                Side::Credit => -moved.amount.fen(),
            };
            sides += fen;
            *balances.entry((moved.budget.source, account)).or_default() += fen;
        }
        assert_eq!(sides, 0, "{posting:?}");
    }
    balances
}

fn the_ledger_adds_up(world: &World) {
    let ids: BTreeSet<_> = world.postings.iter().map(|posting| posting.id).collect();
    assert_eq!(ids.len(), world.postings.len(), "something is posted twice");
    let balances = balances(world);
    assert_eq!(balances.values().sum::<i64>(), 0);
    let of = |source, account| {
        balances
            .get(&(source, account))
            .copied()
            .unwrap_or_default()
    };
    for source in Source::ALL {
        let appropriated = -of(source, Account::Granted);
        let paid = of(source, Account::Paid);
        let allocated = of(source, Account::Allocated) + of(source, Account::InTransit) + paid;
        assert!(paid <= allocated && allocated <= appropriated, "{source}");
        for account in [
            Account::Available,
            Account::Allocated,
            Account::InTransit,
            Account::Paid,
        ] {
            assert!(of(source, account) >= 0, "{source} {account:?}");
        }
    }
    let total = |account| Source::ALL.iter().map(|s| of(*s, account)).sum::<i64>();
    let cases = world.cases();
    let paid: i64 = cases.iter().map(|case| case.paid().fen()).sum();
    let allocated: i64 = cases.iter().map(|case| case.allocated().fen()).sum();
    let left = world
        .appropriations()
        .into_iter()
        .filter_map(|(_, e)| e.left());
    assert_eq!(total(Account::Paid), paid);
    let given = [Account::Allocated, Account::InTransit, Account::Paid];
    assert_eq!(given.map(total).iter().sum::<i64>(), allocated);
    assert_eq!(total(Account::Available), left.map(Money::fen).sum::<i64>());
}

fn caps_hold(world: &World) {
    for case in world.cases() {
        let live = case
            .allocations
            .values()
            .filter(|a| !matches!(a.stage, AllocationStage::Rejected { .. }));
        let live = Money::sum(live.map(|a| a.lines.total())).unwrap();
        assert!(
            terms()
                .support_ratio_max
                .at_most(live, case.contract.investment)
        );
        assert!(live <= case.contract.support);
        assert!(case.paid() <= case.allocated() && case.allocated() <= live);
    }
    for (_, entry) in world.appropriations() {
        if let AppropriationStage::Confirmed { reserved, .. } = &entry.stage {
            let taken = Money::sum(reserved.values().map(|r| r.amount)).unwrap();
            assert!(taken <= entry.amount);
        }
    }
}

fn two_people_each_time(world: &World) {
    for (_, entry) in world.appropriations() {
        if let AppropriationStage::Confirmed { by, .. } = &entry.stage {
            assert_ne!(*by, entry.recorded_by);
        }
    }
    for case in world.cases() {
        for allocation in case.allocations.values() {
            if let AllocationStage::Approved { by } = &allocation.stage {
                assert_ne!(*by, allocation.prepared_by);
            }
        }
        for payment in case.payments.values() {
            if let PaymentStage::Sent { by }
            | PaymentStage::Confirmed { by, .. }
            | PaymentStage::Failed { by, .. } = &payment.stage
            {
                assert_ne!(*by, payment.prepared_by);
                assert!(!by.is_empty());
            }
        }
    }
}

/// Payments that are over, as they are for good.
fn over(world: &World) -> BTreeMap<PaymentId, PaymentStage> {
    let payments = world.cases().into_iter().flat_map(|case| case.payments);
    payments
        .filter(|(_, p)| !matches!(p.stage, PaymentStage::Prepared | PaymentStage::Sent { .. }))
        .map(|(id, payment)| (id, payment.stage))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn money_is_never_spent_twice_whatever_is_tried(
        steps in proptest::collection::vec(step(), 1..120),
    ) {
        let mut world = begun();
        let mut ended = BTreeMap::new();
        for step in &steps {
            tried(&mut world, step);
            the_ledger_adds_up(&world);
            caps_hold(&world);
            two_people_each_time(&world);
            let now = over(&world);
            prop_assert!(ended.iter().all(|(id, stage)| now.get(id) == Some(stage)));
            ended = now;
        }
    }
}

/// The search finds something: many histories get as far as money that is paid.
#[test]
fn random_histories_get_as_far_as_the_bank() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let paid = (0..40).filter(|_| {
        let steps = proptest::collection::vec(step(), 120).new_tree(&mut runner);
        let mut world = begun();
        for step in steps.unwrap().current() {
            tried(&mut world, &step);
        }
        world.cases().iter().any(|case| !case.paid().is_zero())
    });
    let paid = paid.count();
    assert!(paid >= 10, "{paid}");
}

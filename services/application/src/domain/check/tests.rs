//! Every rule of the machine has a package that breaks it and nothing else.

mod properties;
mod units;

use std::collections::BTreeMap;

use regulation::{ApplicationId, Departure, Money, Region, TopicId, UnitId};
use uuid::Uuid;

use super::{
    sample::{LEAD, SOLVER, TASK, TEAM, bar, fen, guideline, key, known, package, part, terms},
    *,
};
use crate::{
    domain::{
        item::Item,
        package::{Contract, Member},
    },
    record,
};

/// What the machine says of a package, and of what is known around it, after a change.
fn after(change: impl FnOnce(&mut Package, &mut Known, &mut Guideline)) -> Vec<Fault> {
    let (mut package, mut known, mut guide) = (package(), known(), guideline());
    change(&mut package, &mut known, &mut guide);
    let terms = terms();
    let ground = Ground {
        guide: &guide,
        terms: &terms,
        known: &known,
        day: "2024-12-31".parse().unwrap(),
        correction: None,
    };
    check(&package, &ground)
}

/// The items that fail, each once.
fn items(faults: &[Fault]) -> BTreeSet<Item> {
    faults.iter().map(Fault::item).collect()
}

/// The rules that are broken, as they are told.
fn broken(faults: &[Fault]) -> Vec<&'static str> {
    let refusals = faults.iter().map(Fault::refusal);
    refusals.map(|refusal| refusal.rule.code).collect()
}

fn unit(package: &mut Package, unit: UnitId) -> &mut Member {
    package.units.get_mut(&unit).unwrap()
}

#[test]
fn a_sound_package_passes_on_the_windows_last_day() {
    assert_eq!(after(|_, _, _| {}), []);
}

#[test]
fn outside_the_window_or_the_guide_nothing_is_taken() {
    let late = after(|_, _, guide| guide.until = "2024-12-30".parse().unwrap());
    assert_eq!(items(&late), [Item::Window].into());
    let early = after(|_, _, guide| {
        guide.from = "2025-01-01".parse().unwrap();
        guide.until = guide.from;
    });
    assert_eq!(items(&early), [Item::Window].into());
    let unknown = after(|package, _, _| package.topic.topic = TopicId(Uuid::from_u128(99)));
    assert_eq!(unknown, [Fault::UnknownTopic]);
    let other_field = after(|package, _, _| package.topic.field = "人工智能".parse().unwrap());
    assert_eq!(other_field, [Fault::UnknownTopic]);
}

#[test]
fn the_topics_demand_is_in_the_pool_and_the_lead_is_its_demander() {
    for place in [Place::Never, Place::Left, Place::Withdrawn] {
        let gone = after(|_, known, _| known.pool = place.clone());
        assert_eq!(gone, [Fault::NotInPool(place)]);
    }
    let elsewhere = after(|_, known, _| known.whose = Whose::Here(None));
    assert_eq!(elsewhere, [Fault::LeadNotDemander]);
    let other = after(|_, known, _| {
        let solvers = package().solvers;
        let (demander, place) = (SOLVER, known.pool.clone());
        known.whose = Whose::Here(Some(Owner {
            demander,
            solvers,
            place,
        }));
    });
    assert_eq!(other, [Fault::LeadNotDemander]);
    assert_eq!(after(|_, known, _| known.whose = Whose::Signed), []);
    // Of another channel anybody may lead. [Art. 21]
    let open = after(|package, known, guide| {
        package.topic.blind_id = None;
        guide.topics[0].blind_id = None;
        package.solvers.clear();
        (known.pool, known.whose) = (Place::Never, Whose::Here(None));
    });
    assert_eq!(open, []);
}

#[test]
fn a_selected_solver_is_a_subtask_unit_with_its_whole_team() {
    let participant = after(|package, _, _| {
        unit(package, SOLVER).role = UnitRole::Participant;
        unit(package, SOLVER).part = Some(part(SOLVER, UnitRole::Participant, 60, 100));
        package.content.contracts.clear();
    });
    assert_eq!(participant, [Fault::SolverNotSubtask(SOLVER)]);
    let missing = after(|package, _, _| {
        package.units.remove(&SOLVER);
        package.content.contracts.clear();
        package.content.core_team.clear();
        package.content.shares = BTreeMap::from([(LEAD, 10_000)]);
        (package.content.investment, package.content.support) = (fen(840), fen(240));
    });
    assert_eq!(missing, [Fault::SolverMissing(SOLVER)]);
    let team = after(|package, _, _| {
        package.units.remove(&TEAM);
        (package.content.investment, package.content.support) = (fen(860), fen(258));
        let lead = unit(package, LEAD).part.as_mut().unwrap();
        lead.lines[0].support = fen(198);
        lead.lines[0].own = fen(502);
    });
    assert_eq!(team, [Fault::TeamMissing(TEAM)]);
    assert_eq!(broken(&team), [rules::SOLVER_TEAM.code]);
    let others = after(|package, _, _| {
        let mut solver = package.solvers.pop_first().unwrap();
        solver.team.remove(&TEAM);
        package.solvers.insert(solver);
    });
    assert_eq!(others, [Fault::OtherSolvers]);
    // The hub knows which tasks are matched, though not by whom.
    let fewer = after(|package, known, _| {
        package.solvers.clear();
        known.whose = Whose::Signed;
    });
    assert_eq!(fewer, [Fault::TaskWithoutSolver(TASK)]);
}

#[test]
fn every_unit_has_provided_its_part_for_its_role() {
    let other = after(|package, _, _| {
        unit(package, TEAM).part.as_mut().unwrap().role = UnitRole::Subtask;
    });
    assert_eq!(other, [Fault::NoPart(TEAM)]);
    let none = after(|package, _, _| {
        unit(package, TEAM).part = None;
        (package.content.investment, package.content.support) = (fen(860), fen(258));
        let lead = unit(package, LEAD).part.as_mut().unwrap();
        (lead.lines[0].support, lead.lines[0].own) = (fen(198), fen(502));
    });
    assert_eq!(none, [Fault::NoPart(TEAM)]);
}

#[test]
fn money_is_within_ratio_and_ceiling_and_adds_up_to_the_fen() {
    let more = after(|package, _, _| {
        let line = &mut unit(package, LEAD).part.as_mut().unwrap().lines[0];
        (line.support, line.own) = (fen(201), fen(499));
        package.content.support = fen(301);
    });
    let most = fen(300);
    let support = fen(301);
    assert_eq!(more, [Fault::SupportRatio { support, most }]);
    let ceiling = after(|_, _, guide| guide.ceiling = Some(fen(299)));
    assert_eq!(items(&ceiling), [Item::Ceiling].into());
    assert_eq!(broken(&ceiling), [rules::CEILING.code]);
    assert_eq!(after(|_, _, guide| guide.ceiling = None), []);
    let sum = after(|package, _, _| {
        unit(package, LEAD).part.as_mut().unwrap().lines[0].own = fen(499);
    });
    assert_eq!(items(&sum), [Item::BudgetSum].into());
    // A fen of support more and of own means less: the whole is right, the support is not.
    let shifted = after(|package, _, _| {
        let line = &mut unit(package, LEAD).part.as_mut().unwrap().lines[0];
        (line.support, line.own) = (fen(199), fen(501));
    });
    assert_eq!(items(&shifted), [Item::BudgetSum].into());
    assert_eq!(broken(&shifted), [rules::BUDGET_SUM.code]);
    let huge = after(|package, _, _| {
        unit(package, LEAD).part.as_mut().unwrap().lines[0].own = fen(i64::MAX);
    });
    assert_eq!(items(&huge), [Item::BudgetSum].into());
}

#[test]
fn each_subtask_unit_has_one_contract_and_nobody_else_has() {
    let none = after(|package, _, _| package.content.contracts.clear());
    assert_eq!(items(&none), [Item::Contracts].into());
    assert_eq!(broken(&none), [rules::CONTRACTS.code]);
    let twice = after(|package, _, _| {
        let again = package.content.contracts[0].clone();
        package.content.contracts.push(again);
    });
    assert_eq!(items(&twice), [Item::Contracts].into());
    let stranger = after(|package, _, _| {
        let other = Contract {
            unit: UnitId(Uuid::from_u128(77)),
            ..package.content.contracts[0].clone()
        };
        package.content.contracts.push(other);
    });
    assert_eq!(items(&stranger), [Item::Contracts].into());
    let participant = after(|package, _, _| {
        let other = Contract {
            unit: TEAM,
            ..package.content.contracts[0].clone()
        };
        package.content.contracts.push(other);
    });
    assert_eq!(items(&participant), [Item::Contracts].into());
    let zero = after(|package, _, _| package.content.contracts[0].amount = Money::ZERO);
    assert_eq!(items(&zero), [Item::Contracts].into());
    let much = after(|package, _, _| package.content.contracts[0].amount = fen(1001));
    assert!(
        matches!(much[..], [Fault::ContractsTooMuch { .. }]),
        "{much:?}"
    );
    assert_eq!(broken(&much), [rules::CONTRACTS.code]);
}

#[test]
fn more_than_three_years_want_a_reason_and_a_directors_approval() {
    let longer = |departure: Option<Departure>| {
        after(|package, _, _| {
            package.content.months = 37;
            package.departure = departure;
        })
    };
    let wish = Departure::new(rules::DURATION, "首台套周期长".parse().unwrap());
    assert_eq!(items(&longer(None)), [Item::Duration].into());
    assert_eq!(items(&longer(Some(wish.clone()))), [Item::Duration].into());
    assert_eq!(longer(Some(wish.approved("director"))), []);
}

#[test]
fn leader_and_core_team_stand_in_the_parts() {
    let nobody = after(|package, _, _| package.content.leader = None);
    assert_eq!(nobody, [Fault::NoLeader]);
    let of_other = after(|package, _, _| package.content.leader = Some(key(2)));
    assert_eq!(of_other, [Fault::LeaderNotOfLead]);
    let stranger = after(|package, _, _| package.content.core_team = [key(9)].into());
    assert_eq!(stranger, [Fault::TeamNotInParts(1)]);
    let other = ApplicationId(Uuid::from_u128(70));
    let second = after(|_, known, _| known.leader_elsewhere = Some(other));
    assert_eq!(second, [Fault::SecondLive(other)]);
    assert_eq!(broken(&second), [rules::ONE_LIVE.code]);
    let allowed = after(|_, known, guide| {
        known.leader_elsewhere = Some(other);
        guide.one_live = false;
    });
    assert_eq!(allowed, []);
}

#[test]
fn indicators_shares_and_the_undertaking_are_complete() {
    let none = after(|package, _, _| package.content.indicators = None);
    assert_eq!(none, [Fault::NoIndicators]);
    assert_eq!(broken(&none), [rules::INDICATORS.code]);
    let short = after(|package, _, _| {
        package.content.shares.insert(LEAD, 6999);
    });
    assert_eq!(short, [Fault::Shares(9999)]);
    assert_eq!(broken(&short), [rules::SHARES.code]);
    let stranger = after(|package, _, _| {
        package.content.shares = BTreeMap::from([(UnitId(Uuid::from_u128(77)), 10_000)]);
    });
    assert_eq!(stranger, [Fault::Shares(10_000)]);
    assert_eq!(after(|package, _, _| package.content.shares.clear()), []);
    let silent = after(|package, _, _| package.content.committed = false);
    assert_eq!(silent, [Fault::NotCommitted]);
    assert_eq!(broken(&silent), [rules::COMMITMENT.code]);
}

#[test]
fn a_correction_changes_only_what_was_asked_for_and_knows_no_window() {
    let (before, known, guide, terms) = (package(), known(), guideline(), terms());
    let mut after = package();
    after.version = 2;
    after.content.indicators = "更好的指标".parse().ok();
    let check_with = |open: &BTreeSet<Section>| {
        let ground = Ground {
            guide: &guide,
            terms: &terms,
            known: &known,
            day: "2025-02-01".parse().unwrap(),
            correction: Some((&before, open)),
        };
        check(&after, &ground)
    };
    assert_eq!(check_with(&[Section::Indicators].into()), []);
    assert_eq!(
        check_with(&[Section::Parts].into()),
        [Fault::NotAskedFor(Section::Indicators)]
    );
}

#[test]
fn every_fault_is_said_in_chinese_with_its_rule_and_a_remedy() {
    let faults = [
        Fault::UnknownTopic,
        Fault::NotInPool(Place::Never),
        Fault::NotInPool(Place::Left),
        Fault::NotInPool(Place::Withdrawn),
        Fault::NoLeader,
        Fault::NotCommitted,
        Fault::Shares(9999),
        Fault::NotAskedFor(Section::Money),
        Fault::Barred {
            unit: LEAD,
            by: bar(),
        },
        Fault::TeamMissing(LEAD),
    ];
    for fault in faults {
        let refusal = fault.refusal();
        assert!(refusal.rule.code.starts_with("application."), "{fault:?}");
        assert!(!refusal.message.is_ascii() && !refusal.remedy.is_ascii());
    }
    let cap = Fault::SupportRatio {
        support: fen(301),
        most: fen(300),
    };
    let said = cap.refusal().to_string();
    assert!(
        said.contains("《实施办法》第17条") && said.contains("3.01 元"),
        "{said}"
    );
}

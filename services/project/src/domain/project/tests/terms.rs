//! What a contract says, and on what it is not drawn up.

use prost::Message as _;
use proto::project::v1::ContractDocument;
use regulation::Money;

use super::*;
use crate::sample::{LEAD, SOLVER};

#[test]
fn the_contract_says_what_was_established_and_the_same_always_has_the_same_digest() {
    let mut project = project(established());
    give(&mut project, prepare(), &officer());
    let content = ContractDocument::decode(contract(&project).document.bytes()).unwrap();
    let told = told();
    let (entry, package) = (told.entry.unwrap(), told.package.unwrap());
    assert_eq!(content.project_id, entry.project_id);
    // The joint decision's support, not the one that was applied for.
    assert_ne!(entry.support, package.support);
    assert_eq!(content.support, entry.support);
    assert_eq!(content.investment, package.investment);
    assert_eq!(content.contracts, package.contracts);
    assert_eq!(content.milestones, package.milestones);
    assert_eq!(content.indicators, package.indicators);
    assert_eq!(content.months, 36);
    assert_eq!(content.starts_on, "2025-01-01");
    assert_eq!(content.ends_on, "2027-12-31");
    assert_eq!(content.policy_version, "yrd-2023-1");
    assert_eq!(content.document_number, "长三角联攻〔2024〕9号");
    let solver = content
        .units
        .iter()
        .find(|unit| unit.unit_id == SOLVER.to_string())
        .unwrap();
    assert_eq!(solver.subtask, "光刻胶配方");
    assert_eq!(solver.lines, package.parts[1].lines);

    let again = record::contract(&established(), 1, &terms("2025-01-01"));
    assert_eq!(again, contract(&project).document.bytes());
    let other = record::contract(&established(), 2, &terms("2025-01-01"));
    assert_ne!(again, other);
}

#[test]
fn more_than_three_years_need_the_approved_departure_of_the_application() {
    let departure = |by: Option<&str>| regulation::Departure {
        rule: "application.duration".into(),
        reason: "临床试验周期较长".parse().unwrap(),
        approved_by: by.map(str::to_owned),
    };
    let long = |departure| {
        with(|established| {
            established.months = 42;
            established.duration_departure = departure;
        })
    };
    for departure in [None, Some(departure(None))] {
        let refused = refusal(&long(departure), prepare(), &officer());
        let refusal = regulation::Refusal::from(refused);
        assert_eq!(refusal.rule, crate::domain::rules::DURATION);
        assert_eq!(refusal.values["months"], "42");
    }
    let approved = long(Some(departure(Some("director"))));
    assert!(approved.decide(prepare(), &officer()).is_ok());
}

#[test]
fn support_over_the_policys_share_of_the_investment_is_not_contracted() {
    let most = Money::from_fen(30_000_000).unwrap();
    let with_support = |fen| {
        with(|established| {
            established.investment = Money::from_fen(100_000_000).unwrap();
            established.support = Money::from_fen(fen).unwrap();
        })
    };
    let refused = refusal(&with_support(30_000_001), prepare(), &officer());
    assert!(matches!(refused, Rejection::SupportTooHigh { most: limit, .. } if limit == most));
    assert!(
        with_support(30_000_000)
            .decide(prepare(), &officer())
            .is_ok()
    );
}

#[test]
fn a_project_keeps_its_policy_version_and_does_not_go_on_without_it() {
    let project = project(established());
    let command = |policy| Command::Prepare {
        barred: Vec::new(),
        terms: terms("2025-01-01"),
        policy,
    };
    let other = Arc::new(Policy::parse(regulation::YRD_2024_1).unwrap());
    for policy in [None, Some(other)] {
        assert_eq!(
            refusal(&project, command(policy), &officer()),
            Rejection::PolicyUnknown("yrd-2023-1".into())
        );
    }
    assert_eq!(rule(&project, command(None), &officer()), rules::POLICY);
}

#[test]
fn no_project_starts_before_the_day_of_its_establishment() {
    let project = project(established());
    let start = |day| Command::Prepare {
        barred: Vec::new(),
        terms: terms(day),
        policy: Some(policy()),
    };
    assert!(matches!(
        refusal(&project, start("2024-12-01"), &officer()),
        Rejection::StartsTooEarly { .. }
    ));
    assert!(project.decide(start("2024-12-02"), &officer()).is_ok());
}

#[test]
fn a_contract_that_can_not_cross_in_one_message_is_not_drawn_up() {
    let project = with(|established| {
        let long: Text = "字".repeat(Text::CHARS_MAX).parse().unwrap();
        established.milestones = vec![long; 14];
    });
    assert!(matches!(
        refusal(&project, prepare(), &officer()),
        Rejection::TooLong { .. }
    ));
    assert_eq!(rule(&project, prepare(), &officer()), rules::SIZE);
}

#[test]
fn a_project_is_established_once() {
    let project = project(established());
    let again = Command::Establish(Box::new(established()));
    assert_eq!(project.decide(again, &system()), Ok(Vec::new()));
    let mut other = established();
    other.months = 24;
    let other = Command::Establish(Box::new(other));
    assert_eq!(
        refusal(&project, other.clone(), &system()),
        Rejection::Exists
    );
    assert_eq!(rule(&project, other, &system()), rules::LIFECYCLE);
    assert_eq!(
        refusal(&Project::default(), prepare(), &officer()),
        Rejection::NotFound
    );
}

#[test]
fn what_does_not_hold_together_is_no_project() {
    use crate::domain::{InvalidEstablished as Fault, UnitRole};
    let fault = |change: fn(&mut Established)| {
        let mut changed = established();
        change(&mut changed);
        changed.checked().unwrap_err()
    };
    let two = fault(|project| project.units.get_mut(&SOLVER).unwrap().role = UnitRole::Lead);
    assert_eq!(two, Fault::Leads(2));
    let other = fault(|project| project.lead = SOLVER);
    assert_eq!(other, Fault::AnotherLead);
    let neighbour = fault(|project| {
        project.lead = SOLVER;
        project.units.get_mut(&SOLVER).unwrap().home = Region::JS;
    });
    assert_eq!(neighbour, Fault::AnotherLead);
    let elsewhere = fault(|project| project.region = Region::SH);
    assert_eq!(elsewhere, Fault::AnotherLead);
    let contract = fault(|project| project.contracts[0].unit = LEAD);
    assert_eq!(contract, Fault::ContractWith(LEAD));
}

#[test]
fn the_last_day_is_the_one_before_the_same_day_of_the_month_after() {
    for (start, months, end) in [
        ("2025-01-01", 36, "2027-12-31"),
        ("2024-12-15", 24, "2026-12-14"),
        ("2024-03-01", 12, "2025-02-28"),
    ] {
        assert_eq!(terms(start).ends_on(months).to_string(), end);
    }
}

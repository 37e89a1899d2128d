//! What another version of the policy would have said of a round.

use journal::Aggregate as _;
use regulation::{Policy, YRD_2023_1, rules as policy_rules};

use super::*;

fn with(changes: &[(&str, &str)]) -> Policy {
    let mut text = YRD_2023_1.to_owned();
    for (line, other) in changes {
        assert!(text.contains(line), "{line} is not in the policy");
        text = text.replace(line, other);
    }
    Policy::parse(&text).unwrap()
}

fn failing(round: &EvaluationRound, policy: &Policy) -> Vec<&'static str> {
    let verdicts = round.verdicts(policy);
    let failing = verdicts.iter().filter(|verdict| !verdict.holds);
    failing.map(|verdict| verdict.rule.code).collect()
}

/// A round of the policy's own numbers with one place: the first demand is urgent, the second good in
/// everything else.
fn proposed() -> EvaluationRound {
    let opening = Opening {
        panel_size: None,
        alternates: None,
        ..opening(2, 1)
    };
    let round = then(
        EvaluationRound::Unknown,
        RoundCommand::Open(Box::new(opening)),
    );
    let round = HOMES
        .iter()
        .fold(round, |round, home| then(round, commitment(*home)));
    let round = drawn_from(round, pool(16));
    let round = [1, 2]
        .into_iter()
        .fold(round, |round, number| then(round, answer(number, &[])));
    let round = all_revealed(then(all_cast(round, |_| 66), close()), |_| 66);
    let EvaluationRound::Closed { mut table, at } = round else {
        panic!("not closed")
    };
    for seat in table.seats.values_mut() {
        if let SeatState::Revealed(sheet) = &mut seat.state
            && seat.demand == sample::demand(1)
        {
            for (key, mark) in &mut sheet.marks.0 {
                let points = if key.as_str() == "urgency" { 100 } else { 60 };
                mark.points = points.try_into().unwrap();
            }
        }
    }
    let round = EvaluationRound::Closed { table, at };
    then(round, RoundCommand::Propose(Proposing::default()))
}

#[test]
fn a_round_is_judged_by_the_numbers_of_whichever_version() {
    let round = proposed();
    assert_eq!(round.taken_under(), Some("yrd-2023-1"));
    assert_eq!(failing(&round, &sample::policy()), [""; 0]);
    for (line, other, rule) in [
        (
            "evaluation_panel_size = 5",
            "evaluation_panel_size = 7",
            policy_rules::EVALUATION_PANEL_SIZE,
        ),
        ("alternates = 3", "alternates = 4", policy_rules::ALTERNATES),
        (
            "expert_load_max = 15",
            "expert_load_max = 1",
            policy_rules::EXPERT_LOAD_MAX,
        ),
    ] {
        assert_eq!(failing(&round, &with(&[(line, other)])), [rule.code]);
    }
}

#[test]
fn a_round_of_another_version_is_judged_by_the_first() {
    let text = regulation::YRD_2024_1.replace("panel_employer_max = 1", "panel_employer_max = 2");
    let policy = Policy::parse(&text).unwrap();
    let context = Context {
        policy: Some(std::sync::Arc::new(policy)),
        ..context()
    };
    let mut opening = opening(1, 1);
    let quota = opening.quotas.values().next().unwrap().clone();
    opening.quotas.insert("未来产业".parse().unwrap(), quota);
    opening.panel_size = None;
    opening.alternates = None;
    let command = RoundCommand::Open(Box::new(opening));
    let round = then_in(EvaluationRound::Unknown, command, &context);
    assert_eq!(round.taken_under(), Some("yrd-2024-1"));
    let codes = [
        policy_rules::FIELDS.code,
        policy_rules::PANEL_EMPLOYER_MAX.code,
    ];
    assert_eq!(failing(&round, &sample::policy()), codes);
}

#[test]
fn the_same_ballots_come_to_another_list_under_other_weights() {
    let round = proposed();
    let other = with(&[
        (
            r#"name = "国家战略相符性", weight = 25"#,
            r#"name = "国家战略相符性", weight = 40"#,
        ),
        (
            r#"name = "紧迫性", weight = 20"#,
            r#"name = "紧迫性", weight = 5"#,
        ),
    ]);
    let codes = [policy_rules::EVALUATION_CRITERIA.code, rules::LIST.code];
    assert_eq!(failing(&round, &other), codes);
    let list = round.verdicts(&other).pop().unwrap();
    assert_eq!(
        (list.found.as_str(), list.bound.as_str()),
        ("光刻胶1", "光刻胶2")
    );
    // A criterion that nobody scored cannot be made up.
    let unscored = with(&[(
        r#"    { key = "necessity", name = "必要性", weight = 20 },"#,
        r#"    { key = "necessity", name = "必要性", weight = 10 },
    { key = "novelty", name = "新颖性", weight = 10 },"#,
    )]);
    assert_eq!(failing(&round, &unscored), codes);
}

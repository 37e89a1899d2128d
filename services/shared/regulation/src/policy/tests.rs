//! The shipped versions, and what parsing refuses.

use std::collections::BTreeSet;

use proptest::prelude::*;

mod book;
mod publication;
mod regional;

use super::*;
use crate::{Source, Strength};

fn genesis() -> Policy {
    Policy::parse(YRD_2023_1).unwrap()
}

fn second() -> Policy {
    Policy::parse(YRD_2024_1).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

/// The genesis with one line of its file replaced.
fn with(line: &str, replacement: &str) -> Result<Policy, InvalidPolicy> {
    assert!(YRD_2023_1.contains(line), "no such line: {line}");
    Policy::parse(&YRD_2023_1.replacen(line, replacement, 1))
}

fn bad_key(line: &str, replacement: &str) -> &'static str {
    match with(line, replacement) {
        Err(InvalidPolicy::Value { key, .. }) => key,
        other => panic!("{replacement}: {other:?}"),
    }
}

#[test]
fn the_genesis_has_the_numbers_of_the_regulation() {
    let policy = genesis();
    assert_eq!(policy.version, "yrd-2023-1");
    assert_eq!(policy.support_ratio_max, ratio("0.30"));
    assert_eq!(policy.subtask_payment_ratio_min, ratio("0.80"));
    assert_eq!(policy.duration_months_max, 36);
    assert_eq!(policy.breakthrough_months, Bounds { min: 24, max: 36 });
    assert_eq!(policy.regions_min, 2);
    assert_eq!(policy.review_rounds_per_year, Bounds { min: 1, max: 2 });
    assert_eq!(policy.acceptance_preparation_months, 3);
    assert!(
        ["sh", "js", "zj", "ah"]
            .iter()
            .all(|name| policy.is_member(name.parse().unwrap()))
    );
    assert_eq!(policy.members.len(), 4);
    assert!(policy.allows_milestones(&"生物医药".parse().unwrap()));
    assert!(!policy.allows_milestones(&"集成电路".parse().unwrap()));
    assert_eq!(policy.approver(DecisionKind::Guide), Role::TaskForce);
    assert_eq!(policy.approver(DecisionKind::Admission), Role::TaskForce);
}

#[test]
fn a_policy_covers_its_first_and_last_day() {
    let policy = genesis();
    for (text, covered) in [
        ("2023-04-05", false),
        ("2023-04-06", true),
        ("2025-04-05", true),
        ("2025-04-06", false),
    ] {
        assert_eq!(policy.covers(day(text)), covered, "{text}");
    }
}

#[test]
fn the_second_version_adds_a_field_and_changes_nothing_else() {
    let (first, mut second) = (genesis(), second());
    let added: Field = "未来产业".parse().unwrap();
    assert!(!first.has_field(&added) && second.has_field(&added));
    assert_ne!(first.digest(), second.digest());
    second.fields.pop();
    second.version.clone_from(&first.version);
    second.in_force_from = first.in_force_from;
    second.text.clone_from(&first.text);
    second.digest = first.digest;
    assert_eq!(first, second);
}

#[test]
fn the_digest_is_that_of_the_files_bytes() {
    let policy = genesis();
    assert_eq!(policy.text(), YRD_2023_1);
    assert_eq!(policy.digest_hex(), hex::encode(policy.digest()));
    let commented = Policy::parse(&format!("{YRD_2023_1}# one more word\n")).unwrap();
    assert_ne!(commented.digest(), policy.digest());
}

#[test]
fn every_key_of_the_file_has_its_rule_and_every_rule_its_key() {
    let table: toml::Table = YRD_2023_1.parse().unwrap();
    let keys: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    let ruled: BTreeSet<&str> = Policy::rules()
        .iter()
        .map(|(key, _)| *key)
        .filter(|key| !key.contains('.'))
        .collect();
    assert_eq!(keys, ruled);
    assert_eq!(Policy::rule("regions_min"), Some(rules::REGIONS_MIN));
    assert_eq!(Policy::rule("nonsense"), None);
}

#[test]
fn each_rule_cites_the_regulation_as_far_as_it_goes() {
    let strength = |key| Policy::rule(key).unwrap().strength;
    for key in [
        "support_ratio_max",
        "subtask_payment_ratio_min",
        "regions_min",
    ] {
        assert_eq!(strength(key), Strength::Must, "{key}");
    }
    for key in [
        "duration_months_max",
        "breakthrough_months",
        "review_rounds_per_year",
    ] {
        assert_eq!(strength(key), Strength::InPrinciple, "{key}");
    }
    assert_eq!(strength("milestone_fields"), Strength::May);
    for (key, rule) in Policy::rules() {
        assert_eq!(
            rule.source == Source::Ours,
            rule.articles.is_empty(),
            "{key}"
        );
        assert!(
            rule.articles
                .iter()
                .all(|article| (1..=22).contains(&article.0)),
            "{key}"
        );
        assert!(rule.code.starts_with("policy."), "{key}");
    }
    let silent = [
        "publicity_days",
        "correction_rounds_max",
        "call_days_min",
        "review_panel_size",
    ];
    for key in silent {
        assert_eq!(Policy::rule(key).unwrap().source, Source::Ours, "{key}");
    }
}

#[test]
fn unknown_missing_and_unreadable_keys_are_named() {
    assert_eq!(
        Policy::parse(&format!("sponsor = 1\n{YRD_2023_1}")),
        Err(InvalidPolicy::Unknown("sponsor".into()))
    );
    assert_eq!(
        with("regions_min = 2", ""),
        Err(InvalidPolicy::Missing("regions_min"))
    );
    assert!(matches!(
        Policy::parse("a = = 1"),
        Err(InvalidPolicy::Syntax(_))
    ));
    for (line, replacement, key) in [
        ("regions_min = 2", "regions_min = \"two\"", "regions_min"),
        (
            "support_ratio_max = \"0.30\"",
            "support_ratio_max = 0.30",
            "support_ratio_max",
        ),
        (
            "in_force_until = \"2025-04-05\"",
            "in_force_until = \"2025-04-31\"",
            "in_force_until",
        ),
        ("min = 24", "min = 24, middle = 30", "breakthrough_months"),
        (
            "list = \"task_force\"",
            "lists = \"task_force\"",
            "approvers",
        ),
        (
            "payment_director_from = 0",
            "payment_director_from = -1",
            "payment_director_from",
        ),
    ] {
        assert_eq!(bad_key(line, replacement), key);
    }
}

#[test]
fn the_version_the_days_and_the_members_have_to_make_sense() {
    for (line, replacement, key) in [
        ("\"yrd-2023-1\"", "\"YRD 2023\"", "version"),
        (
            "in_force_until = \"2025-04-05\"",
            "in_force_until = \"2023-04-05\"",
            "in_force_until",
        ),
        ("[\"sh\", \"js\", \"zj\", \"ah\"]", "[]", "members"),
        ("\"sh\", \"js\"", "\"sh\", \"sh\"", "members"),
        ("\"sh\", \"js\"", "\"sh\", \"hub\"", "members"),
        (
            "\"集成电路\", \"人工智能\"",
            "\"集成电路\", \"集成电路\"",
            "fields",
        ),
        (
            "milestone_fields = [\"生物医药\"]",
            "milestone_fields = [\"航天\"]",
            "milestone_fields",
        ),
    ] {
        assert_eq!(bad_key(line, replacement), key, "{replacement}");
    }
}

#[test]
fn numbers_have_to_make_sense() {
    for (line, replacement, key) in [
        (
            "min = 24, max = 36",
            "min = 36, max = 24",
            "breakthrough_months",
        ),
        (
            "min = 1, max = 2",
            "min = 3, max = 2",
            "review_rounds_per_year",
        ),
        ("publicity_days = 5", "publicity_days = 0", "publicity_days"),
        (
            "correction_days = 10",
            "correction_days = 1000",
            "correction_days",
        ),
        (
            "duration_months_max = 36",
            "duration_months_max = 360",
            "duration_months_max",
        ),
        (
            "_preparation_months = 3",
            "_preparation_months = 36",
            "acceptance_preparation_months",
        ),
        ("regions_min = 2", "regions_min = 5", "regions_min"),
        ("regions_min = 2", "regions_min = 0", "regions_min"),
        (
            "support_ratio_max = \"0.30\"",
            "support_ratio_max = \"0\"",
            "support_ratio_max",
        ),
        (
            "payment_two_person = true",
            "payment_two_person = false",
            "payment_two_person",
        ),
    ] {
        assert_eq!(bad_key(line, replacement), key, "{replacement}");
    }
}

#[test]
fn panels_have_to_make_sense() {
    for (line, replacement, key) in [
        (
            "ballots_trim_from = 5",
            "ballots_trim_from = 2",
            "ballots_trim_from",
        ),
        (
            "disagreement_threshold = 30",
            "disagreement_threshold = 101",
            "disagreement_threshold",
        ),
        (
            "evaluation_panel_size = 5",
            "evaluation_panel_size = 0",
            "evaluation_panel_size",
        ),
        (
            "panel_regions_min = 2",
            "panel_regions_min = 5",
            "panel_regions_min",
        ),
        (
            "panel_employer_max = 1",
            "panel_employer_max = 0",
            "panel_employer_max",
        ),
        (
            "panel_lead_region_max = 3",
            "panel_lead_region_max = 8",
            "panel_lead_region_max",
        ),
        (
            "expert_load_max = 15",
            "expert_load_max = 0",
            "expert_load_max",
        ),
    ] {
        assert_eq!(bad_key(line, replacement), key, "{replacement}");
    }
}

#[test]
fn the_five_evaluation_criteria_are_always_there_and_weigh_100() {
    for criterion in [
        "strategic_fit",
        "effectiveness",
        "clarity",
        "urgency",
        "necessity",
    ] {
        let renamed = with(&format!("\"{criterion}\""), "\"something_else\"");
        assert!(renamed.unwrap_err().to_string().contains(criterion));
    }
    assert_eq!(bad_key("weight = 25", "weight = 26"), "evaluation_criteria");
    assert_eq!(bad_key("\"urgency\"", "\"clarity\""), "evaluation_criteria");
    assert_eq!(
        bad_key("\"contribution\"", "\"other\""),
        "acceptance_criteria"
    );
    let more = with(
        "weight = 25 },",
        "weight = 15 },\n{ key = \"other\", name = \"其他\", weight = 10 },",
    );
    assert_eq!(more.unwrap().evaluation_criteria.len(), 6);
}

proptest! {
    #[test]
    fn no_text_makes_parsing_panic(text in ".{0,80}", cut in 0usize..2_000) {
        let _ = Policy::parse(&text);
        let _ = Policy::parse(YRD_2023_1.get(..cut).unwrap_or_default());
    }
}

#[test]
fn what_makes_no_sense_is_refused_by_its_own_key() {
    for (line, replacement, key) in [
        (
            r#"fields = ["集成电路", "人工智能", "生物医药"]"#,
            "fields = []",
            "fields",
        ),
        (
            r#"milestone_fields = ["生物医药"]"#,
            r#"milestone_fields = ["生物医药", "生物医药"]"#,
            "milestone_fields",
        ),
        (
            "review_panel_size = 7",
            "review_panel_size = 100",
            "review_panel_size",
        ),
        ("alternates = 3", "alternates = 100", "alternates"),
        (
            "correction_rounds_max = 2",
            "correction_rounds_max = 10",
            "correction_rounds_max",
        ),
        (
            r#"name = "创新性", weight = 30"#,
            r#"name = "创新性", weight = 31"#,
            "review_criteria",
        ),
        (r#"name = "创新性""#, r#"name = " ""#, "review_criteria"),
        (
            r#"key = "feasibility""#,
            r#"key = "innovation""#,
            "review_criteria",
        ),
    ] {
        assert_eq!(bad_key(line, replacement), key, "{replacement}");
    }
}

#[test]
fn the_hub_is_no_member() {
    assert!(!genesis().is_member(Region::HUB));
}

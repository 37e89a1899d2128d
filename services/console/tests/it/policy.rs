//! The policy and its notes drawn.

use std::sync::Arc;

use console::{
    Away, Peer,
    policy::{Force, Version, show_absent, show_notes, show_version},
};
use proto::coordination::v1::{Interpretation, ListInterpretationsResponse};
use regulation::{Policy, Region, RegionalRules, YRD_2023_1, YRD_2024_1};

use crate::{HERE, NASTY, count, harmless};

fn version(policy: Policy, force: Force) -> Version {
    Version {
        policy: Arc::new(policy),
        force,
        decision: None,
    }
}

fn versions() -> Vec<Version> {
    vec![
        version(Policy::parse(YRD_2023_1).unwrap(), Force::Now),
        version(Policy::parse(YRD_2024_1).unwrap(), Force::Undecided),
    ]
}

#[test]
fn every_number_stands_with_its_article_its_source_and_its_strength() {
    let versions = versions();
    let page = show_version(HERE, &versions[0], &versions).into_string();
    let row = |title: &str| {
        let (_, rest) = page.split_once(title).unwrap();
        rest.split_once("</tr>").unwrap().0.to_owned()
    };
    let support = row("支持资金占项目投资的比例");
    for text in ["30%", "第十七条", "办法原文", "必须"] {
        assert!(support.contains(text), "no {text} in {support}");
    }
    let months = row("项目期限，至多");
    assert!(
        months.contains("36 个月") && months.contains("原则上"),
        "{months}"
    );
    let milestones = row("可按里程碑分段推进的领域");
    assert!(
        milestones.contains("生物医药") && milestones.contains("可以"),
        "{milestones}"
    );
    // Only what the regulation says may be said to be the regulation's.
    let publicity = row("公示期");
    assert!(
        publicity.contains("平台规则") && !publicity.contains("第"),
        "{publicity}"
    );
    assert!(row("评估标准及权重").contains("国家战略相符性 25%"));
    assert!(page.contains("2023-04-06 至 2025-04-05") && page.contains("现行有效"));
    assert!(page.contains(&versions[0].policy.digest_hex()));
}

#[test]
fn a_version_that_nobody_decided_says_that_it_has_no_force() {
    let versions = versions();
    let page = show_version(HERE, &versions[1], &versions).into_string();
    assert!(
        page.contains("没有效力") && page.contains("尚无共同决策"),
        "{page}"
    );
    assert!(page.contains("未来产业"), "{page}");
}

#[test]
fn what_a_region_sets_more_strictly_stands_beside_what_all_have() {
    let policy = Policy::parse(YRD_2023_1).unwrap();
    let mut rules = RegionalRules::none(Region::SH, "yrd-2023-1");
    rules.duration_months_max = Some(24);
    let own = version(policy.tighten(&rules).unwrap(), Force::Now);
    let page = show_version(HERE, &own, std::slice::from_ref(&own)).into_string();
    assert!(page.contains("24 个月"), "{page}");
    assert!(page.contains("本地；共同版本为 36 个月"), "{page}");
    assert_eq!(count(&page, "本地；"), 1, "only where it differs");
}

#[test]
fn a_day_without_a_policy_says_what_happens_to_demands() {
    let page = show_absent(HERE, &versions()).into_string();
    assert!(page.contains("今日没有现行有效的政策版本"), "{page}");
    assert!(page.contains("/policy/yrd-2023-1"), "{page}");
}

#[test]
fn notes_name_their_article_and_which_of_them_hold() {
    let note = |subject: &str, superseded| Interpretation {
        decision_id: "d".to_owned(),
        title: NASTY.to_owned(),
        subject_id: subject.to_owned(),
        text: NASTY.to_owned(),
        in_force_at: "2024-10-21T01:00:00Z".to_owned(),
        superseded,
        ..Interpretation::default()
    };
    let found = ListInterpretationsResponse {
        interpretations: vec![
            note("17", false),
            note("yrd-2024-1", true),
            note(NASTY, false),
        ],
        next_page_token: "4".to_owned(),
    };
    let page = show_notes(HERE, "", &Ok(found)).into_string();
    harmless(&page);
    for text in [
        "关于第十七条",
        "关于政策版本 yrd-2024-1",
        r#"value="4""#,
        "2024-10-21 09:00:00 生效",
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
    assert_eq!(count(&page, "已被后一解释替代"), 1);
    let page = show_notes(HERE, "", &Err(Away(Peer::Coordination))).into_string();
    assert!(page.contains("此部分暂缺"), "{page}");
}

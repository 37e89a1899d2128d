//! The federation's status drawn from awkward answers.

use std::time::Duration;

use console::{
    Away, Peer,
    status::{Seen, page},
};
use proto::{
    coordination::v1::{
        ChecklistAlarm, ChecklistOverview, Decision, DecisionKind, DecisionState, FederationStatus,
        Indicators, RegionOverview, RegionTie,
    },
    exchange::v1::{ListRegionsResponse, RegionState},
};

use crate::{HERE, NASTY, count, harmless};

fn region(name: &str, age: i64) -> RegionState {
    RegionState {
        region: name.to_owned(),
        own: name == "sh",
        number: 12_345,
        hash: "0123456789abcdef".repeat(4),
        heartbeat_age_seconds: age,
        ..RegionState::default()
    }
}

fn decision(state: DecisionState, missing: &[&str]) -> Decision {
    let members = ["ah", "js", "sh", "zj"].map(str::to_owned);
    let missing: Vec<_> = missing.iter().map(|region| (*region).to_owned()).collect();
    let assented = members.iter().filter(|member| !missing.contains(member));
    Decision {
        kind: DecisionKind::List.into(),
        title: "2024年度重点揭榜任务清单".to_owned(),
        state: state.into(),
        assented: assented.cloned().collect(),
        members: members.to_vec(),
        missing,
        opened_at: "2024-10-01T01:00:00Z".to_owned(),
        publicity_until: "2024-10-20".to_owned(),
        ..Decision::default()
    }
}

fn seen(regions: Vec<RegionState>, waiting: Vec<Decision>) -> Seen {
    Seen {
        late_after: Duration::from_secs(20),
        chains: Ok(ListRegionsResponse {
            hub_connected: true,
            regions,
        }),
        heard: Ok(FederationStatus {
            node: "sh".to_owned(),
            at: "2024-10-02T01:00:00Z".to_owned(),
            regions: Vec::new(),
        }),
        waiting: Ok(waiting),
        in_force: Ok(Vec::new()),
        overview: Ok(ChecklistOverview::default()),
        indicators: Ok(Indicators::default()),
    }
}

#[test]
fn a_region_that_is_silent_is_shown_as_behind_and_one_never_heard_as_such() {
    let regions = vec![
        region("sh", -1),
        region("js", 3),
        region("zj", 600),
        region("ah", -1),
    ];
    let page = page(HERE, &seen(regions, Vec::new())).into_string();
    assert_eq!(
        count(&page, r#"<span class="badge good">同步</span>"#),
        1,
        "{page}"
    );
    assert_eq!(
        count(&page, r#"<span class="badge behind">落后</span>"#),
        1,
        "{page}"
    );
    assert_eq!(
        count(&page, r#"<span class="badge never">尚未听到</span>"#),
        1,
        "{page}"
    );
    assert_eq!(count(&page, "wire behind"), 1, "{page}");
    assert!(
        page.contains("10 分钟前") && page.contains("12,345"),
        "{page}"
    );
    assert!(
        page.contains("0123456789ab") && !page.contains("0123456789abc"),
        "{page}"
    );
    assert!(page.contains("业务时间 2024-10-02 09:00:00"), "{page}");
}

#[test]
fn what_is_missing_waiting_or_wrong_is_named() {
    let mut own = region("sh", -1);
    own.waiting = 4;
    let mut other = region("js", 2);
    (other.early, other.waiting, other.faults) = (7, 2, 1);
    let page = page(HERE, &seen(vec![own, other], Vec::new())).into_string();
    for text in [
        "4 条待发往推进组",
        "2 条待交付本节点服务，7 条在等前序补齐",
        "补齐中",
        "1 项待处理",
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
}

#[test]
fn an_open_decision_names_whose_word_it_waits_for() {
    let waiting = vec![
        decision(DecisionState::Open, &["js", "ah"]),
        decision(DecisionState::Assented, &[]),
        decision(DecisionState::Publicity, &[]),
    ];
    let page = page(HERE, &seen(Vec::new(), waiting)).into_string();
    assert_eq!(count(&page, "待同意"), 2, "{page}");
    for text in ["江苏、安徽同意", "各成员均已同意", "公示至 2024-10-20"] {
        assert!(page.contains(text), "no {text} in {page}");
    }
    assert!(page.contains("成员名单为空"), "{page}");
}

#[test]
fn a_title_is_shown_and_never_obeyed() {
    let mut nasty = decision(DecisionState::Open, &["js"]);
    nasty.title = NASTY.to_owned();
    nasty.members.push(NASTY.to_owned());
    let mut regions = vec![region("sh", -1), region("js", 1)];
    regions[1].hash = NASTY.to_owned();
    harmless(&page(HERE, &seen(regions, vec![nasty])).into_string());
}

#[test]
fn each_part_stands_when_the_service_of_another_is_away() {
    let mut without_border = seen(Vec::new(), Vec::new());
    without_border.chains = Err(Away(Peer::Exchange));
    let shown = page(HERE, &without_border).into_string();
    assert_eq!(count(&shown, "跨区域交换服务（exchange）"), 1, "{shown}");
    assert!(shown.contains("没有待办的共同事项"), "{shown}");

    let mut without_decisions = seen(vec![region("js", 1)], Vec::new());
    without_decisions.heard = Err(Away(Peer::Coordination));
    without_decisions.waiting = Err(Away(Peer::Coordination));
    without_decisions.in_force = Err(Away(Peer::Coordination));
    without_decisions.overview = Err(Away(Peer::Coordination));
    without_decisions.indicators = Err(Away(Peer::Coordination));
    let shown = page(HERE, &without_decisions).into_string();
    assert!(
        shown.contains("同步") && shown.contains("跨区域协调服务（coordination）"),
        "{shown}"
    );
}

#[test]
fn a_node_that_is_cut_off_says_that_it_goes_on_with_its_own() {
    let mut cut = seen(vec![region("js", 90)], Vec::new());
    if let Ok(chains) = &mut cut.chains {
        chains.hub_connected = false;
    }
    let page = page(HERE, &cut).into_string();
    assert!(page.contains("与推进组的连接已中断"), "{page}");
}

#[test]
fn what_waits_at_this_node_is_counted_without_saying_whose_it_is() {
    let pages = crate::gallery::pages();
    let (_, status) = pages.iter().find(|(name, _)| *name == "status").unwrap();
    assert!(
        status.contains("2 件") && status.contains("最久的已等待 5 天"),
        "{status}"
    );
    assert!(!status.contains("PRIVATE-"), "{status}");
}

#[test]
fn the_checklist_says_how_old_each_region_is_what_is_wrong_and_who_keeps_all_waiting() {
    let pages = crate::gallery::pages();
    let (_, status) = pages.iter().find(|(name, _)| *name == "status").unwrap();
    for text in [
        "162 项",
        "60 秒前",
        "安徽超过一小时没有消息",
        "安徽科技厅（委）：2024年度",
        "11 天",
        "9,000 万元（50%）",
        "上海与江苏 6 项",
    ] {
        assert!(status.contains(text), "no {text} in {status}");
    }
    // Who is waited for longest stands first.
    assert!(status.find("安徽科技厅（委）：") < status.find("江苏科技厅（委）："));
}

#[test]
fn figures_that_make_no_sense_break_no_drawing() {
    let mut odd = seen(Vec::new(), Vec::new());
    odd.overview = Ok(ChecklistOverview {
        regions: vec![RegionOverview {
            region: NASTY.to_owned(),
            demands: i64::MAX,
            reserve: i64::MIN,
            age_seconds: -1,
            ..RegionOverview::default()
        }],
        alarms: vec![ChecklistAlarm {
            text: NASTY.to_owned(),
            ..ChecklistAlarm::default()
        }],
        ..ChecklistOverview::default()
    });
    odd.indicators = Ok(Indicators {
        projects: 1,
        ties: vec![RegionTie {
            region_a: NASTY.to_owned(),
            region_b: NASTY.to_owned(),
            projects: i64::MAX,
        }],
        ..Indicators::default()
    });
    let page = page(HERE, &odd).into_string();
    harmless(&page);
    assert!(page.contains("尚未听到") && !page.contains("NaN"), "{page}");
}

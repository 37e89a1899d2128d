//! Joint decisions drawn from awkward answers, and nothing on them that the public may not know.

use console::{
    Away, Peer, Place,
    decisions::{Wanted, show_entry, show_list},
};
use prost::Message as _;
use proto::{
    application::v1::{GuideDocument, GuideProposed, GuideTopic},
    common::v1::Money,
    coordination::v1::{Decision, DecisionKind, DecisionState, ListDecisionsResponse},
    evaluation::v1::{ListEntry, ListProposed},
    intake::v1::{ExternalTask, PublicRecord},
    review::v1::{EstablishmentEntry, EstablishmentProposed},
};
use regulation::Region;
use sha2::{Digest as _, Sha256};

use crate::{HERE, NASTY, count, harmless};

const ID: &str = "01920000-0000-7000-8000-000000000001";

pub(crate) fn decision(kind: DecisionKind, state: DecisionState, document: Vec<u8>) -> Decision {
    let members = ["ah", "js", "sh", "zj"].map(str::to_owned).to_vec();
    Decision {
        decision_id: ID.to_owned(),
        kind: kind.into(),
        title: "2024年度长三角联合攻关重点揭榜任务清单".to_owned(),
        digest: hex::encode(Sha256::digest(&document)),
        document,
        subject_id: "01920000-0000-7000-8000-00000000000a".to_owned(),
        state: state.into(),
        assented: members.clone(),
        members,
        document_number: "长三角联攻〔2024〕1号".to_owned(),
        publicity_until: "2024-10-20".to_owned(),
        in_force_at: "2024-10-21T01:00:00Z".to_owned(),
        policy_version: "yrd-2023-1".to_owned(),
        version: 1,
        ..Decision::default()
    }
}

fn show(decision: &Decision) -> String {
    show_entry(HERE, decision).into_string()
}

pub(crate) fn list(title: &str) -> ListProposed {
    let entry = |place, title: &str, listed| ListEntry {
        demand_id: "demand-number".to_owned(),
        region: "zj".to_owned(),
        place,
        score: 9_150,
        listed,
        reason: "名次在前".to_owned(),
        record: Some(PublicRecord {
            title: title.to_owned(),
            field: "集成电路".to_owned(),
            months: 30,
            tasks: vec![ExternalTask {
                title: format!("{title}之任务"),
                offered_funds: Some(Money { fen: 500_000_000 }),
                ..ExternalTask::default()
            }],
            ..PublicRecord::default()
        }),
    };
    ListProposed {
        round_id: "r".to_owned(),
        year: 2024,
        entries: vec![
            entry(2, "第二项", true),
            entry(1, title, true),
            entry(3, "落选项", false),
        ],
    }
}

#[test]
fn a_list_in_publicity_says_what_is_on_it_until_when_and_how_to_object() {
    let document = list("高端光刻胶").encode_to_vec();
    let page = show(&decision(
        DecisionKind::List,
        DecisionState::Publicity,
        document,
    ));
    for text in [
        "高端光刻胶",
        "高端光刻胶之任务",
        "500 万元",
        "公示中",
        "公示至",
        r#"<time datetime="2024-10-20">"#,
        "如何提出异议",
        "长三角联攻〔2024〕1号",
        "第九条",
        "jiebang verify decision",
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
    assert!(page.find("高端光刻胶") < page.find("第二项"), "in order");
    assert_eq!(count(&page, "✓ "), 4, "every member's word");
    assert!(page.contains(r#"aria-current="step""#), "{page}");
}

#[test]
fn even_what_slipped_into_a_document_is_not_shown_to_the_public() {
    let document = list("高端光刻胶").encode_to_vec();
    let mut slipped = decision(DecisionKind::List, DecisionState::Publicity, document);
    slipped.reason = "浙江某厂的需求有误".to_owned();
    slipped.approved_by = "zhang.san".to_owned();
    let page = show(&slipped);
    for secret in [
        "demand-number",
        "落选项",
        "某厂",
        "zhang.san",
        "9150",
        "91.5",
        "名次在前",
    ] {
        assert!(!page.contains(secret), "{secret} in {page}");
    }
    // The members' words are public; whose a demand is, is not.
    let (_, document) = page.split_once("列入清单的任务").unwrap();
    let (document, _) = document.split_once("</section>").unwrap();
    assert!(!document.contains("浙江"), "{document}");
}

fn not_established() -> EstablishmentEntry {
    EstablishmentEntry {
        title: "落选的申报".to_owned(),
        ..EstablishmentEntry::default()
    }
}

#[test]
fn where_a_lead_sits_is_told_only_once_the_project_is_established() {
    let document = EstablishmentProposed {
        round_id: "r".to_owned(),
        year: 2024,
        entries: vec![
            not_established(),
            EstablishmentEntry {
                application_id: "application-number".to_owned(),
                lead_unit_id: "lead-unit".to_owned(),
                title: "光刻胶联合攻关".to_owned(),
                field: "集成电路".to_owned(),
                region: "gd".to_owned(),
                established: true,
                support: Some(Money {
                    fen: 30_000_000_000,
                }),
                ..EstablishmentEntry::default()
            },
        ],
    }
    .encode_to_vec();
    let kind = DecisionKind::Establishment;
    let open = show(&decision(kind, DecisionState::Publicity, document.clone()));
    assert!(
        open.contains("光刻胶联合攻关") && open.contains("30,000 万元"),
        "{open}"
    );
    assert!(!open.contains("牵头单位所在地"), "{open}");
    let established = show(&decision(kind, DecisionState::InForce, document));
    assert!(established.contains("牵头单位所在地"), "{established}");
    for page in [open, established] {
        assert!(!page.contains("lead-unit") && !page.contains("application-number"));
        assert!(!page.contains("落选的申报"), "{page}");
    }
}

#[test]
fn a_guide_shows_its_topics_window_and_ceiling() {
    let guide = GuideDocument {
        title: "2024年度申报指南".to_owned(),
        topics: vec![GuideTopic {
            title: "光刻胶".to_owned(),
            content: "研究内容".to_owned(),
            ..GuideTopic::default()
        }],
        window_from: "2024-11-01".to_owned(),
        window_until: "2024-12-01".to_owned(),
        support_ceiling: Some(Money { fen: 1_000_000_000 }),
        one_live_application_per_leader: true,
        ..GuideDocument::default()
    };
    let document = GuideProposed { guide: Some(guide) }.encode_to_vec();
    let page = show(&decision(
        DecisionKind::Guide,
        DecisionState::InForce,
        document,
    ));
    for text in [
        "光刻胶",
        "2024-11-01 至 2024-12-01",
        "1,000 万元",
        "限报一项",
        "第十三条",
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
    assert!(!page.contains("如何提出异议"), "it is too late: {page}");
}

#[test]
fn a_whole_document_can_be_taken_home_with_the_command_that_checks_it() {
    let note = decision(
        DecisionKind::Interpretation,
        DecisionState::InForce,
        "第十七条所称投资总额含企业自筹。".into(),
    );
    let page = show(&note);
    assert!(
        page.contains(&format!("/decisions/{ID}/document")),
        "{page}"
    );
    assert!(page.contains("sha256sum interpretation-"), "{page}");
    assert!(page.contains("含企业自筹"), "{page}");
    // Of an extract the digest would not fit.
    let mut extract = note;
    extract.document.pop();
    assert!(!show(&extract).contains("/document"));
}

#[test]
fn a_document_that_cannot_be_read_breaks_nothing() {
    for kind in 0..9 {
        let mut odd = decision(DecisionKind::List, DecisionState::InForce, vec![0xff; 40]);
        odd.kind = kind;
        odd.state = kind;
        odd.title = NASTY.to_owned();
        odd.digest = NASTY.to_owned();
        odd.publicity_until = NASTY.to_owned();
        harmless(&show(&odd));
    }
    let nasty = list(NASTY).encode_to_vec();
    harmless(&show(&decision(
        DecisionKind::List,
        DecisionState::InForce,
        nasty,
    )));
    let nasty = decision(DecisionKind::Policy, DecisionState::InForce, NASTY.into());
    harmless(&show(&nasty));
    let long = decision(
        DecisionKind::Policy,
        DecisionState::InForce,
        "长".repeat(100_000).into_bytes(),
    );
    let page = show(&long);
    assert!(page.contains("内容较长") && page.len() < 100_000);
}

#[test]
fn a_returned_decision_says_that_it_has_no_force() {
    let page = show(&decision(
        DecisionKind::List,
        DecisionState::Returned,
        Vec::new(),
    ));
    assert!(
        page.contains("它没有效力") && !page.contains("如何提出异议"),
        "{page}"
    );
    assert!(!page.contains("生效时间"), "{page}");
}

#[test]
fn the_draw_behind_a_list_is_linked_where_rounds_live() {
    let list = decision(DecisionKind::List, DecisionState::InForce, Vec::new());
    let link = "/draws/01920000-0000-7000-8000-00000000000a";
    assert!(!show(&list).contains(link));
    let hub = Place {
        here: Region::HUB,
        status: false,
    };
    assert!(show_entry(hub, &list).into_string().contains(link));
}

#[test]
fn the_list_of_decisions_puts_what_can_be_objected_to_first_and_keeps_the_kind() {
    let open = decision(DecisionKind::List, DecisionState::Publicity, Vec::new());
    let mut done = decision(DecisionKind::Guide, DecisionState::InForce, Vec::new());
    done.title = NASTY.to_owned();
    let wanted = Wanted {
        kind: DecisionKind::Guide,
        after: "12".to_owned(),
    };
    let found = ListDecisionsResponse {
        decisions: vec![done],
        next_page_token: "7".to_owned(),
    };
    let page = show_list(HERE, &wanted, &Ok(vec![open]), &Ok(found)).into_string();
    harmless(&page);
    assert!(page.find("正在公示") < page.find("现行有效"), "{page}");
    assert_eq!(count(&page, r#"name="kind" value="guide""#), 2, "{page}");
    assert!(page.contains(r#"name="after" value="7""#), "{page}");
    let away = Away(Peer::Coordination);
    let page = show_list(HERE, &Wanted::default(), &Err(away), &Err(away)).into_string();
    assert_eq!(count(&page, "此部分暂缺"), 1, "said once: {page}");
}

//! Pages as they look on an ordinary day, for a browser and for people who look at them.

use std::{sync::Arc, time::Duration};

use console::{
    catalogue, decisions, draws, policy,
    policy::{Force, Version},
    status,
};
use prost::Message as _;
use proto::{
    common::v1::Money,
    coordination::v1::{
        AssentWaiting, Awaited, ChecklistAlarm, ChecklistOverview, Decision, DecisionKind,
        DecisionState, DecisionWaiting, FederationStatus, Indicators, Interpretation,
        ListDecisionsResponse, ListInterpretationsResponse, RegionOverview, RegionTie,
        SourceFigure,
    },
    exchange::v1::{ListRegionsResponse, RegionState},
    intake::v1::{ExternalTask, InvestmentRange, PublicRecord, ScenarioGoal, TaskMode},
    matching::v1::{
        CatalogueEntry, CatalogueItem, CatalogueState, ListCatalogueResponse, MatchedPassage,
        PublicQuestion, Roadshow,
    },
};
use regulation::{Field, Policy, YRD_2023_1, YRD_2024_1};
use uuid::Uuid;

use crate::{HERE, decisions::decision, draws::record};

/// Every page by a short name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let mut pages = catalogue_pages();
    pages.extend(decision_pages());
    pages.extend(policy_pages());
    pages.push(("draw", draw_page()));
    pages.push(("status", status::page(HERE, &seen()).into_string()));
    pages
}

fn money(wan: i64) -> Money {
    Money {
        fen: wan * 1_000_000,
    }
}

fn task(id: &str, title: &str, wan: i64, mode: TaskMode) -> ExternalTask {
    ExternalTask {
        task_id: id.to_owned(),
        title: title.to_owned(),
        content: "面向 28 纳米及以下节点，研究高分辨率树脂的分子设计与金属杂质控制方法，\
                  形成可放大的合成与纯化工艺，并完成与产线的匹配验证。"
            .to_owned(),
        indicators: "分辨率不低于 38 nm；金属杂质不高于 1 ppb；批间偏差不高于 2%。".to_owned(),
        offered_funds: Some(money(wan)),
        mode: mode.into(),
        solvers_max: if mode == TaskMode::Racing { 3 } else { 1 },
        revision: 1,
    }
}

fn item(number: &str, title: &str, field: &str, state: CatalogueState) -> CatalogueItem {
    let mut revised = task("t-2", "涂布与显影工艺的匹配验证", 600, TaskMode::Racing);
    revised.revision = 2;
    let record = PublicRecord {
        title: title.to_owned(),
        field: field.to_owned(),
        mission: "突破浸没式光刻胶核心树脂与光致产酸剂的国产化，建立从原料、配方到产线验证的完整\
                  链条，满足 28 纳米及以下节点的量产要求。"
            .to_owned(),
        goals: vec![
            ScenarioGoal::KeyTechnology.into(),
            ScenarioGoal::KeyProduct.into(),
        ],
        tasks: vec![
            task(
                "t-1",
                "高纯树脂的分子设计与合成",
                1_200,
                TaskMode::Challenge,
            ),
            revised,
        ],
        planned_investment: Some(money(5_000)),
        investment_range: Some(InvestmentRange {
            from: Some(money(5_000)),
            below: Some(money(10_000)),
        }),
        months: 30,
        ..PublicRecord::default()
    };
    CatalogueItem {
        entry: Some(CatalogueEntry {
            blind_id: Uuid::nil().to_string(),
            public_number: number.to_owned(),
            record: Some(record),
        }),
        state: state.into(),
        published_on: "2024-10-12".to_owned(),
        call_until: "2024-11-11".to_owned(),
        updated_on: "2024-10-20".to_owned(),
        document_number: "长三角联攻〔2024〕1号".to_owned(),
        ..CatalogueItem::default()
    }
}

fn catalogue_pages() -> Vec<(&'static str, String)> {
    let fields: Vec<Field> = ["集成电路", "人工智能", "生物医药"]
        .map(|field| field.parse().unwrap())
        .into();
    let mut hit = item(
        "2024-0012",
        "先进节点浸没式光刻胶及配套材料",
        "集成电路",
        CatalogueState::PartlyMatched,
    );
    hit.passages = vec![MatchedPassage {
        label: "揭榜任务《高纯树脂的分子设计与合成》".to_owned(),
        terms: vec!["光刻胶".to_owned(), "树脂".to_owned()],
        excerpt: "……研究高分辨率树脂的分子设计与金属杂质控制方法，用于浸没式光刻胶的量产……"
            .to_owned(),
    }];
    let items = vec![
        hit,
        item(
            "2024-0007",
            "面向产业检测的多模态大模型",
            "人工智能",
            CatalogueState::Open,
        ),
        item(
            "2024-0003",
            "细胞治疗产品的封闭式自动化制备",
            "生物医药",
            CatalogueState::Matched,
        ),
        item(
            "2023-0009",
            "车规级碳化硅功率模块的可靠性",
            "集成电路",
            CatalogueState::Withdrawn,
        ),
    ];
    let search = catalogue::Search {
        text: "光刻胶 树脂".to_owned(),
        ..catalogue::Search::default()
    };
    let found = ListCatalogueResponse {
        items,
        next_page_token: "2023-0008".to_owned(),
        found: 24,
    };
    let list = catalogue::show_list(HERE, &search, &fields, Ok(&found));
    let mut whole = found.items.into_iter().next().unwrap();
    whole.matched_task_ids = vec!["t-1".to_owned()];
    whole.questions = vec![PublicQuestion {
        question_id: "q".to_owned(),
        question: "金属杂质以哪种方法测定？".to_owned(),
        answer: "以电感耦合等离子体质谱法测定，按现行国家标准执行。".to_owned(),
        published_on: "2024-10-20".to_owned(),
    }];
    whole.roadshows = vec![Roadshow {
        meeting_id: "m-1".to_owned(),
        starts_at: "2024-10-25T01:30:00Z".to_owned(),
        ends_at: "2024-10-25T03:30:00Z".to_owned(),
        venue: "线上会议，登记后告知接入方式".to_owned(),
        agenda: "技术路线与验证条件介绍；提问。".to_owned(),
        capacity: 20,
        register_until: "2024-10-23".to_owned(),
        ..Roadshow::default()
    }];
    let entry = catalogue::show_entry(HERE, &whole);
    vec![
        ("catalogue", list.into_string()),
        ("entry", entry.into_string()),
    ]
}

fn decision_pages() -> Vec<(&'static str, String)> {
    let list = crate::decisions::list("先进节点浸没式光刻胶及配套材料");
    let open = decision(
        DecisionKind::List,
        DecisionState::Publicity,
        list.encode_to_vec(),
    );
    let mut note = decision(
        DecisionKind::Interpretation,
        DecisionState::InForce,
        "第十七条所称项目投入，包括企业自筹和社会资本。".into(),
    );
    "关于第十七条项目投入的解释".clone_into(&mut note.title);
    "17".clone_into(&mut note.subject_id);
    let found = ListDecisionsResponse {
        decisions: vec![note.clone()],
        next_page_token: String::new(),
    };
    let wanted = decisions::Wanted::default();
    let all = decisions::show_list(HERE, &wanted, &Ok(vec![open.clone()]), &Ok(found));
    vec![
        ("decisions", all.into_string()),
        ("decision", decisions::show_entry(HERE, &open).into_string()),
        ("note", decisions::show_entry(HERE, &note).into_string()),
    ]
}

fn policy_pages() -> Vec<(&'static str, String)> {
    let version = |text: &str, force| Version {
        policy: Arc::new(Policy::parse(text).unwrap()),
        force,
        decision: None,
    };
    let versions = [
        version(YRD_2023_1, Force::Now),
        version(YRD_2024_1, Force::Undecided),
    ];
    let note = Interpretation {
        decision_id: Uuid::nil().to_string(),
        title: "关于项目投入的解释".to_owned(),
        subject_id: "17".to_owned(),
        text: "第十七条所称项目投入，包括企业自筹和社会资本。".to_owned(),
        document_number: "长三角联攻〔2024〕3号".to_owned(),
        in_force_at: "2024-10-21T01:00:00Z".to_owned(),
        superseded: false,
    };
    let found = ListInterpretationsResponse {
        interpretations: vec![note],
        next_page_token: String::new(),
    };
    let now = policy::show_version(HERE, &versions[0], &versions);
    let notes = policy::show_notes(HERE, "", &Ok(found));
    vec![
        ("policy", now.into_string()),
        ("notes", notes.into_string()),
    ]
}

fn draw_page() -> String {
    let again = draws::again(&serde_json::to_string(&record()).unwrap()).unwrap();
    draws::show_page(HERE, Uuid::nil(), &again).into_string()
}

fn seen() -> status::Seen {
    let regions = ["sh", "js", "zj", "ah", "hub"];
    let state = |(index, name): (u64, &str)| RegionState {
        region: name.to_owned(),
        own: name == "sh",
        number: 12_345 + index,
        hash: "0123456789abcdef".repeat(4),
        heartbeat_age_seconds: if name == "ah" { 900 } else { 7 },
        early: u64::from(name == "zj"),
        ..RegionState::default()
    };
    let mut open = decision(DecisionKind::List, DecisionState::Open, Vec::new());
    open.missing = vec!["js".to_owned(), "ah".to_owned()];
    open.assented = vec!["sh".to_owned(), "zj".to_owned()];
    "2024-10-01T01:00:00Z".clone_into(&mut open.opened_at);
    status::Seen {
        late_after: Duration::from_mins(3),
        chains: Ok(ListRegionsResponse {
            hub_connected: true,
            regions: (0..).zip(regions).map(state).collect(),
        }),
        heard: Ok(FederationStatus {
            node: "sh".to_owned(),
            at: "2024-10-12T01:00:00Z".to_owned(),
            regions: Vec::new(),
        }),
        overview: Ok(overview(&open)),
        waiting: Ok(vec![open]),
        in_force: Ok(vec![decision(
            DecisionKind::Guide,
            DecisionState::InForce,
            Vec::new(),
        )]),
        indicators: Ok(indicators()),
    }
}

fn overview(open: &Decision) -> ChecklistOverview {
    let region = |name: &str, demands, reserve| RegionOverview {
        region: name.to_owned(),
        member: true,
        age_seconds: 60,
        demands,
        reserve,
        withdrawn_demands: 1,
        applications: reserve / 2,
        projects: reserve / 3,
        allocated: Some(money(1_200)),
        paid: Some(money(300)),
        ..RegionOverview::default()
    };
    let awaited = |who: &str, days| Awaited {
        who: who.to_owned(),
        days,
        ..Awaited::default()
    };
    let assent = |kind: &str, days| AssentWaiting {
        document_kind: kind.to_owned(),
        title: "PRIVATE-TITLE".to_owned(),
        unit_id: "PRIVATE-UNIT".to_owned(),
        days,
        ..AssentWaiting::default()
    };
    ChecklistOverview {
        regions: vec![
            region("sh", 48, 12),
            region("js", 52, 15),
            region("zj", 40, 9),
            region("ah", 22, 6),
        ],
        waiting: vec![DecisionWaiting {
            title: open.title.clone(),
            awaited: vec![
                awaited("江苏科技厅（委）", 3),
                awaited("安徽科技厅（委）", 11),
            ],
            ..DecisionWaiting::default()
        }],
        alarms: vec![ChecklistAlarm {
            text: "安徽超过一小时没有消息，以下数字可能已经变化。".to_owned(),
            since: "2024-10-12T00:00:00Z".to_owned(),
            ..ChecklistAlarm::default()
        }],
        assents: vec![
            assent("decision", 3),
            assent("application", 5),
            assent("application", 2),
        ],
        ..ChecklistOverview::default()
    }
}

fn indicators() -> Indicators {
    let source = |name: &str, wan, basis_points| SourceFigure {
        name: name.to_owned(),
        allocated: Some(money(wan)),
        basis_points,
        ..SourceFigure::default()
    };
    let tie = |a: &str, b: &str, projects| RegionTie {
        region_a: a.to_owned(),
        region_b: b.to_owned(),
        projects,
    };
    Indicators {
        projects: 14,
        under_contract: 11,
        investment: Some(money(82_000)),
        support: Some(money(21_500)),
        allocated: Some(money(18_000)),
        paid: Some(money(6_200)),
        sources: vec![
            source("中央引导地方", 4_500, 2_500),
            source("省级", 9_000, 5_000),
            source("地市", 3_600, 2_000),
            source("区县", 900, 500),
        ],
        co_funded_projects: 6,
        co_funding: Some(money(4_500)),
        units: 63,
        enterprises: 31,
        small_and_medium: 18,
        projects_with_small_and_medium: 9,
        projects_of_two_regions: 8,
        projects_of_three_regions: 5,
        projects_of_more_regions: 1,
        ties: vec![
            tie("sh", "js", 6),
            tie("sh", "zj", 5),
            tie("js", "ah", 3),
            tie("zj", "ah", 1),
        ],
        ..Indicators::default()
    }
}

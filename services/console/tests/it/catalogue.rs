//! The catalogue drawn from awkward records.

use console::{Away, Peer, catalogue};
use proto::{
    common::v1::Money,
    intake::v1::{ExternalTask, Figure, InvestmentRange, PublicRecord, ScenarioGoal, TaskMode},
    matching::v1::{
        CatalogueEntry, CatalogueItem, CatalogueState, EarlierWording, ListCatalogueResponse,
        MatchedPassage, PublicQuestion, Roadshow,
    },
};
use regulation::Field;

use crate::{HERE, NASTY, count, harmless};

fn fields() -> Vec<Field> {
    ["集成电路", "人工智能"]
        .map(|field| field.parse().unwrap())
        .into()
}

fn task(title: &str, fen: i64) -> ExternalTask {
    ExternalTask {
        task_id: "t-1".to_owned(),
        title: title.to_owned(),
        content: "研究\n内容".to_owned(),
        indicators: "良率不低于 99%".to_owned(),
        offered_funds: Some(Money { fen }),
        mode: TaskMode::Racing.into(),
        solvers_max: 3,
        revision: 2,
    }
}

fn item(title: &str, tasks: Vec<ExternalTask>) -> CatalogueItem {
    let record = PublicRecord {
        title: title.to_owned(),
        field: "集成电路".to_owned(),
        mission: "攻关任务".to_owned(),
        goals: vec![ScenarioGoal::KeyTechnology.into(), 99],
        tasks,
        planned_investment: Some(Money { fen: 5_000_000_000 }),
        months: 30,
        milestones: Vec::new(),
        ..PublicRecord::default()
    };
    CatalogueItem {
        entry: Some(CatalogueEntry {
            blind_id: String::new(),
            public_number: "2024-0012".to_owned(),
            record: Some(record),
        }),
        state: CatalogueState::Open.into(),
        published_on: "2024-10-12".to_owned(),
        call_until: "2024-11-11".to_owned(),
        document_number: "长三角联攻〔2024〕1号".to_owned(),
        matched_task_ids: vec!["t-1".to_owned()],
        ..Default::default()
    }
}

fn list(search: &catalogue::Search, items: Vec<CatalogueItem>, next: &str) -> String {
    let found = ListCatalogueResponse {
        items,
        next_page_token: next.to_owned(),
        found: 0,
    };
    catalogue::show_list(HERE, search, &fields(), Ok(&found)).into_string()
}

#[test]
fn what_a_record_says_is_shown_and_never_obeyed() {
    let mut item = item(NASTY, vec![task(NASTY, 100_000_000)]);
    item.earlier_wordings = vec![before(1, NASTY)];
    harmless(&catalogue::show_entry(HERE, &item).into_string());
    harmless(&list(&catalogue::Search::default(), vec![item], ""));
    let search = catalogue::Search {
        text: NASTY.to_owned(),
        field: NASTY.to_owned(),
        ..catalogue::Search::default()
    };
    harmless(&list(&search, Vec::new(), "2024-0001"));
}

#[test]
fn a_demand_shows_its_tasks_funds_mode_months_and_deadline() {
    let tasks = vec![
        task("晶圆级键合", 123_456_700),
        task("封装验证", 100_000_000),
    ];
    let page = catalogue::show_entry(HERE, &item("高端光刻胶", tasks.clone())).into_string();
    for text in [
        "2024-0012",
        "高端光刻胶",
        "集成电路",
        "征集中",
        "223.4567 万元",
        "5,000 万元",
        "30 个月",
        "2024-11-11",
        "长三角联攻〔2024〕1号",
        "关键技术突破",
        "赛马制，至多 3 家并行",
        "拟揭榜资金 123.4567 万元",
        "第 2 版",
        "已有意向解决方案",
        "如何揭榜",
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
    let row = list(
        &catalogue::Search::default(),
        vec![item("高端光刻胶", tasks)],
        "",
    );
    for text in [
        "/catalogue/2024-0012",
        "223.4567 万元",
        "30 个月",
        "2024-11-11",
        "征集中",
    ] {
        assert!(row.contains(text), "no {text} in {row}");
    }
}

fn before(revision: i32, title: &str) -> EarlierWording {
    let task = ExternalTask {
        revision,
        ..task(title, 90_000_000)
    };
    EarlierWording {
        task: Some(task),
        published_on: format!("2024-10-1{revision}"),
        replaced_on: format!("2024-10-1{}", revision + 1),
    }
}

#[test]
fn a_revised_task_keeps_its_earlier_wordings_folded_numbered_and_dated_and_to_itself() {
    let mut other = task("封装验证", 100_000_000);
    other.task_id = "t-2".to_owned();
    let revised = ExternalTask {
        revision: 3,
        ..task("晶圆级键合", 100_000_000)
    };
    let mut entry = item("高端光刻胶", vec![revised, other]);
    entry.earlier_wordings = vec![before(1, "最初的键合"), before(2, "改过的键合")];
    entry.earlier_wordings[0].published_on = String::new();
    let page = catalogue::show_entry(HERE, &entry).into_string();
    assert_eq!(count(&page, "<details>"), 2, "{page}");
    for text in [
        "第 2 版（2024-10-12 发布，2024-10-13 起已由后一版替代）",
        "第 1 版（2024-10-12 起已由后一版替代）",
        "拟揭榜资金 90 万元",
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
    let places = ["晶圆级键合", "改过的键合", "最初的键合", "封装验证"].map(|text| page.find(text));
    assert!(places.is_sorted() && places[0].is_some(), "{places:?}");
}

#[test]
fn a_withdrawn_demand_says_so_and_asks_for_no_solutions() {
    let mut withdrawn = item("高端光刻胶", Vec::new());
    withdrawn.set_state(CatalogueState::Withdrawn);
    let page = catalogue::show_entry(HERE, &withdrawn).into_string();
    assert!(
        page.contains("已撤回") && !page.contains("如何揭榜"),
        "{page}"
    );
}

#[test]
fn a_list_of_any_length_stays_readable() {
    let tasks = (0..40)
        .map(|number| task(&format!("任务{number}"), i64::MAX))
        .collect();
    let page = list(
        &catalogue::Search::default(),
        vec![item(&"长".repeat(20_000), tasks), CatalogueItem::default()],
        "",
    );
    assert!(
        page.contains("另有 37 项任务") && !page.contains("任务4 "),
        "{page}"
    );
    // More than can be added up is not shown as something else.
    assert!(page.contains("未注明"), "{page}");
}

#[test]
fn an_empty_list_says_why_it_is_empty() {
    let none = list(&catalogue::Search::default(), Vec::new(), "");
    assert!(none.contains("目前还没有发布揭榜任务"), "{none}");
    let search = catalogue::Search {
        text: "不存在".to_owned(),
        ..catalogue::Search::default()
    };
    let page = list(&search, Vec::new(), "");
    assert!(
        page.contains("没有符合条件") && page.contains("清除条件"),
        "{page}"
    );
}

#[test]
fn the_next_page_keeps_what_was_looked_for() {
    let search = catalogue::Search {
        text: "光刻".to_owned(),
        field: "集成电路".to_owned(),
        state: CatalogueState::PartlyMatched,
        mode: TaskMode::Racing,
        year: Some(2024),
        funds_min: Some(100),
        funds_max: None,
        after: "2024-0020".to_owned(),
    };
    let page = list(&search, vec![item("光刻胶", Vec::new())], "2024-0012");
    for (name, value) in [
        ("text", "光刻"),
        ("field", "集成电路"),
        ("state", "partly"),
        ("mode", "racing"),
        ("year", "2024"),
        ("funds_min", "100"),
    ] {
        let hidden = format!(r#"<input type="hidden" name="{name}" value="{value}">"#);
        assert_eq!(count(&page, &hidden), 2, "{page}");
    }
    assert!(page.contains(r#"name="after" value="2024-0012""#), "{page}");
    assert!(page.contains("回到第一页"), "{page}");
}

#[test]
fn the_form_stays_when_the_catalogue_is_away() {
    let search = catalogue::Search {
        text: "光刻".to_owned(),
        ..catalogue::Search::default()
    };
    let page = catalogue::show_list(HERE, &search, &fields(), Err(Away(Peer::Matching)));
    let page = page.into_string();
    assert!(page.contains("需求对接服务（matching）"), "{page}");
    assert!(page.contains(r#"value="光刻""#), "{page}");
}

#[test]
fn an_entry_shows_its_questions_and_roadshows_and_nothing_of_them_breaks_the_page() {
    let mut item = item("光刻胶", vec![task("树脂", 1)]);
    item.questions = vec![PublicQuestion {
        question_id: "q".to_owned(),
        question: format!("指标如何测？{NASTY}"),
        answer: format!("按国标。{NASTY}"),
        published_on: "2024-10-20".to_owned(),
    }];
    item.roadshows = vec![Roadshow {
        meeting_id: "m-1".to_owned(),
        starts_at: "2024-10-25T01:30:00Z".to_owned(),
        ends_at: "2024-10-25T03:30:00Z".to_owned(),
        venue: NASTY.to_owned(),
        agenda: "技术路线".to_owned(),
        ..Default::default()
    }];
    let page = catalogue::show_entry(HERE, &item).into_string();
    harmless(&page);
    for shown in [
        "问：指标如何测？",
        "答：按国标。",
        "2024-10-20 公布",
        "2024-10-25 09:30—11:30",
        r#"href="/catalogue/2024-0012/roadshows/m-1""#,
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

/// The text between the tags, if every tag that opens closes in its order.
fn well_formed(xml: &str) -> bool {
    let mut open = Vec::new();
    for part in xml.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else {
            return false;
        };
        let name = tag.split(' ').next().unwrap_or_default();
        if let Some(name) = name.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            open.push(name);
        }
        if text.contains('>') {
            return false;
        }
    }
    open.is_empty()
}

#[test]
fn the_feed_is_well_formed_whatever_is_in_it_and_tells_days_only() {
    let mut older = item(NASTY, vec![task(NASTY, 1)]);
    older.updated_on = "2024-10-12".to_owned();
    let mut newer = item("大模型 & <芯片>", Vec::new());
    newer.updated_on = "2024-10-20".to_owned();
    let feed = catalogue::show_feed(&[older, newer]);
    assert!(well_formed(&feed), "{feed}");
    assert_eq!(count(&feed, "<entry>"), 2);
    assert!(feed.contains("大模型 &amp; &lt;芯片&gt;"), "{feed}");
    assert!(
        feed.contains("<updated>2024-10-20T00:00:00+08:00</updated>\n<author>"),
        "{feed}"
    );
    assert!(
        feed.find("大模型") < feed.find("2024-10-12T"),
        "the newest first"
    );
    assert!(!well_formed("<a><b></a></b>"));
    let empty = catalogue::show_feed(&[]);
    assert!(
        well_formed(&empty) && empty.contains("2023-04-06T00:00:00+08:00"),
        "{empty}"
    );
}

#[test]
fn a_hit_shows_what_matched_and_obeys_nothing_of_it() {
    let mut hit = item("高端光刻胶", vec![task("树脂", 1)]);
    hit.passages = vec![MatchedPassage {
        label: NASTY.to_owned(),
        terms: vec!["光刻胶".to_owned(), NASTY.to_owned()],
        excerpt: format!("用于光刻胶的树脂{NASTY}"),
    }];
    let search = catalogue::Search {
        text: "光刻胶".to_owned(),
        ..catalogue::Search::default()
    };
    let found = ListCatalogueResponse {
        items: vec![hit],
        next_page_token: "2024-0003.17".to_owned(),
        found: 7,
    };
    let page = catalogue::show_list(HERE, &search, &fields(), Ok(&found)).into_string();
    harmless(&page);
    for text in [
        "找到 <strong>7</strong> 项",
        "高端<mark>光刻胶</mark>",
        "用于<mark>光刻胶</mark>的树脂",
        r#"name="after" value="2024-0003.17""#,
        r#"rel="alternate" type="application/atom+xml""#,
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
}

#[test]
fn pictures_stand_with_what_they_illustrate_and_only_by_their_digests() {
    let figure = |digest: &str, task_id: &str| Figure {
        digest: digest.to_owned(),
        caption: NASTY.to_owned(),
        task_id: task_id.to_owned(),
        ..Figure::default()
    };
    let mut item = item("光刻胶", vec![task("树脂", 1)]);
    let record = item.entry.as_mut().unwrap().record.as_mut().unwrap();
    let (whole, of_task) = ("0a".repeat(32), "0b".repeat(32));
    record.figures = vec![
        figure(&whole, ""),
        figure(&of_task, "t-1"),
        figure("../../status", ""),
        figure(NASTY, "t-1"),
    ];
    let page = catalogue::show_entry(HERE, &item).into_string();
    harmless(&page);
    let (mission, tasks) = page.split_once("对外揭榜任务（").unwrap();
    assert!(mission.contains(&format!(r#"src="/catalogue/figures/{whole}""#)));
    assert!(tasks.contains(&format!(r#"src="/catalogue/figures/{of_task}""#)));
    assert_eq!(count(&page, "/catalogue/figures/"), 2, "{page}");
}

#[test]
fn an_investment_that_is_told_as_a_range_is_shown_as_nothing_more() {
    let mut item = item("光刻胶", vec![task("树脂", 1)]);
    let record = item.entry.as_mut().unwrap().record.as_mut().unwrap();
    let money = |fen| Some(Money { fen });
    record.planned_investment = money(1_000_000_000);
    record.investment_range = Some(InvestmentRange {
        from: money(1_000_000_000),
        below: money(5_000_000_000),
    });
    let page = catalogue::show_entry(HERE, &item).into_string();
    assert!(page.contains("1,000 万元至 5,000 万元"), "{page}");
    let record = item.entry.as_mut().unwrap().record.as_mut().unwrap();
    record.investment_range.as_mut().unwrap().below = None;
    let page = catalogue::show_entry(HERE, &item).into_string();
    assert!(page.contains("1,000 万元以上"), "{page}");
}

#[test]
fn an_entry_says_how_far_it_has_come_and_for_how_long_the_call_is_open() {
    let mut item = item("光刻胶", vec![task("树脂", 1)]);
    let page = catalogue::show_entry(HERE, &item).into_string();
    assert!(page.contains("（30 天）"), "{page}");
    let now = r#"aria-current="step"><span>征集至 2024-11-11</span>"#;
    assert!(page.contains(now), "{page}");
    item.set_state(CatalogueState::PartlyMatched);
    let page = catalogue::show_entry(HERE, &item).into_string();
    assert!(page.contains("部分揭榜成功，入储备库"), "{page}");
    item.set_state(CatalogueState::Withdrawn);
    let page = catalogue::show_entry(HERE, &item).into_string();
    assert!(!page.contains("aria-current=\"step\""), "{page}");
}

#[test]
fn a_roadshow_with_few_places_says_until_when_to_register() {
    let mut item = item("光刻胶", Vec::new());
    item.roadshows = vec![Roadshow {
        capacity: 20,
        register_until: "2024-10-23".to_owned(),
        ..Roadshow::default()
    }];
    let page = catalogue::show_entry(HERE, &item).into_string();
    assert!(page.contains("限 20 家单位，须在 2024-10-23"), "{page}");
}

//! What comes first, and why.

use recommend::{Index, Query, Reading};

const CHIPS: &[&str] = &["氮化镓功率放大器芯片设计", "毫米波相控阵天线"];
const DRUGS: &[&str] = &["单克隆抗体药物的大规模细胞培养工艺", "肿瘤免疫治疗"];
const MIXED: &[&str] = &["芯片", "功率", "设计管理研究"];

fn index() -> Index {
    let mut index = Index::new();
    for (key, passages) in [(1, CHIPS), (2, DRUGS), (3, MIXED)] {
        index.upsert(key, &Reading::of(passages.iter().copied()));
    }
    index
}

fn keys(index: &Index, query: &str) -> Vec<u128> {
    let hits = index.search(&Query::of([query]), 10, &|_| true);
    hits.into_iter().map(|hit| hit.key).collect()
}

#[test]
fn the_unit_that_says_it_comes_first() {
    let index = index();
    assert_eq!(keys(&index, "高效率氮化镓功率放大器")[..2], [1, 3]);
    assert_eq!(keys(&index, "抗体药物工艺")[0], 2);
    assert!(keys(&index, "量子").is_empty());
    assert!(keys(&index, "").is_empty());
}

#[test]
fn a_hit_names_the_passages_that_speak_for_it() {
    let hits = index().search(&Query::of(["相控阵天线与功率放大器"]), 1, &|_| true);
    assert_eq!((hits[0].key, &hits[0].passages[..]), (1, &[1, 0][..]));
}

#[test]
fn many_passages_that_hardly_fit_do_not_outweigh_five_that_do() {
    let mut index = Index::new();
    let fits = [
        "氮化镓功率放大器",
        "氮化镓外延",
        "功率放大器线性化",
        "氮化镓器件",
        "放大器封装",
    ];
    index.upsert(1, &Reading::of(fits));
    index.upsert(
        2,
        &Reading::of(std::iter::repeat_n("大功率电机的放大图", 60)),
    );
    assert_eq!(keys(&index, "氮化镓功率放大器"), [1, 2]);
}

#[test]
fn the_reason_is_in_the_words_of_the_passage_the_rarest_first() {
    let index = index();
    let query = Query::of(["基于ＧａＮ与氮化镓的放大器芯片设计管理"]);
    let matched = index.matched(&query, "氮化镓（GaN）功率放大器芯片设计", 5);
    assert_eq!(matched, ["放大器芯片设计", "氮化镓"]);
    assert_eq!(index.matched(&query, "放大器与放大器", 5), ["放大器"]);
    assert!(
        index.matched(&query, "大的器", 5).is_empty(),
        "lone characters say nothing"
    );
}

#[test]
fn a_query_of_any_length_is_answered() {
    let long = CHIPS.concat().repeat(2_000);
    assert_eq!(keys(&index(), &long)[0], 1);
}

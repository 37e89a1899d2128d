//! Whatever happened to an index, it answers like one that was built from what is in it now.

use std::collections::BTreeMap;

use proptest::prelude::*;
use recommend::{Hit, Index, Query, Reading};

/// What can happen to an index.
#[derive(Debug, Clone)]
enum Step {
    Upsert(u128, Vec<String>),
    Remove(u128),
    Compact,
}

fn step() -> impl Strategy<Value = Step> {
    let passages = prop::collection::vec("[芯片设计工艺材料，GaN5 ]{0,12}", 0..8);
    prop_oneof![
        6 => (0_u128..6, passages).prop_map(|(key, texts)| Step::Upsert(key, texts)),
        3 => (0_u128..6).prop_map(Step::Remove),
        1 => Just(Step::Compact),
    ]
}

fn reading(texts: &[String]) -> Reading {
    Reading::of(texts.iter().map(String::as_str))
}

fn found(index: &Index, text: &str) -> Vec<Hit> {
    index.search(&Query::of([text]), 10, &|_| true)
}

proptest! {
    #[test]
    fn the_past_and_the_order_make_no_difference(
        steps in prop::collection::vec(step(), 0..40),
        query in "[芯片设计工艺材料，GaN5 ]{1,16}",
    ) {
        let (mut index, mut now) = (Index::new(), BTreeMap::new());
        for step in steps {
            match step {
                Step::Upsert(key, texts) => {
                    index.upsert(key, &reading(&texts));
                    now.insert(key, texts);
                }
                Step::Remove(key) => {
                    index.remove(key);
                    now.remove(&key);
                }
                Step::Compact => index.compact(),
            }
        }
        let (mut there, mut back) = (Index::new(), Index::new());
        for (key, texts) in &now {
            there.upsert(*key, &reading(texts));
        }
        for (key, texts) in now.iter().rev() {
            back.upsert(*key, &reading(texts));
        }
        prop_assert_eq!(index.len(), now.len());
        let hits = found(&index, &query);
        prop_assert_eq!(&hits, &found(&there, &query));
        prop_assert_eq!(&hits, &found(&back, &query));
        prop_assert_eq!(&hits, &found(&index, &query), "asking changes nothing");
    }

    #[test]
    fn only_what_is_wanted_is_found_and_no_more_than_asked(
        units in prop::collection::btree_map(0_u128..30, "[芯片设计]{1,6}", 0..20),
        most in 0_usize..6,
    ) {
        let mut index = Index::new();
        for (key, text) in &units {
            index.upsert(*key, &Reading::of([text.as_str()]));
        }
        let query = Query::of(["芯片设计"]);
        let all = index.search(&query, usize::MAX >> 1, &|_| true);
        prop_assert_eq!(all.len(), units.len());
        let even: Vec<_> = all.into_iter().filter(|hit| hit.key % 2 == 0).take(most).collect();
        prop_assert_eq!(index.search(&query, most, &|key| key % 2 == 0), even);
    }
}

#[test]
fn an_index_that_is_written_over_and_over_does_not_grow() {
    let mut index = Index::new();
    let texts: Vec<String> = (0..200).map(|n| format!("第{n}项芯片设计工艺")).collect();
    let mut most = 0;
    for round in 0..400_u128 {
        index.upsert(round % 4, &reading(&texts));
        most = most.max(index.heap());
        if round == 40 {
            most = index.heap();
        }
    }
    index.compact();
    assert!(most < 20 * index.heap(), "{most} {}", index.heap());
}

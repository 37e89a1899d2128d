//! Which version has force on which day.

use proptest::prelude::*;
use time::macros::datetime;

use super::{day, genesis, second, with};
use crate::{InvalidBook, PolicyBook};

#[test]
fn the_genesis_has_force_by_itself_and_nothing_else_before_it_is_decided() {
    let mut book = PolicyBook::new(vec![second(), genesis()]).unwrap();
    let version = |book: &PolicyBook, text| book.on(day(text)).map(|policy| policy.version.clone());
    assert_eq!(version(&book, "2023-04-05"), None);
    assert_eq!(version(&book, "2023-04-06").as_deref(), Some("yrd-2023-1"));
    assert_eq!(version(&book, "2024-10-01").as_deref(), Some("yrd-2023-1"));

    let decided_at = datetime!(2024-09-20 10:00 +8);
    assert!(book.enact(&"0".repeat(64), decided_at).is_err());
    book.enact(&second().digest_hex(), decided_at).unwrap();
    assert_eq!(version(&book, "2024-08-31").as_deref(), Some("yrd-2023-1"));
    assert_eq!(
        version(&book, "2024-09-19").as_deref(),
        Some("yrd-2023-1"),
        "no past is rewritten"
    );
    assert_eq!(version(&book, "2024-09-20").as_deref(), Some("yrd-2024-1"));
    assert_eq!(version(&book, "2025-04-05").as_deref(), Some("yrd-2024-1"));
    assert_eq!(version(&book, "2025-04-06"), None);
    assert_eq!(book.by_version("yrd-2023-1").unwrap().version, "yrd-2023-1");
    assert_eq!(book.by_version("yrd-2022-1"), None);
}

#[test]
fn a_version_decided_early_waits_for_its_first_day() {
    let mut book = PolicyBook::new(vec![genesis(), second()]).unwrap();
    let early = datetime!(2024-08-01 10:00 +8);
    book.enact(&second().digest_hex(), early).unwrap();
    assert_eq!(book.on(day("2024-08-31")).unwrap().version, "yrd-2023-1");
    assert_eq!(book.on(day("2024-09-01")).unwrap().version, "yrd-2024-1");
    book.enact(&second().digest_hex(), datetime!(2024-12-01 10:00 +8))
        .unwrap();
    assert_eq!(
        book.decided_at(&second()),
        Some(early),
        "a repeat changes nothing"
    );
}

#[test]
fn an_unclear_set_of_versions_makes_no_book() {
    assert_eq!(PolicyBook::new(vec![]).unwrap_err(), InvalidBook::Empty);
    let named = with("yrd-2023-1", "yrd-2023-2").unwrap();
    let same_day = PolicyBook::new(vec![genesis(), named]).unwrap_err();
    assert_eq!(
        same_day,
        InvalidBook::SameDay("yrd-2023-1".into(), "yrd-2023-2".into())
    );
    let moved = with("\"2023-04-06\"", "\"2023-05-06\"").unwrap();
    let twice = PolicyBook::new(vec![genesis(), moved]).unwrap_err();
    assert_eq!(twice, InvalidBook::Twice("yrd-2023-1".into()));
}

proptest! {
    #[test]
    fn the_policy_of_a_day_covers_it(days in 0u32..1_000, decided in 0u32..1_000) {
        let mut book = PolicyBook::new(vec![genesis(), second()]).unwrap();
        let start = day("2023-01-01");
        book.enact(&second().digest_hex(), start.plus_days(decided).start()).unwrap();
        let day = start.plus_days(days);
        match book.on(day) {
            Some(policy) => prop_assert!(policy.covers(day)),
            None => prop_assert!(!genesis().covers(day)),
        }
        let second_rules = decided <= days && second().covers(day);
        prop_assert_eq!(book.on(day).is_some_and(|p| p.version == "yrd-2024-1"), second_rules);
    }
}

#[test]
fn of_two_decisions_on_one_version_the_earlier_counts_whichever_is_heard_first() {
    let mut book = PolicyBook::new(vec![genesis(), second()]).unwrap();
    let days = [
        datetime!(2024-12-01 10:00 +8),
        datetime!(2024-10-01 10:00 +8),
    ];
    for decided_at in days {
        book.enact(&second().digest_hex(), decided_at).unwrap();
    }
    assert_eq!(book.decided_at(&second()), Some(days[1]));
    assert_eq!(book.on(day("2024-10-01")).unwrap().version, "yrd-2024-1");
}

//! What is shown of a record, field by field. [Art. 10]

use super::*;
use crate::{Amount, Range, Shown, Template};

fn fen(fen: i64) -> Money {
    Money::from_fen(fen).unwrap()
}

#[test]
fn a_field_without_a_template_has_the_default() {
    let policy = genesis();
    let of = |field: &str| policy.publication.of(&field.parse().unwrap()).clone();
    assert_eq!(of("人工智能"), Template::FULL);
    assert_eq!(of("未来产业"), Template::FULL);
    assert!(matches!(of("集成电路").investment, Amount::Ranges(_)));
}

#[test]
fn a_text_is_cut_at_the_end_of_a_sentence_and_says_so() {
    let sentence = "突破高端光刻胶用树脂的合成工艺，实现批次稳定。";
    let text = sentence.repeat(3);
    let length = sentence.chars().count();
    assert_eq!(Shown::Full.of(&text), text);
    assert_eq!(Shown::Cut(3 * length).of(&text), text);
    let once = format!("{}……", sentence.trim_end_matches('。'));
    assert_eq!(Shown::Cut(2 * length - 1).of(&text), once);
    // Without a sentence that ends, in the middle of one.
    let endless = "树".repeat(100);
    let cut = Shown::Cut(30).of(&endless);
    assert_eq!(cut, format!("{}……", "树".repeat(30)));
}

#[test]
fn an_amount_is_shown_as_the_range_that_it_lies_in() {
    let ranges = Amount::Ranges(vec![fen(100), fen(500)]);
    let range = |from: i64, below: Option<i64>| {
        Some(Range {
            from: fen(from),
            below: below.map(fen),
        })
    };
    for (amount, shown) in [
        (0, range(0, Some(100))),
        (99, range(0, Some(100))),
        (100, range(100, Some(500))),
        (499, range(100, Some(500))),
        (500, range(500, None)),
        (900, range(500, None)),
    ] {
        assert_eq!(ranges.range_of(fen(amount)), shown, "{amount}");
    }
    assert_eq!(Amount::Exact.range_of(fen(7)), None);
}

#[test]
fn a_template_that_makes_no_sense_is_no_policy() {
    let line = "[publication.fields.\"集成电路\"]";
    let strange = "[publication.fields.\"海洋工程\"]";
    assert_eq!(bad_key(line, strange), "publication");
    let ranges = "investment = [500_000_000, 2_000_000_000, 5_000_000_000, 10_000_000_000]";
    for bad in [
        "investment = []",
        "investment = [0, 5]",
        "investment = [500, 500]",
        "investment = [500, 400]",
        "investment = \"roughly\"",
    ] {
        assert_eq!(bad_key(ranges, bad), "publication", "{bad}");
    }
    for bad in ["mission = 19", "mission = \"some\""] {
        assert_eq!(bad_key("mission = \"full\"", bad), "publication", "{bad}");
    }
    assert!(with("mission = \"full\"", "mission = 20").is_ok());
}

proptest! {
    #[test]
    fn what_is_shown_is_a_beginning_of_the_text_and_never_longer_than_allowed(
        text in "[树。；a]{1,80}", most in 20..60usize,
    ) {
        let shown = Shown::Cut(most).of(&text);
        let kept = shown.strip_suffix("……").unwrap_or(&shown);
        prop_assert!(text.starts_with(kept));
        prop_assert!(kept.chars().count() <= most);
    }

    #[test]
    fn an_amount_lies_in_its_range(bounds in proptest::collection::btree_set(1..1000i64, 1..6),
                                   amount in 0..2000i64) {
        let ranges = Amount::Ranges(bounds.into_iter().map(fen).collect());
        let range = ranges.range_of(fen(amount)).unwrap();
        prop_assert!(range.from <= fen(amount));
        prop_assert!(range.below.is_none_or(|below| fen(amount) < below));
    }
}

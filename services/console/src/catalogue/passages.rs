//! What a search found in a demand, marked.

use maud::{Markup, html};
use proto::matching::v1::MatchedPassage;

/// The passages of one hit, the best first.
pub(super) fn passages(passages: &[MatchedPassage]) -> Markup {
    html! {
        @if !passages.is_empty() {
            dl.passages {
                @for passage in passages {
                    div {
                        dt { (passage.label) }
                        dd { (marked(&passage.excerpt, &passage.terms)) }
                    }
                }
            }
        }
    }
}

/// What of a hit matched, each word once.
pub(super) fn terms(passages: &[MatchedPassage]) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for term in passages.iter().flat_map(|passage| &passage.terms) {
        if !terms.contains(term) {
            terms.push(term.clone());
        }
    }
    terms
}

/// A text with the terms in it marked: from the left, at each place the longest that fits.
pub(super) fn marked(text: &str, terms: &[String]) -> Markup {
    html! {
        @for (part, mark) in parts(text, terms) {
            @if mark { mark { (part) } } @else { (part) }
        }
    }
}

fn parts<'a>(text: &'a str, terms: &[String]) -> Vec<(&'a str, bool)> {
    let mut parts = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let fits = terms.iter().filter(|term| !term.is_empty());
        let longest = fits
            .filter(|term| rest.starts_with(term.as_str()))
            .map(String::len)
            .max();
        match longest {
            Some(length) => {
                parts.extend(text.get(plain..at).map(|part| (part, false)));
                parts.extend(text.get(at..at + length).map(|part| (part, true)));
                at += length;
                plain = at;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    parts.extend(text.get(plain..).map(|part| (part, false)));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms_of(terms: &[&str]) -> Vec<String> {
        terms.iter().map(|term| (*term).to_owned()).collect()
    }

    #[test]
    fn the_longest_word_is_marked_where_several_fit_and_markup_stays_text() {
        let marked = |text, terms: &[&str]| marked(text, &terms_of(terms)).into_string();
        assert_eq!(
            marked("高端光刻胶与光刻", &["光刻", "光刻胶"]),
            "高端<mark>光刻胶</mark>与<mark>光刻</mark>"
        );
        assert_eq!(
            marked("<b>胶</b>", &["胶", "b"]),
            "&lt;<mark>b</mark>&gt;<mark>胶</mark>&lt;/<mark>b</mark>&gt;"
        );
        assert_eq!(marked("无", &["", "有"]), "无");
        assert_eq!(marked("", &["有"]), "");
    }

    proptest! {
        #[test]
        fn marking_loses_and_adds_nothing(text in "[光刻胶a<…]{0,40}", terms in prop::collection::vec("[光刻胶a<…]{0,3}", 0..4)) {
            let parts = parts(&text, &terms);
            let again: String = parts.iter().map(|(part, _)| *part).collect();
            prop_assert_eq!(&again, &text);
            for (part, mark) in parts {
                prop_assert!(!mark || terms.iter().any(|term| term == part));
                prop_assert!(mark || terms.iter().all(|term| term.is_empty() || !part.contains(term.as_str())));
            }
        }
    }
}

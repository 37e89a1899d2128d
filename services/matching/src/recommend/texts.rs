//! Which texts stand for a unit and for a demand, and how a match is put into words.

use std::collections::BTreeMap;

use prost::Message as _;
use proto::{
    intake::v1::{ExternalTask, PublicRecord},
    matching::v1::MatchedPassage,
    registry::v1::{Profile, ProfileItem, ProfileItemKind},
};
use recommend::{Index, Query};
use uuid::Uuid;

use super::known::KnownUnit;

/// How many passages an answer shows, and how many words of each.
const PASSAGES: usize = 3;
const WORDS: usize = 5;
/// Characters of an excerpt before and after what matched, and of that itself.
const AROUND: usize = 24;
const WIDTH: usize = 12;

/// A text that can match on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// What it is, in Chinese.
    pub(super) label: String,
    pub(super) text: String,
}

/// What a unit says of itself: its fields and keywords, then each project, patent and paper.
pub(super) fn of_unit(unit: &KnownUnit) -> Vec<Passage> {
    let profile = unit.profile.as_deref().map(Profile::decode);
    let profile = profile.and_then(Result::ok).unwrap_or_default();
    let mut words: Vec<&str> = Vec::new();
    for word in unit
        .fields
        .iter()
        .chain(&unit.keywords)
        .chain(&profile.fields)
        .chain(&profile.keywords)
    {
        if !words.contains(&word.as_str()) {
            words.push(word);
        }
    }
    let general = (!words.is_empty()).then(|| Passage {
        label: "领域和关键词".to_owned(),
        text: words.join("，"),
    });
    general
        .into_iter()
        .chain(profile.items.iter().map(item))
        .collect()
}

fn item(item: &ProfileItem) -> Passage {
    let kind = match item.kind() {
        ProfileItemKind::Project => "项目",
        ProfileItemKind::Patent => "专利",
        ProfileItemKind::Paper => "论文",
        ProfileItemKind::Unspecified => "成果",
    };
    let year = if item.year == 0 {
        String::new()
    } else {
        format!("{}年", item.year)
    };
    Passage {
        label: format!("{year}{kind}《{}》", item.title),
        text: format!(
            "{}\n{}\n{}",
            item.title,
            item.keywords.join("，"),
            item.r#abstract
        ),
    }
}

/// What everybody may know of a demand: its mission, then each of the tasks that are wanted.
pub(super) fn of_record(
    record: &PublicRecord,
    wanted: impl Fn(&ExternalTask) -> bool,
) -> Vec<Passage> {
    let mission = Passage {
        label: format!("攻关任务《{}》", record.title),
        text: format!("{}\n{}\n{}", record.title, record.field, record.mission),
    };
    let tasks = record
        .tasks
        .iter()
        .filter(|task| wanted(task))
        .map(|task| Passage {
            label: format!("揭榜任务《{}》", task.title),
            text: format!("{}\n{}\n{}", task.title, task.content, task.indicators),
        });
    std::iter::once(mission).chain(tasks).collect()
}

/// All that everybody may know of a demand, to be searched.
pub(super) fn of_entry(number: &str, record: &PublicRecord) -> Vec<Passage> {
    let number = Passage {
        label: "公开编号".to_owned(),
        text: number.to_owned(),
    };
    let mut passages = of_record(record, |_| true);
    passages.push(number);
    passages
}

/// What of an entry answers a search. Without a pair of characters or a word that matched, what it
/// says of what was typed word for word; empty where that is nothing.
pub(super) fn searched(
    index: &Index,
    query: &Query,
    words: &[String],
    passages: &[Passage],
    best: &[usize],
) -> Vec<MatchedPassage> {
    let found = matched(index, query, passages, best);
    let found = if found.is_empty() {
        let literal = passages.iter().filter_map(|passage| {
            let plain = passage.text.to_lowercase();
            let said = words.iter().filter(|word| plain.contains(word.as_str()));
            let terms: Vec<String> = said.cloned().collect();
            (!terms.is_empty()).then(|| MatchedPassage {
                label: passage.label.clone(),
                terms,
                excerpt: String::new(),
            })
        });
        literal.take(PASSAGES).collect()
    } else {
        found
    };
    let texts: BTreeMap<&str, &str> = passages
        .iter()
        .map(|passage| (passage.label.as_str(), passage.text.as_str()))
        .collect();
    let shown = found.into_iter().map(|passage| {
        let text = texts.get(passage.label.as_str()).copied();
        let excerpt = excerpt(text.unwrap_or_default(), &passage.terms);
        MatchedPassage { excerpt, ..passage }
    });
    shown.collect()
}

/// The stretch of a text around the first of the terms that it has.
fn excerpt(text: &str, terms: &[String]) -> String {
    let plain: Vec<char> = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .collect();
    let lower = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    let at = terms.iter().find_map(|term| {
        let term: Vec<char> = term.chars().collect();
        let is_it = |window: &[char]| window.iter().map(lower).eq(term.iter().map(lower));
        plain.windows(term.len().max(1)).position(is_it)
    });
    let from = at.unwrap_or_default().saturating_sub(AROUND);
    let to = (from + 2 * AROUND + WIDTH).min(plain.len());
    let (before, after) = (
        if from > 0 { "…" } else { "" },
        if to < plain.len() { "…" } else { "" },
    );
    let shown: String = plain[from..to].iter().collect();
    format!("{before}{shown}{after}")
}

/// Whether a task still looks for its solver.
pub(super) fn is_open(task: &ExternalTask, matched: &[Uuid]) -> bool {
    !matched.iter().any(|id| id.to_string() == task.task_id)
}

/// The passages that speak for a hit, with the words that matched. Empty where only single
/// characters did: that says nothing to anybody.
pub(super) fn matched(
    index: &Index,
    query: &Query,
    passages: &[Passage],
    best: &[usize],
) -> Vec<MatchedPassage> {
    let best = best.iter().filter_map(|&place| passages.get(place));
    let matched = best.filter_map(|passage| {
        let terms = index.matched(query, &passage.text, WORDS);
        let terms: Vec<String> = terms.into_iter().map(str::to_owned).collect();
        (!terms.is_empty()).then(|| MatchedPassage {
            label: passage.label.clone(),
            terms,
            ..Default::default()
        })
    });
    matched.take(PASSAGES).collect()
}

/// The matches in a sentence.
pub(super) fn reason(matched: &[MatchedPassage]) -> String {
    let Some(first) = matched.first() else {
        return String::new();
    };
    let words: Vec<String> = first.terms.iter().map(|word| format!("“{word}”")).collect();
    let others = match matched.len() - 1 {
        0 => String::new(),
        others => format!("；另有 {others} 项内容相符"),
    };
    format!("{}与之相符：{}{others}。", first.label, words.join("、"))
}

#[cfg(test)]
mod tests {
    use recommend::Reading;

    use super::*;

    fn passage(label: &str, text: &str) -> Passage {
        Passage {
            label: label.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_unit_says_each_word_once_and_a_year_only_where_it_has_one() {
        let profile = Profile {
            keywords: vec!["光刻胶".into(), "树脂".into()],
            items: vec![ProfileItem {
                title: "合成".into(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let unit = KnownUnit {
            unit_id: Uuid::nil(),
            region: "zj".into(),
            name: String::new(),
            kind: 0,
            active: true,
            fields: vec!["集成电路".into()],
            keywords: vec!["光刻胶".into()],
            profile: Some(profile.encode_to_vec()),
            changed: 0,
        };
        let said = of_unit(&unit);
        assert_eq!(said[0], passage("领域和关键词", "集成电路，光刻胶，树脂"));
        assert_eq!(said[1].label, "成果《合成》");
    }

    #[test]
    fn three_passages_speak_for_a_hit_and_lone_characters_are_shown_as_typed() {
        let mut index = Index::new();
        let all: Vec<_> = (0..5)
            .map(|n| passage(&n.to_string(), "GaN 芯片"))
            .collect();
        index.upsert(1, &Reading::of(all.iter().map(|one| one.text.as_str())));
        let shown = |query: &str, words: &[String]| {
            let query = Query::of([query]);
            searched(&index, &query, words, &all, &[0, 1, 2, 3, 4])
        };
        assert_eq!(shown("芯片", &[]).len(), PASSAGES);
        let typed = shown("芯", &["芯".to_owned(), "ga".to_owned()]);
        assert_eq!(typed.len(), PASSAGES);
        assert_eq!(typed[0].terms, ["芯", "ga"]);
    }

    #[test]
    fn an_excerpt_says_where_it_was_cut_and_finds_the_term_in_either_case() {
        let text = format!("{}GaN芯片{}", "前".repeat(60), "后".repeat(60));
        let cut = excerpt(&text, &["gan".to_owned()]);
        assert!(cut.starts_with("…前") && cut.ends_with("后…"), "{cut}");
        assert!(cut.contains("GaN芯片"), "{cut}");
        assert_eq!(excerpt("GaN\n 芯片", &["芯片".to_owned()]), "GaN 芯片");
    }
}

//! Which texts stand for a unit and for a demand, and how a match is put into words.

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

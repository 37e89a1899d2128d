//! Looks for what would give the demander away in a text that is to be published. [Art. 10]

mod pattern;

use regulation::Text;
use unicode_normalization::UnicodeNormalization as _;

use crate::record::{Record, Task};

/// A place that gives the demander away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The record's field, such as `tasks[0].content`.
    pub field: String,
    /// At which character, from 1.
    pub at: usize,
    /// The characters found there.
    pub found: String,
    /// What kind of thing it is, in Chinese.
    pub what: &'static str,
}

/// From so many characters up a name is looked for across marks that join words, too.
const JOINED_FROM: usize = 3;
/// What stands before a person's name, and after it.
const CONTACT_LABELS: &[&str] = &[
    "联系人",
    "联系电话",
    "联系方式",
    "负责人",
    "姓名",
    "电话",
    "手机",
    "邮箱",
    "地址",
];
const TITLES: &[&str] = &[
    "先生",
    "女士",
    "经理",
    "主任",
    "部长",
    "总监",
    "博士",
    "教授",
    "老师",
    "工程师",
];
/// What a part of a company is called, and that so names nobody.
const OFFICES: &[&str] = &["部", "处", "室", "科", "中心", "办公室"];
/// Words that companies of all kinds have in their names, and that so name nobody.
const LEGAL_FORMS: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限公司",
    "股份公司",
    "集团公司",
    "集团",
    "公司",
];
const TRADES: &[&str] = &[
    "科技",
    "技术",
    "电子",
    "信息",
    "生物",
    "医药",
    "智能",
    "半导体",
    "新材料",
    "实业",
    "发展",
    "控股",
];
const PLACES: &[&str] = &[
    "中国",
    "上海市",
    "江苏省",
    "浙江省",
    "安徽省",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "南京",
    "苏州",
    "无锡",
    "常州",
    "南通",
    "杭州",
    "宁波",
    "温州",
    "嘉兴",
    "绍兴",
    "合肥",
    "芜湖",
    "滁州",
    "蚌埠",
    "马鞍山",
];

/// What may give the demander away, in one form.
pub struct Known(Vec<(String, &'static str)>);

impl Known {
    /// Of a unit's names and what it says of how to reach it.
    pub fn new(names: &[String], contact: Option<&Text>) -> Self {
        let mut known: Vec<_> = recognisable(names)
            .into_iter()
            .map(|name| (name, "单位名称"))
            .collect();
        let contact = contact.map(Text::as_str).unwrap_or_default();
        known.extend(
            of_contact(contact)
                .into_iter()
                .map(|word| (word, "联系人信息")),
        );
        Self(known)
    }
}

/// Every place of the record's published texts that gives the demander away: what is known of it,
/// a credit code, a telephone number, an e-mail address, a web address, a street address.
pub fn leaks(record: &Record, known: &Known) -> Vec<Leak> {
    let mut texts = vec![
        ("title".to_owned(), record.title.as_str()),
        ("mission".to_owned(), record.mission.as_str()),
    ];
    for (at, task) in record.tasks.iter().enumerate() {
        texts.extend(texts_of(at, task));
    }
    for (at, milestone) in record.milestones.iter().enumerate() {
        texts.push((format!("milestones[{at}]"), milestone.as_str()));
    }
    found_in(texts, known)
}

/// The same of one task that is to take its place in a published record.
pub fn leaks_of_task(record: &Record, task: &Task, known: &Known) -> Vec<Leak> {
    let at = record.tasks.iter().position(|other| other.id == task.id);
    found_in(texts_of(at.unwrap_or_default(), task).into(), known)
}

fn texts_of(at: usize, task: &Task) -> [(String, &str); 3] {
    [
        (format!("tasks[{at}].title"), task.title.as_str()),
        (format!("tasks[{at}].content"), task.content.as_str()),
        (format!("tasks[{at}].indicators"), task.indicators.as_str()),
    ]
}

fn found_in(texts: Vec<(String, &str)>, known: &Known) -> Vec<Leak> {
    let mut found = Vec::new();
    for (field, text) in texts {
        let (plain, joined) = (Folded::new(text), Folded::joined(text));
        for (name, what) in &known.0 {
            found.extend(plain.named(&field, name, what));
            // Shorter ones stand by chance where something ends and something begins.
            if name.chars().count() >= JOINED_FROM {
                found.extend(joined.named(&field, name, what));
            }
        }
        found.extend(plain.patterns(&field));
        found.extend(pattern::spelled_numbers(&plain, &field));
        found.extend(pattern::addresses(&plain, &field));
    }
    found.sort_by(|a, b| (&a.field, a.at, &a.found).cmp(&(&b.field, b.at, &b.found)));
    found.dedup();
    found
}

/// The words of a contact by which somebody could be recognised.
fn of_contact(contact: &str) -> Vec<String> {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let words = contact.split(|c: char| !is_han(c)).map(fold);
    let words = words.map(|word| {
        let named = CONTACT_LABELS.iter().fold(word.as_str(), |word, label| {
            word.strip_prefix(label).unwrap_or(word)
        });
        let named = TITLES.iter().fold(named, |word, title| {
            word.strip_suffix(title).unwrap_or(word)
        });
        named.to_owned()
    });
    let says = |word: &String| {
        word.chars().count() >= 2 && !OFFICES.iter().any(|office| word.ends_with(office))
    };
    words.filter(says).collect()
}

/// The names as they could be recognised: whole, and stripped of place, legal form and trade.
fn recognisable(names: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for name in names {
        let whole: String = fold(name);
        let mut core = whole.as_str();
        for form in LEGAL_FORMS {
            core = core.strip_suffix(form).unwrap_or(core);
        }
        for place in PLACES {
            core = core.strip_prefix(place).unwrap_or(core);
        }
        let short = TRADES.iter().fold(core, |short, trade| {
            short.strip_suffix(trade).unwrap_or(short)
        });
        all.extend([whole.clone(), core.to_owned(), short.to_owned()]);
    }
    // A single character names nobody.
    all.retain(|name| name.chars().count() >= 2);
    all.sort_unstable();
    all.dedup();
    all
}

pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(fold_char).collect()
}

/// One form for what looks alike: full width, circled, case, letters of other alphabets; white
/// space and what can't be seen vanish.
fn fold_char(c: char) -> impl Iterator<Item = char> {
    let narrow = std::iter::once(c).nfkc().flat_map(char::to_lowercase);
    narrow.filter(|c| !vanishes(*c)).map(latin)
}

fn vanishes(c: char) -> bool {
    c.is_whitespace() || matches!(c, '·' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}')
}

/// The Latin letter that a small Cyrillic or Greek one is taken for.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'і' | 'ι' => 'i',
        'ѕ' => 's',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'т' | 'τ' => 't',
        'ν' => 'v',
        'һ' => 'h',
        other => other,
    }
}

/// A mark that joins words or sets one apart, but ends no sentence.
fn joins(c: char) -> bool {
    "-_.*|/~+#=^&'\"‘’“”()[]{}<>《》〈〉【】「」『』〔〕–—―‐".contains(c)
}

/// A text in one form, with the place of each character in the original.
struct Folded<'a> {
    original: &'a str,
    chars: Vec<char>,
    places: Vec<usize>,
}

impl<'a> Folded<'a> {
    fn new(original: &'a str) -> Self {
        Self::without(original, |_| false)
    }

    /// The text without the marks that could stand between the characters of a name.
    fn joined(original: &'a str) -> Self {
        Self::without(original, joins)
    }

    fn without(original: &'a str, left_out: fn(char) -> bool) -> Self {
        let kept = original
            .chars()
            .enumerate()
            .flat_map(|(at, c)| fold_char(c).map(move |c| (c, at)))
            .filter(|(c, _)| !left_out(*c));
        let (chars, places) = kept.unzip();
        Self {
            original,
            chars,
            places,
        }
    }

    fn named(&self, field: &str, name: &str, what: &'static str) -> Vec<Leak> {
        let name: Vec<char> = name.chars().collect();
        let starts = (0..self.chars.len()).filter(|at| self.chars[*at..].starts_with(&name));
        starts
            .map(|at| self.leak(field, at, name.len(), what))
            .collect()
    }

    fn leak(&self, field: &str, at: usize, length: usize, what: &'static str) -> Leak {
        let from = self.places[at];
        let to = self.places[(at + length - 1).min(self.places.len() - 1)];
        let found = self
            .original
            .chars()
            .skip(from)
            .take(to - from + 1)
            .collect();
        Leak {
            field: field.to_owned(),
            at: from + 1,
            found,
            what,
        }
    }

    fn patterns(&self, field: &str) -> Vec<Leak> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.chars.len() {
            // Runs of what codes, numbers and addresses are made of.
            let length = self.chars[at..]
                .iter()
                .take_while(|c| pattern::is_code(**c))
                .count();
            if length == 0 {
                at += 1;
                continue;
            }
            let run: String = self.chars[at..at + length].iter().collect();
            if let Some(what) = pattern::gives_away(&run) {
                found.push(self.leak(field, at, length, what));
            }
            at += length;
        }
        found
    }
}

#[cfg(test)]
mod tests;

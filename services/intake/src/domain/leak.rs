//! Looks for what would give the demander away in a text that is to be published. [Art. 10]

use regulation::CreditCode;

use crate::record::Record;

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

/// Every place of the record's published texts that gives one of `names` away, or a credit code,
/// a telephone number, an e-mail address or a web address.
pub fn leaks(record: &Record, names: &[String]) -> Vec<Leak> {
    let names = recognisable(names);
    let mut found = Vec::new();
    for (field, text) in texts(record) {
        let text = Folded::new(text);
        for name in &names {
            found.extend(
                text.places(name)
                    .map(|at| text.leak(&field, at, name.chars().count(), "单位名称")),
            );
        }
        found.extend(text.patterns(&field));
    }
    found.sort_by(|a, b| (&a.field, a.at).cmp(&(&b.field, b.at)));
    found
}

fn texts(record: &Record) -> Vec<(String, &str)> {
    let mut texts = vec![
        ("title".to_owned(), record.title.as_str()),
        ("mission".to_owned(), record.mission.as_str()),
    ];
    for (at, task) in record.tasks.iter().enumerate() {
        texts.push((format!("tasks[{at}].title"), task.title.as_str()));
        texts.push((format!("tasks[{at}].content"), task.content.as_str()));
        texts.push((format!("tasks[{at}].indicators"), task.indicators.as_str()));
    }
    for (at, milestone) in record.milestones.iter().enumerate() {
        texts.push((format!("milestones[{at}]"), milestone.as_str()));
    }
    texts
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

fn fold(text: &str) -> String {
    text.chars().filter_map(fold_char).collect()
}

/// One form for what looks alike: full width, case; white space and joining marks vanish.
fn fold_char(c: char) -> Option<char> {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    if narrow.is_whitespace() || matches!(narrow, '·' | '\u{200b}'..='\u{200d}' | '\u{feff}') {
        return None;
    }
    narrow.to_lowercase().next()
}

/// A text in one form, with the place of each character in the original.
struct Folded<'a> {
    original: &'a str,
    chars: Vec<char>,
    places: Vec<usize>,
}

impl<'a> Folded<'a> {
    fn new(original: &'a str) -> Self {
        let kept = original
            .chars()
            .enumerate()
            .filter_map(|(at, c)| Some((fold_char(c)?, at)));
        let (chars, places) = kept.unzip();
        Self {
            original,
            chars,
            places,
        }
    }

    fn places<'b>(&'b self, name: &'b str) -> impl Iterator<Item = usize> + 'b {
        let name: Vec<char> = name.chars().collect();
        (0..self.chars.len()).filter(move |at| self.chars[*at..].starts_with(&name))
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
            let length = self.chars[at..].iter().take_while(|c| is_code(**c)).count();
            if length == 0 {
                at += 1;
                continue;
            }
            let run: String = self.chars[at..at + length].iter().collect();
            if let Some(what) = gives_away(&run) {
                found.push(self.leak(field, at, length, what));
            }
            at += length;
        }
        found
    }
}

fn is_code(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '/' | ':' | '_' | '+')
}

fn gives_away(run: &str) -> Option<&'static str> {
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let upper = run.to_ascii_uppercase();
    let only_number = run
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
    let has_credit_code = || {
        let symbols: Vec<char> = upper.chars().collect();
        symbols.windows(CreditCode::LEN).any(|window| {
            window
                .iter()
                .collect::<String>()
                .parse::<CreditCode>()
                .is_ok()
        })
    };
    if run.contains('@') && run.contains('.') {
        Some("电子邮箱")
    } else if run.contains("://") || run.starts_with("www.") || has_domain(run) {
        Some("网址")
    } else if has_credit_code() {
        Some("统一社会信用代码")
    } else if only_number && is_telephone(run, &digits) {
        Some("电话号码")
    } else {
        None
    }
}

fn has_domain(run: &str) -> bool {
    let host = run.split('/').next().unwrap_or_default();
    [".com", ".cn", ".net", ".org", ".com.cn"]
        .iter()
        .any(|end| host.len() > end.len() && host.ends_with(end))
}

fn is_telephone(run: &str, digits: &str) -> bool {
    let national = digits
        .strip_prefix("86")
        .filter(|_| run.starts_with('+'))
        .unwrap_or(digits);
    let mobile = national.len() == 11 && national.starts_with('1') && !national.starts_with("10");
    let landline = run.starts_with('0') && run.contains('-') && (10..=12).contains(&national.len());
    mobile || landline
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::demand::tests::record;

    fn found(text: &str) -> Vec<Leak> {
        let mut record = record();
        record.mission = text.parse().unwrap();
        leaks(
            &record,
            &[
                "江苏星河微电子科技有限公司".into(),
                "XINGHE Micro".into(),
                "银汉".into(),
            ],
        )
    }

    #[test]
    fn the_company_is_found_by_its_name_its_short_name_its_brand_however_spelled() {
        for (text, at, spelled) in [
            (
                "由江苏星河微电子科技有限公司提出",
                2,
                "江苏星河微电子科技有限公司",
            ),
            ("为星 河 微电子攻关", 2, "星 河 微"),
            (
                "采用ｘｉｎｇｈｅ　ＭＩＣＲＯ工艺",
                3,
                "ｘｉｎｇｈｅ　ＭＩＣＲＯ",
            ),
            ("银汉牌光刻胶", 1, "银汉"),
        ] {
            let leak = found(text)
                .into_iter()
                .find(|leak| leak.found.starts_with(spelled));
            assert_eq!(
                leak.map(|leak| leak.at),
                Some(at),
                "{text}: {:?}",
                found(text)
            );
        }
    }

    #[test]
    fn codes_numbers_and_addresses_are_found() {
        for (text, what) in [
            ("代码91350100M000100Y43。", "统一社会信用代码"),
            ("联系13812345678", "电话号码"),
            ("电话025-83123456", "电话号码"),
            ("邮箱rd@example.cn", "电子邮箱"),
            ("见www.example.com/rd", "网址"),
            ("见https://1.2.3.4/", "网址"),
        ] {
            let leaks = found(text);
            assert_eq!(leaks.first().map(|leak| leak.what), Some(what), "{text}");
        }
    }

    #[test]
    fn technical_texts_give_nobody_away() {
        for text in [
            "线宽 14 nm，良率不低于 99.5%，参照 GB/T 13745-2009。",
            "在 1310-1550 nm 波段、10-6 Pa 下工作 20000 小时，成本降低 30%。",
            "微电子与银河系观测所用的芯片",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}

//! Whether a text that others read tells who wrote it: a unit's names, numbers, addresses. [Art. 10]

use regulation::CreditCode;

/// A place in a text that gives somebody away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// At which character, from 1.
    pub at: usize,
    /// The characters found there.
    pub found: String,
    /// What kind of thing it is, in Chinese.
    pub what: &'static str,
}

/// What every company's name may end with, and so names nobody.
const LEGAL_FORMS: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限公司",
    "集团",
    "公司",
];
/// Digits of a telephone number, with the area, at least.
const TELEPHONE_DIGITS: usize = 11;

/// The first place of the text that gives one of `names` away, or how to reach somebody.
pub fn trace(text: &str, names: &[String]) -> Option<Trace> {
    let text = Folded::new(text);
    let known = names.iter().flat_map(|name| variants(name));
    let named = known.filter_map(|name| text.find(&name));
    let first = named.min_by_key(|(at, length)| (*at, std::cmp::Reverse(*length)));
    match first {
        Some((at, length)) => Some(text.trace(at, length, "单位身份")),
        None => text.contact(),
    }
}

/// The first of several texts' traces.
pub fn traces(texts: &[&str], names: &[String]) -> Option<Trace> {
    texts.iter().find_map(|text| trace(text, names))
}

/// A name whole, and without its legal form.
fn variants(name: &str) -> Vec<Vec<char>> {
    let core = LEGAL_FORMS
        .iter()
        .fold(name, |core, form| core.strip_suffix(form).unwrap_or(core));
    // A single character names nobody.
    [name, core]
        .iter()
        .map(|name| name.chars().filter_map(fold).collect::<Vec<char>>())
        .filter(|name| name.len() > 1)
        .collect()
}

/// One form for what looks alike; what joins or divides vanishes.
fn fold(c: char) -> Option<char> {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    let divides = narrow.is_whitespace() || matches!(narrow, '·' | '-' | '_' | '—');
    if divides {
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
            .filter_map(|(at, c)| Some((fold(c)?, at)));
        let (chars, places) = kept.unzip();
        Self {
            original,
            chars,
            places,
        }
    }

    fn find(&self, name: &[char]) -> Option<(usize, usize)> {
        let mut windows = self.chars.windows(name.len());
        windows
            .position(|window| window == name)
            .map(|at| (at, name.len()))
    }

    fn trace(&self, at: usize, length: usize, what: &'static str) -> Trace {
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        let (from, to) = (place(at), place(at + length - 1));
        let found = self.original.chars().skip(from).take(to - from + 1);
        Trace {
            at: from + 1,
            found: found.collect(),
            what,
        }
    }

    /// The first run of characters by which somebody could be reached, or looked up.
    fn contact(&self) -> Option<Trace> {
        let mut at = 0;
        while at < self.chars.len() {
            let run = self.chars[at..].iter();
            let run: String = run.take_while(|c| in_address(**c)).collect();
            let length = run.chars().count();
            if let Some(what) = reaches(&run) {
                return Some(self.trace(at, length, what));
            }
            at += length.max(1);
        }
        None
    }
}

fn in_address(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '/' | ':' | '+')
}

fn reaches(run: &str) -> Option<&'static str> {
    let upper: Vec<char> = run.to_ascii_uppercase().chars().collect();
    let is_code = |window: &[char]| {
        let code: String = window.iter().collect();
        code.parse::<CreditCode>().is_ok()
    };
    let host = run.split('/').next().unwrap_or_default();
    let domain = [".com", ".cn", ".net", ".org"]
        .iter()
        .any(|end| host.len() > end.len() && host.ends_with(end));
    if run.contains('@') {
        Some("电子邮箱")
    } else if run.contains("://") || run.starts_with("www.") || domain {
        Some("网址")
    } else if upper.windows(CreditCode::LEN).any(is_code) {
        Some("统一社会信用代码")
    } else if telephone(run) {
        Some("电话号码")
    } else {
        None
    }
}

fn telephone(run: &str) -> bool {
    let digits = run.strip_prefix('+').unwrap_or(run);
    digits.len() >= TELEPHONE_DIGITS && digits.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(usize, String, &'static str)> {
        let names = ["苏州星河微电子有限公司".into(), "XINGHE Micro".into()];
        trace(text, &names).map(|trace| (trace.at, trace.found, trace.what))
    }

    #[test]
    fn names_are_found_however_they_are_spelled() {
        for (text, at, spelled) in [
            ("我们是苏州星河微电子有限公司", 4, "苏州星河微电子有限公司"),
            ("在苏州星河 微电子进行验证", 2, "苏州星河 微电子"),
            (
                "用ｘｉｎｇｈｅ－ＭＩＣＲＯ的产线",
                2,
                "ｘｉｎｇｈｅ－ＭＩＣＲＯ",
            ),
        ] {
            assert_eq!(
                found(text),
                Some((at, spelled.to_owned(), "单位身份")),
                "{text}"
            );
        }
    }

    #[test]
    fn ways_to_reach_somebody_are_found() {
        for (text, what) in [
            ("请发至rd@example.cn", "电子邮箱"),
            ("见www.example.com/a", "网址"),
            ("见https://1.2.3.4/", "网址"),
            ("拨138 1234 5678", "电话号码"),
            ("拨0512-65120000", "电话号码"),
            ("代码91350100M000100Y43。", "统一社会信用代码"),
        ] {
            assert_eq!(found(text).map(|found| found.2), Some(what), "{text}");
        }
    }

    #[test]
    fn technical_texts_tell_nobody() {
        for text in [
            "线宽 14 nm，良率不低于 99.5%，参照 GB/T 13745-2009。",
            "在 1310-1550 nm 波段、10-6 Pa 下工作 20000 小时。",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}

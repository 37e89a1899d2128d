//! Codes, numbers and addresses: what gives somebody away without naming them.

use regulation::CreditCode;

use super::{Folded, Leak};

/// How an `@` is spelled to hide it.
const AT: [&str; 5] = ["(at)", "[at]", "{at}", "<at>", "【at】"];
/// What stands before the number of a house.
const STREETS: &str = "路街道巷弄";
/// What people say for a digit.
const SPELLED: &str = "零一二三四五六七八九";

pub(super) fn is_code(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '/' | ':' | '_' | '+')
}

pub(super) fn gives_away(run: &str) -> Option<&'static str> {
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let upper = run.to_ascii_uppercase();
    let only_number = run
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
    let has_credit_code = || {
        let symbols: Vec<char> = upper.chars().filter(char::is_ascii_alphanumeric).collect();
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
    let landline = run.starts_with('0') && run.contains('-') && (10..=12).contains(&national.len());
    is_mobile(national) || landline
}

/// Telephone numbers whose digits are written as words, or among marks of all kinds.
pub(super) fn spelled_numbers(text: &Folded<'_>, field: &str) -> Vec<Leak> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.chars.len() {
        let run = text.chars[at..].iter().take_while(|c| digit(**c).is_some());
        let digits: String = run.filter_map(|c| digit(*c)).collect();
        let length = digits.chars().count();
        let spelled = text.chars[at..at + length]
            .iter()
            .any(|c| !c.is_ascii_digit());
        if spelled && is_mobile(&digits) {
            found.push(text.leak(field, at, length, "电话号码"));
        }
        at += length.max(1);
    }
    found.extend(hidden_emails(text, field));
    found
}

fn digit(c: char) -> Option<char> {
    let plain = match c {
        '〇' => '零',
        '幺' => '一',
        other => other,
    };
    let place = SPELLED.chars().position(|spelled| spelled == plain);
    let value = place.and_then(|place| u32::try_from(place).ok());
    value
        .and_then(|value| char::from_digit(value, 10))
        .or_else(|| Some(c).filter(char::is_ascii_digit))
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && !digits.starts_with("10")
}

fn hidden_emails(text: &Folded<'_>, field: &str) -> Vec<Leak> {
    let chars = &text.chars;
    let code = |at: usize| chars.get(at).is_some_and(char::is_ascii_alphanumeric);
    let mark = |at: usize| {
        let marks = AT.iter().map(|mark| mark.chars().collect::<Vec<_>>());
        marks
            .filter(|mark| chars[at..].starts_with(mark))
            .map(|mark| mark.len())
            .next()
    };
    let found = (1..chars.len()).filter_map(|at| Some((at, mark(at)?)));
    let around = found.filter(|(at, length)| code(at - 1) && code(at + length));
    around
        .map(|(at, length)| {
            let before = chars[..at]
                .iter()
                .rev()
                .take_while(|c| is_code(**c))
                .count();
            let after = chars[at + length..].iter().take_while(|c| is_code(**c));
            text.leak(
                field,
                at - before,
                before + length + after.count(),
                "电子邮箱",
            )
        })
        .collect()
}

/// Street addresses: a street and the number of a house.
pub(super) fn addresses(text: &Folded<'_>, field: &str) -> Vec<Leak> {
    let chars = &text.chars;
    let ends = (0..chars.len()).filter(|at| chars[*at] == '号');
    let found = ends.filter_map(|end| {
        let number = chars[..end].iter().rev();
        let digits = number
            .take_while(|c| digit(**c).is_some() || **c == '-')
            .count();
        let street = end.checked_sub(digits + 1)?;
        let of_house = digits > 0 && STREETS.contains(chars[street]);
        // The street's name is of two characters at least; so are most.
        let from = street.saturating_sub(2);
        of_house.then(|| text.leak(field, from, end + 1 - from, "通信地址"))
    });
    found.collect()
}

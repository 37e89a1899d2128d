//! Codes, numbers and electronic addresses: what reaches somebody without naming them.

use regulation::CreditCode;

use crate::{Place, What, fold::Folded};

/// How an `@` is spelled to hide it.
const AT: [&str; 5] = ["(at)", "[at]", "{at}", "<at>", "【at】"];
/// How a domain ends.
const DOMAINS: [&str; 14] = [
    ".com", ".cn", ".net", ".org", ".edu", ".gov", ".info", ".biz", ".io", ".tech", ".top", ".xyz",
    ".site", ".ltd",
];
/// What people say for a digit.
const SPELLED: &str = "零一二三四五六七八九";
/// What stands before an account, and how long one is at least.
const ACCOUNTS: [&str; 5] = ["微信号", "微信", "qq号", "qq", "传真"];
const ACCOUNT_MIN: usize = 5;
/// Numbers that companies answer all over the country.
const SERVICE_PREFIXES: [&str; 2] = ["400", "800"];

pub(crate) fn places(text: &Folded) -> Vec<Place> {
    let mut found = runs(text);
    found.extend(spelled(text));
    found.extend(bracketed(text));
    found.extend(accounts(text));
    found.extend(hidden_emails(text));
    found
}

fn is_code(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '/' | ':' | '_' | '+')
}

/// Runs of what codes, numbers and addresses are made of.
fn runs(text: &Folded) -> Vec<Place> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.chars.len() {
        let length = text.run(at, is_code);
        let run: String = text.chars[at..at + length].iter().collect();
        found.extend(gives_away(&run).map(|what| text.place(at, length, what)));
        at += length.max(1);
    }
    found
}

fn gives_away(run: &str) -> Option<What> {
    let only_number = run
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
    if run.split_once('@').is_some_and(|(_, host)| is_host(host)) {
        Some(What::Email)
    } else if run.contains("://") || run.starts_with("www.") || has_domain(run) {
        Some(What::Web)
    } else if has_credit_code(run) {
        Some(What::CreditCode)
    } else if only_number && is_telephone(run) {
        Some(What::Telephone)
    } else {
        None
    }
}

/// At least two names with a dot between them; the sentence may end behind it.
fn is_host(text: &str) -> bool {
    let names = text.trim_end_matches('.').split('.');
    let is_name = |name: &str| name.starts_with(|c: char| c.is_ascii_alphanumeric());
    names.clone().count() > 1 && names.into_iter().all(is_name)
}

fn has_credit_code(run: &str) -> bool {
    let upper = run.to_ascii_uppercase();
    let symbols: Vec<char> = upper.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_code = |window: &[char]| {
        let code: String = window.iter().collect();
        code.parse::<CreditCode>().is_ok()
    };
    symbols.windows(CreditCode::LEN).any(is_code)
}

fn has_domain(run: &str) -> bool {
    let host = run.split('/').next().unwrap_or_default();
    DOMAINS
        .iter()
        .any(|end| host.len() > end.len() && host.ends_with(end))
}

fn is_telephone(run: &str) -> bool {
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let abroad = digits.strip_prefix("0086").unwrap_or(&digits);
    let national = abroad.strip_prefix("86").unwrap_or(abroad);
    let area = national.starts_with('0') && !national.starts_with("00");
    let landline = area && (10..=12).contains(&national.len());
    let service = SERVICE_PREFIXES
        .iter()
        .any(|prefix| national.starts_with(prefix));
    let service = service && run.contains('-') && national.len() == 10;
    is_mobile(national) || landline || service
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && !digits.starts_with("10")
}

/// Telephone numbers whose digits are written as words.
fn spelled(text: &Folded) -> Vec<Place> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.chars.len() {
        let length = text.run(at, |c| digit(c).is_some());
        let run = &text.chars[at..at + length];
        let digits: String = run.iter().filter_map(|c| digit(*c)).collect();
        let spelled = run.iter().any(|c| !c.is_ascii_digit());
        if spelled && is_mobile(&digits) {
            found.push(text.place(at, length, What::Telephone));
        }
        at += length.max(1);
    }
    found
}

/// The digit that a character stands for.
pub(crate) fn digit(c: char) -> Option<char> {
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

/// Telephone numbers whose area stands in brackets.
fn bracketed(text: &Folded) -> Vec<Place> {
    let opens = (0..text.chars.len()).filter(|at| text.chars[*at] == '(');
    let found = opens.filter_map(|open| {
        let area = text.run(open + 1, |c| c.is_ascii_digit());
        let close = open + 1 + area;
        let is_area = (3..=4).contains(&area) && text.chars[open + 1] == '0';
        let closed = text.chars.get(close) == Some(&')');
        let rest = text.run(close + 1, |c| c.is_ascii_digit() || c == '-');
        let whole = is_area && closed && (7..=9).contains(&rest);
        whole.then(|| text.place(open, area + 2 + rest, What::Telephone))
    });
    found.collect()
}

/// Accounts of messengers, by what stands before them.
fn accounts(text: &Folded) -> Vec<Place> {
    let says = |label: &str| {
        let labels = text.find_starts(label);
        let length = label.chars().count();
        labels.into_iter().filter_map(move |at| {
            let from = at + length + text.run(at + length, |c| ":：为是号".contains(c));
            let run = text.run(from, is_code);
            (run >= ACCOUNT_MIN).then(|| text.place(at, from + run - at, What::Account))
        })
    };
    ACCOUNTS.iter().flat_map(|label| says(label)).collect()
}

fn hidden_emails(text: &Folded) -> Vec<Place> {
    let code = |at: usize| text.chars.get(at).is_some_and(char::is_ascii_alphanumeric);
    let marks = AT.iter().flat_map(|mark| {
        let starts = text.find_starts(mark).into_iter();
        starts.map(|at| (at, mark.chars().count()))
    });
    let around = marks.filter(|(at, length)| *at > 0 && code(at - 1) && code(at + length));
    around
        .map(|(at, length)| {
            let before = text.run_before(at, is_code);
            let after = text.run(at + length, is_code);
            text.place(at - before, before + length + after, What::Email)
        })
        .collect()
}

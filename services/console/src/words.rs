//! Figures and times as people read them.

use regulation::{Article, Money};
use time::{OffsetDateTime, UtcOffset, macros::format_description, macros::offset};

/// Where people read the time.
const SHANGHAI: UtcOffset = offset!(+8);
/// Fen in 万元.
const WAN: i64 = 1_000_000;

/// An amount: exact, in 万元 from one of them up, else in 元.
pub(crate) fn money(amount: Money) -> String {
    let fen = amount.fen();
    let (unit, digits, name) = if fen >= WAN {
        (WAN, 6, "万元")
    } else {
        (100, 2, "元")
    };
    let whole = grouped(fen / unit);
    let rest = format!("{:0digits$}", fen % unit);
    match rest.trim_end_matches('0') {
        "" => format!("{whole} {name}"),
        rest => format!("{whole}.{rest} {name}"),
    }
}

/// A whole number with a comma before every third digit.
pub(crate) fn grouped(number: impl ToString) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A moment, in Shanghai.
pub(crate) fn moment(at: OffsetDateTime) -> String {
    // Fails only for parts that a date with its time does not have.
    at.to_offset(SHANGHAI)
        .format(format_description!(
            "[year]-[month]-[day] [hour]:[minute]:[second]"
        ))
        .unwrap_or_default()
}

/// A moment as the services say it.
pub(crate) fn said_moment(rfc3339: &str) -> Option<String> {
    OffsetDateTime::parse(rfc3339, &time::format_description::well_known::Rfc3339)
        .ok()
        .map(moment)
}

/// From when till when, to the minute, the day once where it is the same; nothing for what is no
/// moment.
pub(crate) fn span(from: &str, until: &str) -> Option<String> {
    let minute = |rfc3339: &str| {
        let text = said_moment(rfc3339)?;
        text.rsplit_once(':').map(|(minute, _)| minute.to_owned())
    };
    let from = minute(from)?;
    let Some(until) = minute(until) else {
        return Some(from);
    };
    let same = from.split_once(' ').zip(until.split_once(' '));
    Some(match same {
        Some(((day, _), (last, time))) if day == last => format!("{from}—{time}"),
        _ => format!("{from} 至 {until}"),
    })
}

/// How long ago, roughly; nothing for never.
pub(crate) fn ago(seconds: i64) -> Option<String> {
    Some(match u64::try_from(seconds).ok()? {
        0 => "刚刚".to_owned(),
        seconds @ ..=119 => format!("{seconds} 秒前"),
        seconds @ ..=7_199 => format!("{} 分钟前", seconds / 60),
        seconds @ ..=172_799 => format!("{} 小时前", seconds / 3_600),
        seconds => format!("{} 天前", seconds / 86_400),
    })
}

/// An article as the regulation writes it, such as 第十七条.
pub(crate) fn article(article: Article) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (usize::from(article.0 / 10), usize::from(article.0 % 10));
    let digit = |at: usize| DIGITS.get(at).copied().unwrap_or_default();
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        more => format!("{}十", digit(more)),
    };
    format!("第{tens}{}条", digit(ones))
}

/// Several of them, one after the other.
pub(crate) fn articles(articles: &[Article]) -> String {
    let named: Vec<_> = articles.iter().copied().map(article).collect();
    named.join("、")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact_and_short() {
        for (fen, text) in [
            (0, "0 元"),
            (1, "0.01 元"),
            (99_999_900, "99.9999 万元"),
            (999_999, "9,999.99 元"),
            (1_000_000, "1 万元"),
            (1_234_567_890_000, "1,234,567.89 万元"),
            (1_000_001, "1.000001 万元"),
        ] {
            assert_eq!(money(Money::from_fen(fen).unwrap()), text);
        }
    }

    #[test]
    fn times_are_those_of_shanghai() {
        assert_eq!(
            said_moment("2024-12-31T16:00:05Z").as_deref(),
            Some("2025-01-01 00:00:05")
        );
        assert_eq!(said_moment("yesterday"), None);
        assert_eq!(ago(-1), None);
        assert_eq!(ago(0).as_deref(), Some("刚刚"));
        assert_eq!(ago(119).as_deref(), Some("119 秒前"));
        assert_eq!(ago(7_200).as_deref(), Some("2 小时前"));
        assert_eq!(ago(i64::MAX).map(|text| text.ends_with("天前")), Some(true));
    }

    #[test]
    fn a_span_says_its_day_once() {
        let from = "2024-10-25T01:30:00Z";
        let span = |until| span(from, until);
        assert_eq!(
            span("2024-10-25T03:30:00Z").as_deref(),
            Some("2024-10-25 09:30—11:30")
        );
        assert_eq!(
            span("2024-10-25T16:30:00Z").as_deref(),
            Some("2024-10-25 09:30 至 2024-10-26 00:30")
        );
        assert_eq!(span("").as_deref(), Some("2024-10-25 09:30"));
    }

    #[test]
    fn articles_are_counted_as_the_regulation_counts_them() {
        for (number, text) in [
            (1, "第一条"),
            (10, "第十条"),
            (17, "第十七条"),
            (20, "第二十条"),
            (22, "第二十二条"),
        ] {
            assert_eq!(article(Article(number)), text);
        }
        assert_eq!(articles(&[Article(9), Article(13)]), "第九条、第十三条");
    }

    proptest! {
        #[test]
        fn an_amount_can_be_read_back(fen in 0..i64::MAX) {
            let text = money(Money::from_fen(fen).unwrap()).replace(',', "");
            let (number, unit) = text.split_once(' ').unwrap();
            let digits = if unit == "元" { 2 } else { 6 };
            let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
            prop_assert_eq!(format!("{whole}{rest:0<digits$}").parse::<i64>().unwrap(), fen);
        }
    }
}

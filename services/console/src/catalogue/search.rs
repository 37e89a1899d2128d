//! What somebody looks for in the catalogue, as it comes in the address.

use proto::{
    common::v1::Money,
    intake::v1::TaskMode,
    matching::v1::{CatalogueNarrowing, CatalogueState},
};
use serde::Deserialize;

use crate::fault::Fault;

/// Longest text that is looked for, in characters: what the service takes.
pub(super) const TEXT_MAX: usize = 200;
/// The states that can be looked for: their name in the address, and for people.
pub(super) const STATES: &[(CatalogueState, &str, &str)] = &[
    (CatalogueState::Open, "open", "征集中"),
    (CatalogueState::PartlyMatched, "partly", "部分揭榜成功"),
    (CatalogueState::Matched, "matched", "揭榜成功"),
    (CatalogueState::Withdrawn, "withdrawn", "已撤回"),
];
/// The modes that can be looked for: their name in the address, and for people. [Art. 5]
pub(super) const MODES: &[(TaskMode, &str, &str)] = &[
    (TaskMode::Challenge, "challenge", "揭榜挂帅"),
    (TaskMode::Racing, "racing", "赛马制"),
];
/// Longest place in the order of a search, in bytes.
const AFTER_MAX: usize = 3_000;
/// Fen in 万元, in which people look for funds.
const WAN: i64 = 1_000_000;
/// Years that can be looked for.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// As it comes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    mode: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    funds_min: String,
    #[serde(default)]
    funds_max: String,
    #[serde(default)]
    after: String,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Words that all have to be there; may be empty.
    pub text: String,
    /// Only this field; empty for all.
    pub field: String,
    /// Only this state; unspecified for all.
    pub state: CatalogueState,
    /// Only with a task of this mode; unspecified for all.
    pub mode: TaskMode,
    /// Only of this programme year.
    pub year: Option<i32>,
    /// Only with a task that offers at least so many 万元.
    pub funds_min: Option<i64>,
    /// Only with a task that offers at most so many 万元.
    pub funds_max: Option<i64>,
    /// Where the page begins, as the service said it; empty for the first.
    pub after: String,
}

impl Search {
    /// Reads it.
    pub(super) fn parse(asked: Asked) -> Result<Self, Fault> {
        let text = asked.text.trim();
        if text.chars().count() > TEXT_MAX {
            return Err(Fault::Invalid("检索词最多 200 个字，请缩短后重试。"));
        }
        let field = asked.field.trim();
        if [text, field]
            .iter()
            .any(|part| part.contains(char::is_control))
        {
            return Err(Fault::Invalid("检索词含有不可见的字符，请删除后重试。"));
        }
        if field.chars().count() > regulation::Field::CHARS_MAX {
            return Err(Fault::Invalid("没有这个领域。"));
        }
        if !asked.after.is_empty() && !is_place(&asked.after, text) {
            return Err(Fault::Invalid("页码无法识别。"));
        }
        let state = match asked.state.as_str() {
            "" => CatalogueState::Unspecified,
            name => STATES
                .iter()
                .find(|(_, in_address, _)| *in_address == name)
                .map(|(state, ..)| *state)
                .ok_or(Fault::Invalid("没有这个状态。"))?,
        };
        let mode = match asked.mode.as_str() {
            "" => TaskMode::Unspecified,
            name => MODES
                .iter()
                .find(|(_, in_address, _)| *in_address == name)
                .map(|(mode, ..)| *mode)
                .ok_or(Fault::Invalid("没有这种组织方式。"))?,
        };
        let year = number(&asked.year, Fault::Invalid("年度应为四位数字。"))?;
        let year = year.map(i32::try_from).transpose().ok().flatten();
        if !asked.year.is_empty() && !year.is_some_and(|year| YEARS.contains(&year)) {
            return Err(Fault::Invalid("年度应为四位数字。"));
        }
        let funds = |text: &str| number(text, Fault::Invalid("金额应为整数，单位为万元。"));
        Ok(Self {
            text: text.to_owned(),
            field: field.to_owned(),
            state,
            mode,
            year,
            funds_min: funds(&asked.funds_min)?,
            funds_max: funds(&asked.funds_max)?,
            after: asked.after,
        })
    }

    /// What it narrows the catalogue by, as the service is asked.
    pub(super) fn narrowing(&self) -> CatalogueNarrowing {
        let money = |wan: i64| Money { fen: wan * WAN };
        CatalogueNarrowing {
            funds_min: self.funds_min.map(money),
            funds_max: self.funds_max.map(money),
            mode: self.mode.into(),
            year: self.year.unwrap_or_default(),
        }
    }

    /// Whether it is for anything in particular.
    pub(super) fn is_narrowed(&self) -> bool {
        let anything = Self {
            after: self.after.clone(),
            ..Self::default()
        };
        *self != anything
    }

    /// The mode's name in the address.
    pub(super) fn mode_in_address(&self) -> &'static str {
        MODES
            .iter()
            .find(|(mode, ..)| *mode == self.mode)
            .map_or("", |(_, name, _)| name)
    }

    /// The state's name in the address.
    pub(super) fn state_in_address(&self) -> &'static str {
        STATES
            .iter()
            .find(|(state, ..)| *state == self.state)
            .map_or("", |(_, name, _)| name)
    }
}

/// A number of at most seven digits, if there is one.
fn number(text: &str, fault: Fault) -> Result<Option<i64>, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.map(Some).ok_or(fault)
}

/// Whether a text can say where a page begins: of a search the order of the rest, which is the
/// service's own; else the public number after which it begins.
fn is_place(after: &str, text: &str) -> bool {
    if text.is_empty() {
        return is_number(after);
    }
    let own = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    after.len() <= AFTER_MAX && after.bytes().all(own)
}

/// Whether a text has the shape of a public number, such as `2024-0012`.
pub(super) fn is_number(text: &str) -> bool {
    let parts = text.split_once('-');
    parts.is_some_and(|(year, number)| {
        let digits = |part: &str, most| {
            (4..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        digits(year, 4) && digits(number, 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, state: &str, after: &str) -> Result<Search, Fault> {
        Search::parse(Asked {
            text: text.to_owned(),
            state: state.to_owned(),
            after: after.to_owned(),
            ..Asked::default()
        })
    }

    #[test]
    fn what_can_be_looked_for_is_limited() {
        assert!(parse(&"光".repeat(TEXT_MAX), "open", "2024-0012").is_ok());
        assert_eq!(parse("  光刻胶 ", "", "").unwrap().text, "光刻胶");
        assert!(parse(&"光".repeat(TEXT_MAX + 1), "", "").is_err());
        assert!(parse("", "closed", "").is_err());
        assert!(parse("光\0刻", "", "").is_err());
        for after in [
            "2024",
            "2024-",
            "2024-12",
            "../status",
            "2024-0012'--",
            "二〇二四-0012",
        ] {
            assert!(parse("", "", after).is_err(), "{after}");
        }
        assert!(parse("光刻", "", "2024-0012.2024-0003.17").is_ok());
        for after in ["2024-0012'--", &"1".repeat(AFTER_MAX + 1)] {
            assert!(parse("光刻", "", after).is_err(), "{after}");
        }
    }
}

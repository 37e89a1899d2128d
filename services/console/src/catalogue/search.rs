//! What somebody looks for in the catalogue, as it comes in the address.

use proto::matching::v1::CatalogueState;
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
    /// The public number after which the page begins; empty for the first.
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
        if !asked.after.is_empty() && !is_number(&asked.after) {
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
        Ok(Self {
            text: text.to_owned(),
            field: field.to_owned(),
            state,
            after: asked.after,
        })
    }

    /// Whether it is for anything in particular.
    pub(super) fn is_narrowed(&self) -> bool {
        !self.text.is_empty() || !self.field.is_empty() || self.state != CatalogueState::Unspecified
    }

    /// The state's name in the address.
    pub(super) fn state_in_address(&self) -> &'static str {
        STATES
            .iter()
            .find(|(state, ..)| *state == self.state)
            .map_or("", |(_, name, _)| name)
    }
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
    }
}

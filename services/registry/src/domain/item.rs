//! 成果: a project, patent or paper of a unit's profile.

use std::{collections::BTreeSet, str::FromStr};

use regulation::{InvalidText, Text, Title};
use serde::{Deserialize, Serialize};

/// A project, patent or paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is called; once in a profile.
    pub name: Name,
    /// What it is about.
    pub keywords: BTreeSet<Keyword>,
    /// What it says of itself.
    pub summary: Option<Summary>,
}

/// What an item is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    /// What it is.
    pub kind: ItemKind,
    /// Of which year.
    pub year: Year,
    /// Its title.
    pub title: ItemTitle,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// 项目
    Project,
    /// 专利
    Patent,
    /// 论文
    Paper,
}

/// A year, 1900 to 2100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct Year(i32);

/// A year has to be one of those in which somebody can have written something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("年份应在 1900 至 2100 之间")]
pub struct InvalidYear;

impl TryFrom<i32> for Year {
    type Error = InvalidYear;

    fn try_from(year: i32) -> Result<Self, InvalidYear> {
        if (1900..=2100).contains(&year) {
            Ok(Self(year))
        } else {
            Err(InvalidYear)
        }
    }
}

impl From<Year> for i32 {
    fn from(year: Year) -> Self {
        year.0
    }
}

macro_rules! short {
    ($($(#[$doc:meta])* $name:ident of $text:ident ($chinese:literal, $limit:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name($text);

        impl $name {
            /// Longest length, in characters.
            pub const CHARS_MAX: usize = $limit;

            /// The text.
            pub fn as_str(&self) -> &str { self.0.as_str() }
        }

        impl FromStr for $name {
            type Err = InvalidText;

            fn from_str(text: &str) -> Result<Self, InvalidText> {
                let length = text.trim().chars().count();
                if length > Self::CHARS_MAX {
                    let (name, limit) = ($chinese, Self::CHARS_MAX);
                    return Err(InvalidText::TooLong { name, limit, length });
                }
                text.parse().map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, InvalidText> { text.parse() }
        }

        impl From<$name> for String { fn from(text: $name) -> Self { text.0.into() } }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

short! {
    /// A title of an item, 1 to 300 characters; papers have longer ones than people.
    ItemTitle of Text ("成果名称", 300);
    /// A word or two on what somebody is good at, 1 to 40 characters.
    Keyword of Title ("关键词", 40);
    /// What an item says of itself, 1 to 500 characters.
    Summary of Text ("摘要", 500);
}

impl Item {
    /// Keywords of an item at most.
    pub const KEYWORDS_MAX: usize = 10;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_keeps_to_its_limits() {
        assert!("字".repeat(300).parse::<ItemTitle>().is_ok());
        assert!("字".repeat(301).parse::<ItemTitle>().is_err());
        assert!("字".repeat(41).parse::<Keyword>().is_err());
        assert!("字".repeat(501).parse::<Summary>().is_err());
        for (year, fits) in [(1899, false), (1900, true), (2100, true), (2101, false)] {
            assert_eq!(Year::try_from(year).is_ok(), fits, "{year}");
        }
    }
}

//! How the public record of a demand is simplified, field by field. [Art. 10: 根据该产业或技术领域
//! 实际简化发布信息]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::parse::{InvalidPolicy, sensible};
use crate::{Field, Money};

const KEY: &str = "publication";
/// What a cut text ends with.
const CUT: &str = "……";
/// Shorter than this, in characters, nobody could tell what is wanted.
const CUT_MIN: usize = 20;

/// The templates of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// For every field that has none of its own.
    default: Template,
    /// Those of single fields.
    #[serde(default)]
    fields: BTreeMap<Field, Template>,
}

impl Publication {
    /// The template of a field.
    pub fn of(&self, field: &Field) -> &Template {
        self.fields.get(field).unwrap_or(&self.default)
    }

    pub(super) fn check(&self, known: &[Field]) -> Result<(), InvalidPolicy> {
        let strange = self.fields.keys().find(|field| !known.contains(field));
        sensible(
            KEY,
            strange.is_none(),
            "a field that is not among the fields",
        )?;
        let all = || std::iter::once(&self.default).chain(self.fields.values());
        let short = all().flat_map(Template::texts).any(Shown::is_too_short);
        sensible(
            KEY,
            !short,
            format!("a text cut before {CUT_MIN} characters"),
        )?;
        let ordered = all().all(|template| template.investment.is_ordered());
        sensible(
            KEY,
            ordered,
            "the amounts of a range do not rise from above 0",
        )
    }
}

/// How much of each part of a record is shown. What is not named here is shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// 攻关任务
    pub mission: Shown,
    /// Research content of the external tasks.
    pub content: Shown,
    /// What a solution has to reach.
    pub indicators: Shown,
    /// 项目预计投入
    pub investment: Amount,
    /// Whether the milestones are shown.
    pub milestones: bool,
}

impl Template {
    /// Everything in full.
    pub const FULL: Self = Self {
        mission: Shown::Full,
        content: Shown::Full,
        indicators: Shown::Full,
        investment: Amount::Exact,
        milestones: true,
    };

    fn texts(&self) -> [Shown; 3] {
        [self.mission, self.content, self.indicators]
    }
}

impl Default for Template {
    fn default() -> Self {
        Self::FULL
    }
}

/// How much of a text is shown: `"full"`, or so many characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written<usize>", into = "Written<usize>")]
pub enum Shown {
    /// All of it.
    Full,
    /// Cut after so many characters at most, at the end of a sentence where there is one.
    Cut(usize),
}

impl Shown {
    /// What is shown of `text`.
    pub fn of(self, text: &str) -> String {
        let Self::Cut(most) = self else {
            return text.to_owned();
        };
        if text.chars().count() <= most {
            return text.to_owned();
        }
        let head: String = text.chars().take(most).collect();
        let sentence = head.rfind(['。', '；', '！', '？', '\n']);
        let whole = sentence.and_then(|end| head.get(..end));
        let kept = whole.filter(|kept| kept.chars().count() >= CUT_MIN);
        format!("{}{CUT}", kept.unwrap_or(&head).trim_end())
    }

    fn is_too_short(self) -> bool {
        matches!(self, Self::Cut(most) if most < CUT_MIN)
    }
}

/// How an amount is shown: `"exact"`, or between which of these amounts, in fen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written<Vec<Money>>", into = "Written<Vec<Money>>")]
pub enum Amount {
    /// As it is.
    Exact,
    /// As the range between two of these that it lies in; below the first, from the last up.
    Ranges(Vec<Money>),
}

/// The range that an amount lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Included.
    pub from: Money,
    /// Excluded; none: there is no upper end.
    pub below: Option<Money>,
}

impl Amount {
    /// The range that is shown instead of `amount`; none where it is shown as it is.
    pub fn range_of(&self, amount: Money) -> Option<Range> {
        let Self::Ranges(bounds) = self else {
            return None;
        };
        let reached = bounds.iter().rev().find(|bound| **bound <= amount);
        Some(Range {
            from: reached.copied().unwrap_or(Money::ZERO),
            below: bounds.iter().find(|bound| **bound > amount).copied(),
        })
    }

    fn is_ordered(&self) -> bool {
        match self {
            Self::Exact => true,
            Self::Ranges(bounds) => {
                let rising = bounds.windows(2).all(|pair| pair[0] < pair[1]);
                rising && bounds.first().is_some_and(|first| *first > Money::ZERO)
            }
        }
    }
}

/// As a policy file writes it: the word that says everything, or how far.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written<T> {
    Word(String),
    Limit(T),
}

impl TryFrom<Written<usize>> for Shown {
    type Error = String;

    fn try_from(written: Written<usize>) -> Result<Self, String> {
        match written {
            Written::Word(word) if word == "full" => Ok(Self::Full),
            Written::Word(word) => Err(format!("neither \"full\" nor a number: {word}")),
            Written::Limit(most) => Ok(Self::Cut(most)),
        }
    }
}

impl From<Shown> for Written<usize> {
    fn from(shown: Shown) -> Self {
        match shown {
            Shown::Full => Self::Word("full".to_owned()),
            Shown::Cut(most) => Self::Limit(most),
        }
    }
}

impl TryFrom<Written<Vec<Money>>> for Amount {
    type Error = String;

    fn try_from(written: Written<Vec<Money>>) -> Result<Self, String> {
        match written {
            Written::Word(word) if word == "exact" => Ok(Self::Exact),
            Written::Word(word) => Err(format!("neither \"exact\" nor amounts: {word}")),
            Written::Limit(bounds) => Ok(Self::Ranges(bounds)),
        }
    }
}

impl From<Amount> for Written<Vec<Money>> {
    fn from(amount: Amount) -> Self {
        match amount {
            Amount::Exact => Self::Word("exact".to_owned()),
            Amount::Ranges(bounds) => Self::Limit(bounds),
        }
    }
}

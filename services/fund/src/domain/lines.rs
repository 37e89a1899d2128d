//! Amounts by where they come from.

use std::{collections::BTreeMap, fmt};

use regulation::{AppropriationId, Money};
use serde::{Deserialize, Serialize};

/// Appropriations that one allocation or payment draws on at most.
pub const LINES_MAX: usize = 20;

/// Whose money it is. [Art. 3]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// 中央引导地方科技发展资金
    Central,
    /// 省级财政
    Provincial,
    /// 地市财政
    Municipal,
    /// 区县财政
    County,
}

impl Source {
    /// All of them, in the order of the regulation.
    pub const ALL: [Self; 4] = [
        Self::Central,
        Self::Provincial,
        Self::Municipal,
        Self::County,
    ];

    /// Its name in Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Self::Central => "中央引导地方",
            Self::Provincial => "省级",
            Self::Municipal => "地市",
            Self::County => "区县",
        }
    }

    /// Its name in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Provincial => "provincial",
            Self::Municipal => "municipal",
            Self::County => "county",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which budget an amount belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Budget {
    /// Budget year.
    pub year: i32,
    /// Whose.
    pub source: Source,
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} 年{}资金", self.year, self.source)
    }
}

/// How much comes out of one appropriation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The appropriation's.
    pub budget: Budget,
    /// More than nothing.
    pub amount: Money,
}

/// Amounts by appropriation: at least one, none of them nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<AppropriationId, Line>",
    into = "BTreeMap<AppropriationId, Line>"
)]
pub struct Lines {
    lines: BTreeMap<AppropriationId, Line>,
    total: Money,
}

/// Amounts that are no lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLines {
    /// None at all.
    #[error("请至少填写一项资金来源")]
    Empty,
    /// More than [`LINES_MAX`].
    #[error("资金来源最多 {LINES_MAX} 项")]
    TooMany,
    /// One is nothing.
    #[error("金额应大于零")]
    Nothing,
    /// Together more than can be counted.
    #[error("金额合计过大")]
    TooMuch,
}

impl Lines {
    /// All together.
    pub fn total(&self) -> Money {
        self.total
    }

    /// Each with its appropriation.
    pub fn iter(&self) -> impl Iterator<Item = (AppropriationId, Line)> {
        self.lines.iter().map(|(id, line)| (*id, *line))
    }

    /// What comes out of one appropriation.
    pub fn of(&self, appropriation: AppropriationId) -> Money {
        self.lines
            .get(&appropriation)
            .map(|line| line.amount)
            .unwrap_or_default()
    }
}

impl TryFrom<BTreeMap<AppropriationId, Line>> for Lines {
    type Error = InvalidLines;

    fn try_from(lines: BTreeMap<AppropriationId, Line>) -> Result<Self, InvalidLines> {
        if lines.is_empty() {
            return Err(InvalidLines::Empty);
        }
        if lines.len() > LINES_MAX {
            return Err(InvalidLines::TooMany);
        }
        if lines.values().any(|line| line.amount.is_zero()) {
            return Err(InvalidLines::Nothing);
        }
        let total = Money::sum(lines.values().map(|line| line.amount));
        let total = total.ok_or(InvalidLines::TooMuch)?;
        Ok(Self { lines, total })
    }
}

impl From<Lines> for BTreeMap<AppropriationId, Line> {
    fn from(lines: Lines) -> Self {
        lines.lines
    }
}

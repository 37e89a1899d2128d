//! A rule of the programme: which article it comes from, who says so, how strictly.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An article of the regulation (沪科规〔2023〕1 号), 1 to 22.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Article(pub u8);

impl fmt::Display for Article {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第{}条", self.0)
    }
}

/// Who says that a rule holds. Only [`Source::Text`] may tell a user that the regulation demands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The regulation says it.
    Text,
    /// We read the regulation so.
    Inferred,
    /// What people running such a programme expect.
    Ours,
}

/// How strictly a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// 应 / 不高于 / 不低于: cannot be bypassed.
    Must,
    /// 原则上 / 一般: a departure needs a recorded reason and an approval.
    InPrinciple,
    /// 可 / 鼓励 / 探索: supported, never forced.
    May,
}

/// One rule, as a constant beside the code that applies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable code for programs, `<service>.<rule>` in kebab case, such as `fund.support-ratio`.
    pub code: &'static str,
    /// The articles it comes from.
    pub articles: &'static [Article],
    /// Who says so.
    pub source: Source,
    /// How strictly it binds.
    pub strength: Strength,
    /// The rule in one Chinese sentence.
    pub sentence: &'static str,
}

impl Rule {
    /// A must of the regulation's own text.
    pub const fn text(
        code: &'static str,
        articles: &'static [Article],
        sentence: &'static str,
    ) -> Self {
        Self {
            code,
            articles,
            source: Source::Text,
            strength: Strength::Must,
            sentence,
        }
    }

    /// A must that we read out of the regulation.
    pub const fn inferred(
        code: &'static str,
        articles: &'static [Article],
        sentence: &'static str,
    ) -> Self {
        Self {
            code,
            articles,
            source: Source::Inferred,
            strength: Strength::Must,
            sentence,
        }
    }

    /// A must of our own, where the regulation is silent.
    pub const fn ours(code: &'static str, sentence: &'static str) -> Self {
        Self {
            code,
            articles: &[],
            source: Source::Ours,
            strength: Strength::Must,
            sentence,
        }
    }

    /// The same rule, binding in principle: a departure needs a reason and an approval.
    pub const fn in_principle(self) -> Self {
        Self {
            strength: Strength::InPrinciple,
            ..self
        }
    }

    /// On whose word the rule stands, as a user may be told.
    pub fn authority(&self) -> String {
        let articles = self
            .articles
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("、");
        match self.source {
            Source::Text => format!("《实施办法》{articles}"),
            Source::Inferred => format!("依《实施办法》{articles}的理解"),
            Source::Ours => "平台规则".to_owned(),
        }
    }
}

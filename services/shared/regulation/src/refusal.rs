//! Why the answer is no: what was wrong, by which rule, with which values, and what to do now.

use std::{collections::BTreeMap, fmt};

use crate::Rule;

/// What kind of no this is; the chassis has the one table from here to gRPC codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The state or a rule does not allow it now. `FAILED_PRECONDITION`.
    Precondition,
    /// This caller may not do it, whoever else may. `PERMISSION_DENIED`.
    Forbidden,
    /// There is no such thing, or the caller may not know of it. `NOT_FOUND`.
    NotFound,
    /// There is one already. `ALREADY_EXISTS`.
    Exists,
}

/// A refusal is an answer, not a failure. It speaks Chinese to people (`message`, `remedy`) and
/// by a stable code to programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of no.
    pub kind: RefusalKind,
    /// The rule that was applied.
    pub rule: Rule,
    /// What was wrong, in Chinese.
    pub message: String,
    /// What to do now, and who can, in Chinese.
    pub remedy: String,
    /// The compared values, by name.
    pub values: BTreeMap<&'static str, String>,
}

impl Refusal {
    /// A refusal because a rule or the present state forbids it.
    pub fn new(rule: Rule, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            kind: RefusalKind::Precondition,
            rule,
            message: message.into(),
            remedy: remedy.into(),
            values: BTreeMap::new(),
        }
    }

    /// The same refusal as another kind of no.
    pub fn kind(mut self, kind: RefusalKind) -> Self {
        self.kind = kind;
        self
    }

    /// Adds a compared value.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "callers pass what they have at hand"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.insert(name, value.to_string());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}（{}，{}）。{}",
            self.message,
            self.rule.authority(),
            self.rule.code,
            self.remedy
        )
    }
}

impl std::error::Error for Refusal {}

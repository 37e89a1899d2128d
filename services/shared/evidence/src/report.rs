//! What a verification found, check by check, in Chinese for the people who asked.

use std::fmt;

use serde::Serialize;

use crate::{BrokenLink, EnvelopeFault, Fault, OpenFault};

/// How one check came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "note", rename_all = "snake_case")]
pub enum Outcome {
    /// It holds; what was found.
    Holds(String),
    /// What it takes to tell is not in the file; what is missing.
    Unproven(String),
    /// It does not hold; what is wrong.
    Broken(String),
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    pub subject: String,
    /// How it came out.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What all checks together say; the worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Everything holds.
    Holds,
    /// Nothing is broken, but not everything could be told.
    Unproven,
    /// Something is broken.
    Broken,
}

impl Conclusion {
    /// The Chinese word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "核验通过",
            Self::Unproven => "证据不足",
            Self::Broken => "核验不通过",
        }
    }
}

/// All checks of one verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was verified.
    pub title: String,
    /// The checks, in the order in which they were made. Never empty.
    pub checks: Vec<Check>,
}

impl Report {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            checks: Vec::new(),
        }
    }

    pub(crate) fn holds(&mut self, subject: impl Into<String>, note: impl Into<String>) {
        self.add(subject, Outcome::Holds(note.into()));
    }

    pub(crate) fn unproven(&mut self, subject: impl Into<String>, note: impl Into<String>) {
        self.add(subject, Outcome::Unproven(note.into()));
    }

    pub(crate) fn broken(&mut self, subject: impl Into<String>, note: impl Into<String>) {
        self.add(subject, Outcome::Broken(note.into()));
    }

    fn add(&mut self, subject: impl Into<String>, outcome: Outcome) {
        self.checks.push(Check {
            subject: subject.into(),
            outcome,
        });
    }

    /// What all checks together say. A report without checks proves nothing.
    pub fn conclusion(&self) -> Conclusion {
        let of = |check: &Check| match check.outcome {
            Outcome::Holds(_) => Conclusion::Holds,
            Outcome::Unproven(_) => Conclusion::Unproven,
            Outcome::Broken(_) => Conclusion::Broken,
        };
        self.checks
            .iter()
            .map(of)
            .max()
            .unwrap_or(Conclusion::Unproven)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for Check { subject, outcome } in &self.checks {
            let (mark, note) = match outcome {
                Outcome::Holds(note) => ("通过", note),
                Outcome::Unproven(note) => ("缺证", note),
                Outcome::Broken(note) => ("有误", note),
            };
            writeln!(f, "  [{mark}] {subject}：{note}")?;
        }
        write!(f, "结论：{}", self.conclusion().name())
    }
}

/// What is wrong with an envelope, in Chinese.
pub fn explain(fault: &EnvelopeFault) -> String {
    match fault {
        EnvelopeFault::Malformed(part) => format!("无法读取（{part}）"),
        EnvelopeFault::UnknownMember(region) => format!("“{}”不在成员名册中", region.name()),
        EnvelopeFault::UnknownKey { origin, key } => {
            let key: String = key.chars().take(32).collect();
            format!("名册中{}没有密钥 {key}", origin.name())
        }
        EnvelopeFault::KeyNotValidThen { origin, key, at } => {
            format!("{}的密钥 {key} 在 {at} 不处于有效期", origin.name())
        }
        EnvelopeFault::BadSignature { origin } => format!("签名不是{}所签", origin.name()),
        EnvelopeFault::DigestMismatch => "正文与签名时的摘要不符".into(),
        EnvelopeFault::WrongNumber => "编号为 0".into(),
        EnvelopeFault::WrongPrevious { number } => format!("第 {number} 号指向的前一封有误"),
        EnvelopeFault::TooLong { bytes } => format!("正文 {bytes} 字节，超过上限"),
    }
}

/// Why an envelope can't be read, in Chinese.
pub fn explain_open(fault: &OpenFault) -> String {
    match fault {
        OpenFault::NoKey(_) => "没有可以打开它的密钥".into(),
        OpenFault::Sealed => "用所称的密钥打不开".into(),
        OpenFault::Malformed(part) => format!("正文无法读取（{part}）"),
    }
}

/// What is wrong with a link of a fact chain, in Chinese.
pub(crate) fn explain_link(broken: &BrokenLink) -> String {
    let version = broken.version;
    match &broken.fault {
        Fault::OutOfPlace { expected } => {
            format!("此处应为第 {expected} 条，却是第 {version} 条：有缺失、重复或次序颠倒")
        }
        Fault::Foreign => format!("第 {version} 条属于另一事项"),
        Fault::Altered { .. } => format!("第 {version} 条与其摘要不符：该条或其之前的内容被改动"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_concludes_the_worst_of_its_checks_and_without_any_it_proves_nothing() {
        let mut report = Report::new("");
        assert_eq!(report.conclusion(), Conclusion::Unproven);
        report.holds("", "");
        assert_eq!(report.conclusion(), Conclusion::Holds);
        report.unproven("", "");
        report.holds("", "");
        assert_eq!(report.conclusion(), Conclusion::Unproven);
        report.broken("", "");
        report.holds("", "");
        assert_eq!(report.conclusion(), Conclusion::Broken);
    }
}

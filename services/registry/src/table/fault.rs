//! What is wrong with a row: told without anything of what is in it, so that it can be passed on.

use regulation::{InvalidCreditCode, InvalidField, InvalidGuest, InvalidText, Refusal};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{CELL_MAX, Words};
use crate::{
    domain::{InvalidDivision, InvalidIdentityNumber},
    identity::InvalidIdentity,
};

/// Why a row is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The column's name; empty where it is about the whole row.
    pub(crate) column: &'static str,
    /// A stable code, or the code of the rule that refuses the row.
    pub(crate) code: String,
    /// What is wrong and what to do, in Chinese.
    pub(crate) message: String,
}

/// Why a value is none, without the value.
pub(crate) trait Value {
    /// Its code and what is wrong.
    fn fault(&self) -> (&'static str, String);
}

impl Fault {
    pub(crate) fn new(
        column: &'static str,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            column,
            code: code.into(),
            message: message.into(),
        }
    }

    pub(super) fn value(column: &'static str, value: &dyn Value) -> Self {
        let (code, message) = value.fault();
        Self::new(column, code, message)
    }

    pub(super) fn outside() -> Self {
        Self::new(
            "",
            "table.outside",
            "没有表头的列中有内容，请删除或移到有表头的列",
        )
    }

    pub(super) fn empty(column: &'static str) -> Self {
        Self::new(column, "table.empty", "必填，不能为空")
    }

    pub(super) fn number(column: &'static str) -> Self {
        let message = "单元格是数字格式，长号码的末几位可能已丢失，请设为文本格式后重新填写";
        Self::new(column, "table.number", message)
    }

    pub(super) fn no_text(column: &'static str) -> Self {
        let message = "单元格是日期、逻辑值或错误值，请改为文本";
        Self::new(column, "table.no-text", message)
    }

    pub(super) fn unreadable(column: &'static str) -> Self {
        let message = "含有无法识别的字符，请重新填写，或把文件另存为“CSV UTF-8”";
        Self::new(column, "table.encoding", message)
    }

    pub(super) fn cell_too_long(column: &'static str) -> Self {
        let message = format!("超过 {CELL_MAX} 字，请精简；如内容不长，请检查前面的引号是否成对");
        Self::new(column, "table.too-long", message)
    }

    pub(super) fn too_many(column: &'static str, max: usize) -> Self {
        Self::new(column, "table.too-many", format!("最多 {max} 项"))
    }

    pub(super) fn none_of<T>(column: &'static str, words: Words<T>) -> Self {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        Self::new(
            column,
            "table.one-of",
            format!("应为{}之一", words.join("、")),
        )
    }

    pub(super) fn no_integer(column: &'static str) -> Self {
        Self::new(column, "table.no-integer", "应为整数")
    }

    /// A rule refuses the row.
    pub(crate) fn refused(refusal: &Refusal) -> Self {
        Self::new("", refusal.rule.code, refusal.to_string())
    }

    /// A rule refused the row behind the door, where only the status is left of it.
    pub(crate) fn of_status(status: &Status) -> Option<Self> {
        let refusal = matches!(
            status.code(),
            Code::FailedPrecondition
                | Code::PermissionDenied
                | Code::NotFound
                | Code::AlreadyExists
        );
        let info = status.get_details_error_info().filter(|_| refusal)?;
        Some(Self::new("", info.reason, status.message()))
    }
}

impl Value for InvalidText {
    fn fault(&self) -> (&'static str, String) {
        match self {
            Self::Empty { .. } => ("table.empty", "不能为空".to_owned()),
            Self::TooLong { limit, length, .. } => (
                "table.too-long",
                format!("最多 {limit} 个字，现有 {length} 个字"),
            ),
            Self::Invisible { position, code, .. } => (
                "table.invisible",
                format!("第 {position} 个字是不可见字符（U+{code:04X}），请删除"),
            ),
        }
    }
}

impl Value for InvalidField {
    fn fault(&self) -> (&'static str, String) {
        let code = match self {
            Self::Empty => "table.empty",
            Self::TooLong(_) => "table.too-long",
            Self::Invisible => "table.invisible",
        };
        (code, self.to_string())
    }
}

impl Value for InvalidIdentityNumber {
    fn fault(&self) -> (&'static str, String) {
        let code = match self {
            Self::Form => "table.identity-form",
            Self::Check => "table.identity-check",
        };
        let about = format!("{self}；如已变成科学计数，请把该列设为文本格式后重新填写");
        (code, about)
    }
}

impl Value for InvalidDivision {
    fn fault(&self) -> (&'static str, String) {
        ("table.division", self.to_string())
    }
}

impl Value for InvalidIdentity {
    fn fault(&self) -> (&'static str, String) {
        match self {
            Self::Code(code) => code.fault(),
            // What is no country may be anything.
            Self::Guest(InvalidGuest::Country(_)) => (
                "table.guest",
                "境外单位应写作“国家（地区）代码|登记机关|登记号”".to_owned(),
            ),
            Self::Guest(guest) => ("table.guest", guest.to_string()),
        }
    }
}

impl Value for InvalidCreditCode {
    fn fault(&self) -> (&'static str, String) {
        match self {
            Self::Length(_) => ("table.credit-code-form", self.to_string()),
            Self::Symbol { position, .. } => (
                "table.credit-code-form",
                format!("第 {position} 位不在允许的字符内（数字和除 I、O、S、V、Z 外的字母）"),
            ),
            Self::Division { position, .. } => (
                "table.credit-code-form",
                format!("第 3 至 8 位为行政区划码，第 {position} 位应为数字"),
            ),
            Self::Check { .. } => (
                "table.credit-code-check",
                "统一社会信用代码的校验码不符，请核对是否录入有误".to_owned(),
            ),
        }
    }
}

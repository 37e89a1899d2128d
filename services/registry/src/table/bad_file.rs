//! Why a whole file is refused, and how the answer is worded.

use regulation::{Refusal, Rule};

use super::{CELL_MAX, FILE_MAX, ROWS_MAX};
use crate::domain::rules;

/// Why a file can't be read as a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadFile {
    /// It has no rows below its header, or nothing at all.
    #[error("表格中没有数据")]
    Empty,
    /// More bytes than [`FILE_MAX`].
    #[error("文件超过 {} MiB", FILE_MAX >> 20)]
    TooLarge,
    /// More rows than [`ROWS_MAX`].
    #[error("表格超过 {ROWS_MAX} 行")]
    TooManyRows,
    /// A workbook that unpacks to more than a table of the largest size would.
    #[error("工作簿解压后过大")]
    Inflated,
    /// A workbook as programs wrote it before 2007.
    #[error("旧版 .xls 工作簿不能导入")]
    OldWorkbook,
    /// Text in UTF-16.
    #[error("文件是 UTF-16 编码的文本")]
    Utf16,
    /// The header is no text in either encoding.
    #[error("表头不是 UTF-8 或 GB18030 编码的文字")]
    Encoding,
    /// The workbook is damaged, or none.
    #[error("工作簿已损坏，或不是 .xlsx 文件")]
    Broken,
    /// The first cell of the header is empty, or the header is too long.
    #[error("第一行不是表头")]
    NoHeader,
    /// Columns that nobody knows.
    #[error("表头中有不认识的列：{}", .0.join("、"))]
    Unknown(Vec<String>),
    /// Columns that are there twice.
    #[error("表头中有重复的列：{0}")]
    Twice(&'static str),
    /// Columns that have to be there.
    #[error("表头中缺少必填的列：{}", .0.join("、"))]
    Missing(Vec<&'static str>),
}

impl BadFile {
    fn rule(&self) -> Rule {
        match self {
            Self::Empty | Self::TooLarge | Self::TooManyRows | Self::Inflated => rules::TABLE_SIZE,
            Self::OldWorkbook | Self::Utf16 | Self::Encoding | Self::Broken => rules::TABLE_FORM,
            Self::NoHeader | Self::Unknown(_) | Self::Twice(_) | Self::Missing(_) => {
                rules::TABLE_COLUMNS
            }
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Empty => "请在表头之下填写至少一行后重新导入".to_owned(),
            Self::TooLarge | Self::TooManyRows | Self::Inflated => format!(
                "请拆成多个文件分别导入（每个文件不超过 {} MiB、{ROWS_MAX} 行，每格不超过 {CELL_MAX} 字）",
                FILE_MAX >> 20
            ),
            Self::OldWorkbook | Self::Broken => {
                "请用表格软件另存为 .xlsx 或 CSV 文件后重新导入".to_owned()
            }
            Self::Utf16 | Self::Encoding => "请另存为“CSV UTF-8”或 .xlsx 文件后重新导入".to_owned(),
            Self::NoHeader | Self::Unknown(_) | Self::Twice(_) | Self::Missing(_) => {
                "请按模板填写表头（列的先后不限）后重新导入".to_owned()
            }
        }
    }
}

impl From<BadFile> for Refusal {
    fn from(bad: BadFile) -> Self {
        Refusal::new(bad.rule(), bad.to_string(), bad.remedy())
    }
}

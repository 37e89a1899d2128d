//! Tables as files, read row by row within limits, and written. Knows nothing of what is in them.

mod bad_file;
mod columns;
mod delimited;
mod fault;
mod workbook;
mod write;

pub(crate) use bad_file::BadFile;
pub(crate) use columns::{Column, Header, Record};
pub(crate) use fault::Fault;
pub(crate) use write::{Format, Sheet};

/// Bytes of a file at most.
pub(crate) const FILE_MAX: usize = 64 << 20;
/// Rows of a file at most, without the header.
pub(crate) const ROWS_MAX: u64 = 500_000;
/// Columns of a file at most.
const COLUMNS_MAX: usize = 64;
/// Characters of a cell at most.
pub(crate) const CELL_MAX: usize = 2_000;

/// What the words of a column stand for.
pub(crate) type Words<T> = &'static [(&'static str, T)];

/// The word for a thing.
pub(crate) fn word<T: PartialEq>(words: Words<T>, thing: &T) -> &'static str {
    let found = words.iter().find(|(_, one)| one == thing);
    found.map_or("", |(word, _)| word)
}

/// A row as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Its line in the file, from 1.
    pub(crate) line: u64,
    /// Its cells, from the first column on.
    pub(crate) cells: Vec<Cell>,
}

/// A cell as the file has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Cell {
    /// Nothing but spaces.
    #[default]
    Empty,
    /// Text, trimmed.
    Text(String),
    /// A number of a spreadsheet, of which only fifteen digits are right.
    Number(f64),
    /// A date, a truth value or an error of a spreadsheet.
    Other,
    /// Bytes that are no text.
    Unreadable,
    /// More than [`CELL_MAX`] characters.
    TooLong,
}

impl Cell {
    fn text(text: &str) -> Self {
        let text = text.trim();
        // As `sheet` wrote it, so that a program does not take it for a formula.
        let text = text
            .strip_prefix('\'')
            .filter(|rest| write::is_formula(rest))
            .unwrap_or(text);
        if text.is_empty() {
            Self::Empty
        } else if text.len() > CELL_MAX && text.chars().count() > CELL_MAX {
            Self::TooLong
        } else {
            Self::Text(text.to_owned())
        }
    }
}

/// Why reading ended before the file did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The file is no good.
    Bad(BadFile),
    /// Nobody wants any more of it.
    GivenUp,
}

impl From<BadFile> for Stop {
    fn from(bad: BadFile) -> Self {
        Self::Bad(bad)
    }
}

/// Gives `each` all rows of the file, the header first; what kind of file it is its bytes say.
///
/// # Errors
/// Where the file is no table within the limits, or `each` wants no more.
pub(crate) fn read(file: &[u8], each: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
    const OLD_WORKBOOK: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
    const UTF16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];
    if file.len() > FILE_MAX {
        return Err(BadFile::TooLarge.into());
    }
    let mut rows = 0;
    let mut counted = |row: Row| {
        let blank = row.cells.iter().all(|cell| *cell == Cell::Empty);
        // Spreadsheets leave them behind.
        if blank && rows > 0 {
            return Ok(());
        }
        rows += 1;
        if rows > ROWS_MAX + 1 {
            return Err(BadFile::TooManyRows.into());
        }
        each(row)
    };
    if file.starts_with(b"PK\x03\x04") {
        workbook::read(file, &mut counted)
    } else if file.starts_with(OLD_WORKBOOK) {
        Err(BadFile::OldWorkbook.into())
    } else if UTF16.iter().any(|mark| file.starts_with(mark)) {
        Err(BadFile::Utf16.into())
    } else {
        delimited::read(file, &mut counted)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;

//! Tables written as CSV or XLSX, so that no program takes what somebody typed for a formula.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// UTF-8 with byte order mark.
    Csv,
    /// A workbook of one sheet.
    Xlsx,
}

/// A table that is being written.
pub(crate) enum Sheet {
    Csv(Vec<u8>),
    Xlsx { book: Box<Workbook>, row: u32 },
}

/// Whether a spreadsheet would take the text for a formula.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

impl Sheet {
    /// A table with this header.
    ///
    /// # Errors
    /// Whatever keeps the workbook from being made.
    pub(crate) fn new(format: Format, header: &[&str]) -> Result<Self, XlsxError> {
        let mut sheet = match format {
            Format::Csv => Self::Csv(b"\xef\xbb\xbf".to_vec()),
            Format::Xlsx => {
                let mut book = Box::new(Workbook::new());
                // The same rows are the same file, whenever it is written.
                let always = ExcelDateTime::from_ymd(2024, 1, 1)?;
                book.set_properties(&DocProperties::new().set_creation_datetime(&always));
                book.add_worksheet();
                Self::Xlsx { book, row: 0 }
            }
        };
        sheet.row(header)?;
        Ok(sheet)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where a sheet can't have it.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> Result<(), XlsxError> {
        match self {
            Self::Csv(out) => {
                for (nth, cell) in cells.iter().enumerate() {
                    if nth > 0 {
                        out.push(b',');
                    }
                    quoted(out, cell.as_ref());
                }
                out.extend_from_slice(b"\r\n");
            }
            Self::Xlsx { book, row } => {
                let sheet = book.worksheet_from_index(0)?;
                for (column, cell) in (0..).zip(cells) {
                    // A text is never a formula here, whatever it begins with.
                    sheet.write_string(*row, column, cell.as_ref())?;
                }
                *row += 1;
            }
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// Whatever keeps the workbook from being packed.
    pub(crate) fn finish(self) -> Result<Vec<u8>, XlsxError> {
        match self {
            Self::Csv(out) => Ok(out),
            Self::Xlsx { mut book, .. } => book.save_to_buffer(),
        }
    }
}

/// A cell in quotation marks wherever it needs them; an apostrophe before what looks like a
/// formula.
fn quoted(out: &mut Vec<u8>, cell: &str) {
    let formula = is_formula(cell);
    if !formula && !cell.contains([',', '"', '\r', '\n']) {
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    if formula {
        out.push(b'\'');
    }
    out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

//! XLSX: the first sheet of a workbook, cell by cell; unpacked once before, so that neither a
//! damaged file nor one that is far larger than it looks gets any further.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader as _, Xlsx};
use zip::ZipArchive;

use super::{BadFile, COLUMNS_MAX, Cell, Row, Stop};

/// Parts of a workbook at most.
const PARTS_MAX: usize = 1_000;
/// Bytes of all sheets at most, unpacked; they are never in memory as a whole.
const SHEETS_MAX: u64 = 256 << 20;
/// Bytes of everything else at most, unpacked: texts that sheets refer to are kept in memory.
const REST_MAX: u64 = 64 << 20;

/// Gives `each` all rows of the first sheet.
pub(super) fn read(file: &[u8], each: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
    unpacks(file)?;
    let broken = |_| BadFile::Broken;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(broken)?;
    let name = book.sheet_names().first().cloned().ok_or(BadFile::Empty)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut row = Row {
        line: 0,
        cells: Vec::new(),
    };
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (line, column) = cell.get_position();
        let (line, column) = (u64::from(line) + 1, column as usize);
        if line < row.line {
            return Err(BadFile::Broken.into());
        }
        if line > row.line {
            let cells = std::mem::take(&mut row.cells);
            given(Row { cells, ..row }, each)?;
            row.line = line;
        }
        let value = value(cell.get_value());
        if value == Cell::Empty {
            continue;
        }
        // One place more than there may be columns says that there is something out there.
        let column = column.min(COLUMNS_MAX);
        if row.cells.len() <= column {
            row.cells.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = row.cells.get_mut(column) {
            *place = value;
        }
    }
    given(row, each)
}

fn given(row: Row, each: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
    if row.cells.is_empty() {
        Ok(())
    } else {
        each(row)
    }
}

fn value(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Float(number) => Cell::Number(*number),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a spreadsheet's numbers are floats whatever they are written as"
        )]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Bool(_)
        | DataRef::DateTime(_)
        | DataRef::DateTimeIso(_)
        | DataRef::DurationIso(_)
        | DataRef::Error(_) => Cell::Other,
    }
}

/// Unpacks everything into nothing, whatever sizes the file gives out for its parts.
fn unpacks(file: &[u8]) -> Result<(), BadFile> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_| BadFile::Broken)?;
    if archive.len() > PARTS_MAX {
        return Err(BadFile::Inflated);
    }
    let (mut sheets, mut rest) = (SHEETS_MAX, REST_MAX);
    for nth in 0..archive.len() {
        let part = archive.by_index(nth).map_err(|_| BadFile::Broken)?;
        let of_sheet = part
            .name()
            .is_ok_and(|name| name.contains("worksheets/sheet"));
        let left = if of_sheet { &mut sheets } else { &mut rest };
        let mut bounded = part.take(*left + 1);
        let size = io::copy(&mut bounded, &mut io::sink()).map_err(|_| BadFile::Broken)?;
        *left = left.checked_sub(size).ok_or(BadFile::Inflated)?;
    }
    Ok(())
}

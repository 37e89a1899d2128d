//! CSV: UTF-8 with or without byte order mark, or GB18030, as spreadsheets in Chinese write it.

use csv::ByteRecord;
use encoding_rs::GB18030;

use super::{BadFile, Cell, Row, Stop};

const UTF8_MARK: &[u8] = &[0xef, 0xbb, 0xbf];

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Gb18030,
}

/// Gives `each` all rows.
///
/// A record can be split before its bytes are decoded: in GB18030 no byte of a longer character
/// is a comma, a quotation mark or an end of line.
pub(super) fn read(file: &[u8], each: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
    let (encoding, text) = match file.strip_prefix(UTF8_MARK) {
        Some(rest) => (Encoding::Utf8, rest),
        None if std::str::from_utf8(file).is_ok() => (Encoding::Utf8, file),
        None => (Encoding::Gb18030, file),
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut record = ByteRecord::new();
    // Reading from memory fails at nothing but a record beyond all memory.
    while reader
        .read_byte_record(&mut record)
        .map_err(|_| BadFile::TooLarge)?
    {
        let line = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().map(|cell| decoded(cell, encoding)).collect();
        each(Row { line, cells })?;
    }
    Ok(())
}

fn decoded(bytes: &[u8], encoding: Encoding) -> Cell {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).map_or(Cell::Unreadable, Cell::text),
        Encoding::Gb18030 => GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map_or(Cell::Unreadable, |text| Cell::text(&text)),
    }
}

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
    let mut lines = Lines::of(text);
    // Reading from memory fails at nothing but a record beyond all memory.
    while reader
        .read_byte_record(&mut record)
        .map_err(|_| BadFile::TooLarge)?
    {
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.at(usize::try_from(start).unwrap_or(usize::MAX));
        let cells = record.iter().map(|cell| decoded(cell, encoding)).collect();
        each(Row { line, cells })?;
    }
    Ok(())
}

/// Counts lines as a person does who looks for a row: the library does not count the end of a line
/// of two characters before the record after it has begun.
struct Lines<'a> {
    text: &'a [u8],
    seen: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a [u8]) -> Self {
        Self {
            text,
            seen: 0,
            line: 1,
        }
    }

    /// The line of what begins at or, beyond ends of lines, after `start`; never one before.
    fn at(&mut self, start: usize) -> u64 {
        while let Some(byte) = self.text.get(self.seen) {
            let end = matches!(byte, b'\r' | b'\n');
            if self.seen >= start && !end {
                break;
            }
            let first_of_two = *byte == b'\r' && self.text.get(self.seen + 1) == Some(&b'\n');
            if end && !first_of_two {
                self.line += 1;
            }
            self.seen += 1;
        }
        self.line
    }
}

fn decoded(bytes: &[u8], encoding: Encoding) -> Cell {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(bytes).map_or(Cell::Unreadable, Cell::text),
        Encoding::Gb18030 => GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map_or(Cell::Unreadable, |text| Cell::text(&text)),
    }
}

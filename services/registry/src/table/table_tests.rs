//! Files of every kind, good and bad, and what is read of them.

use std::io::{Cursor, Write as _};

use encoding_rs::GB18030;
use proptest::prelude::*;
use regulation::{Field, Title};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

const COLUMNS: &[Column] = &[
    Column::required("姓名", &["专家姓名"]),
    Column::required("年份", &[]),
    Column::optional("领域", &[]),
];

fn rows(file: &[u8]) -> Result<Vec<Row>, Stop> {
    let mut rows = Vec::new();
    read(file, &mut |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

fn bad(file: &[u8]) -> BadFile {
    match rows(file) {
        Err(Stop::Bad(bad)) => bad,
        other => panic!("{other:?}"),
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn row(line: u64, cells: &[&str]) -> Row {
    let cells = cells.iter().map(|cell| Cell::text(cell)).collect();
    Row { line, cells }
}

fn header(names: &[&str]) -> Result<Header, BadFile> {
    Header::read(&row(1, names), COLUMNS)
}

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

#[test]
fn csv_is_read_in_every_encoding_that_officials_have() {
    let table = "姓名,年份\r\n王某某,\"2,024\"\r\n\r\n,\r\n\"李\"\"某\",1\n";
    let gb = GB18030.encode(table).0.into_owned();
    for file in [
        table.as_bytes().to_vec(),
        ["\u{feff}", table].concat().into_bytes(),
        gb,
    ] {
        assert_eq!(
            rows(&file).unwrap(),
            [
                row(1, &["姓名", "年份"]),
                row(2, &["王某某", "2,024"]),
                row(5, &["李\"某", "1"]),
            ]
        );
    }
}

#[test]
fn a_row_has_the_line_that_a_person_finds_it_on() {
    for end in ["\n", "\r\n", "\r"] {
        let table = ["名", "\"甲", "乙\"", "", "丙", ""].join(end);
        let lines: Vec<u64> = rows(table.as_bytes())
            .unwrap()
            .iter()
            .map(|row| row.line)
            .collect();
        assert_eq!(lines, [1, 2, 5], "{end:?}");
    }
}

#[test]
fn characters_of_four_bytes_and_broken_ones_are_told_apart() {
    let rare = GB18030.encode("㐀𠀀").0.into_owned();
    assert_eq!(rows(&rare).unwrap()[0].cells, [text("㐀𠀀")]);
    let broken = [b"a,\xff\xff,".as_slice(), &GB18030.encode("字").0].concat();
    assert_eq!(
        rows(&broken).unwrap()[0].cells,
        [text("a"), Cell::Unreadable, text("字")]
    );
    // One bad byte makes a file with a mark no other encoding's.
    let marked = [b"\xef\xbb\xbf\xff,".as_slice(), "字".as_bytes()].concat();
    assert_eq!(
        rows(&marked).unwrap()[0].cells,
        [Cell::Unreadable, text("字")]
    );
}

#[test]
fn a_workbook_is_read_by_its_content_and_its_numbers_are_known_as_such() {
    let file = workbook(|sheet| {
        sheet.write_string(0, 0, "姓名").unwrap();
        sheet.write_string(0, 1, "年份").unwrap();
        sheet.write_string(3, 0, " 王某某 ").unwrap();
        sheet.write_number(3, 1, 2024.0).unwrap();
        sheet.write_boolean(4, 1, true).unwrap();
    });
    let read = rows(&file).unwrap();
    assert_eq!(read[0], row(1, &["姓名", "年份"]));
    assert_eq!(read[1].line, 4);
    assert_eq!(read[1].cells, [text("王某某"), Cell::Number(2024.0)]);
    assert_eq!(read[2].cells, [Cell::Empty, Cell::Other]);
}

#[test]
fn what_is_no_table_is_refused_for_what_it_is() {
    assert_eq!(bad(b"\xd0\xcf\x11\xe0rest"), BadFile::OldWorkbook);
    assert_eq!(bad(b"\xff\xfea\0"), BadFile::Utf16);
    assert_eq!(bad(b"PK\x03\x04rubbish"), BadFile::Broken);
    let whole = workbook(|sheet| {
        for row in 0..200 {
            sheet.write_number(row, 0, f64::from(row)).unwrap();
        }
    });
    assert_eq!(bad(&whole[..whole.len() / 2]), BadFile::Broken);
    for at in (0..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        // Never a panic; what does not matter to the sheet may be damaged.
        let _ = rows(&damaged);
    }
    assert_eq!(bad(&vec![b'a'; FILE_MAX + 1]), BadFile::TooLarge);
}

#[test]
fn a_workbook_that_unpacks_to_far_more_than_it_looks_is_refused() {
    let block = vec![b' '; 1 << 20];
    for (part, blocks) in [
        ("xl/sharedStrings.xml", 65),
        ("xl/worksheets/sheet1.xml", 257),
    ] {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(part, SimpleFileOptions::default()).unwrap();
        for _ in 0..blocks {
            zip.write_all(&block).unwrap();
        }
        let file = zip.finish().unwrap().into_inner();
        assert!(file.len() < 1 << 20, "{}", file.len());
        assert_eq!(bad(&file), BadFile::Inflated, "{part}");
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..=1_000 {
        zip.start_file(part.to_string(), SimpleFileOptions::default())
            .unwrap();
    }
    let parts = zip.finish().unwrap().into_inner();
    assert_eq!(bad(&parts), BadFile::Inflated, "too many parts");
}

#[test]
fn of_a_workbook_no_more_is_kept_than_a_table_may_be_wide() {
    let file = workbook(|sheet| {
        sheet.write_string(0, 16_000, "x").unwrap();
    });
    assert_eq!(rows(&file).unwrap()[0].cells.len(), COLUMNS_MAX + 1);
}

#[test]
fn rows_may_be_of_any_length_and_the_first_counts_even_where_it_is_blank() {
    let read = rows("甲,乙\n丙\n".as_bytes()).unwrap();
    assert_eq!(read, [row(1, &["甲", "乙"]), row(2, &["丙"])]);
    assert_eq!(rows(b",\na\n").unwrap()[0], row(1, &["", ""]));
    assert_eq!(
        Cell::text(&"长".repeat(CELL_MAX)).clone(),
        text(&"长".repeat(CELL_MAX))
    );
    assert_eq!(Cell::text(&"长".repeat(CELL_MAX + 1)), Cell::TooLong);
}

#[test]
fn only_what_a_rule_says_behind_the_door_is_a_fault_of_the_row() {
    let refused = chassis::status::refused(&BadFile::Empty.into());
    assert_eq!(
        Fault::of_status(&refused).unwrap().code,
        "registry.table-size"
    );
    let code = tonic::Code::Unavailable;
    let down = chassis::status::info(code, "chassis.database", "数据库不可用".to_owned());
    assert_eq!(Fault::of_status(&down), None);
}

#[test]
fn more_rows_than_a_table_may_have_are_refused() {
    let mut file = b"a\n".repeat(usize::try_from(ROWS_MAX).unwrap() + 1);
    assert!(rows(&file).is_ok());
    file.extend_from_slice(b"a\n");
    assert_eq!(bad(&file), BadFile::TooManyRows);
}

#[test]
fn columns_are_known_by_their_names_in_any_order() {
    let header = header(&["领域", "年份", "专家姓名", "", ""]).unwrap();
    let record = header.record(row(2, &["人工智能；集成电路", "2024", "王某某"]));
    let record = record.unwrap();
    let gaps = header
        .record(row(3, &["；人工智能；；集成电路、"]))
        .unwrap();
    assert_eq!(gaps.list::<Field, Vec<_>>("领域", 2).unwrap().len(), 2);
    assert_eq!(record.value::<Title>("姓名").unwrap().as_str(), "王某某");
    assert_eq!(record.integer("年份").unwrap(), 2024);
    let fields: Vec<Field> = record.list("领域", 2).unwrap();
    assert_eq!(fields.len(), 2);
    assert_eq!(
        record.list::<Field, Vec<_>>("领域", 1).unwrap_err().code,
        "table.too-many"
    );
}

#[test]
fn a_header_says_which_column_is_wrong_and_never_whose_number_stands_there() {
    assert_eq!(
        header(&["姓名", "年份", "电话"]).unwrap_err(),
        BadFile::Unknown(vec!["“电话”（第 3 列）".to_owned()])
    );
    assert_eq!(
        header(&["领域"]).unwrap_err(),
        BadFile::Missing(vec!["姓名", "年份"])
    );
    assert_eq!(
        header(&["姓名", "年份", "专家姓名"]).unwrap_err(),
        BadFile::Twice("姓名")
    );
    assert_eq!(header(&["", ""]).unwrap_err(), BadFile::NoHeader);
    let mut wide = vec!["姓名", "年份"];
    wide.resize(COLUMNS_MAX + 1, "");
    assert_eq!(header(&wide).unwrap_err(), BadFile::NoHeader);
    let cells = vec![text("姓名"), text("年份"), Cell::Unreadable];
    let unreadable = Header::read(&Row { line: 1, cells }, COLUMNS);
    assert_eq!(unreadable.unwrap_err(), BadFile::Encoding);
    let long = header(&["姓名", "年份", &"长".repeat(21)]).unwrap_err();
    let shown = format!("“{}”（第 3 列）", "长".repeat(20));
    assert_eq!(long, BadFile::Unknown(vec![shown]));
    // A file without a header begins with somebody.
    let told = header(&["11010519491231002X", "年份"])
        .unwrap_err()
        .to_string();
    assert!(!told.contains("1949"), "{told}");
    assert!(told.contains("第 1 列"), "{told}");
}

#[test]
fn a_cell_outside_the_header_or_of_the_wrong_kind_is_a_fault_of_its_row() {
    let header = header(&["姓名", "", "年份"]).unwrap();
    let outside = |cells: &[&str]| header.record(row(2, cells)).unwrap_err().code;
    assert_eq!(outside(&["王", "x", "1"]), "table.outside");
    assert_eq!(outside(&["王", "", "1", "x"]), "table.outside");
    for (cell, code) in [
        (Cell::Empty, "table.empty"),
        (Cell::Number(1.1e17), "table.number"),
        (Cell::Other, "table.no-text"),
        (Cell::Unreadable, "table.encoding"),
        (Cell::text(&"长".repeat(CELL_MAX + 1)), "table.too-long"),
        (Cell::text(&"长".repeat(121)), "table.too-long"),
        (Cell::text("王\u{200b}某"), "table.invisible"),
    ] {
        let cells = vec![cell, Cell::Empty, text("二〇二四")];
        let record = header.record(Row { line: 2, cells }).unwrap();
        let fault = record.value::<Title>("姓名").unwrap_err();
        assert_eq!((fault.column, fault.code.as_str()), ("姓名", code));
        assert_eq!(record.integer("年份").unwrap_err().code, "table.no-integer");
    }
    for number in [2024.5, 3e9] {
        let cells = vec![Cell::Empty, Cell::Empty, Cell::Number(number)];
        let record = header.record(Row { line: 2, cells }).unwrap();
        let fault = record.integer("年份").unwrap_err();
        assert_eq!(fault.code, "table.no-integer", "{number}");
    }
}

#[test]
fn what_is_written_is_no_formula_and_is_read_back_as_it_was() {
    let cells = [
        "=cmd|'/c calc'!A1",
        "+1",
        "-1",
        "@x",
        "a,\"b\"\nc",
        "'x",
        "王某某",
    ];
    for format in [Format::Csv, Format::Xlsx] {
        let mut sheet = Sheet::new(format, &["一", "二", "三", "四", "五", "六", "七"]).unwrap();
        sheet.row(&cells).unwrap();
        let file = sheet.finish().unwrap();
        let read = rows(&file).unwrap();
        assert_eq!(read[1].cells, cells.map(text));
        if format == Format::Csv {
            let written = String::from_utf8(file).unwrap();
            assert!(written.starts_with('\u{feff}'));
            assert!(written.contains("\"'=cmd"), "{written}");
            assert!(written.contains("\"'+1\",\"'-1\",\"'@x\""), "{written}");
        }
    }
}

#[test]
fn whatever_a_spreadsheet_takes_for_a_formula_is_written_as_a_text() {
    for begins in "=+-@\t\r＝＋－＠".chars() {
        let mut sheet = Sheet::new(Format::Csv, &["一"]).unwrap();
        sheet.row(&[format!("{begins}x")]).unwrap();
        let written = String::from_utf8(sheet.finish().unwrap()).unwrap();
        let cell = format!("\"'{begins}x\"");
        assert!(written.contains(&cell), "{begins:?}: {written:?}");
    }
    let mut sheet = Sheet::new(Format::Csv, &["一"]).unwrap();
    sheet.row(&["甲\r乙"]).unwrap();
    let read = rows(&sheet.finish().unwrap()).unwrap();
    assert_eq!(read[1], row(2, &["甲\r乙"]));
}

proptest! {
    #[test]
    fn whatever_the_bytes_are_reading_them_ends(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = rows(&bytes);
        let _ = rows(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }

    #[test]
    fn any_table_of_texts_is_read_back(
        table in prop::collection::vec(prop::collection::vec("[a-z王,\"'=+\n ]{1,6}[a-z王]", 3), 1..6)
    ) {
        let mut sheet = Sheet::new(Format::Csv, &["一", "二", "三"]).unwrap();
        for cells in &table {
            sheet.row(cells).unwrap();
        }
        let read = rows(&sheet.finish().unwrap()).unwrap();
        for (row, cells) in read[1..].iter().zip(&table) {
            let wanted: Vec<Cell> = cells.iter().map(|cell| Cell::text(&format!("'{cell}"))).collect();
            let plain: Vec<Cell> = cells.iter().map(|cell| Cell::text(cell)).collect();
            for (cell, (wanted, plain)) in row.cells.iter().zip(wanted.iter().zip(&plain)) {
                prop_assert!(cell == wanted || cell == plain, "{cell:?} {wanted:?} {plain:?}");
            }
        }
    }
}

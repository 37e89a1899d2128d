//! Columns by their names, in whatever order, and the records that they make of rows.

use std::{str::FromStr, sync::Arc};

use super::{BadFile, COLUMNS_MAX, Cell, Fault, Row, Words, fault::Value};

/// A column that a table can have.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name in the header.
    pub(crate) name: &'static str,
    /// Other names of it that people use.
    pub(crate) also: &'static [&'static str],
    /// Whether it has to be there, with something in it.
    pub(crate) required: bool,
}

impl Column {
    /// One that has to be there.
    pub(crate) const fn required(name: &'static str, also: &'static [&'static str]) -> Self {
        let required = true;
        Self {
            name,
            also,
            required,
        }
    }

    /// One that may be left out.
    pub(crate) const fn optional(name: &'static str, also: &'static [&'static str]) -> Self {
        let required = false;
        Self {
            name,
            also,
            required,
        }
    }
}

/// Which column of the file is which.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    columns: &'static [Column],
    /// For each column of the file the place in `columns`; none for one without a name.
    places: Vec<Option<usize>>,
    /// For each of `columns` whether the file has it.
    said: Arc<[bool]>,
}

impl Header {
    /// Reads the first row.
    ///
    /// # Errors
    /// Names what is not known, twice there, or missing.
    pub(crate) fn read(row: &Row, columns: &'static [Column]) -> Result<Self, BadFile> {
        if row.cells.len() > COLUMNS_MAX || row.cells.iter().all(|cell| *cell == Cell::Empty) {
            return Err(BadFile::NoHeader);
        }
        let (mut places, mut unknown) = (Vec::new(), Vec::new());
        for (at, cell) in row.cells.iter().enumerate() {
            let place = match cell {
                Cell::Unreadable => return Err(BadFile::Encoding),
                Cell::Text(name) => columns
                    .iter()
                    .position(|column| name == column.name || column.also.contains(&name.as_str())),
                Cell::Empty | Cell::Number(_) | Cell::Other | Cell::TooLong => None,
            };
            match place {
                Some(place) if places.contains(&Some(place)) => {
                    return Err(BadFile::Twice(columns[place].name));
                }
                None if *cell != Cell::Empty => unknown.push(named(at, cell)),
                _ => {}
            }
            places.push(place);
        }
        if !unknown.is_empty() {
            return Err(BadFile::Unknown(unknown));
        }
        let missing: Vec<_> = columns
            .iter()
            .enumerate()
            .filter(|(place, column)| column.required && !places.contains(&Some(*place)))
            .map(|(_, column)| column.name)
            .collect();
        if missing.is_empty() {
            let places_of = 0..columns.len();
            let said = places_of.map(|place| places.contains(&Some(place)));
            Ok(Self {
                columns,
                said: said.collect(),
                places,
            })
        } else {
            Err(BadFile::Missing(missing))
        }
    }

    /// The row by the names of its cells.
    ///
    /// # Errors
    /// Where there is something beyond the columns that have names.
    pub(crate) fn record(&self, row: Row) -> Result<Record, Fault> {
        let mut cells = vec![Cell::Empty; self.columns.len()];
        let said = Arc::clone(&self.said);
        for (at, cell) in row.cells.into_iter().enumerate() {
            if cell == Cell::Empty {
                continue;
            }
            let place = self.places.get(at).copied().flatten();
            let place = place.and_then(|place| cells.get_mut(place));
            *place.ok_or_else(Fault::outside)? = cell;
        }
        Ok(Record {
            columns: self.columns,
            cells,
            said,
        })
    }
}

/// What a column is called, for people; where that may be no name but somebody's number, only
/// which one it is.
fn named(at: usize, cell: &Cell) -> String {
    const SHOWN: usize = 20;
    let place = format!("第 {} 列", at + 1);
    match cell {
        Cell::Text(name) if name.chars().filter(char::is_ascii_digit).count() < 5 => {
            let shown: String = name.chars().take(SHOWN).collect();
            format!("“{shown}”（{place}）")
        }
        _ => place,
    }
}

/// A row by the names of its cells.
#[derive(Debug)]
pub(crate) struct Record {
    columns: &'static [Column],
    cells: Vec<Cell>,
    said: Arc<[bool]>,
}

impl Record {
    /// Whether the file has the column: one that it has not says nothing, an empty cell does.
    pub(crate) fn says(&self, column: &'static str) -> bool {
        let place = self.columns.iter().position(|one| one.name == column);
        place.is_some_and(|place| self.said.get(place) == Some(&true))
    }

    fn cell(&self, column: &'static str) -> (&Cell, bool) {
        let place = self.columns.iter().position(|one| one.name == column);
        let cell = place.and_then(|place| self.cells.get(place));
        let required = place.is_some_and(|place| self.columns[place].required);
        (cell.unwrap_or(&Cell::Empty), required)
    }

    /// The text of a cell, empty where there is none.
    ///
    /// # Errors
    /// Where the cell is no text, or empty and must not be.
    pub(crate) fn text(&self, column: &'static str) -> Result<&str, Fault> {
        match self.cell(column) {
            (Cell::Text(text), _) => Ok(text),
            (Cell::Empty, false) => Ok(""),
            (Cell::Empty, true) => Err(Fault::empty(column)),
            (Cell::Number(_), _) => Err(Fault::number(column)),
            (Cell::Other, _) => Err(Fault::no_text(column)),
            (Cell::Unreadable, _) => Err(Fault::unreadable(column)),
            (Cell::TooLong, _) => Err(Fault::cell_too_long(column)),
        }
    }

    /// The value of a cell that must not be empty.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn value<T: FromStr<Err: Value>>(&self, column: &'static str) -> Result<T, Fault> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|error: T::Err| Fault::value(column, &error))
    }

    /// What the word in a cell stands for.
    ///
    /// # Errors
    /// Where it is none of them.
    pub(crate) fn one_of<T: Copy>(
        &self,
        column: &'static str,
        words: Words<T>,
    ) -> Result<T, Fault> {
        let text = self.text(column)?;
        let found = words.iter().find(|(word, _)| *word == text);
        found
            .map(|(_, thing)| *thing)
            .ok_or_else(|| Fault::none_of(column, words))
    }

    /// The values of a cell with a list, separated by semicolons, `、` or `|`; each once.
    ///
    /// # Errors
    /// What is wrong with one of them, or that there are too many.
    pub(crate) fn list<T, C>(&self, column: &'static str, max: usize) -> Result<C, Fault>
    where
        T: FromStr<Err: Value>,
        C: FromIterator<T>,
    {
        let parts: Vec<&str> = parts(self.text(column)?).collect();
        if parts.len() > max {
            return Err(Fault::too_many(column, max));
        }
        let values = parts.into_iter().map(|part| {
            part.parse()
                .map_err(|error: T::Err| Fault::value(column, &error))
        });
        values.collect()
    }

    /// A whole number, written as text or as a number.
    ///
    /// # Errors
    /// Where it is none.
    pub(crate) fn integer(&self, column: &'static str) -> Result<i32, Fault> {
        if let (Cell::Number(number), _) = self.cell(column) {
            let whole = number.fract() == 0.0 && number.abs() < f64::from(i32::MAX);
            return if whole {
                #[expect(clippy::cast_possible_truncation, reason = "looked at above")]
                Ok(*number as i32)
            } else {
                Err(Fault::no_integer(column))
            };
        }
        let text = self.text(column)?;
        text.parse().map_err(|_| Fault::no_integer(column))
    }
}

/// The parts of a list in a cell.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', '、', '|', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

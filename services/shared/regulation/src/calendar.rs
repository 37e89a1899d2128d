//! Days, working days and deadlines in China.

mod day;

pub use day::{Day, InvalidDay};

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{LazyLock, OnceLock},
};

use time::Weekday;

const BUILTIN: &str = include_str!("../../../../deploy/calendar/holidays.csv");
static INSTALLED: OnceLock<Calendar> = OnceLock::new();

/// The holiday table: days off on weekdays, and working days at weekends (调休), year by year. The
/// operator extends it when the State Council gives notice of the next year's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<Day, Kind>,
    /// The years that the table knows: those it has a row of.
    years: BTreeSet<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Off,
    Work,
}

/// The day by whose [end](Day::end) something has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Deadline {
    /// The day.
    pub day: Day,
    /// Whether the holiday table doesn't know all the days in between: then `day` counts weekends
    /// only, is provisional, and has to be shown so until the table is extended.
    pub beyond_table: bool,
}

/// Why a file is no holiday table; names the line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("holiday table, line {line}: {fault}")]
pub struct InvalidCalendar {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: CalendarFault,
}

/// What is wrong with a line of a holiday table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    /// Not three fields.
    #[error("three fields are expected: date,off|work,name")]
    Fields,
    /// The first is no day.
    #[error(transparent)]
    Day(#[from] InvalidDay),
    /// The second is neither `off` nor `work`.
    #[error("off or work is expected, not {0:?}")]
    Kind(String),
    /// The day stands in the table already.
    #[error("{0} stands there twice")]
    Twice(Day),
}

impl Calendar {
    /// Reads a table of lines `date,off|work,name` below a heading.
    ///
    /// # Errors
    /// Names the first line that can't be read or repeats a day.
    pub fn parse(csv: &str) -> Result<Self, InvalidCalendar> {
        let mut calendar = Self::default();
        for (index, line) in csv.lines().enumerate().skip(1) {
            if !line.trim().is_empty() {
                calendar.add(line).map_err(|fault| InvalidCalendar {
                    line: index + 1,
                    fault,
                })?;
            }
        }
        Ok(calendar)
    }

    fn add(&mut self, line: &str) -> Result<(), CalendarFault> {
        let fields: Vec<_> = line.split(',').map(str::trim).collect();
        let [day, kind, _name] = fields[..] else {
            return Err(CalendarFault::Fields);
        };
        let day: Day = day.parse()?;
        let kind = match kind {
            "off" => Kind::Off,
            "work" => Kind::Work,
            other => return Err(CalendarFault::Kind(other.chars().take(16).collect())),
        };
        if self.days.insert(day, kind).is_some() {
            return Err(CalendarFault::Twice(day));
        }
        self.years.insert(day.year());
        Ok(())
    }

    /// The table that is built in: 2018 to 2026.
    pub fn builtin() -> &'static Self {
        // A test reads it, so the fallback is never taken; it would flag every deadline.
        static TABLE: LazyLock<Calendar> =
            LazyLock::new(|| Calendar::parse(BUILTIN).unwrap_or_default());
        &TABLE
    }

    /// The table that deadlines are set by in this process: the operator's, where one was
    /// [installed](Self::install), else the one that is built in. A deadline that was set is in its
    /// fact and stays.
    pub fn in_use() -> &'static Self {
        INSTALLED.get().unwrap_or_else(|| Self::builtin())
    }

    /// Puts the operator's table in use, once, before anything is decided.
    ///
    /// # Errors
    /// With the table itself, when another one was installed before.
    pub fn install(self) -> Result<(), Self> {
        INSTALLED.set(self)
    }

    /// Whether the table knows the day.
    pub fn covers(&self, day: Day) -> bool {
        self.years.contains(&day.year())
    }

    /// Whether people work on that day. Where the table doesn't [cover](Self::covers) it, that is
    /// said of weekdays.
    pub fn is_workday(&self, day: Day) -> bool {
        let weekend = matches!(day.0.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.days
            .get(&day)
            .map_or(!weekend, |kind| *kind == Kind::Work)
    }

    /// The `n`-th working day after `start`, which itself doesn't count; `start` if `n` is 0.
    pub fn nth_workday_after(&self, start: Day, n: u32) -> Deadline {
        let mut deadline = Deadline {
            day: start,
            beyond_table: !self.covers(start),
        };
        let mut left = n;
        while left > 0 {
            let next = deadline.day.plus_days(1);
            if next == deadline.day {
                return Deadline {
                    day: next,
                    beyond_table: true,
                };
            }
            left -= u32::from(self.is_workday(next));
            deadline.day = next;
            deadline.beyond_table |= !self.covers(next);
        }
        deadline
    }
}

impl fmt::Display for Deadline {
    /// `2024-10-08`, or with a warning where the table ends.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let note = if self.beyond_table {
            "（节假日表未覆盖，暂按周末推算，待更新）"
        } else {
            ""
        };
        write!(f, "{}{note}", self.day)
    }
}

#[cfg(test)]
mod tests;

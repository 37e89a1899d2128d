//! A calendar day in China, and the instant at which it ends.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{
    Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::BorrowedFormatItem, macros::format_description, macros::offset,
};

const SHANGHAI: UtcOffset = offset!(+8);
const ISO: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A calendar day in Asia/Shanghai. A deadline on a day is the day's [end](Day::end).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub Date);

/// Text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a day (such as 2024-09-29 is expected): {0:?}")]
pub struct InvalidDay(pub String);

impl Day {
    /// The day in Shanghai at this instant.
    pub fn of(instant: OffsetDateTime) -> Self {
        // Only the last hours of the year 9999 can't be told in Shanghai time.
        Self(
            instant
                .checked_to_offset(SHANGHAI)
                .unwrap_or(instant)
                .date(),
        )
    }

    /// The first instant of the day.
    pub fn start(self) -> OffsetDateTime {
        PrimitiveDateTime::new(self.0, Time::MIDNIGHT).assume_offset(SHANGHAI)
    }

    /// The last instant of the day, 23:59:59.999999999+08:00.
    pub fn end(self) -> OffsetDateTime {
        PrimitiveDateTime::new(self.0, Time::MAX).assume_offset(SHANGHAI)
    }

    /// So many days later, at the latest the last day of the year 9999.
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(Duration::days(days.into())))
    }

    /// So many days earlier.
    pub fn minus_days(self, days: u32) -> Self {
        Self(self.0.saturating_sub(Duration::days(days.into())))
    }

    /// So many calendar months later; the 31st becomes the month's last day where it has none.
    pub fn plus_months(self, months: u32) -> Self {
        self.shift_months(months.into())
    }

    /// So many calendar months earlier, clamped as [`Day::plus_months`].
    pub fn minus_months(self, months: u32) -> Self {
        self.shift_months(-i64::from(months))
    }

    fn shift_months(self, by: i64) -> Self {
        let (year, month, day) = self.0.to_calendar_date();
        let months = i64::from(year) * 12 + i64::from(u8::from(month)) - 1 + by;
        let limit = if by < 0 { Date::MIN } else { Date::MAX };
        let shifted = || {
            let year = i32::try_from(months.div_euclid(12)).ok()?;
            let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
            Date::from_calendar_date(year, month, day.min(month.length(year))).ok()
        };
        Self(shifted().unwrap_or(limit))
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.0.year()
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The parser takes a sign and more digits too; a day has neither.
        let plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
        let day = Date::parse(text, ISO).ok().filter(|_| plain);
        day.map(Self)
            .ok_or_else(|| InvalidDay(text.chars().take(32).collect()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

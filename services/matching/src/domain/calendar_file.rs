//! A meeting as a calendar file that any calendar reads. [RFC 5545]

use time::{OffsetDateTime, UtcOffset, macros::format_description, macros::offset};

use super::{MeetingId, Slot};

/// Octets of a line, at most, without its end. [RFC 5545, 3.1]
const LINE_OCTETS: usize = 75;
const SHANGHAI: UtcOffset = offset!(+8);

/// What a calendar is told of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment<'a> {
    /// Which meeting.
    pub meeting: MeetingId,
    /// What it is called.
    pub title: &'a str,
    /// When, where, about what.
    pub slot: &'a Slot,
    /// Counts what was told of it, from 0.
    pub sequence: u32,
    /// Whether it is certain.
    pub certainty: Certainty,
}

/// Whether a meeting is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Not yet.
    Tentative,
    /// Yes.
    Confirmed,
    /// It does not take place.
    Cancelled,
}

impl Certainty {
    fn name(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl Appointment<'_> {
    /// The file, made at `now`. Nothing in it says where it was made.
    pub fn file(&self, now: OffsetDateTime) -> String {
        let slot = self.slot;
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//jiebang//matching//ZH".to_owned(),
            "CALSCALE:GREGORIAN".to_owned(),
            "METHOD:PUBLISH".to_owned(),
            // China has kept this one offset since its last summer time.
            "BEGIN:VTIMEZONE".to_owned(),
            "TZID:Asia/Shanghai".to_owned(),
            "BEGIN:STANDARD".to_owned(),
            "DTSTART:19910915T020000".to_owned(),
            "TZOFFSETFROM:+0900".to_owned(),
            "TZOFFSETTO:+0800".to_owned(),
            "TZNAME:CST".to_owned(),
            "END:STANDARD".to_owned(),
            "END:VTIMEZONE".to_owned(),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", self.meeting),
            format!("SEQUENCE:{}", self.sequence),
            format!("DTSTAMP:{}Z", stamp(now, UtcOffset::UTC)),
            format!(
                "DTSTART;TZID=Asia/Shanghai:{}",
                stamp(slot.starts_at(), SHANGHAI)
            ),
            format!(
                "DTEND;TZID=Asia/Shanghai:{}",
                stamp(slot.ends_at(), SHANGHAI)
            ),
            format!("SUMMARY:{}", escaped(self.title)),
            format!("LOCATION:{}", escaped(slot.venue.as_str())),
            format!("DESCRIPTION:{}", escaped(slot.agenda.as_str())),
            format!("STATUS:{}", self.certainty.name()),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        lines.iter().map(|line| folded(line)).collect()
    }
}

fn stamp(at: OffsetDateTime, offset: UtcOffset) -> String {
    // Fails only for parts that a date with its time does not have.
    at.to_offset(offset)
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]"
        ))
        .unwrap_or_default()
}

/// A text as a value. [RFC 5545, 3.3.11]
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '\r') {
        match c {
            '\n' => value.push_str("\\n"),
            '\\' | ';' | ',' => value.extend(['\\', c]),
            c => value.push(c),
        }
    }
    value
}

/// A line with its end, broken where it is too long, never within a character. [RFC 5545, 3.1]
fn folded(line: &str) -> String {
    let mut text = String::with_capacity(line.len() + 8);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    fn file(venue: &str, agenda: &str) -> String {
        let slot = Slot::new(
            datetime!(2024-10-20 01:30 UTC),
            datetime!(2024-10-20 12:00 +8),
            venue.parse().unwrap(),
            agenda.parse().unwrap(),
        );
        let appointment = Appointment {
            meeting: MeetingId(Uuid::from_u128(7)),
            title: "一对一交流 2024-0001",
            slot: &slot.unwrap(),
            sequence: 2,
            certainty: Certainty::Confirmed,
        };
        appointment.file(datetime!(2024-10-08 09:00:05 +8))
    }

    /// The lines as a reader of the format has them.
    fn unfolded(file: &str) -> Vec<String> {
        let file = file.replace("\r\n ", "");
        file.split("\r\n").map(ToOwned::to_owned).collect()
    }

    #[test]
    fn times_are_those_of_shanghai_and_the_stamp_is_utc() {
        let lines = unfolded(&file("线上会议室", "技术路线；指标"));
        for line in [
            "DTSTART;TZID=Asia/Shanghai:20241020T093000",
            "DTEND;TZID=Asia/Shanghai:20241020T120000",
            "DTSTAMP:20241008T010005Z",
            "SEQUENCE:2",
            "STATUS:CONFIRMED",
            "UID:00000000-0000-0000-0000-000000000007",
        ] {
            assert!(lines.iter().any(|one| one == line), "{line} in {lines:#?}");
        }
        assert_eq!(lines.last().map(String::as_str), Some(""));
    }

    #[test]
    fn what_has_a_meaning_in_the_format_is_escaped() {
        let lines = unfolded(&file("a;b,c\\d", "一\r\n二"));
        assert!(
            lines.contains(&r"LOCATION:a\;b\,c\\d".to_owned()),
            "{lines:#?}"
        );
        assert!(
            lines.contains(&r"DESCRIPTION:一\n二".to_owned()),
            "{lines:#?}"
        );
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(agenda in "[ -~\u{4e00}-\u{4e60}𠮷]{1,200}") {
            prop_assume!(!agenda.trim().is_empty());
            let file = file("线上", &agenda);
            for line in file.split("\r\n") {
                prop_assert!(line.len() <= LINE_OCTETS, "{}", line.len());
            }
            let description = format!("DESCRIPTION:{}", escaped(agenda.trim()));
            prop_assert!(unfolded(&file).contains(&description));
        }
    }
}

//! Days, working days and deadlines, against known dates and by their properties.

use proptest::prelude::*;
use time::{Date, macros::datetime};

use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn days() -> impl Strategy<Value = Day> {
    let (first, last) = (day("2018-01-01").0, day("2026-12-31").0);
    (first.to_julian_day()..=last.to_julian_day())
        .prop_map(|number| Day(Date::from_julian_day(number).unwrap()))
}

#[test]
fn days_are_read_and_shown_alike() {
    for text in ["2023-04-06", "2024-02-29", "0001-01-01", "9999-12-31"] {
        assert_eq!(day(text).to_string(), text);
        assert_eq!(serde_json::to_value(day(text)).unwrap(), text);
        assert_eq!(
            serde_json::from_value::<Day>(text.into()).unwrap(),
            day(text)
        );
    }
    for bad in [
        "",
        "2023-4-6",
        "2023-02-29",
        "20230406",
        "2023-04-06 ",
        "+2023-04-06",
        "-023-04-06",
    ] {
        assert!(bad.parse::<Day>().is_err(), "{bad}");
    }
}

#[test]
fn a_day_begins_and_ends_in_shanghai() {
    assert_eq!(
        Day::of(datetime!(2023-04-05 15:59:59 UTC)),
        day("2023-04-05")
    );
    assert_eq!(Day::of(datetime!(2023-04-05 16:00 UTC)), day("2023-04-06"));
    assert_eq!(
        day("2025-04-05").end(),
        datetime!(2025-04-05 15:59:59.999999999 UTC)
    );
    assert_eq!(day("2025-04-05").start(), datetime!(2025-04-04 16:00 UTC));
}

#[test]
fn months_are_added_on_the_calendar_and_clamped() {
    for (start, months, end) in [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2023-04-06", 36, "2026-04-06"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2023-05-15", 0, "2023-05-15"),
    ] {
        assert_eq!(day(start).plus_months(months), day(end));
    }
    assert_eq!(day("2026-05-31").minus_months(3), day("2026-02-28"));
    assert_eq!(day("2026-01-15").minus_months(13), day("2024-12-15"));
    assert_eq!(day("9999-01-01").plus_months(u32::MAX), day("9999-12-31"));
    assert_eq!(day("9999-12-01").plus_days(u32::MAX), day("9999-12-31"));
}

#[test]
fn the_builtin_table_knows_2018_to_2026() {
    let table = Calendar::parse(BUILTIN).unwrap();
    assert_eq!(Calendar::builtin(), &table);
    assert!(table.years.iter().copied().eq(2018..=2026));
    assert_eq!(table.days.len(), 322);
}

#[test]
fn holidays_and_working_weekends_are_told_from_plain_days() {
    let table = Calendar::builtin();
    for (text, works) in [
        ("2024-10-01", false), // 国庆节
        ("2024-09-29", true),  // a Sunday worked instead
        ("2024-09-28", false), // a plain Saturday
        ("2024-09-30", true),  // a plain Monday
        ("2020-01-31", false), // the prolonged 春节
        ("2025-10-11", true),
    ] {
        assert_eq!(table.is_workday(day(text)), works, "{text}");
    }
}

#[test]
fn deadlines_follow_the_table() {
    for (start, n, end) in [
        ("2022-10-03", 3, "2022-10-10"),
        ("2024-10-11", 30, "2024-11-21"),
        ("2024-08-25", 20, "2024-09-23"),
        ("2025-11-26", 30, "2026-01-08"),
        ("2023-01-16", 10, "2023-02-02"),
        ("2024-05-02", 3, "2024-05-08"),
        ("2026-01-17", 20, "2026-02-13"),
        ("2026-09-30", 20, "2026-11-03"),
        ("2024-10-01", 0, "2024-10-01"),
    ] {
        let deadline = Calendar::builtin().nth_workday_after(day(start), n);
        assert_eq!(
            deadline,
            Deadline {
                day: day(end),
                beyond_table: false
            },
            "{start} + {n}"
        );
    }
}

#[test]
fn a_deadline_beyond_the_table_is_flagged() {
    let table = Calendar::builtin();
    let flagged = |start: &str, n| table.nth_workday_after(day(start), n).beyond_table;
    assert!(!flagged("2026-12-30", 1));
    assert!(flagged("2026-12-31", 1));
    assert!(flagged("2017-12-29", 3));
    assert!(flagged("2027-01-04", 0));
    assert!(
        Calendar::default()
            .nth_workday_after(day("2024-01-01"), 1)
            .beyond_table
    );
    assert!(
        flagged("9999-12-30", 5),
        "the end of all days is reached, not looped at"
    );
    let shown = table.nth_workday_after(day("2026-12-31"), 1).to_string();
    assert_eq!(shown, "2027-01-01（节假日表未覆盖，暂按周末推算，待更新）");
}

#[test]
fn a_bad_line_of_the_table_is_named() {
    let fault = |line: &str| {
        let csv = format!("date,kind,name\n2024-01-01,off,元旦\n\n{line}\n");
        Calendar::parse(&csv).unwrap_err()
    };
    assert_eq!(fault("2024-01-02").line, 4);
    assert_eq!(fault("2024-01-02").fault, CalendarFault::Fields);
    assert_eq!(
        fault("2024-01-02,rest,x").fault,
        CalendarFault::Kind("rest".into())
    );
    assert_eq!(
        fault("2024-01-01,work,x").fault,
        CalendarFault::Twice(day("2024-01-01"))
    );
    assert!(matches!(
        fault("2024-1-2,off,x").fault,
        CalendarFault::Day(_)
    ));
}

proptest! {
    #[test]
    fn the_nth_working_day_has_n_working_days_up_to_it(start in days(), n in 1u32..60) {
        let table = Calendar::builtin();
        let deadline = table.nth_workday_after(start, n);
        prop_assert!(table.is_workday(deadline.day));
        let mut counted = 0;
        let mut day = start;
        while day < deadline.day {
            day = day.plus_days(1);
            counted += u32::from(table.is_workday(day));
        }
        prop_assert_eq!(counted, n);
        prop_assert_eq!(deadline.beyond_table, deadline.day.year() > 2026);
    }

    #[test]
    fn working_days_add_up(start in days(), a in 0u32..30, b in 0u32..30) {
        let table = Calendar::builtin();
        let halfway = table.nth_workday_after(start, a).day;
        prop_assert_eq!(
            table.nth_workday_after(halfway, b).day,
            table.nth_workday_after(start, a + b).day
        );
    }

    #[test]
    fn every_instant_of_a_day_is_of_that_day(day in days()) {
        prop_assert_eq!(Day::of(day.start()), day);
        prop_assert_eq!(Day::of(day.end()), day);
        prop_assert_eq!(day.plus_days(1).start() - day.end(), time::Duration::nanoseconds(1));
    }

    #[test]
    fn months_there_and_back_never_lead_past_the_start(day in days(), months in 0u32..100) {
        let back = day.plus_months(months).minus_months(months);
        prop_assert!(back <= day && day.0 - back.0 <= time::Duration::days(3));
    }
}

//! When a project's yearly reports come due. [Art. 18: 按年度]

use regulation::{Day, Policy, ReportPeriod};

/// Longer than any project.
const YEARS_MAX: u32 = 50;

/// A yearly report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Last day of what it tells of.
    pub period_ends_on: Day,
    /// Last day on which it is in time.
    pub due_on: Day,
}

/// The next report of a project that is due on `today` or later; none after its last.
pub fn next(policy: &Policy, starts_on: Day, ends_on: Day, today: Day) -> Option<Due> {
    (0..YEARS_MAX)
        .map(|year| period_end(policy, starts_on, year))
        .map(|end| end.min(ends_on))
        .scan(false, |over, end| {
            // The last period ends with the project.
            let was_over = std::mem::replace(over, end >= ends_on);
            (!was_over).then_some(end)
        })
        .map(|end| Due {
            period_ends_on: end,
            due_on: end.plus_days(policy.report_due_days),
        })
        .find(|due| due.due_on >= today)
}

fn period_end(policy: &Policy, starts_on: Day, year: u32) -> Day {
    match policy.report_period {
        ReportPeriod::ProjectYear => starts_on.plus_months(12 * (year + 1)).minus_days(1),
        ReportPeriod::CalendarYear => {
            let first_of_year = starts_on
                .minus_days(starts_on.0.ordinal().into())
                .plus_days(1);
            first_of_year.plus_months(12 * (year + 1)).minus_days(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use regulation::YRD_2023_1;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn ends(period: ReportPeriod, today: &str) -> Option<String> {
        let mut policy = Policy::parse(YRD_2023_1).unwrap();
        (policy.report_period, policy.report_due_days) = (period, 30);
        let due = next(&policy, day("2024-03-15"), day("2026-03-14"), day(today))?;
        assert_eq!(due.due_on, due.period_ends_on.plus_days(30));
        Some(due.period_ends_on.to_string())
    }

    #[test]
    fn a_report_is_due_for_every_year_and_for_what_is_left_at_the_end() {
        let calendar = |today| ends(ReportPeriod::CalendarYear, today);
        assert_eq!(calendar("2024-04-01").as_deref(), Some("2024-12-31"));
        assert_eq!(calendar("2025-01-30").as_deref(), Some("2024-12-31"));
        assert_eq!(calendar("2025-01-31").as_deref(), Some("2025-12-31"));
        assert_eq!(calendar("2026-02-01").as_deref(), Some("2026-03-14"));
        assert_eq!(calendar("2026-04-14"), None);
        let project = |today| ends(ReportPeriod::ProjectYear, today);
        assert_eq!(project("2024-04-01").as_deref(), Some("2025-03-14"));
        assert_eq!(project("2025-04-14").as_deref(), Some("2026-03-14"));
        assert_eq!(project("2026-04-14"), None);
    }
}

//! What the numbers of a policy say of a call as it stands. [Art. 11, 22]

use regulation::{Day, Policy, Verdict, rules};

use super::Call;

impl Call {
    /// How long the call lasted before somebody was selected, and how long solutions waited for
    /// their feedback; always in this order.
    pub(super) fn verdicts(&self, policy: &Policy) -> Vec<Verdict> {
        let lasted = self
            .selected_on
            .map(|on| days(self.listing.published_on, on));
        let waited = self.received.values().map(|received| {
            let submitted = Day::of(received.dossier.submitted_at);
            days(submitted, Day::of(received.cut_off))
        });
        let waited = waited.max();
        let shown = |days: Option<i64>| days.map_or("—".to_owned(), |days| days.to_string());
        vec![
            Verdict::new(
                rules::CALL_DAYS_MIN,
                lasted.is_none_or(|days| days > i64::from(policy.call_days_min)),
                shown(lasted),
                policy.call_days_min,
            ),
            Verdict::new(
                rules::FEEDBACK_PERIOD_DAYS,
                waited.is_none_or(|days| days <= i64::from(policy.feedback_period_days)),
                shown(waited),
                policy.feedback_period_days,
            ),
        ]
    }
}

fn days(from: Day, to: Day) -> i64 {
    (to.0 - from.0).whole_days()
}

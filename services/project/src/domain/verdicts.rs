//! What a policy says of what was established, whatever else became of it since.

use regulation::{Policy, Verdict};

use super::{Established, rules};

/// The rules that go by what a policy sets, always in this order.
pub(super) fn verdicts(established: &Established, policy: &Policy) -> Vec<Verdict> {
    let Established {
        months,
        support,
        investment,
        ..
    } = established;
    let ratio = policy.support_ratio_max;
    vec![
        Verdict::new(
            rules::SUPPORT,
            ratio.at_most(*support, *investment),
            support,
            ratio.of(*investment),
        ),
        Verdict::new(
            rules::DURATION,
            *months <= policy.duration_months_max,
            months,
            policy.duration_months_max,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{record, sample};

    #[test]
    fn a_project_is_judged_by_the_numbers_of_whichever_version() {
        let at = time::macros::datetime!(2024-12-02 10:00 +8);
        let established = record::established(sample::told(), at).unwrap();
        let failing = |line: &str, other: &str| {
            let text = regulation::YRD_2023_1.replace(line, other);
            let policy = Policy::parse(&text).unwrap();
            let verdicts = verdicts(&established, &policy);
            let failing = verdicts.iter().filter(|verdict| !verdict.holds);
            failing.map(|verdict| verdict.rule.code).collect::<Vec<_>>()
        };
        assert_eq!(failing("", ""), [""; 0]);
        let ratio = "support_ratio_max = \"0.30\"";
        let lower = "support_ratio_max = \"0.20\"";
        assert_eq!(failing(ratio, lower), [rules::SUPPORT.code]);
        let months = "duration_months_max = 36";
        let fewer = "duration_months_max = 24";
        assert_eq!(failing(months, fewer), [rules::DURATION.code]);
    }
}

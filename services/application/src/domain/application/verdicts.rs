//! What a policy says of a frozen package, whatever else is right or wrong with it.

use regulation::{Policy, Region, Verdict};

use crate::domain::{
    Package, Terms,
    check::{regions, sits},
    rules,
};

/// The rules that go by what a policy sets, always in this order.
pub(super) fn verdicts(package: &Package, policy: &Policy) -> Vec<Verdict> {
    let (terms, content) = (Terms::of(policy), &package.content);
    let regions = regions(package, &terms).len();
    let (ratio, months) = (terms.support_ratio_max, terms.duration_months_max);
    vec![
        Verdict::new(
            rules::REGIONS_MIN,
            regions >= terms.regions_min,
            regions,
            terms.regions_min,
        ),
        Verdict::new(
            rules::SUPPORT_RATIO,
            ratio.at_most(content.support, content.investment),
            content.support,
            ratio.of(content.investment),
        ),
        Verdict::new(
            rules::DURATION,
            content.months <= months,
            content.months,
            months,
        ),
        Verdict::new(
            rules::LEAD_IN_MEMBERS,
            package.lead_member().is_some_and(|lead| sits(lead, &terms)),
            named(&package.home()),
            named(&terms.members),
        ),
        Verdict::new(
            rules::GUIDE_FIELD,
            policy.has_field(&package.topic.field),
            &package.topic.field,
            said(&policy.fields),
        ),
    ]
}

fn named<'a>(regions: impl IntoIterator<Item = &'a Region>) -> String {
    said(regions.into_iter().map(Region::name))
}

fn said(items: impl IntoIterator<Item = impl ToString>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::check::sample;

    fn with(line: &str, other: &str) -> Policy {
        let text = regulation::YRD_2023_1.replace(line, other);
        assert_ne!(text, regulation::YRD_2023_1, "{line} is not in the policy");
        Policy::parse(&text).unwrap()
    }

    fn failing(policy: &Policy) -> Vec<&'static str> {
        let verdicts = verdicts(&sample::package(), policy);
        let failing = verdicts.iter().filter(|verdict| !verdict.holds);
        failing.map(|verdict| verdict.rule.code).collect()
    }

    #[test]
    fn a_package_is_judged_by_the_numbers_of_whichever_version() {
        let kept = Policy::parse(regulation::YRD_2023_1).unwrap();
        assert_eq!(failing(&kept), [""; 0]);
        for (line, other, rule) in [
            ("regions_min = 2", "regions_min = 4", rules::REGIONS_MIN),
            (
                "support_ratio_max = \"0.30\"",
                "support_ratio_max = \"0.01\"",
                rules::SUPPORT_RATIO,
            ),
            (
                "duration_months_max = 36",
                "duration_months_max = 6",
                rules::DURATION,
            ),
        ] {
            assert_eq!(failing(&with(line, other)), [rule.code]);
        }
        let members = "members = [\"sh\", \"js\", \"zj\", \"ah\"]";
        let fewer = with(members, "members = [\"sh\", \"js\", \"ah\"]");
        let expected = [rules::REGIONS_MIN.code, rules::LEAD_IN_MEMBERS.code];
        assert_eq!(failing(&fewer), expected);
        let mut without = kept.clone();
        without.fields.retain(|field| field.as_str() != "集成电路");
        assert_eq!(failing(&without), [rules::GUIDE_FIELD.code]);
    }
}

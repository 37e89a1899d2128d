//! Regions may be stricter, never looser.

use proptest::prelude::*;

use super::{genesis, ratio};
use crate::{InvalidRegionalRules, Ratio, Region, RegionalRules};

#[test]
fn a_region_may_be_stricter_and_never_looser() {
    let policy = genesis();
    let rules = RegionalRules::parse(
        "region = \"js\"\npolicy = \"yrd-2023-1\"\nsupport_ratio_max = \"0.20\"\nsubtask_payment_ratio_min = \"0.90\"\n\
         regions_min = 3\nduration_months_max = 30\nacceptance_preparation_months = 6\n\
         payment_director_from = 0\nreport_due_days = 20",
    )
    .unwrap();
    let strict = policy.tighten(&rules).unwrap();
    assert_eq!(strict.support_ratio_max, ratio("0.20"));
    assert_eq!(strict.subtask_payment_ratio_min, ratio("0.90"));
    assert_eq!((strict.regions_min, strict.duration_months_max), (3, 30));
    assert_eq!(
        (strict.acceptance_preparation_months, strict.report_due_days),
        (6, 20)
    );
    assert_eq!(strict.tightened_for(), Some(Region::JS));
    assert_eq!(strict.digest(), policy.digest());

    for (line, key) in [
        ("support_ratio_max = \"0.3001\"", "support_ratio_max"),
        (
            "subtask_payment_ratio_min = \"0.7999\"",
            "subtask_payment_ratio_min",
        ),
        ("regions_min = 1", "regions_min"),
        ("duration_months_max = 37", "duration_months_max"),
        (
            "acceptance_preparation_months = 2",
            "acceptance_preparation_months",
        ),
        ("payment_director_from = 1", "payment_director_from"),
        ("report_due_days = 32", "report_due_days"),
    ] {
        let rules =
            RegionalRules::parse(&format!("region = \"zj\"\npolicy = \"yrd-2023-1\"\n{line}"))
                .unwrap();
        let Err(InvalidRegionalRules::Looser(looser)) = policy.tighten(&rules) else {
            panic!("{line} was let in")
        };
        assert_eq!((looser.region, looser.key), (Region::ZJ, key));
    }
    assert!(RegionalRules::parse("region = \"js\"\npolicy = \"yrd-2023-1\"\nfields = []").is_err());
}

#[test]
fn rules_for_one_version_tighten_no_other() {
    let rules = RegionalRules::none(Region::JS, "yrd-2024-1");
    let refused = genesis().tighten(&rules);
    assert!(matches!(
        refused,
        Err(InvalidRegionalRules::OtherVersion { .. })
    ));
}

#[test]
fn rules_that_no_case_can_meet_are_refused_too() {
    let impossible = |line: &str| {
        let rules =
            RegionalRules::parse(&format!("region = \"js\"\npolicy = \"yrd-2023-1\"\n{line}"))
                .unwrap();
        matches!(
            genesis().tighten(&rules),
            Err(InvalidRegionalRules::Senseless { .. })
        )
    };
    assert!(impossible("regions_min = 5"));
    assert!(impossible("duration_months_max = 0"));
    assert!(impossible("acceptance_preparation_months = 36"));
}

proptest! {
    #[test]
    fn what_a_region_tightens_is_never_looser(support in 0u32..=10_000, paid in 0u32..=10_000) {
        let policy = genesis();
        let rules = RegionalRules {
            support_ratio_max: Ratio::from_basis_points(support).ok(),
            subtask_payment_ratio_min: Ratio::from_basis_points(paid).ok(),
            ..RegionalRules::none(Region::AH, &policy.version)
        };
        match policy.tighten(&rules) {
            Ok(strict) => {
                prop_assert!(strict.support_ratio_max <= policy.support_ratio_max);
                prop_assert!(strict.subtask_payment_ratio_min >= policy.subtask_payment_ratio_min);
            }
            Err(_) => prop_assert!(support > 3000 || support == 0 || paid < 8000),
        }
    }
}

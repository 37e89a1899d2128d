//! What holds for any package.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_package_is_read_back_as_it_was_agreed_to(
        support in 0i64..300, months in 1u32..60, version in 1u32..9, guest: bool,
    ) {
        let mut package = package();
        package.version = version;
        package.content.months = months;
        unit(&mut package, TEAM).guest = guest;
        unit(&mut package, LEAD).part = Some(part(LEAD, UnitRole::Lead, support, 500));
        let bytes = record::package_bytes(&package);
        prop_assert_eq!(record::package(&bytes), Ok(package));
    }

    #[test]
    fn a_budget_passes_if_and_only_if_it_adds_up_to_the_fen(
        lines in proptest::collection::vec((0i64..1_000, 0i64..1_000), 3),
        off in -2i64..=2,
    ) {
        let (support, own) = lines.iter().fold((0, 0), |sum, line| (sum.0 + line.0, sum.1 + line.1));
        let faults = after(|package, _, guide| {
            guide.ceiling = None;
            for (member, line) in package.units.values_mut().zip(&lines) {
                let part = member.part.as_mut().unwrap();
                (part.lines[0].support, part.lines[0].own) = (fen(line.0), fen(line.1));
            }
            package.content.support = fen(support);
            package.content.investment = fen((support + own + off).max(0));
        });
        let adds_up = (support + own + off).max(0) == support + own;
        prop_assert_eq!(items(&faults).contains(&Item::BudgetSum), !adds_up);
        let investment = (support + own + off).max(0);
        let within = i128::from(support) * 10 <= i128::from(investment) * 3;
        prop_assert_eq!(items(&faults).contains(&Item::SupportRatio), !within);
    }
}

//! Who follows.

use panel::{
    CombinedSeed, ExpertKey, Limit, Limits, Panels, RegionsMin, ReplaceRefused, check, draw,
};
use proptest::prelude::*;
use regulation::Region;

use crate::sample::{candidate, expert, experts, five, input, loose, parts, proposal, seed};

#[test]
fn the_first_alternate_follows_whoever_is_struck() {
    let input = input(loose(2), &[("p", Region::SH)], &five(), &[]);
    let mut panels = draw(&input, &seed(0)).unwrap().panels;
    let next = panels
        .replacement(&input, &proposal("p"), &[expert("a")])
        .unwrap();
    assert_eq!(next.seated, [expert("c")]);
    panels.apply(&next);
    let panel = panels.get(&proposal("p")).unwrap();
    assert_eq!(panel.experts, experts(&["b", "c"]));
    assert_eq!(panel.alternates, [expert("d")]);
    assert_eq!(panel.struck, experts(&["a"]));
    assert_eq!(check(&input, &panels), Ok(()));

    let again = panels.replacement(&input, &proposal("p"), &[expert("a")]);
    assert_eq!(again, Err(ReplaceRefused::NotNamed(expert("a"))));
}

#[test]
fn a_struck_alternate_never_follows_and_changes_no_seat() {
    let input = input(loose(2), &[("p", Region::SH)], &five(), &[]);
    let panels = draw(&input, &seed(0)).unwrap().panels;
    let next = panels
        .replacement(&input, &proposal("p"), &[expert("c")])
        .unwrap();
    assert!(next.seated.is_empty());
    assert_eq!(next.panel.alternates, [expert("d")]);
    let both = panels
        .replacement(&input, &proposal("p"), &[expert("a"), expert("c")])
        .unwrap();
    assert_eq!(both.seated, [expert("d")]);
}

#[test]
fn whoever_follows_keeps_the_limits_and_who_is_passed_over_stays_alternate() {
    let limits = Limits {
        regions_min: RegionsMin::Two,
        ..loose(3)
    };
    let input = input(limits, &[("p", Region::SH)], &five(), &[]);
    let panels = draw(&input, &seed(0)).unwrap().panels;
    // a, b, d sit; d was the only one not from Shanghai, so c cannot follow him.
    let next = panels
        .replacement(&input, &proposal("p"), &[expert("d")])
        .unwrap();
    assert_eq!(next.seated, [expert("e")]);
    assert_eq!(next.panel.alternates, [expert("c")]);
}

#[test]
fn whoever_was_called_elsewhere_in_the_meantime_is_passed_over() {
    let limits = Limits {
        max_load: 1,
        ..loose(1)
    };
    let fits = [("p", 1), ("q", 1)];
    let candidates = [
        candidate("a", Region::SH, "x", &[("p", 9)]),
        candidate("b", Region::SH, "x", &[("q", 9)]),
        candidate("c", Region::SH, "x", &fits),
    ];
    let input = input(
        limits,
        &[("p", Region::SH), ("q", Region::SH)],
        &candidates,
        &[],
    );
    let mut panels = draw(&input, &seed(0)).unwrap().panels;
    panels.apply(
        &panels
            .replacement(&input, &proposal("p"), &[expert("a")])
            .unwrap(),
    );
    assert_eq!(panels.load(&expert("c")), 1);
    let refused = panels
        .replacement(&input, &proposal("q"), &[expert("b")])
        .unwrap_err();
    let passed_over = [(expert("c"), Limit::Load)].into();
    assert_eq!(
        refused,
        ReplaceRefused::NoneLeft {
            missing: 1,
            passed_over
        }
    );
}

#[test]
fn strangers_and_unknown_proposals_are_refused() {
    let input = input(loose(2), &[("p", Region::SH)], &five(), &[]);
    let panels = draw(&input, &seed(0)).unwrap().panels;
    let stranger = panels.replacement(&input, &proposal("p"), &[expert("e")]);
    assert_eq!(stranger, Err(ReplaceRefused::NotNamed(expert("e"))));
    let unknown = panels.replacement(&input, &proposal("zz"), &[expert("a")]);
    assert_eq!(unknown, Err(ReplaceRefused::NoPanel(proposal("zz"))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn replacements_keep_every_limit_whatever_is_struck(
        parts in parts(), bytes: [u8; 32], strikes in prop::collection::vec((0_usize..3, 0_usize..5), 1..5),
    ) {
        let input = parts.input();
        let Ok(drawn) = draw(&input, &CombinedSeed::from(bytes)) else { return Ok(()) };
        let mut panels: Panels = drawn.panels;
        for (which, whom) in strikes {
            let key = proposal(&format!("p{which}"));
            let Some(panel) = panels.get(&key) else { continue };
            let named: Vec<ExpertKey> =
                panel.experts.iter().chain(&panel.alternates).cloned().collect();
            let struck = named[whom % named.len()].clone();
            match panels.replacement(&input, &key, std::slice::from_ref(&struck)) {
                Ok(next) => {
                    panels.apply(&next);
                    prop_assert!(panels.get(&key).unwrap().struck.contains(&struck));
                    prop_assert_eq!(check(&input, &panels), Ok(()));
                }
                Err(refused) => prop_assert!(
                    matches!(refused, ReplaceRefused::NoneLeft { .. }), "{refused:?}"
                ),
            }
        }
    }
}

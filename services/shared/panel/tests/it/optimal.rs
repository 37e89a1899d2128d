//! The draw against trying everything.

use std::collections::BTreeMap;

use panel::{
    Candidate, CombinedSeed, Conflict, DrawInput, ExpertKey, Proposal, RegionsMin, draw, verify,
};
use proptest::prelude::*;
use regulation::Region;

use crate::sample::{candidate, expert, experts, input, loose, panel_of, parts, proposal, seed};

/// Every panel of one proposal that keeps all limits but the load, written down from the rules.
fn possible<'a>(input: &'a DrawInput, about: &Proposal) -> Vec<(u32, Vec<&'a Candidate>)> {
    let limits = input.limits();
    let fit: Vec<&Candidate> = input
        .candidates()
        .values()
        .filter(|c| {
            c.affinity
                .get(&about.key)
                .is_some_and(|a| *a >= limits.affinity_floor)
        })
        .filter(|c| {
            let conflict = Conflict {
                proposal: about.key.clone(),
                candidate: c.key.clone(),
            };
            !input.conflicts().contains(&conflict)
        })
        .collect();
    let subsets = 0_u32..1 << fit.len();
    subsets
        .filter(|bits| bits.count_ones() == limits.panel_size)
        .map(|bits| {
            (0..)
                .zip(&fit)
                .filter(|(i, _)| bits >> i & 1 == 1)
                .map(|(_, c)| *c)
                .collect()
        })
        .filter(|panel: &Vec<&Candidate>| {
            let same = |f: &dyn Fn(&Candidate) -> bool| panel.iter().filter(|c| f(c)).count();
            let regions = panel
                .iter()
                .map(|c| c.region)
                .collect::<std::collections::BTreeSet<_>>();
            same(&|c| c.region == about.lead_region) <= limits.own_region_cap as usize
                && (limits.regions_min == RegionsMin::One || regions.len() >= 2)
                && panel.iter().all(|one| {
                    same(&|c| c.employer == one.employer) <= limits.max_per_employer as usize
                })
        })
        .map(|panel| {
            (
                panel.iter().map(|c| c.affinity[&about.key].points()).sum(),
                panel,
            )
        })
        .collect()
}

/// The greatest total by trying everything; nothing when there is no way.
fn best(input: &DrawInput) -> Option<u32> {
    let choices: Vec<_> = input
        .proposals()
        .values()
        .map(|p| possible(input, p))
        .collect();
    let mut load: BTreeMap<&ExpertKey, u32> = input
        .candidates()
        .values()
        .map(|c| (&c.key, c.load))
        .collect();
    best_from(&choices, input.limits().max_load, &mut load)
}

fn best_from<'a>(
    choices: &[Vec<(u32, Vec<&'a Candidate>)>],
    max_load: u32,
    load: &mut BTreeMap<&'a ExpertKey, u32>,
) -> Option<u32> {
    let Some((first, rest)) = choices.split_first() else {
        return Some(0);
    };
    let mut best = None;
    for (total, panel) in first {
        if panel.iter().any(|c| load[&c.key] >= max_load) {
            continue;
        }
        for c in panel {
            *load.get_mut(&c.key).unwrap() += 1;
        }
        best = best.max(best_from(rest, max_load, load).map(|others| others + total));
        for c in panel {
            *load.get_mut(&c.key).unwrap() -= 1;
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_draw_is_as_good_as_the_best_there_is_and_is_refused_only_when_there_is_none(
        parts in parts(), bytes: [u8; 32],
    ) {
        let input = parts.input();
        let seed = CombinedSeed::from(bytes);
        match (draw(&input, &seed), best(&input)) {
            (Ok(draw), best) => {
                prop_assert_eq!(Some(draw.total_affinity), best.map(u64::from));
                prop_assert_eq!(verify(&input, &seed, &draw), Ok(()));
            }
            (Err(refused), best) => {
                prop_assert_eq!(best, None);
                prop_assert!(!refused.unfilled.is_empty());
                for unfilled in refused.unfilled {
                    prop_assert!(unfilled.found < unfilled.needed);
                }
            }
        }
    }

    #[test]
    fn the_order_in_which_parts_are_handed_in_changes_nothing(
        (parts, shuffled) in parts().prop_flat_map(|parts| {
            let proposals = Just(parts.proposals.clone()).prop_shuffle();
            let candidates = Just(parts.candidates.clone()).prop_shuffle();
            (Just(parts), (proposals, candidates))
        }),
        bytes: [u8; 32],
    ) {
        let seed = CombinedSeed::from(bytes);
        let mut other = parts.clone();
        (other.proposals, other.candidates) = shuffled;
        prop_assert_eq!(parts.input().digest(), other.input().digest());
        prop_assert_eq!(draw(&parts.input(), &seed), draw(&other.input(), &seed));
    }

    #[test]
    fn an_input_and_a_draw_come_back_from_json_as_they_were(parts in parts()) {
        let input = parts.input();
        let json = serde_json::to_string(&input).unwrap();
        prop_assert_eq!(&serde_json::from_str::<DrawInput>(&json).unwrap(), &input);
        if let Ok(draw) = draw(&input, &seed(1)) {
            let json = serde_json::to_string(&draw).unwrap();
            prop_assert_eq!(serde_json::from_str::<panel::Draw>(&json).unwrap(), draw);
        }
    }
}

#[test]
fn an_expert_wanted_twice_goes_where_he_is_missed_most() {
    let mut limits = loose(1);
    limits.max_load = 1;
    let candidates = [
        candidate("star", Region::SH, "x", &[("p", 9_000), ("q", 8_900)]),
        candidate("good", Region::SH, "x", &[("p", 8_500), ("q", 100)]),
    ];
    let input = input(
        limits,
        &[("p", Region::SH), ("q", Region::JS)],
        &candidates,
        &[],
    );
    let draw = draw(&input, &seed(0)).unwrap();
    assert_eq!(panel_of(&draw, "p").experts, experts(&["good"]));
    assert_eq!(panel_of(&draw, "q").experts, experts(&["star"]));
    assert_eq!(draw.prices.keys().collect::<Vec<_>>(), [&expert("star")]);
    assert_eq!(verify(&input, &seed(0), &draw), Ok(()));
}

#[test]
fn equals_are_drawn_about_equally_often_and_the_better_always() {
    let mut candidates: Vec<_> = ["a", "b", "c", "d"]
        .map(|key| candidate(key, Region::SH, "x", &[("p", 5_000)]))
        .to_vec();
    candidates.push(candidate("best", Region::SH, "x", &[("p", 5_001)]));
    let input = input(loose(2), &[("p", Region::SH)], &candidates, &[]);
    let mut times: BTreeMap<ExpertKey, u32> = BTreeMap::new();
    for byte in 0..200 {
        for key in &panel_of(&draw(&input, &seed(byte)).unwrap(), "p").experts {
            *times.entry(key.clone()).or_default() += 1;
        }
    }
    assert_eq!(times.remove(&expert("best")), Some(200));
    assert_eq!(times.len(), 4);
    for (key, times) in times {
        assert!((30..=70).contains(&times), "{key} {times}");
    }
}

#[test]
fn the_same_input_and_seed_give_this_very_draw_on_every_machine() {
    let candidates: Vec<_> = (0..12)
        .map(|i| {
            let region = crate::sample::REGIONS[i % 4];
            let fits = [("p", 5_000), ("q", 5_000)];
            candidate(&format!("e{i:02}"), region, &format!("{region}-{i}"), &fits)
        })
        .collect();
    let input = input(
        loose(3),
        &[("p", Region::SH), ("q", Region::JS)],
        &candidates,
        &[],
    );
    assert_eq!(
        input.digest().to_hex(),
        "147eddf3050b15a9ad903f55ce983b6ed17686fb926083daedc52bd28407bace"
    );
    let draw = draw(&input, &seed(7)).unwrap();
    assert_eq!(
        draw.panels.get(&proposal("p")).unwrap().experts,
        experts(&["e04", "e10", "e11"])
    );
    assert_eq!(
        draw.panels.get(&proposal("q")).unwrap().experts,
        experts(&["e03", "e04", "e09"])
    );
}

//! What a draw was tampered with is found.

use panel::{
    Affinity, Committing, Draw, DrawInput, DrawRecord, Fault, InputDigest, Limit, Limits, Price,
    RecordFault, RegionsMin, Revealing, Seed, SeedCommitment, check, draw, verify,
};
use regulation::Region;

use crate::sample::{
    affinity, candidate, conflict, expert, experts, five, input, loose, panel_of, proposal, seed,
};

/// Two proposals that both want `star`, who has time for one.
fn contested() -> (DrawInput, Draw) {
    let candidates = [
        candidate("star", Region::SH, "x", &[("p", 9_000), ("q", 8_900)]),
        candidate("good", Region::SH, "x", &[("p", 8_500), ("q", 100)]),
        candidate("fair", Region::SH, "x", &[("p", 50), ("q", 50)]),
    ];
    let limits = Limits {
        max_load: 1,
        ..loose(1)
    };
    let input = input(
        limits,
        &[("p", Region::SH), ("q", Region::JS)],
        &candidates,
        &[],
    );
    let draw = draw(&input, &seed(0)).unwrap();
    assert_eq!(verify(&input, &seed(0), &draw), Ok(()));
    (input, draw)
}

fn faults(input: &DrawInput, draw: &Draw) -> Vec<Fault> {
    verify(input, &seed(0), draw).unwrap_err()
}

/// Puts experts on the panel of `p`.
fn with(mut draw: Draw, keys: &[&str]) -> Draw {
    draw.panels.0.get_mut(&proposal("p")).unwrap().experts = experts(keys);
    draw
}

/// The panel of `p` replaced by `keys` among [`five`] under `limits`.
fn swapped(limits: Limits, keys: &[&str]) -> Vec<Fault> {
    let input = input(limits, &[("p", Region::SH)], &five(), &[conflict("p", "e")]);
    let fair = Limits {
        max_load: 100,
        affinity_floor: affinity(0),
        ..loose(limits.panel_size)
    };
    let fair = crate::sample::input(fair, &[("p", Region::SH)], &five(), &[]);
    let mut draw = with(draw(&fair, &seed(0)).unwrap(), keys);
    draw.panels
        .0
        .get_mut(&proposal("p"))
        .unwrap()
        .alternates
        .clear();
    check(&input, &draw.panels).err().unwrap_or_default()
}

fn broken(key: &str, limit: Limit) -> Vec<Fault> {
    vec![Fault::Limit {
        proposal: proposal("p"),
        expert: expert(key),
        limit,
    }]
}

#[test]
fn a_worse_panel_is_found_by_the_prices_and_by_drawing_again() {
    let (input, draw) = contested();
    let worse = with(draw, &["fair"]);
    let faults = faults(&input, &worse);
    assert!(
        faults.contains(&Fault::NotBest(proposal("p"))),
        "{faults:?}"
    );
    assert!(faults.contains(&Fault::Total(8_950)), "{faults:?}");
    assert!(faults.contains(&Fault::Differs), "{faults:?}");
}

#[test]
fn without_the_price_the_proof_fails() {
    let (input, mut draw) = contested();
    draw.prices.clear();
    assert_eq!(
        faults(&input, &draw),
        [Fault::NotBest(proposal("p")), Fault::Differs]
    );
}

#[test]
fn a_price_on_somebody_with_time_left_is_no_proof() {
    let (input, mut draw) = contested();
    draw.prices.insert(expert("fair"), Price(1));
    assert_eq!(
        faults(&input, &draw),
        [Fault::Price(expert("fair")), Fault::Differs]
    );
    draw.prices.insert(expert("fair"), Price(u128::MAX));
    assert_eq!(
        faults(&input, &draw),
        [Fault::Price(expert("fair")), Fault::Differs]
    );
}

#[test]
fn a_draw_from_another_input_or_seed_is_found() {
    let (input, draw) = contested();
    assert!(
        verify(&input, &seed(1), &draw)
            .unwrap_err()
            .contains(&Fault::Seed)
    );
    let mut other = draw.clone();
    other.input = panel::InputDigest::from([0; 32]);
    assert!(faults(&input, &other).contains(&Fault::Input));
    let mut other = draw;
    other.draw = "round-1/2".parse().unwrap();
    assert!(faults(&input, &other).contains(&Fault::Input));
}

/// The hub's seed alone, committed to for this draw and opened for this input.
fn randomness(draw: &str, digest: InputDigest) -> Revealing {
    let (draw, seed) = (draw.parse().unwrap(), Seed::from([7; 32]));
    let commitment = SeedCommitment::to(&seed, Region::HUB, &draw);
    let mut committing = Committing::open(draw, [Region::HUB].into()).unwrap();
    committing.commit(Region::HUB, commitment).unwrap();
    let mut revealing = committing.freeze(digest).unwrap();
    revealing.reveal(Region::HUB, seed).unwrap();
    revealing
}

#[test]
fn a_record_whose_seeds_were_opened_for_something_else_is_found() {
    let (input, _) = contested();
    let own = input.draw_id().to_string();
    let record = |draw_id: &str, digest| {
        // Whoever forges it draws with the seed that comes out.
        let randomness = randomness(draw_id, digest);
        DrawRecord {
            draw: draw(&input, &randomness.combine().unwrap()).unwrap(),
            input: input.clone(),
            randomness,
            followed: vec![],
        }
    };
    assert!(record(&own, input.digest()).verify().is_ok());
    let another = record(&own, InputDigest::from([0; 32]));
    assert_eq!(another.verify(), Err(RecordFault::OtherInput));
    let another = record("round-9/9", input.digest());
    assert_eq!(another.verify(), Err(RecordFault::OtherInput));
}

#[test]
fn missing_and_additional_panels_are_found() {
    let (input, mut draw) = contested();
    let panel = draw.panels.0.remove(&proposal("p")).unwrap();
    draw.panels.0.insert(proposal("zz"), panel);
    let faults = faults(&input, &draw);
    assert!(faults.contains(&Fault::NoPanel(proposal("p"))));
    assert!(faults.contains(&Fault::NoProposal(proposal("zz"))));
}

#[test]
fn each_broken_limit_is_named() {
    let limits = loose(3);
    assert_eq!(swapped(limits, &["a", "b", "c"]), []);
    let size = Fault::Size {
        proposal: proposal("p"),
        size: 2,
    };
    assert_eq!(swapped(limits, &["a", "b"]), [size]);
    assert_eq!(
        swapped(limits, &["a", "b", "zz"]),
        broken("zz", Limit::Candidates)
    );
    assert_eq!(
        swapped(limits, &["a", "b", "e"]),
        broken("e", Limit::Conflict)
    );
    let floor = Limits {
        affinity_floor: Affinity::try_from(6_500).unwrap(),
        ..limits
    };
    assert_eq!(
        swapped(floor, &["a", "b", "d"]),
        broken("d", Limit::AffinityFloor)
    );
    let employer = Limits {
        max_per_employer: 1,
        ..limits
    };
    assert_eq!(
        swapped(employer, &["a", "b", "d"]),
        broken("b", Limit::Employer)
    );
    let regions = Limits {
        regions_min: RegionsMin::Two,
        ..limits
    };
    assert_eq!(
        swapped(regions, &["a", "b", "c"]),
        broken("c", Limit::Regions)
    );
    let own = Limits {
        own_region_cap: 1,
        ..limits
    };
    assert_eq!(
        swapped(own, &["a", "c", "d"]),
        broken("c", Limit::OwnRegion)
    );
}

#[test]
fn somebody_on_more_panels_than_his_load_allows_is_found() {
    let (input, draw) = contested();
    let faults = faults(&input, &with(draw, &["star"]));
    assert!(faults.contains(&Fault::Load(expert("star"))), "{faults:?}");
}

#[test]
fn alternates_are_held_against_the_record_too() {
    let input = input(loose(2), &[("p", Region::SH)], &five(), &[]);
    let fair = draw(&input, &seed(0)).unwrap();
    let named = |key: &str| Fault::Named {
        proposal: proposal("p"),
        expert: expert(key),
    };
    let alternates = |keys: &[&str]| {
        let mut draw = fair.clone();
        draw.panels.0.get_mut(&proposal("p")).unwrap().alternates =
            keys.iter().map(|key| expert(key)).collect();
        faults(&input, &draw)
    };
    assert_eq!(panel_of(&fair, "p").alternates, [expert("c"), expert("d")]);
    assert_eq!(alternates(&["d", "c"]), [Fault::Differs]);
    assert_eq!(alternates(&["c", "c"]), [named("c"), Fault::Differs]);
    assert_eq!(alternates(&["a"]), [named("a"), Fault::Differs]);
    assert_eq!(alternates(&["c", "d", "e"]), [named("e"), Fault::Differs]);

    let mut struck = fair.clone();
    struck.panels.0.get_mut(&proposal("p")).unwrap().struck = experts(&["a"]);
    assert_eq!(faults(&input, &struck), [named("a"), Fault::Differs]);
}

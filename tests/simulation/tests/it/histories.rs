//! The rules as they are keep every law in every history, and histories get somewhere.

use simulation::{
    Stage,
    run::{self, Series},
    story::{Plot, Scenes, tell},
};

const HISTORIES: u64 = 10_000;

/// Percent of the histories that reach a stage at least, so that the laws have something to look at.
const SHARES: [(Stage, u64); 26] = [
    (Stage::Accepted, 95),
    (Stage::Local, 8),
    (Stage::Reentered, 4),
    (Stage::Replaced, 10),
    (Stage::Proposed, 90),
    (Stage::Returned, 10),
    (Stage::Published, 70),
    (Stage::FedBack, 40),
    (Stage::Intent, 20),
    (Stage::Lapsed, 10),
    (Stage::InPool, 8),
    (Stage::PoolReduced, 1),
    (Stage::Withdrawn, 15),
    (Stage::Revised, 12),
    (Stage::RecordInEffect, 30),
    (Stage::Appealed, 15),
    (Stage::RecordExpired, 2),
    (Stage::Barred, 1),
    (Stage::Answered, 15),
    (Stage::GivesAway, 20),
    (Stage::Met, 10),
    (Stage::Registered, 2),
    (Stage::Disclosed, 5),
    (Stage::Named, 1),
    (Stage::Admitted, 8),
    (Stage::TwoPolicies, 2),
];

/// How many of the histories at least reach what less than one percent of them do.
const COUNTS: [(Stage, u64); 1] = [(Stage::BarredExpert, 20)];

#[test]
fn no_history_breaks_a_law_and_most_get_far() {
    let report = run::many(Series::first(HISTORIES), || {}).unwrap();
    assert_eq!(report.histories, HISTORIES);
    for (stage, least) in SHARES {
        let share = report.share(stage);
        assert!(share >= least, "only {share} % reach {stage:?}");
    }
    for (stage, least) in COUNTS {
        let count = report.reached.get(&stage).copied().unwrap_or_default();
        assert!(count >= least, "only {count} reach {stage:?}");
    }
    assert!(report.failures.is_empty(), "{}", told(&report));
}

/// The first failures, by the command that replays each.
fn told(report: &run::Report) -> String {
    let first = report.failures.iter().take(10).map(|failure| {
        let (seed, breach) = (failure.seed, &failure.breach);
        format!("{breach}\n  cargo run -p simulation -- --seed {seed} --shorten --verbose")
    });
    let lines: Vec<_> = first.collect();
    format!(
        "{} histories fail:\n{}",
        report.failures.len(),
        lines.join("\n")
    )
}

#[test]
fn a_seed_replays_exactly() {
    let scenes = Scenes::set().unwrap();
    let again = Scenes::set().unwrap();
    for seed in [3, 77, 4_711] {
        let plot = Plot {
            verbose: true,
            ..Plot::of(seed)
        };
        let (one, other) = (tell(&scenes, &plot).unwrap(), tell(&again, &plot).unwrap());
        assert!(one.lines.len() > 200);
        assert_eq!(one.lines, other.lines);
    }
}

/// The simulation leaves JSON out; what the journal stores comes to the same.
#[test]
fn what_is_stored_as_json_decides_the_same() {
    let scenes = Scenes::set().unwrap();
    for seed in 0..40 {
        let plot = Plot {
            stored: true,
            ..Plot::of(seed)
        };
        let breach = tell(&scenes, &plot).unwrap().breach;
        assert!(breach.is_none(), "seed {seed}: {breach:?}");
    }
}

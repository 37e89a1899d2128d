//! What holds whatever happens: random pools, sheets and proposals.

use proptest::prelude::*;
use regulation::Ratio;

use super::*;

/// Experts with random homes, employers and conflicts, enough of them that most draws succeed.
fn pools() -> impl Strategy<Value = BTreeMap<ExpertId, Profile>> {
    let expert = (0..4_usize, 0..14_u128, any::<bool>());
    proptest::collection::vec(expert, 12..24).prop_map(|drawn| {
        let profiles = (1..).zip(drawn).map(|(n, (home, employer, national))| {
            // Some work for applicants.
            let employer = if employer < 2 {
                101 + employer
            } else {
                employer
            };
            let profile = Profile {
                origin: if national || n % 3 != 0 {
                    Origin::NationalPool
                } else {
                    Origin::Invited
                },
                ..sample::profile(n, HOMES[home], employer)
            };
            (sample::expert(n.into()), profile)
        });
        profiles.collect()
    })
}

#[derive(Debug, Clone)]
enum Step {
    Complete(usize, u32),
    Conflict(usize),
    Replace(usize),
    Waive(usize),
    Close,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (any::<usize>(), 0..=100_u32).prop_map(|(at, points)| Step::Complete(at, points)),
        1 => any::<usize>().prop_map(Step::Conflict),
        1 => any::<usize>().prop_map(Step::Replace),
        1 => any::<usize>().prop_map(Step::Waive),
        1 => Just(Step::Close),
    ];
    proptest::collection::vec(step, 0..40)
}

fn command(round: &ReviewRound, step: &Step) -> RoundCommand {
    let seats = seats(round);
    let seat = |at: usize| seats[at % seats.len()].clone();
    match step {
        Step::Complete(at, points) => {
            let (sheet, seat) = seat(*at);
            complete(sheet, &seat, *points)
        }
        Step::Conflict(at) => {
            let (sheet, seat) = seat(*at);
            conflict(sheet, &seat)
        }
        Step::Replace(at) => RoundCommand::Replace {
            sheet: seat(*at).0,
            reason: reason(),
        },
        Step::Waive(at) => RoundCommand::Waive {
            what: Waivable::Sheet(seat(*at).0),
            reason: reason(),
        },
        Step::Close => close(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_drawn_panel_keeps_every_limit_and_has_nobody_in_conflict(pool in pools()) {
        // A pool that cannot fill the panels is refused by its limits, never half drawn.
        if let Err(refusal) = decide(&opened(2, 1), draw(pool.clone())) {
            prop_assert!(matches!(refusal, RoundRejection::Draw(_)), "{refusal:?}");
            return Ok(());
        }
        let round = drawn_from(opened(2, 1), ground(pool.clone()));
        for number in [1, 2] {
            let application = sample::application(number);
            let own: Vec<_> = seats(&round)
                .into_iter()
                .filter(|(_, seat)| seat.application == application)
                .map(|(_, seat)| pool[&seat.expert].clone())
                .collect();
            prop_assert_eq!(own.len(), 3);
            let regions: BTreeSet<_> = own.iter().map(|profile| profile.region).collect();
            prop_assert!(regions.len() >= 2);
            let employers: BTreeSet<_> = own.iter().map(|p| (p.employer, p.region)).collect();
            prop_assert_eq!(employers.len(), own.len());
            let barred = [sample::unit(100 + number), sample::unit(200 + number)];
            for profile in &own {
                prop_assert_eq!(profile.origin, Origin::NationalPool);
                prop_assert!(!barred.contains(&profile.employer));
            }
        }
    }

    #[test]
    fn no_closed_round_counts_a_sheet_twice_or_hides_a_missing_one(steps in steps()) {
        let mut round = drawn(2, 12);
        for step in &steps {
            let command = command(&round, step);
            for event in round.decide(command, &after_deadline()).unwrap_or_default() {
                round.evolve(&event);
            }
        }
        let table = round.table().unwrap();
        for application in table.setup.batch.keys() {
            let mut people = BTreeSet::new();
            for (expert, _) in table.opinions(*application) {
                prop_assert!(people.insert(expert), "two sheets of one expert");
            }
            let panel = table.panel(*application).unwrap();
            prop_assert!(panel.experts.len() <= 3);
        }
        if let Some(ranking) = round.ranking() {
            prop_assert!(table.seats.values().all(|seat| !seat.state.is_missing()));
            for (application, tally) in &ranking.tallies {
                let counted = table.opinions(*application).count();
                prop_assert_eq!(usize::try_from(tally.ballots).unwrap(), counted);
            }
        }
    }

    #[test]
    fn an_accepted_proposal_keeps_every_limit(
        supports in proptest::collection::vec(proptest::option::of(0..400_000_000_i64), 3),
        budget in 0..600_000_000_i64,
    ) {
        let round = closed(3, 2);
        let grants: BTreeMap<_, _> = (1..)
            .zip(&supports)
            .map(|(number, support)| {
                let support = support.map(sample::fen);
                (sample::application(number), Grant { support, reason: Some(reason()) })
            })
            .collect();
        let command = RoundCommand::Propose {
            grants,
            budgets: BTreeMap::from([(Region::SH, sample::fen(budget))]),
            withdrawn: NONE,
            barred: BTreeMap::new(),
        };
        let total: i64 = supports.iter().flatten().sum();
        let expected = supports.iter().flatten().count() <= 2
            && supports.iter().flatten().all(|fen| *fen <= 250_000_000)
            && total <= budget;
        let decided = decide(&round, command);
        prop_assert_eq!(decided.is_ok(), expected, "{:?}", decided);
        let share = Ratio::from_basis_points(3_000).unwrap();
        if expected {
            for fen in supports.iter().flatten() {
                prop_assert!(share.at_most(sample::fen(*fen), sample::fen(1_000_000_000)));
            }
        }
    }
}

//! Ballots, places and cuts.

use std::collections::BTreeMap;

use panel::{
    CriterionKey, FieldKey, Ratio,
    aggregate::{
        Ballot, BallotFault, CutReason, FieldRanking, RankFault, Scheme, SchemeFault, Score,
        Separation, Subject, Tally, Verdict, leniency, rank, tally,
    },
};
use proptest::prelude::*;

use crate::sample::{expert, proposal};

fn criterion(key: &str) -> CriterionKey {
    key.parse().unwrap()
}

fn score(points: u32) -> Score {
    Score::try_from(points).unwrap()
}

fn field() -> FieldKey {
    "ic".parse().unwrap()
}

/// An expert's points for fit, urgency and necessity.
type Points = (u32, u32, u32);
/// A proposal and its ballots.
type Given<'a> = (&'a str, &'a [Points]);

/// Fit weighs 2, urgency and necessity 1 each; urgency, then necessity decide ties.
fn scheme() -> Scheme {
    let weights = [("fit", 2_u32), ("urgency", 1), ("necessity", 1)]
        .map(|(key, weight)| (criterion(key), weight.try_into().unwrap()));
    let ties = vec![criterion("urgency"), criterion("necessity")];
    Scheme::new(weights.into(), ties, 5, score(30)).unwrap()
}

/// Ballots of experts `e0`, `e1` …, in order.
fn ballots(scores: &[Points]) -> Vec<Ballot> {
    (0..)
        .zip(scores)
        .map(|(i, (fit, urgency, necessity)): (usize, _)| Ballot {
            expert: expert(&format!("e{i}")),
            scores: [("fit", fit), ("urgency", urgency), ("necessity", necessity)]
                .map(|(key, points)| (criterion(key), score(*points)))
                .into(),
        })
        .collect()
}

fn tallied(scores: &[Points]) -> Tally {
    tally(&scheme(), &ballots(scores)).unwrap()
}

fn ratio(numerator: u64, denominator: u64) -> Ratio {
    Ratio::new(numerator, denominator.try_into().unwrap())
}

fn ranked(subjects: &[Given<'_>], quota: u32) -> FieldRanking {
    let subjects: Vec<Subject> = subjects
        .iter()
        .map(|(key, scores)| Subject {
            proposal: proposal(key),
            field: field(),
            tally: tallied(scores),
        })
        .collect();
    rank(&scheme(), &subjects, &[(field(), quota)].into())
        .unwrap()
        .remove(&field())
        .unwrap()
}

fn places(ranking: &FieldRanking) -> Vec<(u32, &str, Verdict)> {
    ranking
        .places
        .iter()
        .map(|p| (p.place, p.proposal.as_str(), p.verdict))
        .collect()
}

#[test]
fn criteria_count_by_their_weights() {
    let tally = tallied(&[(90, 50, 40)]);
    assert_eq!(tally.score, ratio(2 * 90 + 50 + 40, 4));
    assert_eq!(tally.score.to_string(), "67.50");
    assert_eq!(tally.criteria[&criterion("fit")], Ratio::whole(90));
}

#[test]
fn highest_and_lowest_are_dropped_from_five_ballots_up() {
    let four = tallied(&[(0, 0, 0), (60, 60, 60), (60, 60, 60), (100, 100, 100)]);
    assert_eq!((four.score, four.trimmed), (Ratio::whole(55), None));

    let five = [
        (0, 0, 0),
        (60, 60, 60),
        (61, 61, 61),
        (63, 63, 63),
        (100, 100, 100),
    ];
    let five = tallied(&five);
    assert_eq!(five.score, ratio(184, 3));
    let trimmed = five.trimmed.unwrap();
    assert_eq!(
        (trimmed.lowest, trimmed.highest),
        (expert("e0"), expert("e4"))
    );
}

#[test]
fn of_several_equal_ballots_two_different_ones_are_dropped() {
    let tally = tallied(&[(60, 60, 60); 5]);
    let trimmed = tally.trimmed.unwrap();
    assert_ne!(trimmed.lowest, trimmed.highest);
    assert_eq!(tally.score, Ratio::whole(60));
}

#[test]
fn wild_disagreement_begins_beyond_the_threshold() {
    let near = tallied(&[(50, 50, 50), (80, 80, 80)]);
    assert_eq!((near.spread, near.disagreement), (Ratio::whole(30), false));
    assert!(tallied(&[(50, 50, 50), (80, 80, 81)]).disagreement);
}

#[test]
fn thirds_are_compared_exactly() {
    assert!(ratio(1, 3) > ratio(333_333_333, 1_000_000_000));
    assert_eq!(ratio(2, 6), ratio(1, 3));
    assert_eq!(ratio(2, 3).to_string(), "0.67");
    assert!(ratio(u64::MAX, 2) > ratio(u64::MAX - 1, 2));
}

#[test]
fn a_ballot_scores_every_criterion_once_and_an_expert_votes_once() {
    let mut short = ballots(&[(1, 1, 1)]);
    short[0].scores.remove(&criterion("fit"));
    assert_eq!(
        tally(&scheme(), &short),
        Err(BallotFault::Criteria(expert("e0")))
    );
    let mut twice = ballots(&[(1, 1, 1), (2, 2, 2)]);
    twice[1].expert = expert("e0");
    assert_eq!(
        tally(&scheme(), &twice),
        Err(BallotFault::Twice(expert("e0")))
    );
    assert_eq!(tally(&scheme(), &[]), Err(BallotFault::NoBallots));
    assert!(Score::try_from(101).is_err());
}

#[test]
fn a_scheme_that_makes_no_sense_is_refused() {
    let weights = BTreeMap::from([(criterion("fit"), 1_u32.try_into().unwrap())]);
    let odd = vec![criterion("odd")];
    let of = |weights, ties, trim| Scheme::new(weights, ties, trim, score(0)).unwrap_err();
    assert_eq!(of(BTreeMap::new(), vec![], 5), SchemeFault::NoCriteria);
    assert_eq!(
        of(weights.clone(), odd, 5),
        SchemeFault::TieBreak(criterion("odd"))
    );
    assert_eq!(of(weights, vec![], 2), SchemeFault::TrimFrom(2));
}

#[test]
fn the_cut_falls_at_the_quota_and_says_by_which_scores() {
    let ranking = ranked(&[("a", &[(50, 50, 50)]), ("b", &[(70, 70, 70)])], 1);
    assert_eq!(
        places(&ranking),
        [(1, "b", Verdict::Within), (2, "a", Verdict::Below)]
    );
    let reason = CutReason::Score {
        last_within: ratio(70, 1),
        first_below: ratio(50, 1),
    };
    assert_eq!(ranking.reason, reason);
    let sentence = reason.sentence(ToString::to_string);
    assert!(
        sentence.contains("70.00分") && sentence.contains("50.00分"),
        "{sentence}"
    );
}

#[test]
fn ties_are_decided_by_urgency_and_then_necessity() {
    let by_urgency = ranked(&[("a", &[(60, 50, 70)]), ("b", &[(60, 60, 60)])], 1);
    assert_eq!(by_urgency.places[0].proposal, proposal("b"));
    assert_eq!(
        by_urgency.places[1].behind_by,
        Separation::TieBreak(criterion("urgency"))
    );
    let reason = CutReason::TieBreak {
        criterion: criterion("urgency"),
        last_within: Ratio::whole(60),
        first_below: Ratio::whole(50),
    };
    assert_eq!(by_urgency.reason, reason);
    assert!(reason.sentence(|_| "紧迫性".to_owned()).contains("紧迫性"));

    let by_necessity = ranked(&[("a", &[(60, 60, 60)]), ("b", &[(55, 60, 70)])], 1);
    assert_eq!(by_necessity.places[0].proposal, proposal("b"));
    assert_eq!(
        by_necessity.places[1].behind_by,
        Separation::TieBreak(criterion("necessity"))
    );
}

#[test]
fn who_is_equal_in_everything_shares_the_place_and_people_decide_at_the_cut() {
    let same: &[Points] = &[(60, 60, 60)];
    let all = [
        ("a", same),
        ("b", same),
        ("c", &[(70, 70, 70)]),
        ("d", &[(10, 10, 10)]),
    ];
    let ranking = ranked(&all, 2);
    let tied = Verdict::Tied;
    let expected = [
        (1, "c", Verdict::Within),
        (2, "a", tied),
        (2, "b", tied),
        (4, "d", Verdict::Below),
    ];
    assert_eq!(places(&ranking), expected);
    let tied = [proposal("a"), proposal("b")].into();
    assert_eq!(ranking.reason, CutReason::Undecided { tied, places: 1 });
    assert!(
        places(&ranked(&all, 3))
            .iter()
            .all(|(_, _, verdict)| *verdict != Verdict::Tied)
    );
}

#[test]
fn a_quota_for_everyone_and_a_quota_of_none_say_so() {
    let subjects: [Given<'_>; 1] = [("a", &[(1, 1, 1)])];
    assert_eq!(ranked(&subjects, 1).reason, CutReason::EnoughForAll);
    let none = ranked(&subjects, 0);
    assert_eq!(places(&none), [(1, "a", Verdict::Below)]);
    assert_eq!(none.reason, CutReason::NoQuota);
}

#[test]
fn each_field_is_ranked_by_itself_and_needs_a_quota() {
    let subject = |key: &str, field: &str| Subject {
        proposal: proposal(key),
        field: field.parse().unwrap(),
        tally: tallied(&[(1, 1, 1)]),
    };
    let quotas = BTreeMap::from([(field(), 1), ("ai".parse().unwrap(), 1)]);
    let both = [subject("a", "ic"), subject("b", "ai")];
    assert_eq!(rank(&scheme(), &both, &quotas).unwrap().len(), 2);
    let bio = [subject("a", "bio")];
    let fault = RankFault::NoQuota("bio".parse().unwrap());
    assert_eq!(rank(&scheme(), &bio, &quotas), Err(fault));
    let twice = [subject("a", "ic"), subject("a", "ai")];
    assert_eq!(
        rank(&scheme(), &twice, &quotas),
        Err(RankFault::Twice(proposal("a")))
    );
}

#[test]
fn a_lenient_expert_shows_over_all_his_subjects() {
    let tallies = [
        tallied(&[(80, 80, 80), (60, 60, 60)]),
        tallied(&[(50, 50, 50), (40, 40, 40)]),
    ];
    let lean = leniency(&tallies);
    assert_eq!(lean, [(expert("e0"), 750), (expert("e1"), -750)].into());
}

proptest! {
    #[test]
    fn the_order_of_ballots_changes_no_tally(
        (given, shuffled) in prop::collection::vec((0_u32..=100, 0_u32..=100, 0_u32..=100), 1..9)
            .prop_flat_map(|scores| {
                let given = ballots(&scores);
                (Just(given.clone()), Just(given).prop_shuffle())
            }),
    ) {
        prop_assert_eq!(tally(&scheme(), &given), tally(&scheme(), &shuffled));
    }

    #[test]
    fn a_score_lies_between_the_lowest_and_the_highest_expert(
        scores in prop::collection::vec((0_u32..=100, 0_u32..=100, 0_u32..=100), 1..9),
    ) {
        let tally = tallied(&scores);
        prop_assert!(tally.experts.values().min().unwrap() <= &tally.score);
        prop_assert!(tally.experts.values().max().unwrap() >= &tally.score);
    }

    #[test]
    fn a_ranking_is_in_order_whoever_was_handed_in_first(
        (given, shuffled) in prop::collection::vec((0_u32..4, 0_u32..4, 0_u32..4), 1..9)
            .prop_flat_map(|scores| {
                let given: Vec<Subject> = (0..).zip(&scores).map(|(i, score): (usize, _)| Subject {
                    proposal: proposal(&format!("p{i}")),
                    field: field(),
                    tally: tallied(&[*score]),
                }).collect();
                (Just(given.clone()), Just(given).prop_shuffle())
            }),
        quota in 0_u32..9,
    ) {
        let quotas = [(field(), quota)].into();
        let ranking = rank(&scheme(), &given, &quotas).unwrap();
        prop_assert_eq!(&rank(&scheme(), &shuffled, &quotas).unwrap(), &ranking);
        let places = &ranking[&field()].places;
        prop_assert!(places.windows(2).all(|w| w[0].score >= w[1].score));
        let within = places.iter().filter(|p| p.verdict == Verdict::Within).count();
        prop_assert!(within <= quota as usize);
    }
}

//! Ballots as they come in, and what closing needs.

use super::*;

#[test]
fn a_ballot_is_noted_once_from_its_home_and_only_if_somebody_was_drawn_for_it() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round)[0].clone();
    let stranger = sample::ballot(404);
    let not_drawn = RoundRejection::NotDrawn { ballot: stranger };
    assert_eq!(
        decide(&round, cast(stranger, &seat, 80)).map(drop),
        Err(not_drawn)
    );
    let elsewhere = Seat {
        region: Region::HUB,
        ..seat.clone()
    };
    let refused = decide(&round, cast(ballot, &elsewhere, 80));
    assert!(matches!(refused, Err(RoundRejection::NotItsHome { .. })));
    let round = then(round, cast(ballot, &seat, 80));
    assert!(decide(&round, cast(ballot, &seat, 80)).unwrap().is_empty());
    let twice = RoundRejection::CastTwice { ballot };
    assert_eq!(
        decide(&round, cast(ballot, &seat, 81)).map(drop),
        Err(twice)
    );
}

#[test]
fn a_late_ballot_is_shown_and_counts_as_missing() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round)[0].clone();
    let at = sample::deadline().end() + Duration::microseconds(1);
    let commitment = sealed(ballot, 80).0;
    let late = RoundCommand::NoteCast {
        ballot,
        origin: seat.region,
        commitment,
        at,
    };
    let round = then(round, late);
    assert_eq!(seats(&round)[0].1.state, SeatState::Late { at });
    let missing = outstanding(round.decide(close(), &after_deadline())).ballots;
    assert!(missing.contains_key(&ballot));
}

#[test]
fn with_every_ballot_in_and_everybody_heard_a_round_closes_before_the_deadline() {
    let round = scoring(2);
    assert!(outstanding(decide(&round, close())).deadline.is_some());
    let round = all_cast(round, |_| 80);
    assert!(decide(&round, close()).is_ok());
    let deaf = Context {
        heard: BTreeMap::new(),
        ..context()
    };
    assert!(!outstanding(round.decide(close(), &deaf)).unheard.is_empty());
}

#[test]
fn missing_ballots_need_a_waiver_by_name_and_a_home_heard_past_the_deadline() {
    let round = scoring(1);
    let (missing, seat) = seats(&round)[0].clone();
    let round = seats(&round)[1..]
        .iter()
        .fold(round.clone(), |round, (ballot, seat)| {
            then(round, cast(*ballot, seat, 80))
        });
    let refused = outstanding(round.decide(close(), &after_deadline()));
    assert_eq!(refused.ballots, BTreeMap::from([(missing, seat.region)]));
    let round = then(round, waive(Waivable::Ballot(missing)));
    assert!(outstanding(decide(&round, close())).deadline.is_some());
    let mut deaf = after_deadline();
    deaf.heard
        .insert(seat.region, sample::deadline().end() - Duration::seconds(1));
    let refused = outstanding(round.decide(close(), &deaf));
    assert_eq!(refused.unheard, BTreeSet::from([seat.region]));
    assert!(round.decide(close(), &after_deadline()).is_ok());
    let round = then(round, waive(Waivable::Region(seat.region)));
    assert!(round.decide(close(), &deaf).is_ok());
    let SeatState::Waived(waiver) = seats(&round)[0].1.state.clone() else {
        panic!()
    };
    assert_eq!(
        (waiver.by.as_str(), waiver.reason.as_str()),
        ("wang", "联系不上")
    );
}

#[test]
fn the_refusal_to_close_names_who_is_missing() {
    let refusal: regulation::Refusal = decide(&scoring(1), close()).unwrap_err().into();
    assert_eq!(
        (refusal.rule, refusal.kind),
        (rules::CLOSING, RefusalKind::Precondition)
    );
    let (_, seat) = seats(&scoring(1))[0].clone();
    assert!(
        refusal.message.contains(seat.region.name()),
        "{}",
        refusal.message
    );
    assert!(refusal.values["regions"].contains(seat.region.as_str()));
    assert!(refusal.values["ballots"].contains(&seats(&scoring(1))[0].0.to_string()));
}

//! What a round does not let happen on the way from the draw to the list.

use super::*;

#[test]
fn scoring_begins_only_when_every_home_has_answered() {
    let round = then(drawn(2, 12), answer(1, &[]));
    assert!(matches!(round, EvaluationRound::Drawn(_)));
    let late = decide_after(&round, close());
    let missing = outstanding(late).unanswered;
    assert_eq!(
        missing.keys().copied().collect::<Vec<_>>(),
        [sample::demand(2)]
    );
}

fn decide_after(
    round: &EvaluationRound,
    command: RoundCommand,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    round.decide(command, &after_deadline())
}

#[test]
fn what_was_cast_stands_against_a_conflict_declared_later() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round).remove(0);
    let round = then(round, cast(ballot, &seat, 80));
    let conflict = RoundCommand::NoteConflict {
        ballot,
        origin: seat.region,
    };
    assert_eq!(
        decide(&round, conflict).map(drop),
        Err(RoundRejection::CastTwice { ballot })
    );
}

#[test]
fn only_who_follows_is_asked_when_somebody_drops_out() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round).remove(0);
    let conflict = RoundCommand::NoteConflict {
        ballot,
        origin: seat.region,
    };
    let events = decide(&round, conflict).unwrap();
    let asked = events
        .iter()
        .filter(|event| matches!(event, RoundEvent::Invited { .. }));
    assert_eq!(asked.count(), 1);
}

#[test]
fn nothing_is_waived_that_is_not_missing() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round).remove(0);
    let round = then(round, cast(ballot, &seat, 80));
    for what in [
        Waivable::Demand(sample::demand(1)),
        Waivable::Ballot(ballot),
    ] {
        assert_eq!(
            decide(&round, waive(what)).map(drop),
            Err(RoundRejection::NothingToWaive)
        );
    }
}

#[test]
fn with_an_empty_seat_waived_a_round_still_waits_for_its_deadline() {
    let round = drawn(1, 5);
    let struck = &members(&round, 1)[..];
    let round = then(round, answer(1, struck));
    let vacant = round.table().unwrap().benches[&sample::demand(1)].vacant;
    assert!(vacant > 0);
    let round = then(round, waive(Waivable::Demand(sample::demand(1))));
    let round = all_cast(round, |_| 80);
    let waits = outstanding(decide(&round, close()));
    assert_eq!(waits.deadline, Some(sample::deadline()));
}

#[test]
fn a_revealed_ballot_without_a_criterion_is_shown_and_counts_for_nothing() {
    let round = scoring(1);
    let (ballot, seat) = seats(&round).remove(0);
    let mut short = sample::sheet(80);
    short.marks.0.pop_first();
    let content = short.encode(ballot);
    let salt = [7; 32];
    let commitment = evidence::commit(&salt, &content);
    let told = RoundCommand::NoteCast {
        ballot,
        origin: seat.region,
        commitment,
        at: sample::now(),
    };
    let round = seats(&round)
        .iter()
        .skip(1)
        .fold(then(round, told), |round, (other, seat)| {
            then(round, cast(*other, seat, 80))
        });
    let round = then(round, close());
    let opened = RoundCommand::NoteReveal {
        ballot,
        origin: seat.region,
        salt,
        content,
    };
    let round = then(round, opened);
    let state = &round.table().unwrap().seats[&ballot].state;
    assert!(matches!(state, SeatState::Faulty(_)), "{state:?}");
}

#[test]
fn a_closed_round_is_given_back_only_once_its_list_was_returned() {
    let round = all_revealed(then(all_cast(scoring(1), |_| 80), close()), |_| 80);
    let back = RoundCommand::Return {
        reason: "另行组织".parse().unwrap(),
    };
    assert!(matches!(
        decide(&round, back.clone()),
        Err(RoundRejection::WrongState { .. })
    ));
    assert!(decide(&opened(1, 1), back).is_ok());
}

#[test]
fn what_was_taken_back_has_no_place_in_the_list() {
    let round = all_revealed(then(all_cast(scoring(2), |_| 80), close()), |_| 80);
    let proposing = Proposing {
        withdrawn: BTreeSet::from([sample::demand(1)]),
        ..Default::default()
    };
    let round = then(round, RoundCommand::Propose(proposing));
    let standings = &round.proposal().unwrap().standings;
    assert_eq!(
        standings.keys().copied().collect::<Vec<_>>(),
        [sample::demand(2)]
    );
}

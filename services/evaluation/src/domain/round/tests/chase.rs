//! Silent experts: reminded, then replaced; nobody is who answered in time.

use time::OffsetDateTime;

use super::*;

fn chased() -> EvaluationRound {
    let mut opening = opening(1, 1);
    opening.chase = Some(Chase {
        reminder_days: 3,
        reply_days: 6,
    });
    let open = RoundCommand::Open(Box::new(opening));
    let round = HOMES
        .into_iter()
        .fold(then(EvaluationRound::Unknown, open), |round, home| {
            then(round, commitment(home))
        });
    let round = drawn_from(round, pool(8));
    then(round, answer(1, &[]))
}

fn at(now: OffsetDateTime) -> Context {
    Context { now, ..context() }
}

fn due(round: &EvaluationRound) -> OffsetDateTime {
    round.alarms()[0].due
}

/// Everybody has been reminded.
fn reminded() -> EvaluationRound {
    let round = chased();
    let now = at(due(&round));
    then_in(round, RoundCommand::Chase, &now)
}

#[test]
fn whoever_says_nothing_is_reminded_and_hears_until_when() {
    let round = chased();
    let early = at(due(&round) - Duration::seconds(1));
    assert!(
        round
            .decide(RoundCommand::Chase, &early)
            .unwrap()
            .is_empty()
    );
    let now = at(due(&round));
    let events = round.decide(RoundCommand::Chase, &now).unwrap();
    assert_eq!(events.len(), 3);
    let round = then_in(round, RoundCommand::Chase, &now);
    let told = round.publish("", &events[0], &now);
    let said: proto::evaluation::v1::BallotReminded = told[0].read().unwrap();
    assert!(said.reply_by > draws::timestamp(now.now));
    assert!(
        seats(&round)
            .iter()
            .all(|(_, seat)| seat.reminder.is_some())
    );
}

#[test]
fn who_stays_silent_is_followed_by_the_next_and_the_others_are_not() {
    let round = reminded();
    let (silent, seat) = seats(&round)[0].clone();
    let round = seats(&round)[1..]
        .iter()
        .fold(round.clone(), |round, (ballot, seat)| {
            then(round, cast(*ballot, seat, 80))
        });
    let mut now = at(due(&round));
    now.heard = HOMES.iter().map(|home| (*home, now.now)).collect();
    let round = then_in(round, RoundCommand::Chase, &now);
    let seated = seats(&round);
    assert_eq!(seated.len(), 4);
    let replaced = seated.iter().find(|(ballot, _)| *ballot == silent).unwrap();
    assert_eq!(replaced.1.state, SeatState::Replaced);
    assert!(!members(&round, 1).contains(&seat.expert));
    assert_eq!(round.table().unwrap().followed.len(), 1);
    // Too late: somebody else was asked, and nothing of it counts.
    assert!(decide(&round, cast(silent, &seat, 90)).unwrap().is_empty());
    let reveal = decide(&round, reveal(silent, &seat, 90));
    assert!(matches!(reveal, Err(RoundRejection::NothingSealed { .. })));
}

#[test]
fn nobody_is_replaced_before_their_home_has_been_heard_beyond_the_time_to_reply() {
    let round = reminded();
    let mut now = at(due(&round));
    now.heard = HOMES
        .iter()
        .map(|home| (*home, now.now - Duration::seconds(1)))
        .collect();
    let round = then_in(round, RoundCommand::Chase, &now);
    assert!(
        seats(&round)
            .iter()
            .all(|(_, seat)| seat.state == SeatState::Invited)
    );
    assert!(due(&round) > now.now);
}

#[test]
fn where_nobody_can_follow_the_seat_is_kept_for_a_late_answer() {
    let mut round = reminded();
    for _ in 0..4 {
        let Some(alarm) = round.alarms().pop() else {
            break;
        };
        let mut now = at(alarm.due);
        now.heard = HOMES.iter().map(|home| (*home, now.now)).collect();
        round = then_in(round, RoundCommand::Chase, &now);
    }
    let waiting = seats(&round)
        .into_iter()
        .filter(|(_, seat)| seat.state == SeatState::Invited);
    assert_eq!(waiting.count(), 3);
    let (ballot, seat) = seats(&round)
        .into_iter()
        .find(|(_, seat)| seat.state == SeatState::Invited)
        .unwrap();
    assert_eq!(decide(&round, cast(ballot, &seat, 80)).unwrap().len(), 1);
}

#[test]
fn whoever_is_reminded_late_still_has_a_whole_day() {
    let round = chased();
    // The node was down until the last hour in which an answer would have been in time.
    let last = sample::now() + Duration::days(6);
    let now = at(last);
    let round = then_in(round, RoundCommand::Chase, &now);
    let next_day = Day::of(last).plus_days(1);
    for (_, seat) in seats(&round) {
        assert_eq!(
            seat.reminder.unwrap().reply_by,
            next_day.plus_days(1).start()
        );
    }
}

#[test]
fn nobody_is_looked_after_beyond_the_deadline() {
    let days_left = |reminder_days| {
        let mut opening = opening(1, 1);
        opening.chase = Some(Chase {
            reminder_days,
            reply_days: 60,
        });
        let open = RoundCommand::Open(Box::new(opening));
        let round = HOMES
            .into_iter()
            .fold(then(EvaluationRound::Unknown, open), |round, home| {
                then(round, commitment(home))
            });
        then(drawn_from(round, pool(8)), answer(1, &[]))
            .alarms()
            .len()
    };
    // Asked on the 6th, due by the end of the 31st: a reminder after 24 whole days comes on the 31st.
    assert_eq!((days_left(24), days_left(25)), (1, 0));
}

#[test]
fn a_reminder_comes_before_the_replacement_and_neither_on_the_first_day() {
    for (reminder_days, reply_days) in [(0, 3), (3, 3), (4, 3)] {
        let mut opening = opening(1, 1);
        opening.chase = Some(Chase {
            reminder_days,
            reply_days,
        });
        let open = RoundCommand::Open(Box::new(opening));
        assert_eq!(
            decide(&EvaluationRound::Unknown, open).map(drop),
            Err(RoundRejection::Chase)
        );
    }
    assert!(scoring(1).alarms().is_empty());
}

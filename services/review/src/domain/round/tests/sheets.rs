//! Sheets coming in, who follows whom, and closing.

use super::*;

fn first(round: &ReviewRound) -> (SheetId, Seat) {
    seats(round).remove(0)
}

fn state(round: &ReviewRound, sheet: SheetId) -> SeatState {
    round.table().unwrap().seats[&sheet].state.clone()
}

fn waive(what: Waivable) -> RoundCommand {
    RoundCommand::Waive {
        what,
        reason: reason(),
    }
}

fn replace(sheet: SheetId) -> RoundCommand {
    RoundCommand::Replace {
        sheet,
        reason: reason(),
    }
}

#[test]
fn a_sheet_counts_once_and_a_repeat_changes_nothing() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let round = then(round, complete(sheet, &seat, 80));
    assert!(matches!(round, ReviewRound::Reviewing(_)));
    assert!(
        decide(&round, complete(sheet, &seat, 80))
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        refused(&round, complete(sheet, &seat, 81), &context()),
        rules::ONCE.code
    );
    assert_eq!(
        refused(&round, conflict(sheet, &seat), &context()),
        rules::ONCE.code
    );
}

#[test]
fn only_the_experts_home_speaks_for_a_sheet_and_only_for_one_that_was_drawn() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let foreign = Seat {
        region: HOMES.into_iter().find(|home| *home != seat.region).unwrap(),
        ..seat
    };
    for command in [complete(sheet, &foreign, 80), conflict(sheet, &foreign)] {
        assert_eq!(refused(&round, command, &context()), rules::HOME.code);
    }
    let unknown = complete(sample::sheet(99), &foreign, 80);
    assert_eq!(
        refused(&round, unknown.clone(), &context()),
        rules::DRAWN_ONLY.code
    );
    assert_eq!(
        refused(&opened(1, 1), unknown, &context()),
        rules::DRAWN_ONLY.code
    );
}

#[test]
fn a_sheet_that_is_late_by_its_homes_time_does_not_count() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let at = |at| RoundCommand::NoteCompleted {
        sheet,
        origin: seat.region,
        opinion: Ok(sample::opinion(80)),
        at,
    };
    let end = sample::deadline().end();
    let in_time = then_in(round.clone(), at(end), &after_deadline());
    assert!(matches!(
        state(&in_time, sheet),
        SeatState::Completed { .. }
    ));
    let late = then(round, at(end + Duration::seconds(1)));
    assert!(matches!(state(&late, sheet), SeatState::Late { .. }));
    let again = at(end + Duration::seconds(2));
    assert!(decide(&late, again).unwrap().is_empty());
    assert!(
        late.table()
            .unwrap()
            .missing(&NONE)
            .sheets
            .contains_key(&sheet)
    );
}

#[test]
fn what_is_no_sheet_of_this_round_is_shown_and_not_counted() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let mut short = sample::opinion(80);
    short.marks.0.pop_first();
    for opinion in [Ok(short), Err("评分应为 0 至 100".to_owned())] {
        let command = RoundCommand::NoteCompleted {
            sheet,
            origin: seat.region,
            opinion,
            at: sample::now(),
        };
        let round = then(round.clone(), command);
        assert!(matches!(state(&round, sheet), SeatState::Faulty(_)));
        assert_eq!(
            refused(&all_complete(round.clone(), by_number), close(), &context()),
            rules::CLOSING.code
        );
        let waived = then(round, waive(Waivable::Sheet(sheet)));
        let closed = then_in(all_complete(waived, by_number), close(), &after_deadline());
        let tally = &closed.ranking().unwrap().tallies[&sample::application(1)];
        assert_eq!(tally.ballots, 2);
    }
}

#[test]
fn whoever_is_in_conflict_is_followed_by_the_next_and_never_counts() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let told = told(&round, conflict(sheet, &seat), &context());
    assert_eq!(told.len(), 1, "one invitation to whoever follows");
    let round = then(round, conflict(sheet, &seat));
    assert_eq!(seats(&round).len(), 4);
    assert!(decide(&round, conflict(sheet, &seat)).unwrap().is_empty());
    assert_eq!(
        refused(&round, complete(sheet, &seat, 80), &context()),
        rules::CONFLICT.code
    );
    let round = then(all_complete(round, by_number), close());
    let tally = &round.ranking().unwrap().tallies[&sample::application(1)];
    assert_eq!(tally.ballots, 3);
    assert!(
        tally
            .experts
            .keys()
            .all(|key| key.as_str() != seat.expert.to_string())
    );
}

#[test]
fn a_silent_expert_is_replaced_by_the_same_rule_with_a_reason_and_told() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let told = told(&round, replace(sheet), &context());
    let recalled = told
        .iter()
        .filter(|message| message.read::<proto::review::v1::SheetRecalled>().is_some());
    assert_eq!((told.len(), recalled.count()), (2, 1));
    let round = then(round, replace(sheet));
    assert!(decide(&round, replace(sheet)).unwrap().is_empty());
    // What they had sent already does not count, and is no error.
    assert!(
        decide(&round, complete(sheet, &seat, 10))
            .unwrap()
            .is_empty()
    );
    let round = all_complete(round, by_number);
    let (done, _) = seats(&round)
        .into_iter()
        .find(|(id, _)| *id != sheet)
        .unwrap();
    assert_eq!(
        refused(&round, replace(done), &context()),
        rules::CLOSING.code
    );
    let closed = then(round, close());
    assert_eq!(
        closed.ranking().unwrap().tallies[&sample::application(1)].ballots,
        3
    );
}

#[test]
fn empty_seats_are_shown_and_need_somebodys_reason() {
    // Three on the panel, nobody else.
    let round = drawn(1, 3);
    let (sheet, seat) = first(&round);
    let round = then(round, conflict(sheet, &seat));
    let application = seat.application;
    assert_eq!(round.table().unwrap().benches[&application].vacant, 1);
    let round = all_complete(round, by_number);
    assert_eq!(
        refused(&round, close(), &after_deadline()),
        rules::CLOSING.code
    );
    let round = then(round, waive(Waivable::Application(application)));
    assert!(
        decide(&round, waive(Waivable::Application(application)))
            .unwrap()
            .is_empty()
    );
    assert!(matches!(
        then_in(round, close(), &after_deadline()),
        ReviewRound::Closed { .. }
    ));
    let stranger = sample::application(9);
    assert_eq!(
        refused(
            &drawn(1, 12),
            waive(Waivable::Application(stranger)),
            &context()
        ),
        rules::BATCH.code
    );
    assert_eq!(
        refused(
            &drawn(1, 12),
            waive(Waivable::Application(application)),
            &context()
        ),
        rules::CLOSING.code
    );
}

#[test]
fn closing_names_what_is_missing_and_whom_was_not_heard() {
    let round = drawn(1, 12);
    let Err(RoundRejection::Outstanding(outstanding)) = decide(&round, close()) else {
        panic!("closed")
    };
    assert_eq!(outstanding.sheets.len(), 3);
    assert_eq!(outstanding.deadline, Some(sample::deadline()));
    let refusal = Refusal::from(RoundRejection::Outstanding(outstanding));
    for (sheet, _) in seats(&round) {
        assert!(refusal.values["sheets"].contains(&sheet.to_string()));
    }
    let waived = seats(&round).into_iter().fold(round, |round, (sheet, _)| {
        then(round, waive(Waivable::Sheet(sheet)))
    });
    let deaf = Context {
        heard: BTreeMap::new(),
        ..after_deadline()
    };
    let Err(RoundRejection::Outstanding(outstanding)) = waived.decide(close(), &deaf) else {
        panic!("closed")
    };
    assert!(outstanding.sheets.is_empty() && !outstanding.unheard.is_empty());
    let regions = outstanding.unheard.clone();
    let gone_on = regions.into_iter().fold(waived.clone(), |round, region| {
        then(round, waive(Waivable::Region(region)))
    });
    assert!(gone_on.decide(close(), &deaf).is_ok());
    let closed = then_in(waived, close(), &after_deadline());
    let ranking = closed.ranking().unwrap();
    assert!(ranking.unscored.contains(&sample::application(1)));
    assert!(ranking.standings.is_empty());
}

#[test]
fn with_everything_in_a_round_closes_once_each_region_is_heard_past_its_last_sheet() {
    let round = all_complete(drawn(1, 12), by_number);
    let heard_until = |at| Context {
        heard: HOMES.map(|region| (region, at)).into(),
        ..context()
    };
    let early = heard_until(sample::now() - Duration::seconds(1));
    assert_eq!(refused(&round, close(), &early), rules::CLOSING.code);
    let closed = round.decide(close(), &heard_until(sample::now()));
    assert!(closed.is_ok());
}

#[test]
fn a_waived_sheet_that_comes_in_time_counts_after_all() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let round = then(round, waive(Waivable::Sheet(sheet)));
    let round = then(round, complete(sheet, &seat, 80));
    assert!(matches!(state(&round, sheet), SeatState::Completed { .. }));
    assert_eq!(
        refused(&round, waive(Waivable::Sheet(sheet)), &context()),
        rules::CLOSING.code
    );
    let idle = waive(Waivable::Region("gd".parse().unwrap()));
    assert_eq!(refused(&round, idle, &context()), rules::CLOSING.code);
}

#[test]
fn what_was_taken_back_is_neither_waited_for_nor_ranked() {
    let round = drawn_from(opened(2, 2), ground(pool(12)));
    let gone = sample::application(2);
    let round = seats(&round)
        .into_iter()
        .filter(|(_, seat)| seat.application != gone)
        .fold(round, |round, (sheet, seat)| {
            then(round, complete(sheet, &seat, 80))
        });
    let withdrawn = BTreeSet::from([gone]);
    let round = then(round, RoundCommand::Close { withdrawn });
    let ranking = round.ranking().unwrap();
    assert!(ranking.withdrawn.contains(&gone) && !ranking.standings.contains_key(&gone));
}

#[test]
fn the_highest_and_the_lowest_are_dropped_from_five_sheets_up() {
    let large = Opening {
        panel_size: Some(5),
        ..opening(1, 1)
    };
    let round = gathered(large);
    let round = drawn_from(round, ground(pool(12)));
    let points = [0, 70, 80, 90, 100];
    let round = seats(&round)
        .into_iter()
        .zip(points)
        .fold(round, |round, ((sheet, seat), points)| {
            then(round, complete(sheet, &seat, points))
        });
    let round = then(round, close());
    let ranking = round.ranking().unwrap();
    let standing = &ranking.standings[&sample::application(1)];
    assert_eq!(standing.score, panel::Ratio::whole(80));
    assert_eq!(standing.recommended, 4);
    assert!(standing.disagreement);
    assert!(ranking.tallies[&sample::application(1)].trimmed.is_some());
}

#[test]
fn nothing_comes_in_after_closing() {
    let round = closed(1, 1);
    let (sheet, seat) = first(&round);
    for command in [
        complete(sheet, &seat, 1),
        replace(sheet),
        waive(Waivable::Sheet(sheet)),
        close(),
    ] {
        assert_eq!(refused(&round, command, &context()), rules::LIFECYCLE.code);
    }
}

#[test]
fn whom_a_record_bars_since_the_draw_is_followed_and_whatever_they_say_counts_for_nothing() {
    let round = drawn(1, 12);
    let (sheet, seat) = first(&round);
    let barred = |origin| RoundCommand::NoteBarred { sheet, origin };
    let foreign = HOMES.into_iter().find(|home| *home != seat.region).unwrap();
    assert_eq!(
        refused(&round, barred(foreign), &context()),
        rules::HOME.code
    );
    let round = then(round, barred(seat.region));
    assert_eq!(state(&round, sheet), SeatState::Barred);
    let table = round.table().unwrap();
    assert_eq!(table.panel(seat.application).unwrap().experts.len(), 3);
    assert_eq!(table.followed.len(), 1);
    assert!(decide(&round, barred(seat.region)).unwrap().is_empty());
    assert_eq!(
        refused(&round, complete(sheet, &seat, 80), &context()),
        rules::STANDING.code
    );
}

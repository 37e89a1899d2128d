//! From the closed round to the decided list.

use super::*;

#[test]
fn a_demand_that_was_taken_back_holds_nothing_up_and_is_not_ranked() {
    let round = drawn(2, 8);
    let round = all_cast(then(round, answer(1, &[])), |_| 80);
    let withdrawn = BTreeSet::from([sample::demand(2)]);
    let round = then(
        round,
        RoundCommand::Close {
            withdrawn: withdrawn.clone(),
        },
    );
    let round = then(
        all_revealed(round, |_| 80),
        RoundCommand::Propose { withdrawn },
    );
    let proposal = round.proposal().unwrap();
    assert!(!proposal.standings.contains_key(&sample::demand(2)));
}

#[test]
fn what_does_not_match_its_seal_is_shown_and_not_counted() {
    let round = then(all_cast(scoring(1), |_| 80), close());
    let (ballot, seat) = seats(&round)[0].clone();
    let round = then(round, reveal(ballot, &seat, 100));
    assert!(matches!(seats(&round)[0].1.state, SeatState::Faulty(_)));
    let round = all_revealed(round, |_| 80);
    let round = then(round, RoundCommand::Propose { withdrawn: NONE });
    let tally = &round.proposal().unwrap().tallies[&sample::demand(1)];
    assert_eq!((tally.ballots, tally.score), (2, panel::Ratio::whole(80)));
}

#[test]
fn nothing_is_opened_before_the_round_is_closed_nor_proposed_before_all_is_open() {
    let round = all_cast(scoring(1), |_| 80);
    let (ballot, seat) = seats(&round)[0].clone();
    let early = decide(&round, reveal(ballot, &seat, 80));
    assert!(matches!(early, Err(RoundRejection::WrongState { .. })));
    let round = then(round, close());
    let propose = || RoundCommand::Propose { withdrawn: NONE };
    let refused = decide(&round, propose());
    assert!(matches!(refused, Err(RoundRejection::StillSealed(left)) if left.len() == 3));
    let refused = decide(&round, cast(sample::ballot(1), &seat, 80));
    assert!(matches!(refused, Err(RoundRejection::NotDrawn { .. })));
    let round = all_revealed(round, |_| 80);
    assert!(decide(&round, propose()).is_ok());
}

#[test]
fn the_list_takes_the_best_up_to_the_quota_and_says_why() {
    let points = |seat: &Seat| {
        if seat.demand == sample::demand(2) {
            91
        } else {
            64
        }
    };
    let round = then(all_cast(scoring(2), points), close());
    let round = then(
        all_revealed(round, points),
        RoundCommand::Propose { withdrawn: NONE },
    );
    let standings = &round.proposal().unwrap().standings;
    let [first, second] = [
        &standings[&sample::demand(2)],
        &standings[&sample::demand(1)],
    ];
    assert!(first.listed && first.place == 1 && !second.listed && second.place == 2);
    assert!(
        second.reason.contains("64.00") && second.reason.contains("91.00"),
        "{}",
        second.reason
    );
    let told = round.publish(
        "",
        &RoundEvent::Proposed(Box::new(round.proposal().unwrap().clone())),
        &context(),
    );
    let list: proto::evaluation::v1::ListProposed = told[0].read().unwrap();
    let listed: Vec<_> = list
        .entries
        .iter()
        .map(|entry| (entry.score, entry.listed))
        .collect();
    assert_eq!(listed, vec![(9_100, true), (6_400, false)]);
}

#[test]
fn wild_disagreement_is_flagged_from_the_policys_number_on() {
    let flag = |low: u32| {
        let first = members(&scoring(1), 1)[0];
        let points = move |seat: &Seat| if seat.expert == first { low } else { 90 };
        let round = then(all_cast(scoring(1), points), close());
        let round = then(
            all_revealed(round, points),
            RoundCommand::Propose { withdrawn: NONE },
        );
        round.proposal().unwrap().standings[&sample::demand(1)].disagreement
    };
    assert!(flag(60) && !flag(61));
}

#[test]
fn homes_hear_the_outcome_when_the_decision_is_in_force_and_not_before() {
    let round = then(all_cast(scoring(1), |_| 80), close());
    let round = then(
        all_revealed(round, |_| 80),
        RoundCommand::Propose { withdrawn: NONE },
    );
    let decision = DecisionId(uuid::Uuid::from_u128(1));
    let adopt = RoundCommand::Adopt { decision };
    let events = decide(&round, adopt.clone()).unwrap();
    let round = then(round, adopt.clone());
    let told = round.publish("", &events[0], &context());
    let judged: proto::evaluation::v1::DemandJudged = told[0].read().unwrap();
    assert!(judged.listed && judged.comments.len() == 3);
    assert!(
        judged.comments[0].contains("国家战略相符性：")
            && judged.comments[0].contains(sample::REASON)
    );
    assert!(!judged.comments[0].contains(&sample::expert(1).to_string()));
    assert!(decide(&round, adopt).unwrap().is_empty());
    let give_back = RoundCommand::Return {
        reason: "不同意".parse().unwrap(),
    };
    assert!(decide(&round, give_back).is_err());
}

#[test]
fn a_list_that_was_not_agreed_to_ends_the_round() {
    let round = then(all_cast(scoring(1), |_| 80), close());
    let round = then(
        all_revealed(round, |_| 80),
        RoundCommand::Propose { withdrawn: NONE },
    );
    let round = then(
        round,
        RoundCommand::Return {
            reason: "一地反对".parse().unwrap(),
        },
    );
    assert!(matches!(round, EvaluationRound::Returned { .. }));
    let decision = DecisionId(uuid::Uuid::from_u128(1));
    assert!(decide(&round, RoundCommand::Adopt { decision }).is_err());
}

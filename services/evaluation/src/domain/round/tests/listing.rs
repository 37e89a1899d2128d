//! From the closed round to the decided list.

use super::*;

fn propose() -> RoundCommand {
    RoundCommand::Propose(Proposing::default())
}

/// A closed and opened round with two demands that got these points.
fn judged(first: u32, second: u32) -> EvaluationRound {
    let points = move |seat: &Seat| {
        if seat.demand == sample::demand(1) {
            first
        } else {
            second
        }
    };
    all_revealed(then(all_cast(scoring(2), points), close()), points)
}

fn quotas(places: u32) -> BTreeMap<regulation::Field, Quota> {
    let quota = Quota {
        places,
        reason: "会商增加".parse().unwrap(),
    };
    BTreeMap::from([("集成电路".parse().unwrap(), quota)])
}

fn with(proposing: Proposing) -> RoundCommand {
    RoundCommand::Propose(proposing)
}

fn returned(round: &EvaluationRound) -> RoundCommand {
    RoundCommand::ReturnList {
        decision: DecisionId(uuid::Uuid::from_u128(9)),
        digest: round.proposal().unwrap().digest,
        reason: "名额过少".to_owned(),
    }
}

#[test]
fn a_returned_list_comes_again_in_a_new_version_that_differs_from_it() {
    let round = then(judged(64, 91), propose());
    assert_eq!(round.proposal().unwrap().version, 1);
    let other = RoundCommand::ReturnList {
        decision: DecisionId(uuid::Uuid::from_u128(9)),
        digest: Digest([9; 32]),
        reason: "另一版本".to_owned(),
    };
    assert!(decide(&round, other).unwrap().is_empty());
    let back = returned(&round);
    let round = then(round, back);
    assert!(matches!(round, EvaluationRound::Closed { .. }));
    assert_eq!(
        decide(&round, propose()).map(drop),
        Err(RoundRejection::SameList)
    );
    let wider = Proposing {
        quotas: quotas(2),
        ..Default::default()
    };
    let round = then(round, with(wider));
    let proposal = round.proposal().unwrap();
    assert_eq!(proposal.version, 2);
    assert!(proposal.standings.values().all(|standing| standing.listed));
    let told = round.publish(
        "",
        &RoundEvent::Proposed(Box::new(proposal.clone())),
        &context(),
    );
    assert_eq!(Digest::of_document(&told[0].body), proposal.digest);
    // The decision on the first version has no force over the second.
    let decision = DecisionId(uuid::Uuid::from_u128(9));
    let first = then(judged(64, 91), propose());
    let adopt = |round: &EvaluationRound| RoundCommand::Adopt {
        decision,
        digest: round.proposal().unwrap().digest,
    };
    assert_eq!(
        decide(&round, adopt(&first)).map(drop),
        Err(RoundRejection::OtherList)
    );
    assert!(decide(&round, adopt(&round)).is_ok());
}

#[test]
fn numbers_of_places_stand_until_the_members_returned_a_list() {
    let wider = || {
        with(Proposing {
            quotas: quotas(2),
            ..Default::default()
        })
    };
    let refused = decide(&judged(64, 91), wider());
    assert_eq!(refused.map(drop), Err(RoundRejection::QuotasStand));
    let round = then(judged(64, 91), propose());
    let back = returned(&round);
    let round = then(round, back);
    let stranger: regulation::Field = "生物医药".parse().unwrap();
    let mut strange = quotas(2);
    strange.insert(stranger.clone(), quotas(1).pop_first().unwrap().1);
    let strange = with(Proposing {
        quotas: strange,
        ..Default::default()
    });
    assert_eq!(
        decide(&round, strange).map(drop),
        Err(RoundRejection::UnknownField(stranger))
    );
    // Or the round ends here.
    let give_back = RoundCommand::Return {
        reason: "各地意见不一".parse().unwrap(),
    };
    assert!(matches!(
        then(round, give_back),
        EvaluationRound::Returned { .. }
    ));
}

#[test]
fn among_equals_people_choose_as_many_as_there_are_places_and_say_why() {
    let reason: regulation::Text = "产业链更急需".parse().unwrap();
    let choose = |demands: &[u128]| {
        with(Proposing {
            choices: demands
                .iter()
                .map(|n| (sample::demand(*n), reason.clone()))
                .collect(),
            ..Default::default()
        })
    };
    let equal = judged(80, 80);
    let undecided = then(equal.clone(), propose());
    let standings = &undecided.proposal().unwrap().standings;
    assert!(standings.values().all(|standing| !standing.listed));
    let refused = decide(&equal, choose(&[1, 2])).map(drop);
    assert_eq!(
        refused,
        Err(RoundRejection::Choices {
            places: 1,
            chosen: 2
        })
    );
    let chosen = then(equal, choose(&[2]));
    let standings = &chosen.proposal().unwrap().standings;
    assert!(standings[&sample::demand(2)].listed && !standings[&sample::demand(1)].listed);
    assert!(
        standings[&sample::demand(2)]
            .reason
            .contains("产业链更急需")
    );
    let demand = sample::demand(1);
    assert_eq!(
        decide(&judged(80, 90), choose(&[1])).map(drop),
        Err(RoundRejection::NotTied { demand })
    );
}

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
        RoundCommand::Propose(Proposing {
            withdrawn,
            ..Default::default()
        }),
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
    let round = then(round, propose());
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
    let round = then(all_revealed(round, points), propose());
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
        let round = then(all_revealed(round, points), propose());
        round.proposal().unwrap().standings[&sample::demand(1)].disagreement
    };
    assert!(flag(60) && !flag(61));
}

#[test]
fn homes_hear_the_outcome_when_the_decision_is_in_force_and_not_before() {
    let round = then(all_cast(scoring(1), |_| 80), close());
    let round = then(all_revealed(round, |_| 80), propose());
    let decision = DecisionId(uuid::Uuid::from_u128(1));
    let digest = round.proposal().unwrap().digest;
    let adopt = RoundCommand::Adopt { decision, digest };
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
    let round = then(all_revealed(round, |_| 80), propose());
    let give_back = || RoundCommand::Return {
        reason: "一地反对".parse().unwrap(),
    };
    // While it is being decided on, its demands must not become free for another round.
    assert!(decide(&round, give_back()).is_err());
    let decision = DecisionId(uuid::Uuid::from_u128(1));
    let digest = round.proposal().unwrap().digest;
    let returned = RoundCommand::ReturnList {
        decision,
        digest,
        reason: "一地反对".parse().unwrap(),
    };
    let round = then(then(round, returned), give_back());
    assert!(matches!(round, EvaluationRound::Returned { .. }));
    assert!(decide(&round, RoundCommand::Adopt { decision, digest }).is_err());
}

#[test]
fn from_five_ballots_up_the_highest_and_the_lowest_are_dropped() {
    let five = Opening {
        panel_size: Some(5),
        ..opening(1, 1)
    };
    let round = then(EvaluationRound::Unknown, RoundCommand::Open(Box::new(five)));
    let round = HOMES
        .iter()
        .fold(round, |round, home| then(round, commitment(*home)));
    let round = then(drawn_from(round, pool(12)), answer(1, &[]));
    let order: BTreeMap<_, u32> = (0..).zip(seats(&round)).map(|(n, (b, _))| (b, n)).collect();
    let points = |ballot: &BallotId| [0, 70, 80, 90, 100][order[ballot] as usize];
    let round = seats(&round).iter().fold(round, |round, (ballot, seat)| {
        then(round, cast(*ballot, seat, points(ballot)))
    });
    let round = then(round, close());
    let round = seats(&round).iter().fold(round, |round, (ballot, seat)| {
        then(round, reveal(*ballot, seat, points(ballot)))
    });
    let round = then(round, propose());
    let tally = &round.proposal().unwrap().tallies[&sample::demand(1)];
    assert_eq!((tally.ballots, tally.score), (5, panel::Ratio::whole(80)));
    assert!(tally.trimmed.is_some());
}

#[test]
fn on_a_day_without_a_policy_no_list_is_proposed_and_later_it_is() {
    let round = judged(64, 91);
    let lawless = Context {
        policy: None,
        ..context()
    };
    let refused = round.decide(propose(), &lawless).map(drop);
    assert_eq!(refused, Err(RoundRejection::NoPolicy));
    assert_eq!(decide(&round, propose()).map(drop), Ok(()));
}

//! The computation of a list, done again by hand from what is shown; and lists that come back.

use std::collections::BTreeMap;

use proto::{
    coordination::v1::{DecisionChanged, DecisionKind, DecisionState},
    evaluation::v1 as wire,
    intake::v1::DemandWithdrawn,
    message::{Audience, Message},
};
use regulation::{Region, Role};
use tonic_types::StatusExt as _;

use crate::federation::{
    Federation, closing, demand, everybody, expert, fresh, home_of, opening, request_id,
};

/// The fraction a/b is c/d.
fn same(one: &wire::Fraction, (numerator, denominator): (i64, i64)) -> bool {
    i128::from(one.numerator) * i128::from(denominator)
        == i128::from(numerator) * i128::from(one.denominator)
}

fn proposing(round: &wire::Round) -> wire::ProposeListRequest {
    wire::ProposeListRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        ..Default::default()
    }
}

/// Two demands, judged by panels of five; the second gets more.
async fn closed(all: &mut Federation) -> wire::Round {
    all.accept(1).await;
    all.accept(2).await;
    all.pool(12).await;
    let round = all
        .drawn_as(wire::OpenRoundRequest {
            panel_size: 5,
            ..opening(1)
        })
        .await;
    all.all_cast_as(|number, title| {
        let base = if title.ends_with('1') { 60 } else { 75 };
        base + i32::try_from(number).unwrap()
    })
    .await;
    all.carry().await;
    all.heartbeat().await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;
    round
}

#[tokio::test]
async fn every_total_place_and_cut_can_be_done_again_from_what_is_shown() {
    let mut all = Federation::new().await;
    let round = closed(&mut all).await;
    let request = wire::GetComputationRequest {
        round_id: round.round_id.clone(),
    };
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    assert!(hub.get_computation(request.clone()).await.is_err());
    hub.propose_list(proposing(&round)).await.unwrap();
    let shown = hub.get_computation(request).await.unwrap().into_inner();
    let weights: BTreeMap<_, i64> = shown
        .criteria
        .iter()
        .map(|criterion| (criterion.key.clone(), i64::from(criterion.weight)))
        .collect();
    let sum: i64 = weights.values().sum();
    let [field] = &shown.fields[..] else { panic!() };
    for demand in &field.demands {
        let mut scores = Vec::new();
        for ballot in &demand.ballots {
            let points = ballot.points.iter();
            let score: i64 = points
                .map(|points| weights[&points.criterion] * i64::from(points.points))
                .sum();
            assert!(same(ballot.score.as_ref().unwrap(), (score, sum)));
            scores.push((score, ballot.dropped));
        }
        assert_eq!(scores.len(), 5);
        scores.sort_unstable();
        // From five ballots up the highest and the lowest are left out.
        let dropped: Vec<bool> = scores.iter().map(|(_, dropped)| *dropped).collect();
        assert_eq!(dropped, [true, false, false, false, true]);
        let kept: i64 = scores[1..4].iter().map(|(score, _)| score).sum();
        assert!(same(demand.total.as_ref().unwrap(), (kept, 3 * sum)));
        let spread = scores[4].0 - scores[0].0;
        assert!(same(demand.spread.as_ref().unwrap(), (spread, sum)));
        assert_eq!(demand.disagreement, spread >= 30 * sum);
        let experts = demand.ballots.iter().map(|ballot| &ballot.expert);
        for number in 1..=12 {
            let id = expert(number).to_string();
            assert!(experts.clone().all(|pseudonym| *pseudonym != id));
        }
    }
    let [first, second] = &field.demands[..] else {
        panic!()
    };
    assert_eq!(first.demand_id, demand(2));
    assert!(first.listed && first.verdict() == wire::Verdict::Within);
    assert!(!second.listed && second.behind_by() == wire::Separation::Score);
    assert_eq!(field.last_within, first.total);
    assert_eq!(field.first_below, second.total);
    assert!(field.cut.contains("按名额取舍"), "{}", field.cut);
}

async fn take_back(all: &Federation, number: u128) {
    let event = DemandWithdrawn {
        demand_id: demand(number),
    };
    let message = Message::share(Audience::HUB, demand(number), &event);
    all.all_hear(Region::SH, &message).await;
}

#[tokio::test]
async fn what_did_not_count_is_shown_with_why_and_what_was_taken_back_with_where_it_stands() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.accept(2).await;
    all.pool(8).await;
    let round = all.drawn_as(everybody(1)).await;
    let second = round.demands.iter().find(|d| d.demand_id == demand(2));
    let seat = second.unwrap().seats[0].clone();
    let number = (1..=12).find(|n| expert(*n).to_string() == seat.expert_id);
    let mut door = all.to_expert(home_of(number.unwrap()), number.unwrap());
    let conflict = wire::DeclareConflictRequest {
        request_id: request_id(),
        ballot_id: seat.ballot_id.clone(),
    };
    door.declare_conflict(conflict).await.unwrap();
    all.carry().await;
    all.all_cast(|_| 80).await;
    all.carry().await;
    take_back(&all, 1).await;
    all.heartbeat().await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;
    hub.propose_list(proposing(&round)).await.unwrap();
    let request = wire::GetComputationRequest {
        round_id: round.round_id.clone(),
    };
    let shown = hub.get_computation(request.clone()).await.unwrap();
    let shown = shown.into_inner();
    let [gone] = shown.unranked.as_slice() else {
        panic!("{:?}", shown.unranked)
    };
    assert!(gone.withdrawn && gone.demand_id == demand(1));
    assert!(gone.reason.starts_with("已撤回"), "{}", gone.reason);
    assert_eq!(gone.uncounted.len(), 3);
    assert!(gone.uncounted.iter().all(|b| b.reason.contains("已撤回")));
    let [ranked] = shown.fields[0].demands.as_slice() else {
        panic!("one is ranked")
    };
    assert_eq!((ranked.ballots.len(), ranked.uncounted.len()), (3, 1));
    let uncounted = &ranked.uncounted[0];
    assert_eq!(uncounted.state(), wire::SeatState::Conflicted);
    assert!(uncounted.reason.contains("利益冲突"));
    assert!(!uncounted.expert.is_empty() && uncounted.expert != seat.expert_id);
    assert!(!ranked.withdrawn && ranked.listed);

    // Taken back after the proposal it keeps its place, and shows it.
    take_back(&all, 2).await;
    let shown = hub.get_computation(request).await.unwrap().into_inner();
    let ranked = &shown.fields[0].demands[0];
    assert!(ranked.withdrawn && ranked.listed && ranked.place == 1);
    let round = all.round(&round.round_id).await;
    for demand in &round.demands {
        let outcome = demand.outcome.as_ref().unwrap();
        assert!(outcome.withdrawn && outcome.reason.starts_with("已撤回"));
    }
}

#[tokio::test]
async fn a_list_that_the_members_returned_comes_again_in_a_new_version() {
    let mut all = Federation::new().await;
    let round = closed(&mut all).await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let wider = wire::ProposeListRequest {
        quotas: vec![wire::FieldQuota {
            field: "集成电路".into(),
            places: 2,
            reason: "会商增加一项".into(),
        }],
        ..proposing(&round)
    };
    let refused = hub.propose_list(wider.clone()).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "evaluation.new-version");
    hub.propose_list(proposing(&round)).await.unwrap();
    let told = all.told(Region::HUB).await;
    let list = told.iter().rfind(|m| m.is::<wire::ListProposed>()).unwrap();
    let returned = DecisionChanged {
        decision_id: fresh().to_string(),
        kind: DecisionKind::List.into(),
        state: DecisionState::Returned.into(),
        subject_id: round.round_id.clone(),
        digest: evidence::Digest::of_document(&list.body).to_string(),
        reason: "江苏不同意".into(),
        ..Default::default()
    };
    let message = Message::share(Audience::All, &returned.decision_id, &returned);
    all.all_hear(Region::HUB, &message).await;
    let back = all.round(&round.round_id).await;
    assert_eq!(back.state(), wire::RoundState::Closed);
    assert_eq!(back.returned_lists[0].reason, "江苏不同意");
    let refused = hub.propose_list(proposing(&round)).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "evaluation.new-version");
    let wider = wire::ProposeListRequest {
        request_id: request_id(),
        ..wider
    };
    let again = hub.propose_list(wider).await.unwrap().into_inner();
    assert_eq!(
        (again.list_version, again.state()),
        (2, wire::RoundState::Proposed)
    );
    let told = all.told(Region::HUB).await;
    let lists = told.iter().filter(|m| m.is::<wire::ListProposed>());
    let listed: Vec<usize> = lists
        .map(|message| {
            let list: wire::ListProposed = message.read().unwrap();
            list.entries.iter().filter(|entry| entry.listed).count()
        })
        .collect();
    assert_eq!(listed, [1, 2]);
}

//! Whole rounds: from accepted demands to a decided list.

use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    evaluation::v1 as wire,
    intake::v1::DemandWithdrawn,
    message::{Audience, Message},
};
use regulation::{Day, Region, Role};
use time::Duration;
use tonic_types::StatusExt as _;

use crate::federation::{DEADLINE, Federation, closing, demand, fresh, opening, request_id, unit};

fn points(title: &str) -> i32 {
    if title.ends_with('1') { 70 } else { 90 }
}

async fn propose(federation: &Federation, round: &wire::Round) -> wire::Round {
    let request = wire::ProposeListRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        ..Default::default()
    };
    let mut hub = federation.to(Region::HUB, Role::Secretariat);
    hub.propose_list(request).await.unwrap().into_inner()
}

/// The decision on the list that was proposed last.
async fn in_force(all: &Federation, round: &wire::Round) -> Message {
    let told = all.told(Region::HUB).await;
    let list = told
        .iter()
        .rfind(|message| message.is::<wire::ListProposed>());
    let digest = evidence::Digest::of_document(&list.unwrap().body).to_string();
    let decision = DecisionInForce {
        decision_id: fresh().to_string(),
        kind: DecisionKind::List.into(),
        subject_id: round.round_id.clone(),
        digest,
        ..Default::default()
    };
    Message::share(Audience::All, &decision.decision_id, &decision)
}

#[tokio::test]
async fn demands_are_drawn_for_judged_ranked_and_their_homes_hear_when_the_list_is_decided() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.accept(2).await;
    all.pool(12).await;
    let round = all.drawn(1).await;
    assert_eq!(round.state(), wire::RoundState::Scoring);
    assert!(
        round
            .demands
            .iter()
            .all(|d| d.answered && d.panel_size == 3 && d.missing == 3)
    );
    let asked = round.demands.iter().flat_map(|demand| &demand.seats);
    let own = [1, 2].map(|n| crate::federation::expert(n).to_string());
    assert!(asked.clone().all(|seat| !own.contains(&seat.expert_id)));

    all.all_cast(points).await;
    all.carry().await;
    let sealed = all.round(&round.round_id).await;
    assert!(
        sealed
            .demands
            .iter()
            .all(|demand| demand.cast == 3 && demand.missing == 0)
    );
    assert!(
        sealed
            .demands
            .iter()
            .flat_map(|d| &d.seats)
            .all(|seat| seat.scores.is_empty())
    );
    all.heartbeat().await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;

    let proposed = propose(&all, &round).await;
    let outcome = |number| {
        let found = proposed
            .demands
            .iter()
            .find(|d| d.demand_id == demand(number));
        found.unwrap().outcome.clone().unwrap()
    };
    let (first, second) = (outcome(2), outcome(1));
    assert!(first.listed && first.place == 1 && first.score == 9_000 && first.ballots == 3);
    assert!(!second.listed && second.place == 2 && second.score == 7_000);
    let seats = proposed.demands.iter().flat_map(|demand| &demand.seats);
    assert!(seats.clone().all(|seat| seat.scores.len() == 5));

    all.all_hear(Region::HUB, &in_force(&all, &round).await)
        .await;
    let adopted = all.round(&round.round_id).await;
    assert_eq!(adopted.state(), wire::RoundState::Adopted);
    let told = all.told(Region::HUB).await;
    let judged: Vec<wire::DemandJudged> = told
        .iter()
        .filter(|message| message.is::<wire::DemandJudged>())
        .map(|message| message.read().unwrap())
        .collect();
    assert_eq!(judged.len(), 2);
    assert!(judged.iter().all(|judged| judged.comments.len() == 3));
    let list: wire::ListProposed = told
        .iter()
        .find(|message| message.is::<wire::ListProposed>())
        .unwrap()
        .read()
        .unwrap();
    assert_eq!(list.entries.len(), 2);
}

#[tokio::test]
async fn nothing_on_the_hub_or_at_experts_homes_names_the_demander() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.pool(12).await;
    // Units 1 and 2 employ experts, so the hub knows them as employers; unit 77 it must not know.
    let owner = proto::intake::v1::DemandOwnerRecorded {
        demand_id: demand(1),
        demander_unit_id: unit(77),
        affiliate_unit_ids: vec![],
        record: Some(record()),
        ..Default::default()
    };
    all.all_hear(Region::SH, &Message::node(demand(1), &owner))
        .await;
    let round = all.drawn(1).await;
    all.all_cast(points).await;
    all.carry().await;
    all.heartbeat().await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;
    propose(&all, &round).await;
    all.all_hear(Region::HUB, &in_force(&all, &round).await)
        .await;
    for region in [Region::HUB, Region::JS] {
        let kept: Vec<String> = sqlx::query_scalar(
            "select payload::text from journal_fact union all select state::text from journal_state
             union all select encode(body, 'escape') from journal_outbox",
        )
        .fetch_all(all.desk(region).pool())
        .await
        .unwrap();
        assert!(
            !kept.is_empty() && kept.iter().all(|text| !text.contains(&unit(77))),
            "{region}"
        );
        let expert_home = region != Region::HUB;
        assert!(!expert_home || kept.iter().all(|text| !text.contains(&demand(1))));
    }
}

fn record() -> proto::intake::v1::PublicRecord {
    proto::intake::v1::PublicRecord {
        title: "光刻胶1".into(),
        field: "集成电路".into(),
        mission: "攻克光刻胶".into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn closing_names_what_is_missing_until_somebody_goes_on_without_it_by_name() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.pool(8).await;
    let round = all.drawn(1).await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let refused = hub.close_round(closing(&round)).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "evaluation.closing");
    let missing: Vec<_> = round.demands[0]
        .seats
        .iter()
        .map(|seat| seat.ballot_id.clone())
        .collect();
    assert!(
        missing
            .iter()
            .all(|ballot| info.metadata["ballots"].contains(ballot))
    );

    for ballot in missing {
        let waiver = wire::WaiveBallotRequest {
            request_id: request_id(),
            round_id: round.round_id.clone(),
            what: Some(wire::waive_ballot_request::What::BallotId(ballot)),
            reason: "专家联系不上".into(),
        };
        hub.waive_ballot(waiver).await.unwrap();
    }
    let day: Day = DEADLINE.parse().unwrap();
    all.move_to(day.end() + Duration::hours(1));
    let refused = hub.close_round(closing(&round)).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert!(info.metadata["ballots"].is_empty() && !info.metadata["unheard"].is_empty());
    all.heartbeat().await;
    let closed = hub.close_round(closing(&round)).await.unwrap().into_inner();
    assert_eq!(closed.state(), wire::RoundState::Closed);
    let proposed = propose(&all, &round).await;
    assert!(!proposed.demands[0].outcome.as_ref().unwrap().listed);
}

#[tokio::test]
async fn a_demand_is_in_one_round_at_a_time_and_returns_when_its_home_accepts_it_again() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.accept(2).await;
    all.pool(8).await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let round = all.drawn(1).await;
    let refused = hub.open_round(opening(1)).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "evaluation.batch"
    );
    all.all_cast(points).await;
    all.carry().await;
    all.heartbeat().await;
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;
    propose(&all, &round).await;
    all.all_hear(Region::HUB, &in_force(&all, &round).await)
        .await;
    all.carry().await;
    assert!(hub.open_round(opening(1)).await.is_err());
    all.accept_only(1).await;
    assert!(hub.open_round(opening(1)).await.is_err());
    all.recommend(1).await;
    let free = wire::ListCandidatesRequest {
        free_only: true,
        ..Default::default()
    };
    let free = hub
        .list_candidates(free)
        .await
        .unwrap()
        .into_inner()
        .candidates;
    let free: Vec<_> = free
        .into_iter()
        .map(|candidate| candidate.demand_id)
        .collect();
    assert_eq!(free, vec![demand(1)]);
    assert!(hub.open_round(opening(1)).await.is_ok());
}

#[tokio::test]
async fn what_is_taken_back_is_not_waited_for_and_not_listed() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.accept(2).await;
    all.pool(12).await;
    let round = all.drawn(2).await;
    all.all_cast(points).await;
    all.carry().await;
    let withdrawn = DemandWithdrawn {
        demand_id: demand(2),
    };
    all.all_hear(
        Region::SH,
        &Message::share(Audience::HUB, demand(2), &withdrawn),
    )
    .await;
    all.heartbeat().await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;
    let proposed = propose(&all, &round).await;
    let outcomes: Vec<_> = proposed
        .demands
        .iter()
        .map(|demand| demand.outcome.as_ref().unwrap())
        .map(|outcome| (outcome.listed, outcome.withdrawn))
        .collect();
    assert_eq!(outcomes, vec![(true, false), (false, true)]);
}

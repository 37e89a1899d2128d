//! Who may do what, and what a door refuses.

use chassis::Outcome;
use proto::{
    evaluation::v1 as wire,
    message::{Audience, Message},
};
use regulation::{Region, Role};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::federation::{
    Federation, START, casting, closing, everybody, expert, home_of, opening, request_id, said,
    unit,
};

/// A drawn round and the first ballot that somebody has, with its expert's number.
async fn invited(all: &mut Federation) -> (wire::Round, u128, wire::BallotView) {
    all.accept(1).await;
    all.pool(8).await;
    let round = all.drawn_as(everybody(1)).await;
    let seat = round.demands[0].seats[0].clone();
    let number = (1..=8)
        .find(|n| expert(*n).to_string() == seat.expert_id)
        .unwrap();
    let request = wire::GetBallotRequest {
        ballot_id: seat.ballot_id,
    };
    let mut door = all.to_expert(home_of(number), number);
    let ballot = door.get_ballot(request).await.unwrap().into_inner();
    (round, number, ballot)
}

#[tokio::test]
async fn an_expert_sees_and_casts_their_own_ballot_and_nobody_elses() {
    let mut all = Federation::new().await;
    let (_, number, ballot) = invited(&mut all).await;
    let home = home_of(number);
    let mut stranger = all.to_expert(home, number + 2);
    let get = wire::GetBallotRequest {
        ballot_id: ballot.ballot_id.clone(),
    };
    assert_eq!(
        stranger.get_ballot(get.clone()).await.unwrap_err().code(),
        Code::NotFound
    );
    let refused = stranger
        .cast_ballot(casting(&ballot, 80))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let mut officer = all.to(home, Role::Officer);
    let refused = officer.cast_ballot(casting(&ballot, 80)).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    let mut own = all.to_expert(home, number);
    let request = casting(&ballot, 80);
    let cast = own.cast_ballot(request.clone()).await.unwrap().into_inner();
    assert_eq!(
        (cast.state(), cast.scores.len()),
        (wire::BallotState::Cast, 5)
    );
    assert_eq!(own.cast_ballot(request).await.unwrap().into_inner(), cast);
    let refused = own.cast_ballot(casting(&ballot, 81)).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "evaluation.once"
    );
    let mut auditor = all.to(home, Role::Auditor);
    let seen = auditor.get_ballot(get).await.unwrap().into_inner();
    assert!(seen.state() == wire::BallotState::Cast && seen.scores.is_empty());
}

#[tokio::test]
async fn points_beyond_a_hundred_are_invalid_and_late_ballots_refused() {
    let mut all = Federation::new().await;
    let (_, number, ballot) = invited(&mut all).await;
    let mut own = all.to_expert(home_of(number), number);
    let refused = own.cast_ballot(casting(&ballot, 101)).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    all.move_to(time::macros::datetime!(2024-06-01 00:01 +8));
    let refused = own.cast_ballot(casting(&ballot, 80)).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "evaluation.deadline"
    );
}

#[tokio::test]
async fn a_declared_conflict_brings_somebody_else_in() {
    let mut all = Federation::new().await;
    let (round, number, ballot) = invited(&mut all).await;
    let request = wire::DeclareConflictRequest {
        request_id: request_id(),
        ballot_id: ballot.ballot_id.clone(),
    };
    let mut own = all.to_expert(home_of(number), number);
    own.declare_conflict(request).await.unwrap();
    all.carry().await;
    let round = all.round(&round.round_id).await;
    let demand = &round.demands[0];
    assert_eq!(
        (demand.panel_size, demand.missing, demand.seats.len()),
        (3, 3, 4)
    );
}

#[tokio::test]
async fn rounds_are_run_on_the_hub_by_the_secretariat() {
    let all = Federation::new().await;
    all.accept(1).await;
    let mut province = all.to(Region::SH, Role::Secretariat);
    let refused = province.open_round(opening(1)).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "evaluation.on-the-hub"
    );
    let mut officer = all.to(Region::HUB, Role::Officer);
    let refused = officer.open_round(opening(1)).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let request = opening(1);
    let first = hub.open_round(request.clone()).await.unwrap().into_inner();
    assert_eq!(hub.open_round(request).await.unwrap().into_inner(), first);
    let refused = hub.close_round(closing(&first)).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "evaluation.lifecycle"
    );
}

#[tokio::test]
async fn the_reason_of_a_strike_opens_at_home_for_its_auditor() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    // Panel and alternates together are everybody, so experts 1 and 2 are named and struck.
    all.pool(6).await;
    let round = all.drawn(1).await;
    assert_eq!(round.demands[0].struck, 2);
    let request = wire::GetScreeningRequest {
        demand_id: round.demands[0].demand_id.clone(),
    };
    let mut auditor = all.to(Region::SH, Role::Auditor);
    let refused = auditor.get_screening(request.clone()).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "evaluation.strikes-opened-afterwards"
    );
    let mut director = all.to(Region::SH, Role::Director);
    let refused = director.get_screening(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    all.all_cast(|_| 80).await;
    all.carry().await;
    all.heartbeat().await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;
    let strikes = auditor
        .get_screening(request.clone())
        .await
        .unwrap()
        .into_inner()
        .strikes;
    assert_eq!(strikes.len(), 2);
    // With what the hub holds, salt and content prove that the reason was there before.
    let held = &all.round(&round.round_id).await.demands[0].strikes;
    for strike in &strikes {
        assert!(strike.opens && strike.content.contains(&unit(1)));
        let hub = held.iter().find(|seal| seal.expert_id == strike.expert_id);
        let sealed: evidence::Digest = hub.unwrap().commitment.parse().unwrap();
        let salt: evidence::Digest = strike.salt.parse().unwrap();
        let content = strike.content.as_bytes();
        assert!(evidence::opens(&sealed, salt.as_bytes(), content));
        assert!(!evidence::opens(&sealed, salt.as_bytes(), b"other"));
    }
    let mut hub = all.to(Region::HUB, Role::Auditor);
    assert_eq!(
        hub.get_screening(request).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn nobody_speaks_for_the_hub_or_for_another_region() {
    let all = Federation::new().await;
    let invitation = wire::BallotInvited::default();
    let forged = Message::share(Audience::One(Region::SH), "ballot", &invitation);
    let forged = said(Region::JS, START, &forged);
    assert_eq!(all.hear(Region::SH, &forged).await, Outcome::Dead);
    let pooled = proto::registry::v1::ExpertPooled {
        expert: Some(proto::registry::v1::PooledExpert {
            expert_id: expert(1).to_string(),
            region: "sh".into(),
            ..Default::default()
        }),
    };
    let forged = Message::share(Audience::HUB, "expert", &pooled);
    assert_eq!(
        all.hear(Region::HUB, &said(Region::JS, START, &forged))
            .await,
        Outcome::Dead
    );
}

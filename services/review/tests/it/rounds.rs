//! Whole rounds: from passed applications to established projects.

use proto::{
    application::v1::ApplicationWithdrawn,
    common::v1::Money,
    coordination::v1::{DecisionChanged, DecisionInForce, DecisionKind, DecisionState},
    message::{Audience, Message, PublicEvent},
    review::v1 as wire,
};
use regulation::{Day, Region, Role};
use review::domain::rules;
use time::Duration;
use tonic_types::StatusExt as _;

use crate::{
    federation::{DEADLINE, Federation, application, fresh, package, request_id},
    requests::{closing, opening},
};

fn points(title: &str) -> i32 {
    if title.ends_with('1') { 90 } else { 70 }
}

fn proposing(round: &wire::Round, support: i64) -> wire::ProposeEstablishmentRequest {
    wire::ProposeEstablishmentRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        grants: vec![wire::Grant {
            application_id: application(1),
            established: true,
            support: Some(Money { fen: support }),
            reason: String::new(),
        }],
        budgets: vec![],
    }
}

fn confirming(round: &wire::Round) -> wire::ConfirmEstablishmentRequest {
    wire::ConfirmEstablishmentRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
    }
}

async fn told<E: PublicEvent>(all: &Federation, region: Region) -> Vec<E> {
    let told = all.told(region).await;
    let told = told.iter().filter(|message| message.is::<E>());
    told.map(|message| message.read().unwrap()).collect()
}

/// A round with two applications and one place whose proposal was confirmed.
async fn confirmed() -> (Federation, wire::Round) {
    let mut all = Federation::with(2).await;
    let round = all.drawn(1).await;
    all.all_complete(points).await;
    all.heartbeat().await;
    let mut agency = all.to(Region::HUB, Role::Agency);
    agency.close_round(closing(&round)).await.unwrap();
    let proposal = proposing(&round, 200_000_000);
    agency.propose_establishment(proposal).await.unwrap();
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let confirmed = secretariat
        .confirm_establishment(confirming(&round))
        .await
        .unwrap()
        .into_inner();
    (all, confirmed)
}

/// The joint decision on what the round proposed.
async fn in_force(all: &Federation, round: &wire::Round) -> Message {
    let told = all.told(Region::HUB).await;
    let proposed = told
        .iter()
        .find(|message| message.is::<wire::EstablishmentProposed>())
        .unwrap();
    let decision = DecisionInForce {
        decision_id: fresh().to_string(),
        kind: DecisionKind::Establishment.into(),
        subject_id: round.round_id.clone(),
        document: proposed.body.clone(),
        document_number: "长三角联攻〔2024〕3号".into(),
        ..Default::default()
    };
    Message::share(Audience::All, &decision.decision_id, &decision)
}

#[tokio::test]
async fn applications_are_drawn_for_reviewed_ranked_and_established_by_a_joint_decision() {
    let (mut all, round) = confirmed().await;
    assert_eq!(round.state(), wire::RoundState::Proposed);
    assert_eq!(
        (round.proposed_by.as_str(), round.confirmed_by.as_str()),
        ("agency", "secretariat")
    );
    let outcomes: Vec<_> = round
        .applications
        .iter()
        .map(|application| application.outcome.clone().unwrap())
        .map(|outcome| (outcome.place, outcome.score, outcome.established))
        .collect();
    assert_eq!(outcomes, [(1, 9_000, true), (2, 7_000, false)]);
    let seats = round.applications.iter().flat_map(|a| &a.seats);
    assert!(seats.clone().all(|seat| seat.scores.len() == 5));

    let decision = in_force(&all, &round).await;
    all.all_hear(Region::HUB, &decision).await;
    // Once more, as another message with the same word.
    all.all_hear(Region::HUB, &decision).await;
    all.carry().await;
    let adopted = all.round(&round.round_id).await;
    assert_eq!(adopted.state(), wire::RoundState::Adopted);
    assert_eq!(adopted.document_number, "长三角联攻〔2024〕3号");
    let established: Vec<wire::ProjectEstablished> = told(&all, Region::HUB).await;
    assert_eq!(established.len(), 1);
    let entry = established[0].entry.clone().unwrap();
    assert_eq!(entry.support, Some(Money { fen: 200_000_000 }));
    assert_eq!(
        entry.project_id,
        adopted.applications[0].outcome.as_ref().unwrap().project_id
    );
    assert_eq!(established[0].package, Some(package(1)));
    let judged: Vec<wire::ApplicationJudged> = told(&all, Region::HUB).await;
    assert_eq!(judged.len(), 2);
    assert!(judged.iter().all(|judged| judged.comments.len() == 3));

    // What was judged is not judged again.
    let mut agency = all.to(Region::HUB, Role::Agency);
    let refused = agency.open_round(opening(1)).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "review.batch"
    );
}

#[tokio::test]
async fn scores_are_seen_by_nobody_on_the_hub_before_the_round_is_closed() {
    let mut all = Federation::with(1).await;
    let round = all.drawn(1).await;
    all.all_complete(points).await;
    let open = all.round(&round.round_id).await;
    assert_eq!(open.state(), wire::RoundState::Reviewing);
    let seats = &open.applications[0].seats;
    assert_eq!((seats.len(), open.applications[0].completed), (3, 3));
    assert!(
        seats
            .iter()
            .all(|s| s.scores.is_empty() && s.comment.is_empty())
    );
    assert_eq!(open.applications[0].outcome, None);
}

#[tokio::test]
async fn closing_names_what_is_missing_until_somebody_goes_on_without_it_by_name() {
    let mut all = Federation::with(1).await;
    let round = all.drawn(1).await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let refused = hub.close_round(closing(&round)).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "review.closing");
    let missing: Vec<_> = round.applications[0]
        .seats
        .iter()
        .map(|seat| seat.sheet_id.clone())
        .collect();
    assert!(
        missing
            .iter()
            .all(|sheet| info.metadata["sheets"].contains(sheet))
    );
    for sheet in missing {
        let waiver = wire::WaiveSheetRequest {
            request_id: request_id(),
            round_id: round.round_id.clone(),
            what: Some(wire::waive_sheet_request::What::SheetId(sheet)),
            reason: "专家联系不上".into(),
        };
        hub.waive_sheet(waiver).await.unwrap();
    }
    let day: Day = DEADLINE.parse().unwrap();
    all.move_to(day.end() + Duration::hours(1));
    let refused = hub.close_round(closing(&round)).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert!(info.metadata["sheets"].is_empty() && !info.metadata["unheard"].is_empty());
    all.heartbeat().await;
    let closed = hub.close_round(closing(&round)).await.unwrap().into_inner();
    assert_eq!(closed.state(), wire::RoundState::Closed);
    assert_eq!(closed.applications[0].outcome.as_ref().unwrap().place, 0);
}

#[tokio::test]
async fn a_returned_decision_frees_the_applications_and_counts_as_a_round_held() {
    let (all, round) = confirmed().await;
    let changed = DecisionChanged {
        decision_id: fresh().to_string(),
        kind: DecisionKind::Establishment.into(),
        state: DecisionState::Returned.into(),
        subject_id: round.round_id.clone(),
        ..Default::default()
    };
    let message = Message::share(Audience::All, &changed.decision_id, &changed);
    all.all_hear(Region::HUB, &message).await;
    all.all_hear(Region::HUB, &message).await;
    let returned = all.round(&round.round_id).await;
    assert_eq!(returned.state(), wire::RoundState::Returned);
    let mut agency = all.to(Region::HUB, Role::Agency);
    let again = agency.open_round(opening(1)).await.unwrap().into_inner();
    assert_eq!((again.number_in_year, again.application_count), (2, 2));
}

#[tokio::test]
async fn a_third_round_of_a_year_needs_a_reason_and_the_task_forces_approval() {
    let all = Federation::with(1).await;
    let mut agency = all.to(Region::HUB, Role::Agency);
    // Rounds that come to nothing before their draw are no rounds that were held.
    for _ in 0..3 {
        let round = agency.open_round(opening(1)).await.unwrap().into_inner();
        assert_eq!(round.number_in_year, 1);
        let giving_back = wire::ReturnRoundRequest {
            request_id: request_id(),
            round_id: round.round_id,
            reason: "参数有误".into(),
        };
        agency.return_round(giving_back).await.unwrap();
    }
    sqlx::query(
        "insert into review_round (round_id, held_in, sequence)
         values ('one', 2024, 11), ('two', 2024, 12)",
    )
    .execute(all.desk(Region::HUB).pool())
    .await
    .unwrap();
    let refused = agency.open_round(opening(1)).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.metadata["strength"].as_str()),
        ("policy.review-rounds", "in_principle")
    );
    let mut third = opening(1);
    third.departure_reason = "年内新增指南".into();
    let round = agency.open_round(third).await.unwrap().into_inner();
    assert_eq!(round.number_in_year, 3);
    all.commit(&round.round_id).await;
    let draw = || wire::DrawRoundRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
    };
    assert!(agency.draw_round(draw()).await.is_err());
    let approving = wire::ApproveRoundRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
    };
    let mut task_force = all.to(Region::HUB, Role::TaskForce);
    task_force.approve_round(approving).await.unwrap();
    let drawn = agency.draw_round(draw()).await.unwrap().into_inner();
    assert_eq!(drawn.departure.unwrap().approved_by, "taskforce");
}

async fn take_back(all: &Federation, number: u128) {
    let withdrawn = ApplicationWithdrawn {
        application_id: application(number),
    };
    let message = Message::share(Audience::HUB, application(number), &withdrawn);
    all.all_hear(Region::SH, &message).await;
}

/// What the round's page says of application 1.
async fn shown(all: &Federation, round: &wire::Round) -> wire::Outcome {
    let round = all.round(&round.round_id).await;
    round.applications[0].outcome.clone().unwrap()
}

#[tokio::test]
async fn what_was_taken_back_before_the_decision_is_not_established_and_the_others_are() {
    let (mut all, round) = confirmed().await;
    take_back(&all, 1).await;
    let outcome = shown(&all, &round).await;
    assert!(outcome.withdrawn && outcome.reason.starts_with("已撤回"));
    // The document is the one that was proposed, byte for byte: it names what was taken back.
    let decision = in_force(&all, &round).await;
    all.all_hear(Region::HUB, &decision).await;
    all.carry().await;
    assert_eq!(
        all.round(&round.round_id).await.state(),
        wire::RoundState::Adopted
    );
    let established: Vec<wire::ProjectEstablished> = told(&all, Region::HUB).await;
    assert!(established.is_empty());
    let judged: Vec<wire::ApplicationJudged> = told(&all, Region::HUB).await;
    let judged: Vec<_> = judged.into_iter().map(|one| one.application_id).collect();
    assert_eq!(judged, [application(2)]);
    let outcome = shown(&all, &round).await;
    assert!(outcome.withdrawn && outcome.established);
}

#[tokio::test]
async fn what_is_taken_back_after_the_decision_keeps_its_place_and_shows_it() {
    let (mut all, round) = confirmed().await;
    let decision = in_force(&all, &round).await;
    all.all_hear(Region::HUB, &decision).await;
    all.carry().await;
    assert!(!shown(&all, &round).await.withdrawn);
    take_back(&all, 1).await;
    all.carry().await;
    let established: Vec<wire::ProjectEstablished> = told(&all, Region::HUB).await;
    assert_eq!(established.len(), 1);
    let outcome = shown(&all, &round).await;
    assert!(outcome.withdrawn && outcome.established && outcome.place == 1);
    assert!(outcome.reason.starts_with(rules::WITHDRAWN.sentence));
}

#[tokio::test]
async fn what_is_taken_back_is_not_waited_for_and_the_next_moves_up() {
    let mut all = Federation::with(2).await;
    let round = all.drawn(1).await;
    all.all_complete(points).await;
    take_back(&all, 1).await;
    all.heartbeat().await;
    let mut agency = all.to(Region::HUB, Role::Agency);
    let closed = agency
        .close_round(closing(&round))
        .await
        .unwrap()
        .into_inner();
    let outcomes: Vec<_> = closed
        .applications
        .iter()
        .map(|application| application.outcome.as_ref().unwrap())
        .map(|outcome| (outcome.withdrawn, outcome.within, outcome.place))
        .collect();
    assert_eq!(outcomes, [(true, false, 0), (false, true, 1)]);
}

#[tokio::test]
async fn applications_that_wait_in_a_year_without_a_round_are_pointed_out() {
    let mut all = Federation::with(1).await;
    let list = wire::ListCandidatesRequest {
        free_only: true,
        ..Default::default()
    };
    let mut agency = all.to(Region::HUB, Role::Agency);
    let listed = agency.list_candidates(list.clone()).await.unwrap();
    let listed = listed.into_inner();
    assert_eq!(listed.candidates.len(), 1);
    assert!(listed.warning.contains("2024"), "{}", listed.warning);
    all.drawn(1).await;
    let listed = agency.list_candidates(list).await.unwrap().into_inner();
    assert!(listed.candidates.is_empty() && listed.warning.is_empty());
}

#[tokio::test]
async fn the_record_of_a_draw_makes_the_draw_again() {
    let mut all = Federation::with(2).await;
    let round = all.drawn(1).await;
    let request = wire::GetDrawRecordRequest {
        round_id: round.round_id.clone(),
    };
    let mut auditor = all.to(Region::HUB, Role::Auditor);
    let record = auditor.get_draw_record(request).await.unwrap().into_inner();
    let record: panel::DrawRecord = serde_json::from_str(&record.record).unwrap();
    assert_eq!(record.input.digest().to_hex(), round.pool_digest);
    let seed = record.randomness.combine().unwrap();
    assert_eq!(seed.to_hex(), round.combined_seed);
    assert_eq!(record.randomness.seeds().len(), 5);
    assert_eq!(record.verify().unwrap().0.len(), 2);
}

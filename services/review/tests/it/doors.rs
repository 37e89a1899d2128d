//! Who may do what, and what a door refuses.

use chassis::{Barred, Subject, testing};
use proto::{
    application::v1::ApplicationPassed,
    evaluation::v1::{DemandEvaluated, Score},
    matching::v1::{DemandListed, DemandPublished},
    message::{Audience, Message},
    registry::v1::CreditRecordEffective,
    review::v1 as wire,
};
use regulation::{PersonKey, Region, Role};
use review::domain::rules;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    federation::{Federation, application, expert, fresh, home_of, package, request_id, unit},
    requests::{closing, completing, opening, opening_of},
};

/// A drawn round and the first sheet that somebody has, with its expert's number.
async fn invited(all: &mut Federation) -> (wire::Round, u128, wire::SheetView) {
    let round = all.drawn(1).await;
    let seat = round.applications[0].seats[0].clone();
    let number = (1..=12)
        .find(|n| expert(*n).to_string() == seat.expert_id)
        .unwrap();
    let request = wire::GetSheetRequest {
        sheet_id: seat.sheet_id,
    };
    let mut door = all.to_expert(home_of(number), number);
    let sheet = door.get_sheet(request).await.unwrap().into_inner();
    (round, number, sheet)
}

fn reason(status: &tonic::Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn the_content_is_shown_to_its_expert_alone_and_only_after_the_declaration() {
    let mut all = Federation::with(1).await;
    let (_, number, sheet) = invited(&mut all).await;
    assert!(sheet.content.is_empty() && sheet.units.is_empty());
    assert_eq!(sheet.state(), wire::SheetState::Invited);
    let home = home_of(number);
    let get = wire::GetSheetRequest {
        sheet_id: sheet.sheet_id.clone(),
    };
    let mut stranger = all.to_expert(home, number + 2);
    for refused in [
        stranger.get_sheet(get.clone()).await,
        stranger.open_sheet(opening_of(&sheet)).await,
        stranger.complete_sheet(completing(&sheet, 80)).await,
    ] {
        assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    }
    let mut officer = all.to(home, Role::Officer);
    let refused = officer.get_sheet(get.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);

    let mut own = all.to_expert(home, number);
    let refused = own.complete_sheet(completing(&sheet, 80)).await;
    assert_eq!(reason(&refused.unwrap_err()), "review.declare-first");
    let opened = own.open_sheet(opening_of(&sheet)).await.unwrap();
    assert!(opened.into_inner().content.contains("分辨率"));
    let request = completing(&sheet, 80);
    let done = own.complete_sheet(request.clone()).await.unwrap();
    let done = done.into_inner();
    assert_eq!(
        (done.state(), done.scores.len()),
        (wire::SheetState::Completed, 5)
    );
    assert_eq!(
        own.complete_sheet(request).await.unwrap().into_inner(),
        done
    );
    let refused = own.complete_sheet(completing(&sheet, 81)).await;
    assert_eq!(reason(&refused.unwrap_err()), "review.once");
    let listed = own.list_sheets(wire::ListSheetsRequest::default()).await;
    let listed = listed.unwrap().into_inner().sheets;
    assert!(listed.iter().all(|sheet| sheet.content.is_empty()));
    let mut auditor = all.to(home, Role::Auditor);
    assert!(auditor.get_sheet(get).await.is_ok());
}

#[tokio::test]
async fn an_open_round_names_the_units_so_that_a_conflict_can_be_declared() {
    let mut all = Federation::with(1).await;
    let mut agency = all.to(Region::HUB, Role::Agency);
    let mut request = opening(1);
    request.blindness = wire::Blindness::Unspecified.into();
    let refused = agency.open_round(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    request.request_id = request_id();
    request.blindness = wire::Blindness::Open.into();
    let round = agency.open_round(request).await.unwrap().into_inner();
    let drawn = all.draw(&round.round_id).await;
    let seat = &drawn.applications[0].seats[0];
    let get = wire::GetSheetRequest {
        sheet_id: seat.sheet_id.clone(),
    };
    let mut auditor = all.to(seat.region.parse().unwrap(), Role::Auditor);
    let sheet = auditor.get_sheet(get).await.unwrap().into_inner();
    let units: Vec<_> = sheet.units.iter().map(|u| u.unit_id.clone()).collect();
    assert_eq!(units, [unit(101), unit(201)]);
    assert!(sheet.content.is_empty());
}

#[tokio::test]
async fn whoever_came_to_work_for_an_applicant_since_the_draw_is_stopped_at_home() {
    let mut all = Federation::with(1).await;
    let (_, number, sheet) = invited(&mut all).await;
    all.host(u8::try_from(number).unwrap(), &unit(201)).await;
    let mut own = all.to_expert(home_of(number), number);
    let refused = own.open_sheet(opening_of(&sheet)).await.unwrap_err();
    assert_eq!(reason(&refused), "review.conflict");
}

#[tokio::test]
async fn employees_of_applicants_and_of_their_affiliates_are_never_drawn() {
    let mut all = Federation::with(1).await;
    // Experts 1 and 2 work for the applicants, 3 for an affiliate that says so itself.
    all.host(1, &unit(101)).await;
    all.host(2, &unit(201)).await;
    all.unit_recorded(3, &[101]).await;
    let round = all.drawn(1).await;
    let application = &round.applications[0];
    assert_eq!((application.conflicts, application.panel_size), (3, 3));
    let conflicted = [1, 2, 3].map(|n| expert(n).to_string());
    let mut seats = application.seats.iter();
    assert!(seats.all(|seat| !conflicted.contains(&seat.expert_id)));
}

#[tokio::test]
async fn points_beyond_a_hundred_are_invalid_and_late_sheets_refused() {
    let mut all = Federation::with(1).await;
    let (_, number, sheet) = invited(&mut all).await;
    let mut own = all.to_expert(home_of(number), number);
    own.open_sheet(opening_of(&sheet)).await.unwrap();
    let refused = own.complete_sheet(completing(&sheet, 101)).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
    let mut short = completing(&sheet, 80);
    short.scores.truncate(1);
    let refused = own.complete_sheet(short).await.unwrap_err();
    assert_eq!(reason(&refused), "review.criteria");
    let mut twice = completing(&sheet, 80);
    let again: Score = twice.scores[0].clone();
    twice.scores.push(again);
    let refused = own.complete_sheet(twice).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    all.move_to(time::macros::datetime!(2024-06-01 00:01 +8));
    let refused = own.complete_sheet(completing(&sheet, 80)).await;
    assert_eq!(reason(&refused.unwrap_err()), "review.deadline");
}

#[tokio::test]
async fn a_declared_conflict_brings_somebody_else_in_and_a_silent_expert_is_replaced() {
    let mut all = Federation::with(1).await;
    let (round, number, sheet) = invited(&mut all).await;
    let request = wire::DeclareConflictRequest {
        request_id: request_id(),
        sheet_id: sheet.sheet_id.clone(),
    };
    let mut own = all.to_expert(home_of(number), number);
    own.declare_conflict(request).await.unwrap();
    all.carry().await;
    let round = all.round(&round.round_id).await;
    let application = &round.applications[0];
    assert_eq!(
        (
            application.panel_size,
            application.missing,
            application.seats.len()
        ),
        (3, 3, 4)
    );
    let silent = application
        .seats
        .iter()
        .find(|seat| seat.state() == wire::SeatState::Invited)
        .unwrap();
    let replacing = wire::ReplaceExpertRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        sheet_id: silent.sheet_id.clone(),
        reason: "多次联系未果".into(),
    };
    let mut agency = all.to(Region::HUB, Role::Agency);
    let replaced = agency.replace_expert(replacing).await.unwrap().into_inner();
    assert_eq!(replaced.applications[0].seats.len(), 5);
    all.carry().await;
    let get = wire::GetSheetRequest {
        sheet_id: silent.sheet_id.clone(),
    };
    let mut auditor = all.to(silent.region.parse().unwrap(), Role::Auditor);
    let recalled = auditor.get_sheet(get).await.unwrap().into_inner();
    assert_eq!(recalled.state(), wire::SheetState::Recalled);
}

#[tokio::test]
async fn rounds_are_run_on_the_hub_by_the_agency_or_the_secretariat() {
    let all = Federation::with(1).await;
    let mut province = all.to(Region::SH, Role::Agency);
    let refused = province.open_round(opening(1)).await.unwrap_err();
    assert_eq!(reason(&refused), "review.on-the-hub");
    let mut officer = all.to(Region::HUB, Role::Officer);
    let refused = officer.open_round(opening(1)).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let mut hub = all.to(Region::HUB, Role::Agency);
    let request = opening(1);
    let first = hub.open_round(request.clone()).await.unwrap().into_inner();
    assert_eq!(hub.open_round(request).await.unwrap().into_inner(), first);
    let refused = hub.open_round(opening(1)).await.unwrap_err();
    assert_eq!(reason(&refused), "review.batch");
    let refused = hub.close_round(closing(&first)).await.unwrap_err();
    assert_eq!(reason(&refused), "review.lifecycle");
    let listed = hub.list_rounds(wire::ListRoundsRequest::default()).await;
    assert_eq!(listed.unwrap().into_inner().rounds.len(), 1);
}

#[tokio::test]
async fn one_person_alone_establishes_nothing_and_nobody_more_than_the_limits() {
    let mut all = Federation::with(1).await;
    let round = all.drawn(1).await;
    all.all_complete(|_| 80).await;
    all.heartbeat().await;
    let mut agency = all.to(Region::HUB, Role::Agency);
    let closed = agency.close_round(closing(&round)).await.unwrap();
    let application = closed.into_inner().applications.remove(0);
    let propose = |fen| wire::ProposeEstablishmentRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        grants: vec![wire::Grant {
            application_id: application.application_id.clone(),
            established: true,
            support: Some(proto::common::v1::Money { fen }),
            reason: String::new(),
        }],
        budgets: vec![],
    };
    for (fen, rule) in [
        (300_000_001, "policy.support-ratio"),
        (250_000_001, "review.guide-ceiling"),
    ] {
        let refused = agency.propose_establishment(propose(fen)).await;
        assert_eq!(reason(&refused.unwrap_err()), rule);
    }
    let refused = agency.propose_establishment(propose(-1)).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
    let most = application.support_max.unwrap().fen;
    assert_eq!(most, 250_000_000);
    agency.propose_establishment(propose(most)).await.unwrap();
    let confirming = wire::ConfirmEstablishmentRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
    };
    let refused = agency.confirm_establishment(confirming).await.unwrap_err();
    assert_eq!(reason(&refused), "review.two-people");
}

#[tokio::test]
async fn an_expert_whom_a_record_bars_is_not_drawn_and_one_barred_since_is_followed() {
    let mut all = Federation::with(1).await;
    let bar = |all: &Federation, region, number: u128| {
        let person = PersonKey::from_bytes([u8::try_from(number).unwrap(); 32]);
        let barred = Barred {
            until: "2025-05-05".parse().unwrap(),
            record: "record".into(),
        };
        testing::bar(all.desk(region), Subject::Person(person), barred);
    };
    bar(&all, Region::HUB, 1);
    let (round, number, sheet) = invited(&mut all).await;
    let seats = &round.applications[0].seats;
    let first = expert(1).to_string();
    assert!(seats.iter().all(|seat| seat.expert_id != first));
    bar(&all, home_of(number), number);
    let mut own = all.to_expert(home_of(number), number);
    let request = opening_of(&sheet);
    for _ in 0..2 {
        let refused = own.open_sheet(request.clone()).await.unwrap_err();
        assert_eq!(reason(&refused), "review.standing");
    }
    all.carry().await;
    let round = all.round(&round.round_id).await;
    let seats = &round.applications[0].seats;
    let left = seats.iter().find(|seat| seat.sheet_id == sheet.sheet_id);
    assert_eq!(left.unwrap().state(), wire::SeatState::Barred);
    assert_eq!(seats.len(), 4);
}

#[tokio::test]
async fn an_open_sheet_of_somebody_barred_is_closed_at_once_and_the_next_is_asked() {
    let mut all = Federation::with(1).await;
    let (round, number, sheet) = invited(&mut all).await;
    let record = fresh().to_string();
    let event = CreditRecordEffective {
        record_id: record.clone(),
        person_key: PersonKey::from_bytes([u8::try_from(number).unwrap(); 32]).to_string(),
        barring: true,
        until: "2025-05-05".into(),
        ..Default::default()
    };
    let message = Message::share(Audience::All, record, &event);
    all.all_hear(Region::JS, &message).await;
    all.carry().await;
    let mut own = all.to_expert(home_of(number), number);
    let request = wire::GetSheetRequest {
        sheet_id: sheet.sheet_id.clone(),
    };
    let closed = own.get_sheet(request).await.unwrap().into_inner();
    assert_eq!(closed.state(), wire::SheetState::Barred);
    assert_eq!(closed.barred_until, "2025-05-05");
    let round = all.round(&round.round_id).await;
    let seats = &round.applications[0].seats;
    let left = seats.iter().find(|seat| seat.sheet_id == sheet.sheet_id);
    assert_eq!(left.unwrap().state(), wire::SeatState::Barred);
    assert_eq!(seats.len(), 4);
}

#[tokio::test]
async fn a_sheet_that_was_handed_in_before_stays_and_the_page_says_so() {
    let mut all = Federation::with(1).await;
    let (round, number, sheet) = invited(&mut all).await;
    all.all_complete(|_| 80).await;
    all.heartbeat().await;
    let mut agency = all.to(Region::HUB, Role::Agency);
    agency.close_round(closing(&round)).await.unwrap();
    let barred = Barred {
        until: "2025-05-05".parse().unwrap(),
        record: "record".into(),
    };
    let person = PersonKey::from_bytes([u8::try_from(number).unwrap(); 32]);
    testing::bar(all.desk(Region::HUB), Subject::Person(person), barred);
    let proposing = wire::ProposeEstablishmentRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        grants: vec![wire::Grant {
            application_id: application(1),
            established: true,
            support: Some(proto::common::v1::Money { fen: 1 }),
            reason: String::new(),
        }],
        budgets: vec![],
    };
    let proposed = agency.propose_establishment(proposing).await.unwrap();
    let application = proposed.into_inner().applications.remove(0);
    assert_eq!(application.outcome.unwrap().sheets, 3, "all are counted");
    for seat in application.seats {
        let said = seat.note.contains(rules::BARRED_LATER.sentence);
        assert_eq!(said, seat.sheet_id == sheet.sheet_id, "{}", seat.note);
    }
}

#[tokio::test]
async fn who_evaluated_a_demand_does_not_review_what_came_of_it() {
    let mut all = Federation::new().await;
    all.publish_guide().await;
    let (demand, blind) = (fresh().to_string(), fresh().to_string());
    let mut package = package(1);
    package.blind_id.clone_from(&blind);
    let event = ApplicationPassed {
        package: Some(package),
        digest: String::new(),
        region: "sh".into(),
    };
    all.all_hear(Region::HUB, &Message::node(application(1), &event))
        .await;
    all.pool(8).await;
    let people = [1, 2].map(|n| PersonKey::from_bytes([n; 32]).to_string());
    let evaluated = DemandEvaluated {
        demand_id: demand.clone(),
        person_keys: people.into(),
        ..Default::default()
    };
    let listed = DemandListed {
        published: Some(DemandPublished {
            demand_id: demand.clone(),
            blind_id: blind,
            ..Default::default()
        }),
        ..Default::default()
    };
    all.all_hear(Region::HUB, &Message::node(&demand, &evaluated))
        .await;
    all.all_hear(Region::HUB, &Message::node(&demand, &listed))
        .await;
    let round = all.drawn(1).await;
    let application = &round.applications[0];
    assert_eq!(application.conflicts, 2);
    let judges = [1, 2].map(|n| expert(n).to_string());
    let mut seats = application.seats.iter();
    assert!(seats.all(|seat| !judges.contains(&seat.expert_id)));
}

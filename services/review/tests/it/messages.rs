//! Messages that come twice, from somebody else, or from nowhere.

use chassis::Outcome;
use proto::{
    application::v1::{ApplicationPassed, ApplicationWithdrawn, GuidePublished},
    coordination::v1::{DecisionInForce, DecisionKind},
    message::{Audience, Message, PublicEvent},
    registry::v1::UnitRecorded,
    review::v1 as wire,
};
use regulation::{Region, Role};
use tonic_types::StatusExt as _;

use crate::{
    federation::{Federation, START, application, expert, package, passed, pooled, said, unit},
    requests::opening,
};

async fn dead(all: &Federation, at: Region, origin: Region, message: &Message) {
    let outcome = all.hear(at, &said(origin, START, message)).await;
    assert_eq!(outcome, Outcome::Dead, "{} of {origin}", message.kind);
}

fn to_hub<E: PublicEvent>(event: &E) -> Message {
    Message::share(Audience::HUB, "x", event)
}

#[tokio::test]
async fn nobody_speaks_for_the_hub_or_for_another_region() {
    let all = Federation::with(1).await;
    let one = |region| Audience::One(region);
    let invitation = Message::share(one(Region::SH), "s", &wire::SheetInvited::default());
    dead(&all, Region::SH, Region::JS, &invitation).await;
    let recall = Message::share(one(Region::SH), "s", &wire::SheetRecalled::default());
    dead(&all, Region::SH, Region::JS, &recall).await;

    let event = ApplicationPassed {
        package: Some(package(2)),
        digest: String::new(),
        region: "sh".into(),
    };
    for origin in [Region::SH, Region::JS] {
        dead(&all, Region::HUB, origin, &to_hub(&event)).await;
    }
    // Even the hub does not let an examination cross.
    dead(&all, Region::HUB, Region::HUB, &to_hub(&event)).await;
    let guide = Message::share(Audience::All, "g", &GuidePublished::default());
    dead(&all, Region::HUB, Region::JS, &guide).await;
    let decision = DecisionInForce {
        kind: DecisionKind::Establishment.into(),
        ..Default::default()
    };
    let decision = Message::share(Audience::All, "d", &decision);
    dead(&all, Region::HUB, Region::JS, &decision).await;

    // What the hub asks itself never comes from beyond the border, not even from the hub.
    let called = wire::CandidateCalled {
        round_id: application(1),
        application_id: application(1),
    };
    dead(&all, Region::HUB, Region::HUB, &to_hub(&called)).await;
    let stands = wire::CandidateStands {
        round_id: application(1),
        application_id: application(1),
    };
    dead(&all, Region::HUB, Region::HUB, &to_hub(&stands)).await;
    let call = wire::SheetBarCalled {
        sheet_id: application(1),
        until: "2025-05-05".into(),
    };
    let call = Message::share(one(Region::SH), "s", &call);
    dead(&all, Region::SH, Region::HUB, &call).await;

    let forged = pooled(1, Region::SH, &unit(1));
    dead(&all, Region::HUB, Region::JS, &to_hub(&forged)).await;
    let forged = UnitRecorded {
        unit: Some(proto::registry::v1::Unit {
            unit_id: unit(101),
            region: "sh".into(),
            ..Default::default()
        }),
    };
    dead(&all, Region::HUB, Region::JS, &to_hub(&forged)).await;
    // Jiangsu does not take back what Shanghai applied for.
    let withdrawn = ApplicationWithdrawn {
        application_id: application(1),
    };
    dead(&all, Region::HUB, Region::JS, &to_hub(&withdrawn)).await;
}

#[tokio::test]
async fn nobody_hands_in_a_sheet_of_another_node() {
    let mut all = Federation::with(1).await;
    let round = all.drawn(1).await;
    let seat = &round.applications[0].seats[0];
    let foreign = if seat.region == "sh" {
        Region::JS
    } else {
        Region::SH
    };
    let completed = wire::SheetCompleted {
        sheet_id: seat.sheet_id.clone(),
        round_id: round.round_id.clone(),
        completed_at: "2024-05-07T09:00:00+08:00".into(),
        ..Default::default()
    };
    dead(&all, Region::HUB, foreign, &to_hub(&completed)).await;
    let conflict = wire::SheetConflictDeclared {
        sheet_id: seat.sheet_id.clone(),
        round_id: round.round_id.clone(),
        after_opening: false,
    };
    dead(&all, Region::HUB, foreign, &to_hub(&conflict)).await;
    // Its own home handing in what is no sheet is shown, and does not count.
    let home: Region = seat.region.parse().unwrap();
    let outcome = all
        .hear(Region::HUB, &said(home, START, &to_hub(&completed)))
        .await;
    assert_eq!(outcome, Outcome::Applied);
    let round = all.round(&round.round_id).await;
    let seats = &round.applications[0].seats;
    let seat = seats.iter().find(|s| s.sheet_id == completed.sheet_id);
    assert_eq!(seat.unwrap().state(), wire::SeatState::Faulty);
}

#[tokio::test]
async fn a_repeated_word_changes_nothing() {
    let all = Federation::with(1).await;
    for _ in 0..2 {
        all.publish_guide().await;
        all.all_hear(Region::HUB, &passed(1)).await;
        all.unit_recorded(1, &[2]).await;
        all.host(1, &unit(1)).await;
    }
    let facts: Vec<(String, String, i64)> = sqlx::query_as(
        "select kind, id, count(*) from journal_fact group by kind, id having count(*) > 1",
    )
    .fetch_all(all.desk(Region::HUB).pool())
    .await
    .unwrap();
    assert_eq!(facts, []);
    let loaded = all.desk(Region::JS).journal();
    let known = loaded.load::<draws::Expert>(expert(1)).await.unwrap();
    assert!(known.is_some(), "home knows its own experts");
}

#[tokio::test]
async fn the_decision_is_believed_only_about_what_the_round_proposed() {
    let mut all = Federation::with(1).await;
    let round = all.drawn(1).await;
    let decision = DecisionInForce {
        decision_id: crate::federation::fresh().to_string(),
        kind: DecisionKind::Establishment.into(),
        subject_id: round.round_id.clone(),
        document: vec![1, 2, 3],
        ..Default::default()
    };
    let message = Message::share(Audience::All, "d", &decision);
    dead(&all, Region::HUB, Region::HUB, &message).await;
    // Another kind of decision is none of this service's business.
    let list = DecisionInForce {
        kind: DecisionKind::List.into(),
        ..decision
    };
    let message = Message::share(Audience::All, "another", &list);
    all.all_hear(Region::HUB, &message).await;
}

#[tokio::test]
async fn two_rounds_opened_at_once_do_not_both_take_an_application() {
    let all = Federation::with(3).await;
    let mut agency = all.to(Region::HUB, Role::Agency);
    let mut secretariat = all.to(Region::HUB, Role::Secretariat);
    let (one, two) = tokio::join!(
        agency.open_round(opening(1)),
        secretariat.open_round(opening(1))
    );
    assert_eq!(
        usize::from(one.is_ok()) + usize::from(two.is_ok()),
        1,
        "{one:?} {two:?}"
    );
    let taken: i64 = sqlx::query_scalar("select count(*) from round_application")
        .fetch_one(all.desk(Region::HUB).pool())
        .await
        .unwrap();
    assert_eq!(taken, 3);
}

#[tokio::test]
async fn an_application_that_another_round_takes_meanwhile_is_refused_by_the_rule_of_one_round() {
    let all = Federation::with(1).await;
    let pool = all.desk(Region::HUB).pool();
    // The other round has taken it, but not said so yet: nobody sees it before both want it.
    let mut other = pool.begin().await.unwrap();
    sqlx::query("insert into round_application values ('other', $1, now(), 'taken')")
        .bind(application(1))
        .execute(&mut *other)
        .await
        .unwrap();
    let mut agency = all.to(Region::HUB, Role::Agency);
    let says_so = async {
        while sqlx::query_scalar::<_, i64>(
            "select count(*) from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'",
        )
        .fetch_one(pool)
        .await
        .unwrap()
            == 0
        {
            tokio::task::yield_now().await;
        }
        other.commit().await.unwrap();
    };
    let (refused, ()) = tokio::join!(agency.open_round(opening(1)), says_so);
    let details = refused.unwrap_err().get_details_error_info();
    assert_eq!(details.unwrap().reason, "review.one-round");
}

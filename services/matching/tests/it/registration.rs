//! A unit registers for a roadshow: only the demander hears of it, and the unit gets its file.

use std::num::NonZeroU32;

use matching::domain::{
    MeetingId, Registering, Registration, RegistrationId, RoadshowFacts, TeamStanding,
    posting::{Command, meetings},
    words::RegistrationCommand,
};
use proto::{intake::v1::DemandWithdrawn, matching::v1 as wire, message::Message};
use regulation::{Day, Region, Role};
use time::Duration;
use tonic::Code;

use crate::{
    dialogue::rule,
    nodes::{DEMANDER, SOLVER, demand, fresh},
    started::{NAME, Started, text},
};

/// A roadshow in ten days for one unit, registration within five, announced to all.
async fn announced(started: &Started) -> MeetingId {
    let now = started.nodes.home.desk.clock().now();
    let starts_at = now + Duration::days(10);
    let slot = matching::domain::Slot::new(
        starts_at,
        starts_at + Duration::hours(2),
        text("线上会议室"),
        text("技术路线"),
    );
    let meeting = chassis::clock::Ids.random::<MeetingId>();
    let arrange = meetings::Command::Arrange {
        meeting,
        with: None,
        slot: Box::new(slot.unwrap()),
        registering: Some(Registering {
            capacity: NonZeroU32::MIN,
            until: Day::of(now + Duration::days(5)),
        }),
        names: vec![NAME.to_owned()],
    };
    started.demander(Command::Meeting(arrange)).await.unwrap();
    let request = wire::ReleaseRoadshowRequest {
        request_id: fresh(),
        posting_id: started.posting_id.clone(),
        meeting_id: meeting.to_string(),
        approved: true,
        ..Default::default()
    };
    let mut officer = started.nodes.home.dialogue(Role::Officer);
    officer.release_roadshow(request).await.unwrap();
    started.nodes.settle().await;
    started.day_ends().await;
    meeting
}

/// Registers as the door does, had registry been asked and found nothing amiss.
async fn register(started: &Started, meeting: MeetingId) -> Result<(), tonic::Status> {
    let roadshow = started.entry().await.roadshows.remove(0);
    let command = RegistrationCommand::Register {
        blind_id: started.blind_id.parse().unwrap(),
        meeting,
        roadshow: RoadshowFacts {
            open: true,
            cancelled: roadshow.cancelled,
            registering: matching::notice::registering(roadshow.capacity, &roadshow.register_until)
                .unwrap(),
            starts_at: started.nodes.solver.desk.clock().now() + Duration::days(9),
        },
        unit: TeamStanding::default(),
    };
    let node = &started.nodes.solver;
    let id = RegistrationId::of(SOLVER, meeting);
    let done = node
        .give::<Registration>(node.member(SOLVER), id, command)
        .await;
    started.nodes.settle().await;
    done
}

async fn mine(started: &Started) -> Vec<wire::Registration> {
    let node = &started.nodes.solver;
    let mut member = node.dialogue_of(node.member(SOLVER));
    let listed = member.list_registrations(wire::ListRegistrationsRequest::default());
    listed.await.unwrap().into_inner().registrations
}

async fn closed(started: &Started) {
    started.nodes.pass(7);
    let hub = &started.nodes.hub;
    let now = hub.desk.clock().now();
    let members = [Region::SH, Region::JS, Region::ZJ, Region::AH];
    hub.fire(&members.map(|region| (region, now))).await;
    started.nodes.settle().await;
}

#[tokio::test]
async fn a_unit_registers_is_admitted_after_the_last_day_and_gets_its_calendar_file() {
    let started = Started::opened().await;
    let meeting = announced(&started).await;
    register(&started, meeting).await.unwrap();
    let waiting = mine(&started).await.remove(0);
    assert_eq!(waiting.state(), wire::RegistrationState::Filed);
    assert!(
        started.posting().await.meetings[0].registrants.is_empty(),
        "sealed until the close"
    );
    closed(&started).await;
    let admitted = mine(&started).await.remove(0);
    assert_eq!(admitted.state(), wire::RegistrationState::Admitted);
    let file = admitted.calendar.unwrap().content;
    assert!(
        file.contains("STATUS:CONFIRMED") && file.contains("项目路演 2024-0001"),
        "{file}"
    );
    for who in [NAME, &DEMANDER.to_string(), &SOLVER.to_string()] {
        assert!(!file.contains(who), "{file}");
    }
    let seen = started.posting().await.meetings.remove(0);
    assert_eq!(seen.registrants[0].unit_id, SOLVER.to_string());
    let nobody_else = started.entry().await;
    assert!(!format!("{nobody_else:?}").contains(&SOLVER.to_string()));
    let late = register(&started, meeting).await;
    assert_eq!(rule(&late.unwrap_err()), "matching.registration");
}

#[tokio::test]
async fn a_registration_is_taken_back_at_its_own_units_door_alone() {
    let started = Started::opened().await;
    let meeting = announced(&started).await;
    register(&started, meeting).await.unwrap();
    let registration_id = RegistrationId::of(SOLVER, meeting).to_string();
    let node = &started.nodes.solver;
    let request = || wire::WithdrawRegistrationRequest {
        request_id: fresh(),
        registration_id: registration_id.clone(),
    };
    let mut stranger = node.dialogue_of(node.member(DEMANDER));
    let refused = stranger.withdraw_registration(request()).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let mut member = node.dialogue_of(node.member(SOLVER));
    let withdrawn = member.withdraw_registration(request()).await.unwrap();
    let withdrawn = withdrawn.into_inner();
    assert_eq!(withdrawn.state(), wire::RegistrationState::Withdrawn);
    assert_eq!(withdrawn.calendar, None);
    started.nodes.settle().await;
    closed(&started).await;
    assert!(started.posting().await.meetings[0].registrants.is_empty());
    let unknown = wire::RegisterForRoadshowRequest {
        request_id: fresh(),
        blind_id: started.blind_id.clone(),
        meeting_id: fresh(),
    };
    let unknown = member.register_for_roadshow(unknown).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn a_registration_is_listed_to_its_own_unit_alone_and_falls_with_its_demand() {
    let started = Started::opened().await;
    let meeting = announced(&started).await;
    register(&started, meeting).await.unwrap();
    let node = &started.nodes.solver;
    let mut stranger = node.dialogue_of(node.member(DEMANDER));
    let listed = stranger.list_registrations(wire::ListRegistrationsRequest::default());
    assert!(listed.await.unwrap().into_inner().registrations.is_empty());
    let withdrawn = DemandWithdrawn {
        demand_id: demand(1).to_string(),
    };
    let home = &started.nodes.home;
    let message = Message::node(demand(1), &withdrawn);
    home.hear_from(home.desk.region(), message).await;
    started.nodes.settle().await;
    let mine = mine(&started).await.remove(0);
    assert_eq!(mine.state(), wire::RegistrationState::Cancelled);
}

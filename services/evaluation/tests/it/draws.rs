//! Members' seeds over their own nodes: committed first, opened after the freeze, recovered by the
//! others; and the record that anybody checks.

use chassis::{Barred, Subject, testing};
use panel::DrawRecord;
use proto::evaluation::v1 as wire;
use regulation::{PersonKey, Region, Role};
use tonic_types::StatusExt as _;

use crate::federation::{
    Federation, casting, everybody, expert, home_of, opening, request_id, unit, without_seed,
};

fn drawing(round: &wire::Round) -> wire::DrawRoundRequest {
    wire::DrawRoundRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
    }
}

async fn seeds(all: &Federation, round: &wire::Round) -> wire::Seeds {
    let request = wire::GetSeedsRequest {
        round_id: round.round_id.clone(),
    };
    let mut door = all.draws(Role::Auditor);
    door.get_seeds(request).await.unwrap().into_inner()
}

fn standing(seeds: &wire::Seeds, region: Region) -> wire::SeedState {
    let member = seeds
        .members
        .iter()
        .find(|member| member.region == region.as_str());
    member.unwrap().state()
}

async fn record(all: &Federation, round: &wire::Round) -> (String, DrawRecord) {
    let request = wire::GetDrawRecordRequest {
        round_id: round.round_id.clone(),
    };
    let mut door = all.draws(Role::Expert);
    let text = door.get_draw_record(request).await.unwrap().into_inner();
    let record = serde_json::from_str(&text.record).unwrap();
    (text.record, record)
}

#[tokio::test]
async fn every_members_node_commits_and_opens_its_seed_by_itself_and_anybody_draws_again() {
    let mut all = Federation::whole().await;
    all.accept(1).await;
    all.pool(8).await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let round = hub.open_round(opening(1)).await.unwrap().into_inner();
    let refused = hub.draw_round(drawing(&round)).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "panel.seeds");
    assert!(refused.message().contains("安徽"), "{refused}");
    all.carry().await;
    let committed = seeds(&all, &round).await;
    assert!(committed.waiting_for.is_empty());
    assert_eq!(standing(&committed, Region::ZJ), wire::SeedState::Committed);
    let frozen = hub.draw_round(drawing(&round)).await.unwrap().into_inner();
    assert_eq!(frozen.state(), wire::RoundState::Frozen);
    assert_eq!(frozen.waiting_for, ["ah", "js", "sh", "zj"]);
    all.carry().await;
    let round = all.round(&round.round_id).await;
    assert_eq!(round.state(), wire::RoundState::Scoring);

    let (text, record) = record(&all, &round).await;
    record.verify().unwrap();
    assert_eq!(record.randomness.seeds().len(), 5);
    for number in 1..=8 {
        assert!(!text.contains(&expert(number).to_string()));
        assert!(!text.contains(&unit(number)));
    }
    assert!(!text.contains(&round.demands[0].demand_id));
    // Whoever changes it is found out.
    let other = text.replace(&record.draw.seed.to_hex(), &"0".repeat(64));
    let other: DrawRecord = serde_json::from_str(&other).unwrap();
    assert!(other.verify().is_err());
}

#[tokio::test]
async fn a_withheld_seed_is_opened_by_the_others_and_gone_without_only_after_that() {
    let mut all = Federation::whole().await;
    all.accept(1).await;
    all.pool(8).await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let round = hub.open_round(opening(1)).await.unwrap().into_inner();
    all.carry().await;
    all.cut = Some(Region::JS);
    hub.draw_round(drawing(&round)).await.unwrap();
    all.carry().await;
    let frozen = all.round(&round.round_id).await;
    assert_eq!(
        (frozen.state(), frozen.waiting_for),
        (wire::RoundState::Frozen, vec!["js".to_owned()])
    );
    let mut draws = all.draws(Role::Secretariat);
    let refused = draws.waive_seed(without_seed(&round, Region::JS)).await;
    let info = refused.unwrap_err().get_details_error_info().unwrap();
    assert_eq!(info.reason, "draws.seed-recovery");
    let recover = wire::RecoverSeedRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        region: "js".into(),
        reason: "该节点断网".into(),
    };
    let asked = draws.recover_seed(recover.clone()).await.unwrap();
    let asked = asked.into_inner();
    assert_eq!(standing(&asked, Region::JS), wire::SeedState::Withheld);
    let again = draws.recover_seed(recover).await.unwrap().into_inner();
    assert_eq!(again, asked);
    all.carry().await;
    let recovered = seeds(&all, &round).await;
    assert_eq!(standing(&recovered, Region::JS), wire::SeedState::Recovered);
    let (_, record) = record(&all, &round).await;
    assert!(record.verify().is_ok() && record.randomness.withheld().is_empty());
    // It comes back, and what it says changes nothing any more.
    all.cut = None;
    all.carry().await;
    let round = all.round(&round.round_id).await;
    assert_eq!(round.state(), wire::RoundState::Scoring);
}

#[tokio::test]
async fn a_silent_expert_is_reminded_and_followed_and_answers_no_more() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.pool(8).await;
    let chased = wire::OpenRoundRequest {
        reminder_days: 3,
        reply_days: 6,
        ..everybody(1)
    };
    let round = all.drawn_as(chased).await;
    let seats = round.demands[0].seats.clone();
    all.move_to(time::macros::datetime!(2024-05-10 00:01 +8));
    assert_eq!(all.fire().await.done, 1);
    all.carry().await;
    let number = (1..=8)
        .find(|n| expert(*n).to_string() == seats[0].expert_id)
        .unwrap();
    let get = wire::GetBallotRequest {
        ballot_id: seats[0].ballot_id.clone(),
    };
    let mut silent = all.to_expert(home_of(number), number);
    let ballot = silent.get_ballot(get.clone()).await.unwrap().into_inner();
    assert!(ballot.reply_by.starts_with("2024-05-13"), "{ballot:?}");
    // The others answer.
    for seat in &seats[1..] {
        let number = (1..=8)
            .find(|n| expert(*n).to_string() == seat.expert_id)
            .unwrap();
        let mut own = all.to_expert(home_of(number), number);
        let request = wire::GetBallotRequest {
            ballot_id: seat.ballot_id.clone(),
        };
        let ballot = own.get_ballot(request).await.unwrap().into_inner();
        own.cast_ballot(casting(&ballot, 80)).await.unwrap();
    }
    all.carry().await;
    all.move_to(time::macros::datetime!(2024-05-13 00:01 +8));
    // Nobody has been heard since: an answer may be on its way.
    all.fire().await;
    assert_eq!(all.round(&round.round_id).await.demands[0].seats.len(), 3);
    all.move_to(time::macros::datetime!(2024-05-13 02:00 +8));
    all.heartbeat().await;
    all.fire().await;
    all.carry().await;
    let demand = all.round(&round.round_id).await.demands[0].clone();
    let state = |id: &str| {
        let seat = demand.seats.iter().find(|seat| seat.ballot_id == id);
        seat.unwrap().state()
    };
    assert_eq!(demand.seats.len(), 4);
    assert_eq!(state(&seats[0].ballot_id), wire::SeatState::Replaced);
    let recalled = silent.get_ballot(get).await.unwrap().into_inner();
    assert_eq!(recalled.state(), wire::BallotState::Recalled);
    let refused = silent.cast_ballot(casting(&recalled, 90)).await;
    let info = refused.unwrap_err().get_details_error_info().unwrap();
    assert_eq!(info.reason, "evaluation.silence");
    // Who followed is in the record, by the same rule.
    let (_, record) = record(&all, &round).await;
    assert!(record.verify().is_ok() && !record.followed.is_empty());
}

/// From now on a node's registry bars an expert.
fn bar(all: &Federation, region: Region, number: u128) {
    let person = PersonKey::from_bytes([u8::try_from(number).unwrap(); 32]);
    let barred = Barred {
        until: "2025-05-05".parse().unwrap(),
        record: "record".into(),
    };
    testing::bar(all.desk(region), Subject::Person(person), barred);
}

#[tokio::test]
async fn an_expert_whom_a_record_bars_is_not_drawn_and_one_barred_since_is_followed() {
    let mut all = Federation::whole().await;
    all.accept(1).await;
    all.pool(8).await;
    bar(&all, Region::HUB, 1);
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    let round = hub.open_round(opening(1)).await.unwrap().into_inner();
    all.carry().await;
    hub.draw_round(drawing(&round)).await.unwrap();
    all.carry().await;
    let round = all.round(&round.round_id).await;
    let seats = &round.demands[0].seats;
    assert_eq!(seats.len(), 3);
    let of = |number: u128| expert(number).to_string();
    assert!(seats.iter().all(|seat| seat.expert_id != of(1)));

    let number = (2..=8).find(|n| seats.iter().any(|seat| seat.expert_id == of(*n)));
    let number = number.unwrap();
    let home = home_of(number);
    bar(&all, home, number);
    let mut door = all.to_expert(home, number);
    let ballots = door.list_ballots(wire::ListBallotsRequest::default()).await;
    let ballot = ballots.unwrap().into_inner().ballots.remove(0);
    let request = casting(&ballot, 80);
    for _ in 0..2 {
        let refused = door.cast_ballot(request.clone()).await.unwrap_err();
        let info = refused.get_details_error_info().unwrap();
        assert_eq!(info.reason, "evaluation.standing");
        assert!(refused.message().contains("2025-05-05"), "{refused}");
    }
    all.carry().await;
    let round = all.round(&round.round_id).await;
    let seats = &round.demands[0].seats;
    let left = seats.iter().find(|seat| seat.expert_id == of(number));
    assert_eq!(left.unwrap().state(), wire::SeatState::Barred);
    let invited = seats
        .iter()
        .filter(|s| s.state() == wire::SeatState::Invited);
    assert_eq!(invited.count(), 3);
}

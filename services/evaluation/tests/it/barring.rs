//! A credit record that takes effect finds at once what its person has open, and leaves alone what
//! was cast before. [Art. 20]

use chassis::{Barred, Subject, testing};
use evaluation::domain::rules;
use proto::{
    evaluation::v1 as wire,
    message::{Audience, Message, Scope},
    registry::v1::{BarredAct, CreditRecordEffective},
};
use regulation::{PersonKey, Region, Role};

use crate::federation::{Federation, closing, everybody, expert, fresh, home_of, request_id};

fn person(number: u128) -> PersonKey {
    PersonKey::from_bytes([u8::try_from(number).unwrap(); 32])
}

/// The number of the expert who was asked for a ballot.
fn number_of(seat: &wire::SeatView) -> u128 {
    (1..=20)
        .find(|number| expert(*number).to_string() == seat.expert_id)
        .unwrap()
}

/// Jiangsu's record about an expert takes effect, and everybody hears of it.
async fn takes_effect(all: &mut Federation, number: u128) -> String {
    let record = fresh().to_string();
    let event = CreditRecordEffective {
        record_id: record.clone(),
        person_key: person(number).to_string(),
        barring: true,
        until: "2025-05-05".into(),
        from: "2024-05-06".into(),
        barred_acts: vec![BarredAct::ExpertDraw.into()],
        ..CreditRecordEffective::default()
    };
    let message = Message::share(Audience::All, &record, &event);
    all.all_hear(Region::JS, &message).await;
    all.carry().await;
    record
}

async fn only_ballot(all: &Federation, number: u128) -> wire::BallotView {
    let mut door = all.to_expert(home_of(number), number);
    let listed = door.list_ballots(wire::ListBallotsRequest::default()).await;
    listed.unwrap().into_inner().ballots.remove(0)
}

#[tokio::test]
async fn an_open_ballot_of_somebody_barred_is_closed_at_once_and_the_next_is_asked() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.pool(8).await;
    let round = all.drawn_as(everybody(1)).await;
    let seat = &round.demands[0].seats[0];
    let number = number_of(seat);
    let record = takes_effect(&mut all, number).await;

    let ballot = only_ballot(&all, number).await;
    assert_eq!(ballot.state(), wire::BallotState::Barred);
    assert_eq!(ballot.barred_until, "2025-05-05");
    let round = all.round(&round.round_id).await;
    let seats = &round.demands[0].seats;
    let standing = |id: &str| seats.iter().find(|seat| seat.ballot_id == id).unwrap();
    assert_eq!(standing(&seat.ballot_id).state(), wire::SeatState::Barred);
    assert_eq!(seats.len(), 4);
    let asked = seats
        .iter()
        .filter(|seat| seat.state() == wire::SeatState::Invited);
    assert_eq!(asked.count(), 3);

    // Home tells the hub which ballot, neither whose record nor until when.
    let told = all.told(home_of(number)).await;
    let crossing = told
        .iter()
        .filter(|message| message.scope != Scope::Node)
        .map(|message| String::from_utf8_lossy(&message.body));
    for body in crossing {
        for secret in [record.as_str(), "2025-05-05", &person(number).to_string()] {
            assert!(!body.contains(secret), "{body}");
        }
    }
    let calls = told.iter().filter(|m| m.is::<wire::BallotBarCalled>());
    assert_eq!(calls.count(), 1);
}

#[tokio::test]
async fn a_ballot_that_was_cast_before_stays_and_the_computation_says_so() {
    let mut all = Federation::new().await;
    all.accept(1).await;
    all.pool(8).await;
    let round = all.drawn(1).await;
    let number = number_of(&round.demands[0].seats[0]);
    all.all_cast(|_| 80).await;
    all.carry().await;
    takes_effect(&mut all, number).await;
    assert_eq!(
        only_ballot(&all, number).await.state(),
        wire::BallotState::Cast
    );
    all.heartbeat().await;
    let mut hub = all.to(Region::HUB, Role::Secretariat);
    hub.close_round(closing(&round)).await.unwrap();
    all.carry().await;
    let barred = Barred {
        until: "2025-05-05".parse().unwrap(),
        record: "record".into(),
    };
    let subject = Subject::Person(person(number));
    testing::bar(all.desk(Region::HUB), subject, barred);
    let proposing = wire::ProposeListRequest {
        request_id: request_id(),
        round_id: round.round_id.clone(),
        ..Default::default()
    };
    hub.propose_list(proposing).await.unwrap();
    let request = wire::GetComputationRequest {
        round_id: round.round_id.clone(),
    };
    let shown = hub.get_computation(request).await.unwrap().into_inner();
    let ballots = &shown.fields[0].demands[0].ballots;
    assert_eq!(ballots.len(), 3, "all are counted");
    let notes: Vec<_> = ballots
        .iter()
        .map(|ballot| ballot.note.as_str())
        .filter(|note| !note.is_empty())
        .collect();
    let [note] = notes.as_slice() else {
        panic!("{notes:?}")
    };
    assert!(note.contains("2025-05-05"), "{note}");
    assert!(note.contains(rules::BARRED_LATER.sentence), "{note}");
    assert!(note.contains("依《实施办法》第20条的理解"), "{note}");
}

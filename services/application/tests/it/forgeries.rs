//! What a node says in another's name is a dead letter and changes nothing.

use chassis::{Outcome, testing};
use evidence::Digest;
use proto::{
    application::v1::{self as wire, ApplicationState},
    coordination::v1::AssentGiven,
    matching::v1::{ReserveChanged, ReserveOwnerRecorded, ReserveStatus},
    message::{Audience, Message},
    registry::v1::{Unit, UnitRecorded},
};
use regulation::{Region, UnitId};

use application::domain::{KnownUnit, PoolEntry};

use crate::nodes::{BLIND, LEAD, Node, Nodes, SOLVER, given, recorded};

async fn dead(node: &Node, origin: Region, message: Message) {
    let kind = message.kind;
    assert_eq!(
        node.hear_from(origin, message).await,
        Outcome::Dead,
        "{kind}"
    );
}

#[tokio::test]
async fn nobody_speaks_for_another_units_registry_or_the_hub() {
    let nodes = Nodes::start().await;
    nodes.prepare().await;
    let home = &nodes.home;
    let told = |name: UnitId, unit: Unit| {
        let recorded = UnitRecorded { unit: Some(unit) };
        Message::share(Audience::All, name, &recorded)
    };
    let sound = recorded(SOLVER, Region::SH);
    dead(home, Region::AH, told(SOLVER, sound.clone())).await;
    // In its own name, but of a unit that sits elsewhere.
    let claimed = Unit {
        region: "ah".into(),
        ..sound.clone()
    };
    dead(home, Region::AH, told(SOLVER, claimed.clone())).await;
    let guest = Unit {
        guest: true,
        ..claimed
    };
    dead(home, Region::AH, told(SOLVER, guest)).await;
    // Who says that it sits nowhere in the members is a guest; who is none has a seat.
    let nowhere = Unit {
        division_code: String::new(),
        ..sound.clone()
    };
    dead(home, Region::SH, told(SOLVER, nowhere)).await;
    // Its facts under another unit's id.
    let other = Unit {
        unit_id: LEAD.to_string(),
        ..sound.clone()
    };
    dead(home, Region::SH, told(LEAD, other)).await;
    dead(home, Region::SH, told(LEAD, sound)).await;
    let left = ReserveChanged {
        blind_id: BLIND.to_string(),
        status: ReserveStatus::Left.into(),
        ..Default::default()
    };
    let forged = Message::share(Audience::All, "c", &left);
    dead(home, Region::SH, forged).await;
    let owner = ReserveOwnerRecorded {
        blind_id: BLIND.to_string(),
        demander_unit_id: SOLVER.to_string(),
        status: ReserveStatus::Matched.into(),
        ..Default::default()
    };
    let forged = Message::share(Audience::One(Region::ZJ), "d", &owner);
    dead(home, Region::SH, forged).await;
    let guide = wire::GuidePublished::default();
    let forged = Message::share(Audience::All, "e", &guide);
    dead(home, Region::SH, forged).await;
    let solver = home.desk.load::<KnownUnit>("单位", SOLVER).await.unwrap();
    assert_eq!(solver.state.registered().unwrap().region, Region::SH);
    let entry = home.desk.load::<PoolEntry>("储备", BLIND).await.unwrap();
    assert!(entry.state.place().standing().is_some());
    assert_eq!(entry.state.owner.unwrap().demander, LEAD);
}

#[tokio::test]
async fn parts_and_words_come_from_the_units_own_home() {
    let nodes = Nodes::start().await;
    let (_, id) = nodes.with_parts().await;
    let told = nodes.solver.told::<wire::PartProvided>().await;
    let part = told
        .iter()
        .map(|(_, part)| part)
        .find(|part| part.part.as_ref().unwrap().unit_id == SOLVER.to_string())
        .unwrap();
    let newer = |origin: Region, digest: Option<String>, name: &str| {
        let mut part = part.clone();
        part.part.as_mut().unwrap().version = 9;
        part.document = prost::Message::encode_to_vec(part.part.as_ref().unwrap());
        part.digest = digest.unwrap_or_else(|| Digest::of_document(&part.document).to_string());
        (
            origin,
            Message::share(Audience::One(Region::ZJ), name, &part),
        )
    };
    let (origin, message) = newer(Region::AH, None, "a");
    dead(&nodes.home, origin, message).await;
    let (origin, message) = newer(Region::SH, Some(part.digest.clone()), "b");
    dead(&nodes.home, origin, message).await;

    nodes.freeze(id).await.unwrap();
    let requests = nodes.requests().await;
    let request = requests
        .iter()
        .find(|one| one.party.as_ref().unwrap().unit_id == SOLVER.to_string())
        .unwrap();
    let (_, message) = given(request);
    dead(&nodes.home, Region::AH, message).await;
    let word: AssentGiven = given(request).1.read().unwrap();
    let mut of_ah = word.clone();
    of_ah.party.as_mut().unwrap().region = "ah".into();
    let message = Message::share(Audience::One(Region::ZJ), "d", &of_ah);
    dead(&nodes.home, Region::AH, message).await;
    let other = AssentGiven {
        digest: Digest::of_document(b"another").to_string(),
        ..word.clone()
    };
    let message = Message::share(Audience::One(Region::ZJ), "e", &other);
    dead(&nodes.home, Region::SH, message).await;
    let officer = AssentGiven {
        role: "officer".into(),
        ..word
    };
    let message = Message::share(Audience::One(Region::ZJ), "f", &officer);
    dead(&nodes.home, Region::SH, message).await;
    let waiting = nodes.application(id).await;
    assert_eq!(waiting.state(), ApplicationState::AwaitingAssents);
    assert!(waiting.units.iter().all(|unit| !unit.assented));
}

#[tokio::test]
async fn only_the_leads_home_hands_in_and_only_what_was_agreed_to() {
    let nodes = Nodes::start().await;
    let (_, id) = nodes.with_parts().await;
    nodes.freeze(id).await.unwrap();
    nodes.assent().await;
    let home = &nodes.home;
    let submitting = Nodes::start().await;
    // What the lead's home would say, said by another, or about another document.
    nodes.submit(id).await.unwrap();
    let told = testing::told(&home.desk).await.unwrap();
    let submitted = told
        .iter()
        .find(|message| message.is::<wire::ApplicationSubmitted>())
        .unwrap();
    let event: wire::ApplicationSubmitted = submitted.read().unwrap();
    let said =
        |name: &str, event: &wire::ApplicationSubmitted| Message::share(Audience::HUB, name, event);
    let hub = &submitting.hub;
    dead(hub, Region::SH, said("a", &event)).await;
    let mut dearer = event.clone();
    dearer.package.as_mut().unwrap().support = None;
    dead(hub, Region::ZJ, said("b", &dearer)).await;
    let mut other = event.clone();
    other.document.push(0);
    dead(hub, Region::ZJ, said("c", &other)).await;
    let mut unpinned = event.clone();
    let package = unpinned.package.as_mut().unwrap();
    package.parts[0].work.push_str("改动");
    unpinned.document = prost::Message::encode_to_vec(&*package);
    unpinned.digest = Digest::of_document(&unpinned.document).to_string();
    dead(hub, Region::ZJ, said("d", &unpinned)).await;
    let good = hub.hear_from(Region::ZJ, said("e", &event)).await;
    assert_eq!(good, Outcome::Applied);
    // Of an application that another home has handed in.
    let gone = wire::ApplicationWithdrawn {
        application_id: id.to_string(),
    };
    let message = Message::share(Audience::HUB, "f", &gone);
    dead(hub, Region::SH, message).await;
}

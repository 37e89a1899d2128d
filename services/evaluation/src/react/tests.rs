//! Who may say what, and which time counts.

use proto::message::{Audience, Message, Scope};
use regulation::Region;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::domain::{SeedKeeping, sample};

const SIGNED: OffsetDateTime = datetime!(2024-05-07 09:00 +8);

fn said(origin: Region, message: &Message) -> Incoming {
    Incoming {
        id: Uuid::from_u128(1),
        origin,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate.clone(),
        at: SIGNED,
        body: message.body.clone(),
        traceparent: None,
    }
}

/// The kinds and ids of what follows at a node.
fn follows(node: Region, message: &Incoming) -> Result<Vec<String>, Unreadable> {
    let acts = react(message, &sample::context(node))?;
    Ok(acts.iter().map(|act| act.kind().to_owned()).collect())
}

#[test]
fn a_recommendation_counts_from_when_its_home_signed_it_not_from_when_it_claims() {
    for (claimed, counts) in [
        ("2024-05-01T09:00:00+08:00", SIGNED),
        // A day ahead it is its own word against itself.
        ("2024-05-08T09:00:00+08:00", datetime!(2024-05-08 09:00 +8)),
    ] {
        let event = wire::DemandRecommended {
            demand_id: sample::demand(1).to_string(),
            recommended: true,
            place: 1,
            given_at: claimed.to_owned(),
        };
        let message = said(Region::SH, &Message::share(Audience::HUB, "d", &event));
        let context = sample::context(Region::HUB);
        let acts = react(&message, &context).unwrap();
        let turn = acts[0].play(None, &context).unwrap().unwrap();
        let Some(Candidate::Announced { word, .. }) = turn.held.state() else {
            panic!("not announced")
        };
        assert_eq!(word.as_ref().unwrap().at, counts);
    }
}

#[test]
fn a_seed_is_made_only_of_a_message_that_never_left_its_node() {
    let event = wire::SeedCalled {
        round_id: sample::round().to_string(),
    };
    let own = said(Region::SH, &Message::node(sample::round(), &event));
    assert_eq!(
        follows(Region::SH, &own).unwrap(),
        [<SeedKeeping as journal::Aggregate>::KIND]
    );
    for audience in [Audience::All, Audience::One(Region::SH)] {
        let crossed = said(
            Region::SH,
            &Message::share(audience, sample::round(), &event),
        );
        assert!(follows(Region::SH, &crossed).is_err());
    }
}

#[test]
fn only_a_member_that_the_hub_counts_on_is_asked_for_a_seed() {
    let event = wire::SeedsRequested {
        round_id: sample::round().to_string(),
        draw_id: "round-1/1".to_owned(),
        members: vec!["hub".to_owned(), "sh".to_owned()],
        purpose: wire::DrawPurpose::Evaluation.into(),
    };
    let message = said(
        Region::HUB,
        &Message::share(Audience::All, sample::round(), &event),
    );
    assert_eq!(follows(Region::SH, &message).unwrap().len(), 1);
    assert_eq!(follows(Region::JS, &message).unwrap().len(), 0);
}

#[test]
fn an_expert_who_is_asked_has_a_duty_and_a_credit_record_finds_it() {
    let invitation = sample::invitation(1);
    let event = wire::BallotInvited {
        ballot_id: invitation.ballot.to_string(),
        round_id: invitation.round.to_string(),
        expert_id: invitation.expert.to_string(),
        person_key: invitation.person.to_string(),
        record: Some(invitation.record.to_wire()),
        deadline: invitation.deadline.to_string(),
        criteria: vec![],
    };
    let one = Audience::One(Region::SH);
    let message = said(Region::HUB, &Message::share(one, invitation.ballot, &event));
    let kinds = follows(Region::SH, &message).unwrap();
    assert_eq!(kinds, ["ballot", "duty"]);
    let acts = react(&message, &sample::context(Region::SH)).unwrap();
    assert_eq!(acts[1].id(), invitation.person.to_string());
    let call = wire::BallotBarCalled {
        ballot_id: invitation.ballot.to_string(),
        until: "2025-05-05".to_owned(),
    };
    let own = said(Region::SH, &Message::node("x", &call));
    assert_eq!(own.scope, Scope::Node);
    assert_eq!(follows(Region::SH, &own).unwrap(), ["ballot"]);
    let crossed = said(Region::HUB, &Message::share(one, "x", &call));
    assert!(follows(Region::SH, &crossed).is_err());
}

//! What homes tell: ballots, strikes, departments' words.

use draws::timestamp;
use proto::{
    evaluation::v1 as wire,
    message::{Audience, Message},
};

use crate::domain::{Ballot, BallotEvent, PreReviewEvent, ScreeningEvent};

/// What the hub hears of a ballot: a digest on casting, the ballot itself only when it is opened.
pub(crate) fn ballot(ballot: &Ballot, event: &BallotEvent) -> Vec<Message> {
    let Some(invitation) = ballot.invitation() else {
        return Vec::new();
    };
    let (ballot_id, round_id) = (invitation.ballot.to_string(), invitation.round.to_string());
    let id = invitation.ballot;
    match event {
        BallotEvent::Invited(_) | BallotEvent::Reminded { .. } | BallotEvent::Recalled => {
            Vec::new()
        }
        BallotEvent::Cast(sealed) => {
            let event = wire::BallotCast {
                ballot_id,
                round_id,
                commitment: sealed.commitment.as_bytes().to_vec(),
                cast_at: timestamp(sealed.at),
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
        BallotEvent::ConflictDeclared => {
            let event = wire::BallotConflictDeclared {
                ballot_id,
                round_id,
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
        BallotEvent::Barred { .. } => {
            let event = wire::BallotExpertBarred {
                ballot_id,
                round_id,
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
        BallotEvent::Revealed => {
            let Some(sealed) = ballot.sealed() else {
                return Vec::new();
            };
            let event = wire::BallotRevealed {
                ballot_id,
                round_id,
                salt: sealed.salt.as_bytes().to_vec(),
                // Written by this very service; were it damaged, the hub would show a fault.
                content: hex::decode(&sealed.content).unwrap_or_default(),
            };
            vec![Message::share(Audience::HUB, id, &event)]
        }
    }
}

/// What the hub hears of a screening: who is struck, and a commitment to each reason.
pub(crate) fn screening(event: &ScreeningEvent) -> Vec<Message> {
    let ScreeningEvent::Screened { round, screened } = event else {
        return Vec::new();
    };
    let strikes = screened.strikes.iter().map(|strike| wire::Strike {
        expert_id: strike.expert.to_string(),
        reason_commitment: strike.commitment.as_bytes().to_vec(),
    });
    let event = wire::DrawAnswered {
        round_id: round.to_string(),
        demand_id: screened.demand.to_string(),
        strikes: strikes.collect(),
    };
    vec![Message::share(Audience::HUB, screened.demand, &event)]
}

/// What others hear of a pre-review: the hub whether and where, the demander why not.
pub(crate) fn pre_review(id: &str, event: &PreReviewEvent) -> Vec<Message> {
    let to_hub = |place: Option<u32>, at| {
        let event = wire::DemandRecommended {
            demand_id: id.to_owned(),
            recommended: place.is_some(),
            place: place.map_or(0, |place| i32::try_from(place).unwrap_or(i32::MAX)),
            given_at: timestamp(at),
        };
        Message::share(Audience::HUB, id, &event)
    };
    match event {
        PreReviewEvent::Recommended { ruling, place, .. } => {
            vec![to_hub(Some(place.get()), ruling.at)]
        }
        PreReviewEvent::Declined { ruling, comments } => {
            let home = wire::DemandNotRecommended {
                demand_id: id.to_owned(),
                comments: vec![comments.to_string()],
            };
            vec![to_hub(None, ruling.at), Message::node(id, &home)]
        }
        PreReviewEvent::Begun { .. }
        | PreReviewEvent::Prepared(_)
        | PreReviewEvent::Judged
        | PreReviewEvent::Withdrawn => Vec::new(),
    }
}

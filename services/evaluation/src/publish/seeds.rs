//! What is told of seeds: commitments first, shares to the members that keep them, and seeds only
//! when the pool is frozen.

use proto::{
    evaluation::v1 as wire,
    message::{Audience, Message},
};
use regulation::Region;

use crate::domain::{EvaluationRound, KeepingEvent, RoundEvent, SeedKeeping, draw_id};

/// What the hub tells the members before the draw.
pub(super) fn round(round: &EvaluationRound, event: &RoundEvent) -> Vec<Message> {
    let Some(setup) = round.setup() else {
        return Vec::new();
    };
    let round_id = setup.round.to_string();
    match (round, event) {
        (EvaluationRound::Open(gathering), RoundEvent::Opened(_)) => {
            let members = gathering.seeds.members().iter();
            let event = wire::SeedsRequested {
                round_id,
                draw_id: draw_id(setup.round)
                    .map(|id| id.to_string())
                    .unwrap_or_default(),
                members: members.map(ToString::to_string).collect(),
            };
            vec![Message::share(Audience::All, setup.round, &event)]
        }
        (EvaluationRound::Frozen(frozen), RoundEvent::Frozen(_)) => {
            let members = frozen.randomness.commitments().keys();
            let event = wire::SeedRevealRequested {
                round_id,
                input_digest: frozen.input.digest().to_hex(),
                members: members.map(ToString::to_string).collect(),
            };
            vec![Message::share(Audience::All, setup.round, &event)]
        }
        (EvaluationRound::Frozen(frozen), RoundEvent::RecoveryAsked { region, .. }) => {
            let event = wire::SeedShareRequested {
                round_id,
                region: region.to_string(),
                input_digest: frozen.input.digest().to_hex(),
            };
            vec![Message::share(Audience::All, setup.round, &event)]
        }
        _ => Vec::new(),
    }
}

/// What a member tells of its part in a draw.
pub(crate) fn keeping(
    round_id: &str,
    keeping: &SeedKeeping,
    event: &KeepingEvent,
    node: Region,
) -> Vec<Message> {
    match event {
        KeepingEvent::Asked(_) => {
            let event = wire::SeedCalled {
                round_id: round_id.to_owned(),
            };
            vec![Message::node(round_id, &event)]
        }
        KeepingEvent::Committed { .. } => committed(round_id, keeping, node),
        KeepingEvent::Revealed => {
            let (Some(seed), Some(frozen)) = (keeping.seed(), keeping.frozen) else {
                return Vec::new();
            };
            let event = wire::SeedRevealed {
                round_id: round_id.to_owned(),
                seed: seed.bytes().to_vec(),
                input_digest: frozen.to_hex(),
            };
            vec![Message::share(Audience::HUB, round_id, &event)]
        }
        KeepingEvent::ShareOpened { dealer } => {
            let Some(share) = keeping.held.get(dealer) else {
                return Vec::new();
            };
            let event = wire::SeedShareOpened {
                round_id: round_id.to_owned(),
                region: dealer.to_string(),
                index: share.index().into(),
                share: share.value().to_vec(),
            };
            vec![Message::share(Audience::HUB, round_id, &event)]
        }
        KeepingEvent::Kept { .. } | KeepingEvent::Frozen { .. } | KeepingEvent::Wanted { .. } => {
            Vec::new()
        }
    }
}

fn committed(round_id: &str, keeping: &SeedKeeping, node: Region) -> Vec<Message> {
    let (Some((commitment, shares)), Some(draw)) = (keeping.dealt(node), keeping.draw()) else {
        return Vec::new();
    };
    let seals = shares.iter().map(|(holder, share)| wire::ShareSeal {
        holder: holder.to_string(),
        commitment: share.commitment(node, *holder, draw).to_vec(),
    });
    let event = wire::SeedCommitted {
        round_id: round_id.to_owned(),
        commitment: commitment.bytes().to_vec(),
        shares: seals.collect(),
    };
    let mut told = vec![Message::share(Audience::HUB, round_id, &event)];
    told.extend(shares.iter().map(|(holder, share)| {
        let event = wire::SeedShareEntrusted {
            round_id: round_id.to_owned(),
            index: share.index().into(),
            share: share.value().to_vec(),
        };
        Message::share(Audience::One(*holder), round_id, &event)
    }));
    told
}

//! What is told of seeds: commitments first, shares to the members that keep them, and seeds only
//! when the pool is frozen.

use draws::Purpose;
use proto::{
    evaluation::v1 as wire,
    message::{Audience, Message},
};
use regulation::Region;

use crate::domain::{Asked, EvaluationRound, KeepingEvent, RoundEvent, SeedKeeping};

/// What the hub tells the members before the draw.
pub(super) fn round(round: &EvaluationRound, event: &RoundEvent) -> Option<Message> {
    let id = round.setup()?.round;
    match (round, event) {
        (EvaluationRound::Open(gathering), RoundEvent::Opened(_)) => {
            Some(draws::asked(Purpose::Evaluation, id, &gathering.seeds))
        }
        (EvaluationRound::Frozen(frozen), RoundEvent::Frozen(_)) => {
            Some(draws::frozen(Purpose::Evaluation, id, &frozen.seeds))
        }
        (EvaluationRound::Frozen(frozen), RoundEvent::Seed(fact)) => {
            draws::told(Purpose::Evaluation, id, &frozen.seeds, fact)
        }
        _ => None,
    }
}

/// What a member tells of its part in a draw.
pub(crate) fn keeping(
    round_id: &str,
    keeping: &SeedKeeping,
    event: &KeepingEvent,
    node: Region,
) -> Vec<Message> {
    let Some(asked) = keeping.asked() else {
        return Vec::new();
    };
    let purpose = asked.purpose.to_wire().into();
    match event {
        KeepingEvent::Asked(_) => {
            let event = wire::SeedCalled {
                round_id: round_id.to_owned(),
            };
            vec![Message::node(round_id, &event)]
        }
        KeepingEvent::Committed { .. } => committed(round_id, keeping, asked, node),
        KeepingEvent::Revealed => {
            let (Some(seed), Some(frozen)) = (keeping.seed(), keeping.frozen) else {
                return Vec::new();
            };
            let event = wire::SeedRevealed {
                round_id: round_id.to_owned(),
                seed: seed.bytes().to_vec(),
                input_digest: frozen.to_hex(),
                purpose,
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
                purpose,
            };
            vec![Message::share(Audience::HUB, round_id, &event)]
        }
        KeepingEvent::Kept { .. } | KeepingEvent::Frozen { .. } | KeepingEvent::Wanted { .. } => {
            Vec::new()
        }
    }
}

fn committed(round_id: &str, keeping: &SeedKeeping, asked: &Asked, node: Region) -> Vec<Message> {
    let Some((commitment, shares)) = keeping.dealt(node) else {
        return Vec::new();
    };
    let seals = shares.iter().map(|(holder, share)| wire::ShareSeal {
        holder: holder.to_string(),
        commitment: share.commitment(node, *holder, &asked.draw).to_vec(),
    });
    let event = wire::SeedCommitted {
        round_id: round_id.to_owned(),
        commitment: commitment.bytes().to_vec(),
        shares: seals.collect(),
        purpose: asked.purpose.to_wire().into(),
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

//! What is heard of seeds: at a member from the hub and the other members, on the hub from members.

use std::collections::{BTreeMap, BTreeSet};

use journal::Act;
use panel::{Seed, SeedCommitment, Share};
use proto::{
    evaluation::v1 as wire,
    message::{Incoming, PublicEvent as _, Scope, Unreadable},
};
use regulation::{Context, EvaluationRoundId, Region};

use super::{digest, parse, round};
use crate::domain::{Asked, KeepingCommand, RoundCommand, SeedKeeping, Word};

/// At a member.
pub(super) fn at_a_member(
    kind: &str,
    message: &Incoming,
    context: &Context,
) -> Result<Vec<Act>, Unreadable> {
    match kind {
        wire::SeedsRequested::KIND => {
            let event: wire::SeedsRequested = message.read_of_hub()?;
            let members = regions(message, &event.members)?;
            if !members.contains(&context.node) {
                return Ok(Vec::new());
            }
            let asked = Asked {
                draw: parse(message, &event.draw_id)?,
                members,
            };
            keeping(message, &event.round_id, KeepingCommand::Ask(asked))
        }
        wire::SeedCalled::KIND => {
            let event: wire::SeedCalled = message.read()?;
            if message.scope != Scope::Node {
                return Err(message.unreadable("a seed is made of what never left its node"));
            }
            let secret = message.id;
            keeping(message, &event.round_id, KeepingCommand::Commit { secret })
        }
        wire::SeedShareEntrusted::KIND => {
            let event: wire::SeedShareEntrusted = message.read()?;
            let command = KeepingCommand::Keep {
                dealer: message.origin,
                share: share(message, event.index, event.share)?,
            };
            keeping(message, &event.round_id, command)
        }
        wire::SeedRevealRequested::KIND => {
            let event: wire::SeedRevealRequested = message.read_of_hub()?;
            let command = KeepingCommand::Reveal {
                frozen: parse(message, &event.input_digest)?,
                members: regions(message, &event.members)?,
            };
            keeping(message, &event.round_id, command)
        }
        wire::SeedShareRequested::KIND => {
            let event: wire::SeedShareRequested = message.read_of_hub()?;
            let command = KeepingCommand::OpenShare {
                dealer: parse(message, &event.region)?,
                frozen: parse(message, &event.input_digest)?,
            };
            keeping(message, &event.round_id, command)
        }
        _ => Ok(Vec::new()),
    }
}

/// On the hub.
pub(super) fn on_the_hub(kind: &str, message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    match kind {
        wire::SeedCommitted::KIND => {
            let event: wire::SeedCommitted = message.read()?;
            let mut shares = BTreeMap::new();
            for seal in &event.shares {
                let commitment = digest(message, &seal.commitment)?;
                shares.insert(parse(message, &seal.holder)?, commitment);
            }
            let commitment = SeedCommitment::from(bytes(message, event.commitment)?);
            let command = RoundCommand::NoteCommitment {
                origin: message.origin,
                word: Word { commitment, shares },
            };
            round(message, &event.round_id, command)
        }
        wire::SeedRevealed::KIND => {
            let event: wire::SeedRevealed = message.read()?;
            let command = RoundCommand::NoteSeed {
                origin: message.origin,
                frozen: parse(message, &event.input_digest)?,
                seed: Seed::from(bytes(message, event.seed)?),
            };
            round(message, &event.round_id, command)
        }
        wire::SeedShareOpened::KIND => {
            let event: wire::SeedShareOpened = message.read()?;
            let command = RoundCommand::NoteShare {
                origin: message.origin,
                region: parse(message, &event.region)?,
                share: share(message, event.index, event.share)?,
            };
            round(message, &event.round_id, command)
        }
        _ => Ok(Vec::new()),
    }
}

fn keeping(
    message: &Incoming,
    round_id: &str,
    command: KeepingCommand,
) -> Result<Vec<Act>, Unreadable> {
    let id: EvaluationRoundId = parse(message, round_id)?;
    Ok(vec![Act::new::<SeedKeeping>(id, command)])
}

fn regions(message: &Incoming, names: &[String]) -> Result<BTreeSet<Region>, Unreadable> {
    names.iter().map(|name| parse(message, name)).collect()
}

fn bytes(message: &Incoming, bytes: Vec<u8>) -> Result<[u8; 32], Unreadable> {
    bytes
        .try_into()
        .map_err(|_| message.unreadable("32 bytes are expected"))
}

fn share(message: &Incoming, index: i32, value: Vec<u8>) -> Result<Share, Unreadable> {
    let index = u32::try_from(index).map_err(|error| message.unreadable(error))?;
    Share::new(index, bytes(message, value)?).map_err(|error| message.unreadable(error))
}

//! What is heard of seeds: at a member from the hub and the other members, on the hub from members.

use std::collections::BTreeSet;

use draws::Purpose;
use journal::Act;
use panel::Share;
use proto::{
    evaluation::v1 as wire,
    message::{Incoming, PublicEvent as _, Scope, Unreadable},
    review::v1 as review,
};
use regulation::{Context, Region};
use uuid::Uuid;

use super::{parse, round};
use crate::domain::{Asked, KeepingCommand, RoundCommand, SeedKeeping};

/// At a member.
pub(super) fn at_a_member(
    kind: &str,
    message: &Incoming,
    context: &Context,
) -> Result<Vec<Act>, Unreadable> {
    match kind {
        wire::SeedsRequested::KIND => requested(message.read_of_hub()?, message, context),
        review::SeedsRequested::KIND => {
            let event: review::SeedsRequested = message.read_of_hub()?;
            requested(whole(message, event.request)?, message, context)
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
        wire::SeedRevealRequested::KIND => reveal(message.read_of_hub()?, message),
        review::SeedRevealRequested::KIND => {
            let event: review::SeedRevealRequested = message.read_of_hub()?;
            reveal(whole(message, event.request)?, message)
        }
        wire::SeedShareRequested::KIND => open_share(message.read_of_hub()?, message),
        review::SeedShareRequested::KIND => {
            let event: review::SeedShareRequested = message.read_of_hub()?;
            open_share(whole(message, event.request)?, message)
        }
        _ => Ok(Vec::new()),
    }
}

fn requested(
    event: wire::SeedsRequested,
    message: &Incoming,
    context: &Context,
) -> Result<Vec<Act>, Unreadable> {
    let members = regions(message, &event.members)?;
    if !members.contains(&context.node) {
        return Ok(Vec::new());
    }
    let purpose = Purpose::from_wire(event.purpose());
    let asked = Asked {
        draw: parse(message, &event.draw_id)?,
        members,
        purpose: purpose.ok_or_else(|| message.unreadable("a draw for nothing"))?,
    };
    keeping(message, &event.round_id, KeepingCommand::Ask(asked))
}

fn reveal(event: wire::SeedRevealRequested, message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let command = KeepingCommand::Reveal {
        frozen: parse(message, &event.input_digest)?,
        members: regions(message, &event.members)?,
    };
    keeping(message, &event.round_id, command)
}

fn open_share(event: wire::SeedShareRequested, message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let command = KeepingCommand::OpenShare {
        dealer: parse(message, &event.region)?,
        frozen: parse(message, &event.input_digest)?,
    };
    keeping(message, &event.round_id, command)
}

/// What review asks of the keepers, in evaluation's own words.
fn whole<T>(message: &Incoming, request: Option<T>) -> Result<T, Unreadable> {
    request.ok_or_else(|| message.unreadable("nothing is requested"))
}

/// On the hub.
pub(super) fn on_the_hub(message: &Incoming) -> Result<Vec<Act>, Unreadable> {
    let Some((round_id, heard)) = draws::heard(message, Purpose::Evaluation)? else {
        return Ok(Vec::new());
    };
    let origin = message.origin;
    round(
        message,
        &round_id,
        RoundCommand::NoteSeeds { origin, heard },
    )
}

fn keeping(
    message: &Incoming,
    round_id: &str,
    command: KeepingCommand,
) -> Result<Vec<Act>, Unreadable> {
    // A round of evaluation or of review: what it is about is no matter of whoever keeps a seed.
    let id: Uuid = parse(message, round_id)?;
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

//! What the hub tells the members of seeds, and what it hears of them.

use std::{collections::BTreeMap, fmt};

use evidence::Digest;
use panel::{Seed, SeedCommitment, Share};
use proto::{
    evaluation::v1 as wire,
    message::{Audience, Incoming, Message, PublicEvent, Unreadable},
    review::v1 as review,
};
use regulation::Region;
use serde::{Deserialize, Serialize};

use crate::{Fact, Gathering, Heard, Opening, Word};

/// What a draw is for: each of the two services asks in its own name, since nobody may speak for
/// another, and the members' keepers of seeds tell it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Demands are evaluated. [Art. 9]
    Evaluation,
    /// Applications are reviewed. [Art. 15]
    Review,
}

impl Purpose {
    /// As it is told.
    pub fn to_wire(self) -> wire::DrawPurpose {
        match self {
            Self::Evaluation => wire::DrawPurpose::Evaluation,
            Self::Review => wire::DrawPurpose::Review,
        }
    }

    /// As it was told; none where this version does not know it.
    pub fn from_wire(told: wire::DrawPurpose) -> Option<Self> {
        match told {
            wire::DrawPurpose::Evaluation => Some(Self::Evaluation),
            wire::DrawPurpose::Review => Some(Self::Review),
            wire::DrawPurpose::Unspecified => None,
        }
    }
}

impl Purpose {
    /// Tells all members in the name of the service that draws.
    fn tell<E: PublicEvent, R: PublicEvent>(
        self,
        round: impl ToString,
        event: E,
        of_review: impl FnOnce(E) -> R,
    ) -> Message {
        match self {
            Self::Evaluation => Message::share(Audience::All, round, &event),
            Self::Review => Message::share(Audience::All, round, &of_review(event)),
        }
    }
}

/// A round was opened: every member is asked for a seed.
pub fn asked(purpose: Purpose, round: impl ToString, gathering: &Gathering) -> Message {
    let members = gathering.committing.members().iter();
    let event = wire::SeedsRequested {
        round_id: round.to_string(),
        draw_id: gathering.committing.draw().to_string(),
        members: members.map(ToString::to_string).collect(),
        purpose: purpose.to_wire().into(),
    };
    purpose.tell(round, event, |request| review::SeedsRequested {
        request: Some(request),
    })
}

/// The pool is frozen: seeds are to be opened.
pub fn frozen(purpose: Purpose, round: impl ToString, opening: &Opening) -> Message {
    let members = opening.randomness.commitments().keys();
    let event = wire::SeedRevealRequested {
        round_id: round.to_string(),
        input_digest: opening.randomness.input().to_hex(),
        members: members.map(ToString::to_string).collect(),
    };
    match purpose {
        Purpose::Evaluation => Message::share(Audience::All, round, &event),
        Purpose::Review => {
            let request = Some(event);
            Message::share(
                Audience::All,
                round,
                &review::SeedRevealRequested { request },
            )
        }
    }
}

/// What the members are told of a fact.
pub fn told(
    purpose: Purpose,
    round: impl ToString,
    opening: &Opening,
    fact: &Fact,
) -> Option<Message> {
    let Fact::RecoveryAsked { region, .. } = fact else {
        return None;
    };
    let event = wire::SeedShareRequested {
        round_id: round.to_string(),
        region: region.to_string(),
        input_digest: opening.randomness.input().to_hex(),
    };
    Some(match purpose {
        Purpose::Evaluation => Message::share(Audience::All, round, &event),
        Purpose::Review => {
            let request = Some(event);
            Message::share(
                Audience::All,
                round,
                &review::SeedShareRequested { request },
            )
        }
    })
}

/// What a member says of seeds, with the round it is about; none where it is about something else,
/// or about a draw for another purpose.
///
/// # Errors
/// When a part does not parse.
pub fn heard(message: &Incoming, purpose: Purpose) -> Result<Option<(String, Heard)>, Unreadable> {
    let (told, round, heard) = match message.kind.as_str() {
        wire::SeedCommitted::KIND => {
            let event: wire::SeedCommitted = message.read()?;
            let mut shares = BTreeMap::new();
            for seal in &event.shares {
                let commitment = Digest::try_from(seal.commitment.as_slice());
                let commitment = commitment.map_err(|error| message.unreadable(error))?;
                shares.insert(region(message, &seal.holder)?, commitment);
            }
            let commitment = SeedCommitment::from(bytes(message, event.commitment.clone())?);
            let word = Word { commitment, shares };
            (event.purpose(), event.round_id, Heard::Commitment(word))
        }
        wire::SeedRevealed::KIND => {
            let event: wire::SeedRevealed = message.read()?;
            let heard = Heard::Seed {
                frozen: parse(message, event.input_digest.parse())?,
                seed: Seed::from(bytes(message, event.seed.clone())?),
            };
            (event.purpose(), event.round_id, heard)
        }
        wire::SeedShareOpened::KIND => {
            let event: wire::SeedShareOpened = message.read()?;
            let index = parse(message, u32::try_from(event.index))?;
            let value = bytes(message, event.share.clone())?;
            let heard = Heard::Share {
                of: region(message, &event.region)?,
                share: parse(message, Share::new(index, value))?,
            };
            (event.purpose(), event.round_id, heard)
        }
        _ => return Ok(None),
    };
    match Purpose::from_wire(told) {
        None => Err(message.unreadable("a draw for nothing that is known here")),
        Some(other) if other != purpose => Ok(None),
        Some(_) => Ok(Some((round, heard))),
    }
}

fn parse<T, E: fmt::Display>(message: &Incoming, parsed: Result<T, E>) -> Result<T, Unreadable> {
    parsed.map_err(|error| message.unreadable(error))
}

fn region(message: &Incoming, name: &str) -> Result<Region, Unreadable> {
    parse(message, name.parse())
}

fn bytes(message: &Incoming, bytes: Vec<u8>) -> Result<[u8; 32], Unreadable> {
    let read = bytes.try_into();
    read.map_err(|_| message.unreadable("32 bytes are expected"))
}

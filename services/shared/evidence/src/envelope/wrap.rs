//! Outbound: seal for the audience, bind to the place in the chain, sign.

use prost::Message as _;
use proto::{
    exchange::v1::{Envelope, EnvelopeBody, EnvelopeHeader, SignatureAlgorithm},
    message::Audience,
};
use rand::CryptoRng;
use regulation::Region;
use time::OffsetDateTime;

use super::{BODY_BYTES_MAX, Body, Header, body_digest, bound_to, header_hash};
use crate::{Digest, KeyId, KeyRing, SigningKey};

/// A place in a chain: the first, or right after an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    number: u64,
    previous: Option<Digest>,
}

impl Place {
    /// The beginning of a chain.
    pub const FIRST: Self = Self {
        number: 1,
        previous: None,
    };

    /// Right after envelope `number`, whose [hash](super::hash) is `hash`.
    pub fn after(number: u64, hash: Digest) -> Self {
        Self {
            number: number.saturating_add(1),
            previous: Some(hash),
        }
    }

    /// The number there.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The hash that stands before it.
    pub fn previous(&self) -> Option<Digest> {
        self.previous
    }
}

/// What is about to cross the border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// Who speaks.
    pub origin: Region,
    /// Who may read it.
    pub audience: Audience,
    /// When it is said; must not be before the previous envelope's time. At the earliest it is
    /// when the body was decided.
    pub at: OffsetDateTime,
    /// What is said.
    pub body: Body,
}

/// Why something can't be wrapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrapFault {
    /// Nobody is known by that name, so nothing can be sealed for them.
    #[error("{0} is not a member")]
    UnknownAudience(Region),
    /// The others would refuse what this key signs now.
    #[error("key {key} does not sign for {origin} at {at}")]
    NotOurKey {
        /// The key.
        key: KeyId,
        /// Who would speak.
        origin: Region,
        /// When.
        at: OffsetDateTime,
    },
    /// Longer than [`BODY_BYTES_MAX`].
    #[error("the body has {bytes} bytes, at most {BODY_BYTES_MAX} can cross")]
    TooLong {
        /// Its length as it would travel.
        bytes: usize,
    },
    /// The audience's key can't be used.
    #[error("cannot be sealed for {0}")]
    Unsealable(Region),
}

impl Outbound {
    /// Seals it for its audience, binds it to its place in the chain, and signs it. The same draft
    /// sealed again gives other bytes: keep the envelope, and send that one again.
    ///
    /// # Errors
    /// When the others could not open or would not accept it.
    pub fn wrap(
        self,
        place: Place,
        key: &SigningKey,
        ring: &KeyRing,
        random: &mut impl CryptoRng,
    ) -> Result<Envelope, WrapFault> {
        let Self {
            origin,
            audience,
            at,
            body,
        } = self;
        let body = Body {
            at: microseconds(body.at),
            ..body
        };
        let at = microseconds(at).max(body.at);
        let key_id = key.verifying_key().id();
        let ours = ring.member(origin).is_some_and(|member| {
            member
                .signing
                .iter()
                .any(|dated| dated.key.id() == key_id && dated.valid_at(at))
        });
        if !ours {
            return Err(WrapFault::NotOurKey {
                key: key_id,
                origin,
                at,
            });
        }
        let clear = EnvelopeBody::from(body).encode_to_vec();
        let mut header = Header {
            origin,
            number: place.number,
            previous: place.previous,
            body_digest: Digest([0; 32]),
            at,
            audience,
        };
        let body = match audience {
            Audience::All => clear,
            Audience::One(region) => {
                let member = ring
                    .member(region)
                    .ok_or(WrapFault::UnknownAudience(region))?;
                let sealed = member
                    .sealing
                    .seal(&clear, bound_to(&header).as_ref(), random);
                sealed
                    .map_err(|_| WrapFault::Unsealable(region))?
                    .encode_to_vec()
            }
        };
        if body.len() > BODY_BYTES_MAX {
            return Err(WrapFault::TooLong { bytes: body.len() });
        }
        header.body_digest = body_digest(&body);
        let header = EnvelopeHeader::from(&header).encode_to_vec();
        Ok(Envelope {
            signature: key.sign(&header_hash(&header)),
            header,
            algorithm: SignatureAlgorithm::from(key.algorithm()).into(),
            key_id: key_id.to_string(),
            body,
        })
    }
}

/// The same envelope under another key of its origin: number, hash and what it says stay. For what
/// was signed with a key that had ended, as its origin learned only later.
#[must_use]
pub fn sign_anew(envelope: &Envelope, key: &SigningKey) -> Envelope {
    Envelope {
        signature: key.sign(&super::hash(envelope)),
        algorithm: SignatureAlgorithm::from(key.algorithm()).into(),
        key_id: key.verifying_key().id().to_string(),
        ..envelope.clone()
    }
}

fn microseconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(at.nanosecond() / 1_000 * 1_000)
        .unwrap_or(at)
}

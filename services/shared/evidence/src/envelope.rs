//! The border's envelope: wrapped, signed and sealed by its origin, verified and opened by others.

mod wire;
mod wrap;

use prost::Message as _;
use proto::{
    exchange::v1::{Envelope, EnvelopeBody, EnvelopeHeader, SealedBody},
    message::{Audience, Incoming, Scope},
};
use regulation::Region;
use time::OffsetDateTime;
use uuid::Uuid;

pub use wire::{from_timestamp, timestamp};
pub use wrap::{Outbound, Place, WrapFault, sign_anew};

use crate::{Digest, KeyId, KeyRing, SealingKey};

/// Longest body as it travels, in bytes: below the 1 MiB that a NATS server takes by default.
pub const BODY_BYTES_MAX: usize = 900 * 1024;

/// What every member may see of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Who speaks.
    pub origin: Region,
    /// Its place in the origin's chain, from 1 without gaps.
    pub number: u64,
    /// Hash of the origin's previous envelope; none for number 1.
    pub previous: Option<Digest>,
    /// Digest of the body as it travels.
    pub body_digest: Digest,
    /// When the origin said it, by the origin's clock, to the microsecond.
    pub at: OffsetDateTime,
    /// Who can open the body.
    pub audience: Audience,
}

/// What the audience sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Random id.
    pub id: Uuid,
    /// `<service>.<aggregate>.<event>`.
    pub kind: String,
    /// Whole subject in the origin's node.
    pub subject: String,
    /// The aggregate it tells of.
    pub aggregate: String,
    /// Protobuf name of what is in `data`.
    pub schema: String,
    /// W3C trace context, if any.
    pub traceparent: Option<String>,
    /// When it was decided: what deadlines are judged by. Never after the envelope's time, which
    /// may be later, since it does not go back where messages cross a little out of order.
    pub at: OffsetDateTime,
    /// The encoded event.
    pub data: Vec<u8>,
}

impl Body {
    /// The message as the node's services hear it.
    pub fn into_incoming(self, header: &Header) -> Incoming {
        Incoming {
            id: self.id,
            origin: header.origin,
            scope: Scope::Share(header.audience),
            kind: self.kind,
            aggregate: self.aggregate,
            at: self.at,
            body: self.data,
            traceparent: self.traceparent,
        }
    }
}

/// What the next envelope of the chain points to. It covers header and, through it, body; two
/// envelopes with one hash say the same, whichever key signed.
pub fn hash(envelope: &Envelope) -> Digest {
    header_hash(&envelope.header)
}

fn header_hash(header: &[u8]) -> Digest {
    Digest::of("jiebang.envelope.v1", &[header])
}

fn body_digest(body: &[u8]) -> Digest {
    Digest::of("jiebang.envelope.body.v1", &[body])
}

/// What a sealed body is bound to: all of the header but the digest of the body itself.
fn bound_to(header: &Header) -> Digest {
    Digest::of(
        "jiebang.envelope.binding.v1",
        &[
            header.origin.as_str().as_bytes(),
            &header.number.to_be_bytes(),
            header
                .previous
                .as_ref()
                .map_or(&[][..], |digest| digest.as_ref()),
            &header.at.unix_timestamp_nanos().to_be_bytes(),
            header.audience.to_string().as_bytes(),
        ],
    )
}

/// Why an envelope is not what it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeFault {
    /// Something does not decode or is missing.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// The origin is not a member.
    #[error("{0} is not a member")]
    UnknownMember(Region),
    /// The key was never one of the origin's.
    #[error("{origin} has no key {key}")]
    UnknownKey {
        /// Who claims to speak.
        origin: Region,
        /// The key it claims to have signed with.
        key: String,
    },
    /// The key is the origin's, but did not sign at that time.
    #[error("key {key} of {origin} did not sign at {at}")]
    KeyNotValidThen {
        /// Who claims to speak.
        origin: Region,
        /// Its key.
        key: KeyId,
        /// When it claims to have spoken.
        at: OffsetDateTime,
    },
    /// The signature is not the key's over this header.
    #[error("the signature is not {origin}'s over this header")]
    BadSignature {
        /// Who claims to speak.
        origin: Region,
    },
    /// The body is not the one that was signed for.
    #[error("the body is not the one that the header was signed for")]
    DigestMismatch,
    /// Numbers begin at 1.
    #[error("0 is no number of an envelope")]
    WrongNumber,
    /// Number 1 points at something, or another one at nothing.
    #[error("envelope {number} points {}", if *.number == 1 { "at a previous one" } else { "at none" })]
    WrongPrevious {
        /// Its number.
        number: u64,
    },
    /// Longer than [`BODY_BYTES_MAX`].
    #[error("the body has {bytes} bytes, at most {BODY_BYTES_MAX} can cross")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
}

/// An envelope whose origin, integrity and form hold. Its place in the chain is the business of
/// [`crate::ChainCheck`].
#[derive(Debug, Clone)]
pub struct Verified<'a> {
    /// What every member may see.
    pub header: Header,
    /// What the next envelope points to.
    pub hash: Digest,
    envelope: &'a Envelope,
}

/// Checks that `envelope` is its origin's word, unaltered.
///
/// # Errors
/// What does not hold.
pub fn verify<'a>(envelope: &'a Envelope, ring: &KeyRing) -> Result<Verified<'a>, EnvelopeFault> {
    if envelope.body.len() > BODY_BYTES_MAX {
        return Err(EnvelopeFault::TooLong {
            bytes: envelope.body.len(),
        });
    }
    let header = EnvelopeHeader::decode(envelope.header.as_slice())
        .map_err(|_| EnvelopeFault::Malformed("header"))?;
    let header = Header::try_from(header)?;
    let hash = hash(envelope);
    let origin = header.origin;
    let member = ring
        .member(origin)
        .ok_or(EnvelopeFault::UnknownMember(origin))?;
    let dated = member
        .signing
        .iter()
        .find(|dated| dated.key.id().as_str() == envelope.key_id)
        .ok_or_else(|| EnvelopeFault::UnknownKey {
            origin,
            key: envelope.key_id.clone(),
        })?;
    if envelope.algorithm() != dated.key.algorithm().into() {
        return Err(EnvelopeFault::Malformed("signature algorithm"));
    }
    if !dated.key.verifies(&hash, &envelope.signature) {
        return Err(EnvelopeFault::BadSignature { origin });
    }
    if !dated.valid_at(header.at) {
        let key = dated.key.id();
        return Err(EnvelopeFault::KeyNotValidThen {
            origin,
            key,
            at: header.at,
        });
    }
    if body_digest(&envelope.body) != header.body_digest {
        return Err(EnvelopeFault::DigestMismatch);
    }
    Ok(Verified {
        header,
        hash,
        envelope,
    })
}

/// Who tries to read: a node with its sealing keys, the present one and former ones.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Which node.
    pub region: Region,
    /// Its keys.
    pub keys: Vec<SealingKey>,
}

/// Why a verified envelope that is addressed to the reader can't be read all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// It was sealed with a key that the reader does not have.
    #[error("sealed for key {0}, which is not here")]
    NoKey(String),
    /// It does not open with the key it names.
    #[error("does not open with the key it names")]
    Sealed,
    /// What is inside does not decode.
    #[error("malformed {0}")]
    Malformed(&'static str),
}

impl Verified<'_> {
    /// The body; none when it is addressed to somebody else. Without a reader only what is
    /// addressed to all can be read.
    ///
    /// # Errors
    /// When it is addressed to the reader and can't be read.
    pub fn open(&self, reader: Option<&Reader>) -> Result<Option<Body>, OpenFault> {
        let clear = match (self.header.audience, reader) {
            (Audience::All, _) => EnvelopeBody::decode(self.envelope.body.as_slice()),
            (Audience::One(region), Some(reader)) if region == reader.region => {
                EnvelopeBody::decode(self.unseal(reader)?.as_slice())
            }
            (Audience::One(_), _) => return Ok(None),
        };
        let body: Body = clear
            .map_err(|_| OpenFault::Malformed("body"))?
            .try_into()?;
        if body.at > self.header.at {
            return Err(OpenFault::Malformed("time"));
        }
        Ok(Some(body))
    }

    fn unseal(&self, reader: &Reader) -> Result<Vec<u8>, OpenFault> {
        let sealed = SealedBody::decode(self.envelope.body.as_slice())
            .map_err(|_| OpenFault::Malformed("sealed body"))?;
        let key = reader
            .keys
            .iter()
            .find(|key| key.public().id().as_str() == sealed.key_id)
            .ok_or_else(|| OpenFault::NoKey(sealed.key_id.clone()))?;
        key.open(&sealed, bound_to(&self.header).as_ref())
            .ok_or(OpenFault::Sealed)
    }
}

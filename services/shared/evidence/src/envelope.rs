//! The border's envelope: wrapped, signed and sealed by its origin, verified and opened by others.

use prost::Message as _;
use proto::{
    exchange::v1::{Envelope, EnvelopeBody, EnvelopeHeader, SealedBody, SignatureAlgorithm},
    message::{Audience, Incoming, Scope},
};
use rand::CryptoRng;
use regulation::Region;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Digest, KeyId, KeyRing, SealingKey, SigningKey};

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
            at: header.at,
            body: self.data,
            traceparent: self.traceparent,
        }
    }
}

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

    /// Right after envelope `number`, whose [`hash`] is `hash`.
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
    /// When it is said; must not be before the previous envelope's time.
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
        rng: &mut impl CryptoRng,
    ) -> Result<Envelope, WrapFault> {
        let Self {
            origin,
            audience,
            at,
            body,
        } = self;
        let at = microseconds(at);
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
                let sealed = member.sealing.seal(&clear, bound_to(&header).as_ref(), rng);
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

fn microseconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(at.nanosecond() / 1_000 * 1_000)
        .unwrap_or(at)
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
        clear
            .map_err(|_| OpenFault::Malformed("body"))?
            .try_into()
            .map(Some)
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

impl From<&Header> for EnvelopeHeader {
    fn from(header: &Header) -> Self {
        Self {
            origin: header.origin.to_string(),
            number: header.number,
            previous: header
                .previous
                .map(|digest| digest.0.to_vec())
                .unwrap_or_default(),
            body_digest: header.body_digest.0.to_vec(),
            time: Some(timestamp(header.at)),
            audience: header.audience.to_string(),
        }
    }
}

impl TryFrom<EnvelopeHeader> for Header {
    type Error = EnvelopeFault;

    fn try_from(header: EnvelopeHeader) -> Result<Self, Self::Error> {
        use EnvelopeFault::Malformed;
        let origin = header.origin.parse().map_err(|_| Malformed("origin"))?;
        let previous = match header.previous.as_slice() {
            [] => None,
            bytes => Some(Digest::try_from(bytes).map_err(|_| Malformed("previous hash"))?),
        };
        if header.number == 0 {
            return Err(EnvelopeFault::WrongNumber);
        }
        if (header.number == 1) != previous.is_none() {
            return Err(EnvelopeFault::WrongPrevious {
                number: header.number,
            });
        }
        Ok(Self {
            origin,
            number: header.number,
            previous,
            body_digest: Digest::try_from(header.body_digest.as_slice())
                .map_err(|_| Malformed("body digest"))?,
            at: header
                .time
                .as_ref()
                .and_then(from_timestamp)
                .ok_or(Malformed("time"))?,
            audience: header.audience.parse().map_err(|_| Malformed("audience"))?,
        })
    }
}

impl From<Body> for EnvelopeBody {
    fn from(body: Body) -> Self {
        Self {
            id: body.id.to_string(),
            r#type: body.kind,
            subject: body.subject,
            aggregate: body.aggregate,
            dataschema: body.schema,
            traceparent: body.traceparent.unwrap_or_default(),
            data: body.data,
        }
    }
}

impl TryFrom<EnvelopeBody> for Body {
    type Error = OpenFault;

    fn try_from(body: EnvelopeBody) -> Result<Self, Self::Error> {
        Ok(Self {
            id: Uuid::try_parse(&body.id).map_err(|_| OpenFault::Malformed("id"))?,
            kind: body.r#type,
            subject: body.subject,
            aggregate: body.aggregate,
            schema: body.dataschema,
            traceparent: Some(body.traceparent).filter(|trace| !trace.is_empty()),
            data: body.data,
        })
    }
}

/// A moment as the published language says it.
pub fn timestamp(at: OffsetDateTime) -> prost_types::Timestamp {
    // Nanoseconds of a second always fit.
    let nanos = i32::try_from(at.nanosecond()).unwrap_or_default();
    prost_types::Timestamp {
        seconds: at.unix_timestamp(),
        nanos,
    }
}

/// The moment that `timestamp` says; none if it is out of range.
pub fn from_timestamp(timestamp: &prost_types::Timestamp) -> Option<OffsetDateTime> {
    let nanos = u32::try_from(timestamp.nanos).ok()?;
    OffsetDateTime::from_unix_timestamp(timestamp.seconds)
        .ok()?
        .replace_nanosecond(nanos)
        .ok()
}

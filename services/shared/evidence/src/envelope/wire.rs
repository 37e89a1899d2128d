//! Between what travels and what is meant.

use proto::exchange::v1::{EnvelopeBody, EnvelopeHeader};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Body, EnvelopeFault, Header, OpenFault};
use crate::Digest;

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
            time: Some(timestamp(body.at)),
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
            at: body
                .time
                .as_ref()
                .and_then(from_timestamp)
                .ok_or(OpenFault::Malformed("time"))?,
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

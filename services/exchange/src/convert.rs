//! Between what the chain says and what the database keeps.

use evidence::{Digest, Envelope, NotADigest};
use prost::Message as _;
use uuid::Uuid;

/// A number of a chain as a column. None of them gets beyond 2^63: that is a row for every
/// nanosecond of three centuries.
pub(crate) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A column as a number of a chain.
pub(crate) fn number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or_default()
}

/// A digest of a row.
pub(crate) fn digest(column: &[u8]) -> Result<Digest, sqlx::Error> {
    Digest::try_from(column).map_err(|error: NotADigest| sqlx::Error::Decode(error.into()))
}

/// An id that follows from a digest.
pub(crate) fn id(digest: Digest) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// An envelope of a row.
pub(crate) fn envelope(column: &[u8]) -> Result<Envelope, sqlx::Error> {
    Envelope::decode(column).map_err(|error| sqlx::Error::Decode(error.into()))
}

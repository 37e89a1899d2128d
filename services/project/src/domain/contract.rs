//! 合同和任务书: one document, known by its digest. [Art. 16, 18]

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use evidence::Digest;
use regulation::{Day, Text};
use serde::{Deserialize, Serialize};

use super::{Established, Rejection, Signature};
use crate::record;

/// What an officer adds to what was established.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// First day.
    pub starts_on: Day,
    /// 补充约定
    pub supplementary: Option<Text>,
}

impl Terms {
    /// The last day of a project of so many months: the day before the same day of the month that
    /// follows them. [Art. 18]
    pub fn ends_on(&self, months: u32) -> Day {
        self.starts_on.plus_months(months).minus_days(1)
    }
}

/// A contract with its task book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// From 1; counts those that were put before the parties.
    pub version: u32,
    /// What was added to what was established.
    pub terms: Terms,
    /// The document.
    pub document: Document,
    /// Who drew it up.
    pub prepared_by: Signature,
}

impl Contract {
    /// The contract on what was established, and nothing else but the terms.
    ///
    /// # Errors
    /// [`Rejection::TooLong`]
    pub(super) fn drawn_up(
        established: &Established,
        version: u32,
        terms: Terms,
        prepared_by: Signature,
    ) -> Result<Self, Rejection> {
        let document = Document::new(record::contract(established, version, &terms))?;
        Ok(Self {
            version,
            terms,
            document,
            prepared_by,
        })
    }
}

/// The encoded contract, known by its plain SHA-256. Stored as base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Document {
    bytes: Vec<u8>,
    digest: Digest,
}

impl Document {
    /// Longest document, in bytes: with what is around it, it has to cross the border in one
    /// message of at most 900 KiB.
    pub const BYTES_MAX: usize = 800 * 1024;

    fn new(bytes: Vec<u8>) -> Result<Self, Rejection> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(Rejection::TooLong {
                length: bytes.len(),
            });
        }
        Ok(Self::of(bytes))
    }

    fn of(bytes: Vec<u8>) -> Self {
        Self {
            digest: Digest::of_document(&bytes),
            bytes,
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Plain SHA-256 of the bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bytes may be what no log may hold.
        write!(f, "Document({}, {} bytes)", self.digest, self.bytes.len())
    }
}

impl TryFrom<String> for Document {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        STANDARD.decode(text).map(Self::of)
    }
}

impl From<Document> for String {
    fn from(document: Document) -> Self {
        STANDARD.encode(document.bytes)
    }
}

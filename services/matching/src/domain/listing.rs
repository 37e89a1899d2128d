//! Under which names and terms a demand is published.

use std::{fmt, str::FromStr};

use proto::matching::v1 as wire;
use regulation::{BlindId, Day, InvalidId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::record::Record;

/// One feedback of solutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeedbackId(pub Uuid);

impl From<Uuid> for FeedbackId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for FeedbackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for FeedbackId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| InvalidId(text.chars().take(64).collect()))
    }
}

/// A demand's public number, such as `2024-0012`, given by the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicNumber {
    /// The list's year.
    pub year: u16,
    /// Its place in the year, from 1.
    pub place: u32,
}

/// Text that is no public number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("公开编号应形如 2024-0012：{0:?}")]
pub struct InvalidNumber(pub String);

impl fmt::Display for PublicNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:04}", self.year, self.place)
    }
}

impl FromStr for PublicNumber {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let parsed = text.split_once('-').and_then(|(year, place)| {
            Some(Self {
                year: year.parse().ok()?,
                place: place.parse().ok()?,
            })
        });
        // Only the one way of writing it, so that two names never mean the same.
        parsed
            .filter(|number| number.to_string() == text)
            .ok_or_else(|| InvalidNumber(text.chars().take(32).collect()))
    }
}

impl TryFrom<String> for PublicNumber {
    type Error = InvalidNumber;

    fn try_from(text: String) -> Result<Self, InvalidNumber> {
        text.parse()
    }
}

impl From<PublicNumber> for String {
    fn from(number: PublicNumber) -> Self {
        number.to_string()
    }
}

/// What the policy of the publication fixes for a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Last day of the call's minimum; nothing is selected before its end.
    pub call_until: Day,
    /// Days between two feedbacks. [Art. 11]
    pub feedback_days: u32,
    /// The policy version.
    pub policy: String,
}

/// How a demand is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What the public knows it by: random.
    pub blind_id: BlindId,
    /// Its public number.
    pub number: PublicNumber,
    /// When.
    pub published_on: Day,
    /// On which terms.
    pub terms: Terms,
}

/// One published demand as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Random, linked to nothing.
    pub blind_id: BlindId,
    /// Its public number.
    pub number: PublicNumber,
    /// What is published of it.
    pub record: Record,
}

impl From<&Entry> for wire::CatalogueEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            blind_id: entry.blind_id.to_string(),
            public_number: entry.number.to_string(),
            record: Some((&entry.record).into()),
        }
    }
}

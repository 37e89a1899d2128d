//! A demand's public record, kept as its home told it: experts, list and public see the same.

use prost::Message as _;
use proto::intake::v1::PublicRecord;
use regulation::{Field, InvalidField, InvalidText, Title};
use serde::{Deserialize, Serialize};

/// A public record. What this version of the allow-list does not know was dropped on arrival.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Record {
    title: Title,
    field: Field,
    wire: PublicRecord,
}

/// A record as it is kept: its bytes, and what people look for in a fact.
#[derive(Serialize, Deserialize)]
struct Stored {
    title: String,
    encoded: String,
}

/// Why something is no public record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecord {
    /// There is none.
    #[error("no public record")]
    Missing,
    /// The title is no title.
    #[error("title: {0}")]
    Title(#[from] InvalidText),
    /// The field is no field.
    #[error("field: {0}")]
    Field(#[from] InvalidField),
    /// The stored bytes are no record.
    #[error("unreadable record: {0}")]
    Encoding(String),
}

impl Record {
    /// 攻关名称
    pub fn title(&self) -> &Title {
        &self.title
    }

    /// 领域
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// Whether title, mission or tasks speak of `keyword`.
    pub fn mentions(&self, keyword: &str) -> bool {
        let tasks = self
            .wire
            .tasks
            .iter()
            .flat_map(|task| [&task.title, &task.content]);
        [&self.wire.title, &self.wire.mission]
            .into_iter()
            .chain(tasks)
            .any(|text| text.contains(keyword))
    }

    /// The record as others are told it.
    pub fn to_wire(&self) -> PublicRecord {
        self.wire.clone()
    }
}

impl TryFrom<PublicRecord> for Record {
    type Error = InvalidRecord;

    fn try_from(wire: PublicRecord) -> Result<Self, InvalidRecord> {
        Ok(Self {
            title: wire.title.parse()?,
            field: wire.field.parse()?,
            wire,
        })
    }
}

impl TryFrom<Option<PublicRecord>> for Record {
    type Error = InvalidRecord;

    fn try_from(wire: Option<PublicRecord>) -> Result<Self, InvalidRecord> {
        wire.ok_or(InvalidRecord::Missing)?.try_into()
    }
}

impl TryFrom<Stored> for Record {
    type Error = InvalidRecord;

    fn try_from(stored: Stored) -> Result<Self, InvalidRecord> {
        let unreadable = |error: &dyn std::error::Error| InvalidRecord::Encoding(error.to_string());
        let bytes = hex::decode(&stored.encoded).map_err(|error| unreadable(&error))?;
        PublicRecord::decode(bytes.as_slice())
            .map_err(|error| unreadable(&error))?
            .try_into()
    }
}

impl From<Record> for Stored {
    fn from(record: Record) -> Self {
        Self {
            title: record.title.to_string(),
            encoded: hex::encode(record.wire.encode_to_vec()),
        }
    }
}

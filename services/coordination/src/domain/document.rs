//! A document with its digest, which can't disagree, and the number under which it is approved.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use evidence::Digest;
use regulation::{InvalidText, Title};
use serde::{Deserialize, Serialize};

/// Bytes that people agree to, known by their SHA-256. Stored as base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Document {
    bytes: Vec<u8>,
    digest: Digest,
}

/// Bytes that are no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDocument {
    /// Nothing to agree to.
    #[error("文件不能为空")]
    Empty,
    /// Longer than what crosses the border in one message.
    #[error("文件最多 {limit} 字节，现有 {length} 字节", limit = Document::BYTES_MAX)]
    TooLong {
        /// Its length, in bytes.
        length: usize,
    },
    /// What is stored is no base64.
    #[error("文件无法读取")]
    Unreadable,
    /// It came with the digest of something else.
    #[error("文件与其摘要不符")]
    AnotherDigest,
}

impl Document {
    /// Longest document, in bytes.
    pub const BYTES_MAX: usize = 3 * 1024 * 1024;

    /// The bytes as a document.
    ///
    /// # Errors
    /// When there are none, or too many.
    pub fn new(bytes: Vec<u8>) -> Result<Self, InvalidDocument> {
        match bytes.len() {
            0 => Err(InvalidDocument::Empty),
            length if length > Self::BYTES_MAX => Err(InvalidDocument::TooLong { length }),
            _ => Ok(Self {
                digest: Digest::of_document(&bytes),
                bytes,
            }),
        }
    }

    /// The bytes as the document that their sender said they are.
    ///
    /// # Errors
    /// When they are no document, or not the one with this digest.
    pub fn checked(bytes: Vec<u8>, digest: &str) -> Result<Self, InvalidDocument> {
        let document = Self::new(bytes)?;
        if digest.parse() == Ok(document.digest) {
            Ok(document)
        } else {
            Err(InvalidDocument::AnotherDigest)
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
    type Error = InvalidDocument;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(
            STANDARD
                .decode(text)
                .map_err(|_| InvalidDocument::Unreadable)?,
        )
    }
}

impl From<Document> for String {
    fn from(document: Document) -> Self {
        STANDARD.encode(document.bytes)
    }
}

/// 批文号: the number under which a decision was approved, 1 to 60 characters. [Art. 9, 13, 16]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentNumber(Title);

/// Text that is no document number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDocumentNumber {
    /// Empty, or with characters that can't be seen.
    #[error("批文号不能为空，也不能含不可见字符：{0}")]
    Text(#[from] InvalidText),
    /// Too long.
    #[error("批文号最多 {} 个字", DocumentNumber::CHARS_MAX)]
    TooLong,
}

impl DocumentNumber {
    /// Longest number, in characters.
    pub const CHARS_MAX: usize = 60;

    /// The number.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for DocumentNumber {
    type Err = InvalidDocumentNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number: Title = text.parse()?;
        if number.as_str().chars().count() > Self::CHARS_MAX {
            return Err(InvalidDocumentNumber::TooLong);
        }
        Ok(Self(number))
    }
}

impl TryFrom<String> for DocumentNumber {
    type Error = InvalidDocumentNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DocumentNumber> for String {
    fn from(number: DocumentNumber) -> Self {
        number.0.into()
    }
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use regulation::{Policy, YRD_2023_1};

    use super::*;

    #[test]
    fn a_policys_document_has_the_policys_own_digest() {
        let document = Document::new(YRD_2023_1.as_bytes().to_vec()).unwrap();
        let policy = Policy::parse(YRD_2023_1).unwrap();
        assert_eq!(document.digest().to_string(), policy.digest_hex());
    }

    #[test]
    fn a_document_with_another_digest_is_refused() {
        let right = Document::new(b"a".to_vec()).unwrap().digest().to_string();
        assert!(Document::checked(b"a".to_vec(), &right).is_ok());
        assert_eq!(
            Document::checked(b"b".to_vec(), &right),
            Err(InvalidDocument::AnotherDigest)
        );
        assert_eq!(Document::new(Vec::new()), Err(InvalidDocument::Empty));
        let long = vec![0; Document::BYTES_MAX + 1];
        let length = Document::BYTES_MAX + 1;
        assert_eq!(
            Document::new(long),
            Err(InvalidDocument::TooLong { length })
        );
    }

    #[test]
    fn a_stored_document_reads_itself_again() {
        let document = Document::new(vec![0, 255, 7]).unwrap();
        let stored = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&stored).unwrap(), document);
        assert!(serde_json::from_str::<Document>("\"?\"").is_err());
    }

    #[test]
    fn an_approval_without_a_document_number_can_not_be_written() {
        assert!("".parse::<DocumentNumber>().is_err());
        assert!("号".repeat(61).parse::<DocumentNumber>().is_err());
        assert_eq!(
            " 沪科合〔2024〕12号 "
                .parse::<DocumentNumber>()
                .unwrap()
                .as_str(),
            "沪科合〔2024〕12号"
        );
    }
}

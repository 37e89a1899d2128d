//! Bytes that people agree to, with their digest, which can't disagree.

use std::fmt;

use evidence::Digest;
use serde::{Deserialize, Serialize};

/// Bytes with their SHA-256. Stored as hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Document {
    bytes: Vec<u8>,
    digest: Digest,
}

/// Bytes that are no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDocument {
    /// Longer than what crosses the border in one message.
    #[error("at most {limit} bytes, not {0}", limit = Document::BYTES_MAX)]
    TooLong(usize),
    /// What is stored is not hexadecimal.
    #[error("not hexadecimal")]
    Unreadable,
    /// It came with the digest of something else.
    #[error("the digest is another document's")]
    AnotherDigest,
}

impl Document {
    /// Longest document, in bytes.
    pub const BYTES_MAX: usize = 2 * 1024 * 1024;

    /// The bytes as a document.
    ///
    /// # Errors
    /// When there are too many.
    pub fn new(bytes: Vec<u8>) -> Result<Self, InvalidDocument> {
        if bytes.len() > Self::BYTES_MAX {
            return Err(InvalidDocument::TooLong(bytes.len()));
        }
        Ok(Self {
            digest: Digest::of_document(&bytes),
            bytes,
        })
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

    /// Their SHA-256.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

impl TryFrom<String> for Document {
    type Error = InvalidDocument;

    fn try_from(stored: String) -> Result<Self, Self::Error> {
        let bytes = hex::decode(stored).map_err(|_| InvalidDocument::Unreadable)?;
        Self::new(bytes)
    }
}

impl From<Document> for String {
    fn from(document: Document) -> Self {
        hex::encode(document.bytes)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Document").field(&self.digest).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_document_comes_with_its_own_digest_or_not_at_all() {
        let document = Document::new(b"package".to_vec()).unwrap();
        let digest = document.digest().to_string();
        assert_eq!(
            Document::checked(b"package".to_vec(), &digest),
            Ok(document)
        );
        let forged = Document::checked(b"packages".to_vec(), &digest);
        assert_eq!(forged, Err(InvalidDocument::AnotherDigest));
        let long = Document::new(vec![0; Document::BYTES_MAX + 1]);
        assert!(matches!(long, Err(InvalidDocument::TooLong(_))));
    }

    proptest! {
        #[test]
        fn a_stored_document_is_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let document = Document::new(bytes).unwrap();
            let stored = serde_json::to_string(&document).unwrap();
            prop_assert_eq!(serde_json::from_str::<Document>(&stored).unwrap(), document);
        }
    }
}

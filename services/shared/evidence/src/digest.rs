//! SHA-256 with a domain and a length before every part, so that no two statements share a digest.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest; shown, read and stored in JSON as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of `parts` as a statement of the kind `domain`.
    ///
    /// Domain, number of parts and the length of each are part of what is digested: neither moving
    /// a byte from one part to the next nor taking one kind of statement for another gives the same.
    pub fn of(domain: &str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        hash.update(length(domain.len()));
        hash.update(domain);
        hash.update(length(parts.len()));
        for part in parts {
            hash.update(length(part.len()));
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Plain SHA-256 of a document's bytes, as `sha256sum` gives it: what people compare by hand.
    pub fn of_document(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn length(bytes: usize) -> [u8; 8] {
    // Lossless on every platform with at most 64-bit addresses.
    (bytes as u64).to_be_bytes()
}

/// Not 32 bytes, or not 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest (32 bytes, 64 hex digits)")]
pub struct NotADigest;

impl TryFrom<&[u8]> for Digest {
    type Error = NotADigest;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self).map_err(|_| NotADigest)
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotADigest)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moving_a_byte_between_parts_or_changing_the_domain_changes_the_digest() {
        let digest = Digest::of("a", &[b"bc", b"d"]);
        assert_ne!(digest, Digest::of("a", &[b"b", b"cd"]));
        assert_ne!(digest, Digest::of("a", &[b"bcd"]));
        assert_ne!(digest, Digest::of("a", &[b"bc", b"d", b""]));
        assert_ne!(digest, Digest::of("ab", &[b"c", b"d"]));
        let counted = "a\0\0\0\0\0\0\0\u{1}";
        assert_ne!(Digest::of("a", &[b""]), Digest::of(counted, &[]));
    }

    #[test]
    fn a_documents_digest_is_what_sha256sum_prints() {
        assert_eq!(
            Digest::of_document(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn what_is_no_digest_is_not_read_as_one() {
        assert_eq!("00".parse::<Digest>(), Err(NotADigest));
        assert_eq!("zz".repeat(32).parse::<Digest>(), Err(NotADigest));
        assert_eq!(Digest::try_from([0_u8; 31].as_slice()), Err(NotADigest));
    }

    proptest! {
        #[test]
        fn a_digest_survives_text_and_json(bytes: [u8; 32]) {
            let digest = Digest(bytes);
            prop_assert_eq!(digest.to_string().parse(), Ok(digest));
            let json = serde_json::to_string(&digest).unwrap();
            prop_assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        }
    }
}

//! Keys that sign and keys that check signatures, each with the name of its algorithm.

use std::{fmt, str::FromStr};

use ed25519_dalek::{
    Signature, Signer as _,
    pkcs8::{
        DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
        KeypairBytes, spki::der::pem::LineEnding,
    },
};
use proto::exchange::v1::SignatureAlgorithm;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Digest;

/// How something is signed. Only what is implemented has a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032), strictly checked: one message and key, one signature.
    Ed25519,
}

impl Algorithm {
    /// The short name that stands before a key's digits.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
        }
    }
}

impl From<Algorithm> for SignatureAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Ed25519 => Self::Ed25519,
        }
    }
}

/// Not a key of the wanted sort.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct NotAKey(pub(crate) &'static str);

/// Names a key by its content: 32 hex digits, so that two keys never share a name by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    pub(crate) fn of(key: &str) -> Self {
        let mut digits = Digest::of("jiebang.key.v1", &[key.as_bytes()]).to_string();
        digits.truncate(32);
        Self(digits)
    }

    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A private key that signs. Shown as its id only; wiped from memory when dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The Ed25519 key of these 32 random bytes.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&bytes))
    }

    /// Reads a PKCS#8 PEM (`BEGIN PRIVATE KEY`), such as `openssl genpkey -algorithm ed25519` makes.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn from_pem(pem: &str) -> Result<Self, NotAKey> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem)
            .map(Self)
            .map_err(|_| NotAKey("an Ed25519 private key in PKCS#8 PEM"))
    }

    /// The key as PKCS#8 PEM.
    ///
    /// # Errors
    /// Never for a key that exists; the encoder's type can't say so.
    pub fn to_pem(&self) -> Result<String, NotAKey> {
        // Without the public key: that is PKCS#8 version 1, which every tool reads.
        KeypairBytes {
            secret_key: self.0.to_bytes(),
            public_key: None,
        }
        .to_pkcs8_pem(LineEnding::LF)
        .map(|pem| pem.to_string())
        .map_err(|_| NotAKey("an encodable key"))
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        Algorithm::Ed25519
    }

    /// What checks its signatures.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs `digest`, whose domain says what is meant by it.
    pub fn sign(&self, digest: &Digest) -> Vec<u8> {
        self.0.sign(digest.as_ref()).to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifying_key().id())
    }
}

/// A public key that checks signatures; shown, read and stored as `ed25519:` and 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Reads an SPKI PEM (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    /// When it is anything else.
    pub fn from_pem(pem: &str) -> Result<Self, NotAKey> {
        ed25519_dalek::VerifyingKey::from_public_key_pem(pem)
            .map(Self)
            .map_err(|_| NotAKey("an Ed25519 public key in SPKI PEM"))
    }

    /// The key as SPKI PEM.
    ///
    /// # Errors
    /// Never for a key that exists; the encoder's type can't say so.
    pub fn to_pem(&self) -> Result<String, NotAKey> {
        self.0
            .to_public_key_pem(LineEnding::LF)
            .map_err(|_| NotAKey("an encodable key"))
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        Algorithm::Ed25519
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.to_string())
    }

    /// Whether `signature` is this key's over `digest`.
    pub fn verifies(&self, digest: &Digest, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(digest.as_ref(), &signature).is_ok())
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}",
            self.algorithm().as_str(),
            hex::encode(self.0.as_bytes())
        )
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifyingKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = digits(text, Algorithm::Ed25519.as_str());
        bytes
            .and_then(|bytes| ed25519_dalek::VerifyingKey::from_bytes(&bytes).ok())
            .filter(|key| !key.is_weak())
            .map(Self)
            .ok_or(NotAKey("a public key (`ed25519:` and 64 hex digits)"))
    }
}

/// The 32 bytes after `name:`.
pub(crate) fn digits(text: &str, name: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix(name)?.strip_prefix(':')?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

impl Serialize for VerifyingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifyingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_key_survives_pem_and_text(random: [u8; 32]) {
            let key = SigningKey::from_random(random);
            let read = SigningKey::from_pem(&key.to_pem().unwrap()).unwrap();
            let public = key.verifying_key();
            prop_assert_eq!(read.verifying_key(), public);
            prop_assert_eq!(VerifyingKey::from_pem(&public.to_pem().unwrap()), Ok(public));
            prop_assert_eq!(public.to_string().parse(), Ok(public));
        }

        #[test]
        fn a_signature_is_of_one_key_over_one_digest(
            random: [u8; 32], digest: [u8; 32], byte in 0..64_usize, bit in 0..8_u8,
        ) {
            let key = SigningKey::from_random(random);
            let signature = key.sign(&Digest(digest));
            prop_assert!(key.verifying_key().verifies(&Digest(digest), &signature));
            let mut flipped = signature.clone();
            flipped[byte] ^= 1 << bit;
            prop_assert!(!key.verifying_key().verifies(&Digest(digest), &flipped));
            let mut other = digest;
            other[byte % 32] ^= 1 << bit;
            prop_assert!(!key.verifying_key().verifies(&Digest(other), &signature));
            let mut stranger = random;
            stranger[byte % 32] ^= 1 << bit;
            let stranger = SigningKey::from_random(stranger).verifying_key();
            prop_assert!(!stranger.verifies(&Digest(digest), &signature));
        }
    }

    #[test]
    fn a_key_made_by_openssl_is_read() {
        let pem = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
                   -----END PRIVATE KEY-----\n";
        let key = SigningKey::from_pem(pem).unwrap();
        // RFC 8032, test 1.
        assert_eq!(
            key.verifying_key().to_string(),
            "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
        assert_eq!(key.to_pem().unwrap(), pem);
    }

    #[test]
    fn a_private_key_never_shows_itself() {
        let key = SigningKey::from_random([5; 32]);
        assert!(!format!("{key:?}").contains("0505"));
    }

    #[test]
    fn a_weak_public_key_is_refused() {
        let identity = format!("ed25519:01{}", "00".repeat(31));
        assert!(identity.parse::<VerifyingKey>().is_err());
    }
}

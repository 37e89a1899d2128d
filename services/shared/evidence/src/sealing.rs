//! Sealing: what only the audience's key can open. HPKE (RFC 9180) in base mode with
//! X25519-HKDF-SHA256 and `ChaCha20Poly1305`.

use std::{fmt, str::FromStr};

use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, kem::X25519HkdfSha256,
};
use proto::exchange::v1::SealedBody;
use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    KeyId,
    keys::{NotAKey, digits},
};

type PrivateKey = <X25519HkdfSha256 as hpke::Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as hpke::Kem>::PublicKey;
type Encapsulated = <X25519HkdfSha256 as hpke::Kem>::EncappedKey;

const NAME: &str = "x25519";
const SECRET_NAME: &str = "x25519-secret";
/// What the sealing is for: a ciphertext made for anything else does not open here.
const INFO: &[u8] = b"jiebang.envelope.v1";

/// A node's private key that opens what was sealed for it; kept as `x25519-secret:` and 64 hex
/// digits. Shown as its id only.
#[derive(Clone)]
pub struct SealingKey {
    secret: PrivateKey,
    public: SealingPublicKey,
}

impl SealingKey {
    /// The key derived from these 32 random bytes.
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self::new(X25519HkdfSha256::derive_keypair(bytes).0)
    }

    fn new(secret: PrivateKey) -> Self {
        let public = SealingPublicKey(X25519HkdfSha256::sk_to_pk(&secret));
        Self { secret, public }
    }

    /// Reads what [`Self::to_text`] gave; space around it is ignored.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn from_text(text: &str) -> Result<Self, NotAKey> {
        digits(text.trim(), SECRET_NAME)
            .and_then(|bytes| PrivateKey::from_bytes(&bytes).ok())
            .map(Self::new)
            .ok_or(NotAKey(
                "a sealing key (`x25519-secret:` and 64 hex digits)",
            ))
    }

    /// The secret itself, for the node's key file.
    pub fn to_text(&self) -> String {
        format!("{SECRET_NAME}:{}", hex::encode(self.secret.to_bytes()))
    }

    /// What others seal with.
    pub fn public(&self) -> &SealingPublicKey {
        &self.public
    }

    /// Opens `sealed`; none if it was made for another key, altered, or bound to other data.
    pub(crate) fn open(&self, sealed: &SealedBody, bound_to: &[u8]) -> Option<Vec<u8>> {
        let encapsulated = Encapsulated::from_bytes(&sealed.encapsulated_key).ok()?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.secret,
            &encapsulated,
            INFO,
            &sealed.ciphertext,
            bound_to,
        )
        .ok()
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.public.id())
    }
}

/// A node's public key that others seal with; shown, read and stored as `x25519:` and 64 hex digits.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingPublicKey(PublicKey);

impl SealingPublicKey {
    /// Its name.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.to_string())
    }

    /// Seals `clear`, bound to `bound_to`: it opens only beside exactly that.
    pub(crate) fn seal(
        &self,
        clear: &[u8],
        bound_to: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<SealedBody, hpke::HpkeError> {
        let (encapsulated, ciphertext) = hpke::single_shot_seal_with_rng::<
            ChaCha20Poly1305,
            HkdfSha256,
            X25519HkdfSha256,
        >(
            &OpModeS::Base, &self.0, INFO, clear, bound_to, rng
        )?;
        Ok(SealedBody {
            key_id: self.id().to_string(),
            encapsulated_key: encapsulated.to_bytes().to_vec(),
            ciphertext,
        })
    }
}

impl fmt::Display for SealingPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME}:{}", hex::encode(self.0.to_bytes()))
    }
}

impl fmt::Debug for SealingPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SealingPublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        digits(text, NAME)
            .and_then(|bytes| PublicKey::from_bytes(&bytes).ok())
            .map(Self)
            .ok_or(NotAKey(
                "a public sealing key (`x25519:` and 64 hex digits)",
            ))
    }
}

impl Serialize for SealingPublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SealingPublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn sealed_opens_with_the_right_key_and_beside_the_right_data_only(
            right: [u8; 32], wrong: [u8; 32], seed: u64, clear in prop::collection::vec(any::<u8>(), 0..200),
            byte: prop::sample::Index, bit in 0..8_u8,
        ) {
            prop_assume!(right != wrong);
            let key = SealingKey::from_random(&right);
            let mut rng = StdRng::seed_from_u64(seed);
            let sealed = key.public().seal(&clear, b"beside", &mut rng).unwrap();
            prop_assert_eq!(key.open(&sealed, b"beside"), Some(clear));
            prop_assert_eq!(key.open(&sealed, b"elsewhere"), None);
            prop_assert_eq!(SealingKey::from_random(&wrong).open(&sealed, b"beside"), None);
            let mut altered = sealed.clone();
            let at = byte.index(altered.ciphertext.len());
            altered.ciphertext[at] ^= 1 << bit;
            prop_assert_eq!(key.open(&altered, b"beside"), None);
        }

        #[test]
        fn sealing_keys_survive_text(random: [u8; 32]) {
            let key = SealingKey::from_random(&random);
            let read = SealingKey::from_text(&format!("{}\n", key.to_text())).unwrap();
            prop_assert_eq!(read.public(), key.public());
            prop_assert_eq!(key.public().to_string().parse(), Ok(key.public().clone()));
        }
    }

    #[test]
    fn a_secret_is_not_taken_for_a_public_key() {
        let key = SealingKey::from_random(&[1; 32]);
        assert!(key.to_text().parse::<SealingPublicKey>().is_err());
        assert!(SealingKey::from_text(&key.public().to_string()).is_err());
    }
}

//! Who a person is across nodes, without saying who.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// A person across nodes: 64 hex digits that only a registry can compute from an identity number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonKey(String);

impl PersonKey {
    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of the person with this identity number, under the secret that all registries share.
///
/// A keyed hash, not a plain one: there are few enough identity numbers to try them all. Spaces
/// around the number and a small final `x` make no difference.
pub fn person_key(secret: &[u8; 32], identity_number: &str) -> PersonKey {
    let number = identity_number.trim().to_ascii_uppercase();
    // HMAC pads a short key with zeros; doing so here keeps the length a matter of types.
    let mut block = [0; 64];
    block[..secret.len()].copy_from_slice(secret);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(b"jiebang.person.v1\0");
    mac.update(number.as_bytes());
    PersonKey(hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_key_however_the_number_is_typed() {
        let secret = [7; 32];
        let key = person_key(&secret, "31010119900101123X");
        assert_eq!(key, person_key(&secret, " 31010119900101123x "));
        assert_ne!(key, person_key(&secret, "310101199001011231"));
    }

    #[test]
    fn without_the_registries_secret_the_key_is_another() {
        assert_ne!(
            person_key(&[7; 32], "31010119900101123X"),
            person_key(&[8; 32], "31010119900101123X")
        );
    }
}

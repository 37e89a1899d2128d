//! Who a person is across nodes, without saying who.

use hmac::{Hmac, KeyInit as _, Mac as _};
use regulation::PersonKey;
use sha2::Sha256;

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
    PersonKey::from_bytes(mac.finalize().into_bytes().into())
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

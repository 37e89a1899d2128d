//! Salted commitments: say now that you know something, show later what it was.

use crate::Digest;

/// Commits to `bytes`. Nobody can guess them from the digest while `salt` is secret and random,
/// and nobody can open it as something else. Used for sealed ballots and for reasons of strikes.
pub fn commit(salt: &[u8; 32], bytes: &[u8]) -> Digest {
    Digest::of("jiebang.commitment.v1", &[salt, bytes])
}

/// Whether `commitment` was made to `bytes` with `salt`.
pub fn opens(commitment: &Digest, salt: &[u8; 32], bytes: &[u8]) -> bool {
    commit(salt, bytes) == *commitment
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_commitment_opens_with_its_salt_and_content_only(
            salt: [u8; 32], bytes in prop::collection::vec(any::<u8>(), 1..60),
            byte: prop::sample::Index, bit in 0..8_u8,
        ) {
            let commitment = commit(&salt, &bytes);
            prop_assert!(opens(&commitment, &salt, &bytes));
            let mut other_salt = salt;
            other_salt[byte.index(32)] ^= 1 << bit;
            prop_assert!(!opens(&commitment, &other_salt, &bytes));
            let mut other = bytes.clone();
            other[byte.index(bytes.len())] ^= 1 << bit;
            prop_assert!(!opens(&commitment, &salt, &other));
        }
    }
}

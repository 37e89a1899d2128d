//! The names that a draw knows things by: pseudonymous, so that the record can be published.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

/// A key has to be 1 to [`InvalidKey::LEN_MAX`] bytes of printable text without spaces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a key (1 to 128 bytes, neither spaces nor control characters): {0:?}")]
pub struct InvalidKey(pub String);

impl InvalidKey {
    /// Longest key, in bytes.
    pub const LEN_MAX: usize = 128;
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The key as text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl FromStr for $name {
            type Err = InvalidKey;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Self::try_from(text.to_owned()) }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidKey;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                let valid = (1..=InvalidKey::LEN_MAX).contains(&text.len())
                    && !text.chars().any(|c| c.is_whitespace() || c.is_control());
                if valid { Ok(Self(text)) } else { Err(InvalidKey(text.chars().take(32).collect())) }
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )*};
}

keys! {
    /// One draw: a round's id, with the number of the draw where a round draws again.
    DrawId,
    /// An expert by pseudonym, the same in all draws of a round.
    ExpertKey,
    /// An employer by pseudonym. A branch in another region is an employer of its own here: an
    /// employer lies in one region.
    EmployerKey,
    /// What experts are drawn for: a demand or an application, by its id.
    ProposalKey,
    /// What experts score by, such as `urgency`.
    CriterionKey,
    /// What is ranked together and shares a quota: a field of the programme.
    FieldKey,
}

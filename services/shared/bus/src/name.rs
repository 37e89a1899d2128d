//! A service's name, safe to put into subjects and configuration.

use std::{fmt, str::FromStr};

/// Name of a service: of its user, consumer and subjects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service(String);

/// A service's name is 2 to 24 lower-case letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a service's name (2 to 24 lower-case letters): {0:?}")]
pub struct InvalidName(pub String);

impl Service {
    /// The border service's name: it alone may publish what other regions said.
    pub const EXCHANGE: &str = "exchange";

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the border service.
    pub fn is_exchange(&self) -> bool {
        self.0 == Self::EXCHANGE
    }

    /// Prefix of the subjects on which answers reach it, and it alone.
    pub(crate) fn inbox(&self) -> String {
        format!("_INBOX_{}", self.0)
    }
}

impl FromStr for Service {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid =
            (2..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase());
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName(text.chars().take(32).collect()))
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

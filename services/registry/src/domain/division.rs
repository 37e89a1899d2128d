//! 行政区划码: where a unit sits, and which region that is.

use std::{fmt, str::FromStr};

use regulation::{CreditCode, Region};
use serde::{Deserialize, Serialize};

/// A division code (GB/T 2260), six digits such as `320500`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Division(String);

/// A division code has to be six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("行政区划码应为 6 位数字")]
pub struct InvalidDivision;

impl Division {
    /// Where the unit with this code was first registered.
    ///
    /// # Errors
    /// Never for a code: its places 3 to 8 are digits.
    pub fn of(code: &CreditCode) -> Result<Self, InvalidDivision> {
        code.division().parse()
    }

    /// The full member that it lies in, if any.
    pub fn region(&self) -> Option<Region> {
        match self.0.get(..2)? {
            "31" => Some(Region::SH),
            "32" => Some(Region::JS),
            "33" => Some(Region::ZJ),
            "34" => Some(Region::AH),
            _ => None,
        }
    }
}

impl FromStr for Division {
    type Err = InvalidDivision;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let six_digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        if six_digits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidDivision)
        }
    }
}

impl TryFrom<String> for Division {
    type Error = InvalidDivision;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Division> for String {
    fn from(division: Division) -> Self {
        division.0
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_lies_in_one_member_or_outside() {
        let region = |text: &str| text.parse::<Division>().unwrap().region();
        assert_eq!(region("310000"), Some(Region::SH));
        assert_eq!(region("320500"), Some(Region::JS));
        assert_eq!(region("330106"), Some(Region::ZJ));
        assert_eq!(region(" 340100 "), Some(Region::AH));
        assert_eq!(region("110108"), None);
        for bad in ["", "32050", "3205000", "32O500", "３２０５００"] {
            assert_eq!(bad.parse::<Division>(), Err(InvalidDivision), "{bad}");
        }
    }
}

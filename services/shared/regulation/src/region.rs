//! Which node something belongs to, comes from, or is addressed to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A node of the federation by its short name: a full member (`sh`, `js`, `zj`, `ah`), a linked
/// region (`gd`, …) or the coordination node (`hub`).
///
/// Whether a region is a full or a linked member is the policy's word, not the name's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region([u8; Region::LEN_MAX]);

impl Region {
    /// Longest short name, in bytes.
    pub const LEN_MAX: usize = 8;
    /// 上海.
    pub const SH: Self = Self(*b"sh\0\0\0\0\0\0");
    /// 江苏.
    pub const JS: Self = Self(*b"js\0\0\0\0\0\0");
    /// 浙江.
    pub const ZJ: Self = Self(*b"zj\0\0\0\0\0\0");
    /// 安徽.
    pub const AH: Self = Self(*b"ah\0\0\0\0\0\0");
    /// 推进组 / 工作专班: the shared coordination node.
    pub const HUB: Self = Self(*b"hub\0\0\0\0\0");

    /// The short name.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(Self::LEN_MAX);
        // Only lower-case ASCII letters get in, so the fallback is never taken.
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }

    /// The Chinese name shown to people; linked regions show their short name.
    pub fn name(&self) -> &str {
        match *self {
            Self::SH => "上海",
            Self::JS => "江苏",
            Self::ZJ => "浙江",
            Self::AH => "安徽",
            Self::HUB => "推进组",
            _ => self.as_str(),
        }
    }

    /// The full member that a division code (GB/T 2260, six digits such as `320500`) lies in, if any.
    pub fn of_division(code: &str) -> Option<Self> {
        if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        match code.get(..2)? {
            "31" => Some(Self::SH),
            "32" => Some(Self::JS),
            "33" => Some(Self::ZJ),
            "34" => Some(Self::AH),
            _ => None,
        }
    }

    /// Whether this is the coordination node.
    pub fn is_hub(&self) -> bool {
        *self == Self::HUB
    }
}

/// A region's short name has to be two to eight lower-case letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a region's short name (two to eight lower-case letters): {0:?}")]
pub struct InvalidRegion(pub String);

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = (2..=Self::LEN_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase());
        if !valid {
            return Err(InvalidRegion(text.chars().take(32).collect()));
        }
        let mut name = [0; Self::LEN_MAX];
        name[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(name))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_lies_in_one_member_or_outside() {
        for (code, region) in [
            ("310000", Some(Region::SH)),
            ("320500", Some(Region::JS)),
            ("330106", Some(Region::ZJ)),
            ("340100", Some(Region::AH)),
            ("110108", None),
            ("31", None),
            ("32O500", None),
            ("", None),
        ] {
            assert_eq!(Region::of_division(code), region, "{code}");
        }
    }

    #[test]
    fn short_names_are_read_and_shown_alike() {
        for name in ["sh", "hub", "gd", "abcdefgh"] {
            assert_eq!(name.parse::<Region>().unwrap().to_string(), name);
        }
        for bad in ["", "s", "SH", "s-h", "abcdefghi", "上海"] {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
    }
}

//! A technical field 领域 of the programme, such as 集成电路.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::is_invisible;

/// A technical field by its Chinese name. Whether the programme supports it is a question for the
/// policy ([`crate::Policy::has_field`]). [Art. 4]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Field(String);

/// A field has to have a name of at most [`Field::CHARS_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidField {
    /// Nothing but spaces.
    #[error("领域不能为空")]
    Empty,
    /// Too many characters.
    #[error("领域最多 {max} 个字，现有 {0} 个字", max = Field::CHARS_MAX)]
    TooLong(usize),
    /// A character that can't be seen.
    #[error("领域不能含有控制字符或不可见字符")]
    Invisible,
}

impl Field {
    /// Longest name, in characters.
    pub const CHARS_MAX: usize = 32;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Field {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.trim();
        match name.chars().count() {
            0 => Err(InvalidField::Empty),
            length if length > Self::CHARS_MAX => Err(InvalidField::TooLong(length)),
            _ if name.chars().any(is_invisible) => Err(InvalidField::Invisible),
            _ => Ok(Self(name.to_owned())),
        }
    }
}

impl TryFrom<String> for Field {
    type Error = InvalidField;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.0
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_a_short_visible_name() {
        assert_eq!(" 集成电路 ".parse::<Field>().unwrap().as_str(), "集成电路");
        assert_eq!(" ".parse::<Field>(), Err(InvalidField::Empty));
        assert!("字".repeat(32).parse::<Field>().is_ok());
        assert_eq!(
            "字".repeat(33).parse::<Field>(),
            Err(InvalidField::TooLong(33))
        );
        for hidden in ["a\0b", "集成\u{202e}电路", "集成\u{200b}电路"] {
            assert_eq!(hidden.parse::<Field>(), Err(InvalidField::Invisible));
        }
        assert!(serde_json::from_str::<Field>("\"\"").is_err());
    }
}

//! Text at the door: bounded, trimmed, and without what can't be seen.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why text is refused at the door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but spaces.
    #[error("{name}不能为空")]
    Empty {
        /// What the text was to be, in Chinese.
        name: &'static str,
    },
    /// More characters than the limit.
    #[error("{name}最多 {limit} 个字，现有 {length} 个字")]
    TooLong {
        /// What the text was to be, in Chinese.
        name: &'static str,
        /// Longest length, in characters.
        limit: usize,
        /// Its length, in characters.
        length: usize,
    },
    /// A control or invisible character: it could hide a name from the checks on published text.
    #[error("{name}的第 {position} 个字是不可见字符（U+{code:04X}），请删除")]
    Invisible {
        /// What the text was to be, in Chinese.
        name: &'static str,
        /// Its place in the trimmed text, from 1.
        position: usize,
        /// The character's code point.
        code: u32,
    },
}

/// The text trimmed, if it is within the limit and all of it can be seen.
fn bounded(
    text: &str,
    name: &'static str,
    limit: usize,
    may: fn(char) -> bool,
) -> Result<String, InvalidText> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidText::Empty { name });
    }
    let length = text.chars().count();
    if length > limit {
        return Err(InvalidText::TooLong {
            name,
            limit,
            length,
        });
    }
    let hidden = text
        .chars()
        .enumerate()
        .find(|(_, c)| is_invisible(*c) && !may(*c));
    if let Some((index, c)) = hidden {
        return Err(InvalidText::Invisible {
            name,
            position: index + 1,
            code: c.into(),
        });
    }
    Ok(text.to_owned())
}

/// Control characters, and those that take no room or turn the direction of reading.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident ($chinese:literal, $limit:literal, $may:expr);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Longest length, in characters.
            pub const CHARS_MAX: usize = $limit;

            /// The text.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl FromStr for $name {
            type Err = InvalidText;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                bounded(text, $chinese, Self::CHARS_MAX, $may).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, Self::Error> { text.parse() }
        }

        impl From<$name> for String { fn from(text: $name) -> Self { text.0 } }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )*};
}

texts! {
    /// One line: a title or a name, 1 to 120 characters.
    Title("标题", 120, |_| false);
    /// Several lines, 1 to 20 000 characters; a line feed, a carriage return and a tab are fine.
    Text("文本", 20_000, |c| matches!(c, '\n' | '\r' | '\t'));
}

/// By what a person is known across nodes: HMAC-SHA-256 of the identity number under a key that the
/// registries share, in lower-case hexadecimal. Says nothing to who has no key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonKey(String);

/// A person's key has to be 64 lower-case hexadecimal digits. The text is not repeated: it may be
/// what the key is to hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a person's key (64 lower-case hexadecimal digits)")]
pub struct InvalidPersonKey;

impl PersonKey {
    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(hex::encode(bytes))
    }

    /// The key's digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PersonKey {
    type Err = InvalidPersonKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let valid = text.len() == 64 && text.bytes().all(digit);
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPersonKey)
        }
    }
}

impl TryFrom<String> for PersonKey {
    type Error = InvalidPersonKey;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PersonKey> for String {
    fn from(key: PersonKey) -> Self {
        key.0
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_trimmed_and_bounded_in_characters_not_bytes() {
        assert_eq!("  高端芯片 ".parse::<Title>().unwrap().as_str(), "高端芯片");
        assert!("字".repeat(120).parse::<Title>().is_ok());
        assert_eq!(
            "字".repeat(121).parse::<Title>().unwrap_err().to_string(),
            "标题最多 120 个字，现有 121 个字"
        );
        assert!("字".repeat(20_000).parse::<Text>().is_ok());
        assert!("字".repeat(20_001).parse::<Text>().is_err());
        assert_eq!(
            " \n ".parse::<Text>(),
            Err(InvalidText::Empty { name: "文本" })
        );
    }

    #[test]
    fn invisible_characters_are_refused_with_their_place() {
        for hidden in [
            '\0', '\u{7f}', '\u{85}', '\u{200b}', '\u{202e}', '\u{feff}', '\u{ad}',
        ] {
            let fault = format!("华{hidden}为").parse::<Text>().unwrap_err();
            let code = hidden.into();
            assert_eq!(
                fault,
                InvalidText::Invisible {
                    name: "文本",
                    position: 2,
                    code
                }
            );
        }
        assert!("一\n二\t三".parse::<Text>().is_ok());
        assert!("一\n二".parse::<Title>().is_err());
    }

    #[test]
    fn stored_text_is_looked_at_again() {
        assert!(serde_json::from_str::<Title>("\"\"").is_err());
        assert_eq!(
            serde_json::from_str::<Title>("\" a \"").unwrap().as_str(),
            "a"
        );
    }

    #[test]
    fn a_persons_key_is_64_lower_case_digits_and_never_repeated_in_an_error() {
        let key = PersonKey::from_bytes([0xab; 32]);
        assert_eq!(key.as_str().parse(), Ok(key.clone()));
        assert_eq!(serde_json::to_value(&key).unwrap(), "ab".repeat(32));
        for bad in [
            "",
            "310101199001011234",
            &"A".repeat(64),
            &"g".repeat(64),
            &"a".repeat(63),
        ] {
            let fault = bad.parse::<PersonKey>().unwrap_err();
            assert!(bad.is_empty() || !fault.to_string().contains(bad));
        }
    }

    proptest! {
        #[test]
        fn accepted_text_is_trimmed_visible_and_reads_itself_again(text in ".{0,200}") {
            if let Ok(title) = text.parse::<Title>() {
                prop_assert_eq!(title.as_str(), title.as_str().trim());
                prop_assert!(title.as_str().chars().count() <= Title::CHARS_MAX);
                prop_assert!(!title.as_str().chars().any(is_invisible));
                prop_assert_eq!(title.as_str().parse(), Ok(title.clone()));
            }
        }
    }
}

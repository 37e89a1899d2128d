//! The unified social credit code 统一社会信用代码 (GB 32100-2015), by which a Chinese unit is known.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A credit code with a right check character, in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode([u8; CreditCode::LEN]);

/// Why text is no credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCreditCode {
    /// Not eighteen symbols.
    #[error("统一社会信用代码应为 18 位，现为 {0} 位")]
    Length(usize),
    /// A symbol that the standard does not use, such as I, O, S, V or Z.
    #[error(
        "统一社会信用代码第 {position} 位的“{symbol}”不在允许的字符内（数字和除 I、O、S、V、Z 外的字母）"
    )]
    Symbol {
        /// Its place, from 1.
        position: usize,
        /// The symbol.
        symbol: char,
    },
    /// A letter among the six digits of the division, places 3 to 8.
    #[error("统一社会信用代码第 3 至 8 位为行政区划码，第 {position} 位的“{symbol}”应为数字")]
    Division {
        /// Its place, from 1.
        position: usize,
        /// The symbol.
        symbol: char,
    },
    /// The last symbol does not follow from the others: a slip in one of them.
    #[error("统一社会信用代码的校验码不符：末位为“{found}”，请核对是否录入有误")]
    Check {
        /// What the other symbols ask for; not told to the user, who would correct the wrong one.
        expected: char,
        /// What is there.
        found: char,
    },
}

impl CreditCode {
    /// Number of symbols.
    pub const LEN: usize = 18;
    const SYMBOLS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; Self::LEN - 1] = [
        1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
    ];

    /// The code that begins with these seventeen symbols, for demonstration data.
    ///
    /// # Errors
    /// As parsing, except for the check character, which is computed. A wrong length counts the
    /// check character in.
    pub fn with_check(body: &str) -> Result<Self, InvalidCreditCode> {
        let body = Self::symbols::<{ Self::LEN - 1 }>(body).map_err(|fault| match fault {
            InvalidCreditCode::Length(length) => InvalidCreditCode::Length(length + 1),
            other => other,
        })?;
        let mut code = [Self::check(&body); Self::LEN];
        code[..body.len()].copy_from_slice(&body);
        Ok(Self(code))
    }

    /// The code's eighteen symbols.
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in, so the fallback is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The six digits of the division 行政区划 where the unit was first registered, such as `310000`.
    pub fn division(&self) -> &str {
        &self.as_str()[2..8]
    }

    /// Exactly `N` upper-case symbols, digits where the division is.
    fn symbols<const N: usize>(text: &str) -> Result<[u8; N], InvalidCreditCode> {
        let text = text.trim();
        let length = text.chars().count();
        if length != N {
            return Err(InvalidCreditCode::Length(length));
        }
        let mut symbols = [0; N];
        for (index, symbol) in text.chars().enumerate() {
            let position = index + 1;
            let upper = u8::try_from(symbol.to_ascii_uppercase()).ok();
            let known = upper.filter(|byte| Self::SYMBOLS.contains(byte));
            let byte = known.ok_or(InvalidCreditCode::Symbol { position, symbol })?;
            if (3..=8).contains(&position) && !byte.is_ascii_digit() {
                return Err(InvalidCreditCode::Division { position, symbol });
            }
            symbols[index] = byte;
        }
        Ok(symbols)
    }

    /// The check character: 31 − (weighted sum mod 31), where 31 counts as 0.
    fn check(body: &[u8]) -> u8 {
        // Only known symbols get here, so the fallback is never taken.
        let value = |byte| {
            Self::SYMBOLS
                .iter()
                .position(|known| *known == byte)
                .unwrap_or(0)
        };
        let weighted = body
            .iter()
            .zip(Self::WEIGHTS)
            .map(|(byte, weight)| value(*byte) * weight);
        Self::SYMBOLS[(31 - weighted.sum::<usize>() % 31) % 31]
    }
}

impl FromStr for CreditCode {
    type Err = InvalidCreditCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = Self::symbols::<{ Self::LEN }>(text)?;
        let (body, found) = (&code[..Self::LEN - 1], code[Self::LEN - 1]);
        let expected = Self::check(body);
        if expected != found {
            let (expected, found) = (char::from(expected), char::from(found));
            return Err(InvalidCreditCode::Check { expected, found });
        }
        Ok(Self(code))
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CreditCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CreditCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;

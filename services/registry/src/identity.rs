//! A unit's identity as one text: a credit code, or `country|register|number` of a guest.

use regulation::{CreditCode, InvalidCreditCode, InvalidGuest, UnitIdentity};

/// Why a text is no unit's identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidIdentity {
    /// Neither form fits; the text was read as a credit code.
    #[error(transparent)]
    Code(#[from] InvalidCreditCode),
    /// It has the form of a guest's and is none.
    #[error(transparent)]
    Guest(#[from] InvalidGuest),
}

/// The identity as one text.
pub(crate) fn text(identity: &UnitIdentity) -> String {
    match identity {
        UnitIdentity::CreditCode(code) => code.to_string(),
        UnitIdentity::Guest(guest) => format!(
            "{}|{}|{}",
            guest.country().as_str(),
            guest.register(),
            guest.number()
        ),
    }
}

/// Reads what [`text`] wrote, or a person typed.
pub(crate) fn parse(text: &str) -> Result<UnitIdentity, InvalidIdentity> {
    // No part of a guest's identity can have the bar in it.
    let parts: Vec<&str> = text.split('|').collect();
    if let [country, register, number] = parts[..] {
        return Ok(UnitIdentity::guest(country, register, number)?);
    }
    Ok(text.parse::<CreditCode>()?.into())
}

/// An identity as [`parse`] reads it, for where a type is asked for.
pub(crate) struct Written(pub(crate) UnitIdentity);

impl std::str::FromStr for Written {
    type Err = InvalidIdentity;

    fn from_str(text: &str) -> Result<Self, InvalidIdentity> {
        parse(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_identity_are_read_back() {
        let guest = UnitIdentity::guest("DE", "Amtsgericht München", "HRB 12345").unwrap();
        assert_eq!(parse(&text(&guest)), Ok(guest));
        let coded = parse("91350100m000100y43").unwrap();
        assert_eq!(text(&coded), "91350100M000100Y43");
        assert!(matches!(
            parse("91350100M000100Y44"),
            Err(InvalidIdentity::Code(_))
        ));
        assert!(matches!(parse("XX|r|1"), Err(InvalidIdentity::Guest(_))));
    }
}

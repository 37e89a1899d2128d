//! The number of a person's identity paper: looked at, hashed under a key, never kept.

use std::str::FromStr;

use evidence::person_key;
use regulation::PersonKey;

/// The number of an identity card, passport or residence permit. It can't be printed or stored.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber(String);

/// Why something is no identity number. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentityNumber {
    /// Neither an identity card's number nor one that another paper could have.
    #[error("应为 18 位居民身份证号，或 5 至 20 位字母数字的其他证件号")]
    Form,
    /// The last place of an identity card's number does not follow from the others.
    #[error("居民身份证号的校验码不符，请核对是否录入有误")]
    Check,
}

impl IdentityNumber {
    /// The person's pseudonym under the secret that all registries share.
    pub fn key(&self, secret: &[u8; 32]) -> PersonKey {
        person_key(secret, &self.0)
    }
}

impl FromStr for IdentityNumber {
    type Err = InvalidIdentityNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.trim().to_ascii_uppercase();
        let places = number.as_bytes();
        let digits = places.iter().all(u8::is_ascii_digit);
        let card = places.len() == 18 && places[..17].iter().all(u8::is_ascii_digit);
        if card && (digits || places.ends_with(b"X")) {
            return if checks(places) {
                Ok(Self(number))
            } else {
                Err(InvalidIdentityNumber::Check)
            };
        }
        let plain = places.iter().all(u8::is_ascii_alphanumeric);
        // Digits alone that are nearly as many as a card's are a card's with a slip: accepted,
        // they would make the person another one.
        let most = if digits { 12 } else { 20 };
        if plain && (5..=most).contains(&places.len()) {
            Ok(Self(number))
        } else {
            Err(InvalidIdentityNumber::Form)
        }
    }
}

/// The check of GB 11643 (ISO 7064 MOD 11-2): read from the left, doubling, the sum is 1 mod 11.
fn checks(places: &[u8]) -> bool {
    let value = |place: u8| match place {
        b'X' => 10,
        digit => u32::from(digit - b'0'),
    };
    places
        .iter()
        .fold(0, |sum, place| (sum * 2 + value(*place)) % 11)
        == 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<(), InvalidIdentityNumber> {
        text.parse::<IdentityNumber>().map(drop)
    }

    #[test]
    fn a_slip_in_a_cards_number_is_noticed() {
        assert_eq!(read("11010519491231002X"), Ok(()));
        assert_eq!(read(" 11010519491231002x "), Ok(()));
        assert_eq!(
            read("11010519491231020X"),
            Err(InvalidIdentityNumber::Check)
        );
        // In small letters it is the same number, and the same slip.
        assert_eq!(
            read("11010519491231020x"),
            Err(InvalidIdentityNumber::Check)
        );
        assert_eq!(read("1101051949123100"), Err(InvalidIdentityNumber::Form));
    }

    #[test]
    fn papers_from_abroad_are_taken() {
        for good in ["E12345678", "CHN110079052303", "123456789"] {
            assert_eq!(read(good), Ok(()), "{good}");
        }
        for bad in ["", "1234", "张三12345", "A-123456"] {
            assert_eq!(read(bad), Err(InvalidIdentityNumber::Form), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_one_changed_digit_is_refused(
            text in ".{0,24}", place in 0_usize..17, by in 1_u8..10,
        ) {
            let _ = read(&text);
            let mut card = *b"11010519491231002X";
            card[place] = b'0' + (card[place] - b'0' + by) % 10;
            prop_assert_eq!(
                read(std::str::from_utf8(&card).unwrap()),
                Err(InvalidIdentityNumber::Check)
            );
        }
    }
}

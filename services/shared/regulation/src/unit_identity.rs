//! By what a unit is known, so that the same unit is the same everywhere and only once.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

use crate::{CreditCode, InvalidCreditCode, UnitId};

/// The namespace of unit ids. Never changes: every node derives the same id from the same identity.
const UNITS: Uuid = uuid!("6f1d2c52-3f0b-5a8e-9b55-0d1c6a7e4b21");

/// By what a unit is known: its credit code, or for a guest from abroad its entry in a register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitIdentity {
    /// A unit with a Chinese credit code, wherever in China.
    CreditCode(CreditCode),
    /// A unit without one.
    Guest(GuestIdentity),
}

/// An entry in a register abroad, such as `DE`, `AMTSGERICHT MÜNCHEN`, `HRB12345`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Entry", into = "Entry")]
pub struct GuestIdentity {
    country: Country,
    register: String,
    number: String,
}

/// A [`GuestIdentity`] before anybody looked at it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    country: String,
    register: String,
    number: String,
}

/// A country or area by its ISO 3166 alpha-2 code, in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// Why something is no guest's identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGuest {
    /// Not a country's code.
    #[error("“{0}”不是 ISO 3166 两位国家（地区）代码")]
    Country(String),
    /// A unit of the Chinese mainland has a credit code; a second identity would make it two.
    #[error("中国内地单位请以统一社会信用代码登记")]
    Mainland,
    /// The register's name is empty, too long or has symbols that no register's name has.
    #[error("登记机关名称应为 1 至 {max} 个字，且不含控制字符和“|”", max = GuestIdentity::REGISTER_MAX)]
    Register,
    /// The number is empty, too long or has symbols that no number has.
    #[error("登记号应为 1 至 {max} 个字，且不含控制字符和“|”", max = GuestIdentity::NUMBER_MAX)]
    Number,
}

impl UnitIdentity {
    /// A guest by its entry in a register.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn guest(country: &str, register: &str, number: &str) -> Result<Self, InvalidGuest> {
        GuestIdentity::new(country, register, number).map(Self::Guest)
    }

    /// The identity in one string, the same for every way of writing it.
    pub fn key(&self) -> String {
        match self {
            Self::CreditCode(code) => format!("uscc|{code}"),
            Self::Guest(GuestIdentity {
                country,
                register,
                number,
            }) => {
                format!("guest|{country}|{register}|{number}")
            }
        }
    }

    /// The unit's id, derived from its identity: the same identity is the same unit on every node.
    ///
    /// Whoever knows the identity can compute the id, so where a unit must not be known (a demander
    /// before disclosure [Art. 10]) its id must not be told either.
    pub fn unit_id(&self) -> UnitId {
        UnitId(Uuid::new_v5(&UNITS, self.key().as_bytes()))
    }
}

/// Why a text is no unit's identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentity {
    /// Neither form fits; the text was read as a credit code.
    #[error(transparent)]
    Code(#[from] InvalidCreditCode),
    /// It has the form of a guest's and is none.
    #[error(transparent)]
    Guest(#[from] InvalidGuest),
}

impl FromStr for UnitIdentity {
    type Err = InvalidIdentity;

    /// A credit code, or `country|register|number` of a guest, as the published language has it.
    fn from_str(text: &str) -> Result<Self, InvalidIdentity> {
        // No part of a guest's identity can have the bar in it.
        let parts: Vec<&str> = text.split('|').collect();
        if let [country, register, number] = parts[..] {
            return Ok(Self::guest(country, register, number)?);
        }
        Ok(text.parse::<CreditCode>()?.into())
    }
}

impl From<CreditCode> for UnitIdentity {
    fn from(code: CreditCode) -> Self {
        Self::CreditCode(code)
    }
}

impl fmt::Display for UnitIdentity {
    /// As people write it: the code, or `DE AMTSGERICHT MÜNCHEN HRB12345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreditCode(code) => code.fmt(f),
            Self::Guest(guest) => {
                write!(f, "{} {} {}", guest.country, guest.register, guest.number)
            }
        }
    }
}

impl GuestIdentity {
    /// Longest register's name, in characters.
    pub const REGISTER_MAX: usize = 80;
    /// Longest number, in characters.
    pub const NUMBER_MAX: usize = 40;

    /// An entry in a register. Case and spacing make no difference, nor do hyphens in the number.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn new(country: &str, register: &str, number: &str) -> Result<Self, InvalidGuest> {
        let country: Country = country.parse()?;
        if country.as_str() == "CN" {
            return Err(InvalidGuest::Mainland);
        }
        let register = register
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_uppercase();
        let idle = |c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–');
        let number = number
            .chars()
            .filter(|c| !idle(*c))
            .collect::<String>()
            .to_uppercase();
        let fits = |text: &str, max| {
            let strange = |c: char| c.is_control() || c == '|';
            (1..=max).contains(&text.chars().count()) && !text.chars().any(strange)
        };
        if !fits(&register, Self::REGISTER_MAX) {
            return Err(InvalidGuest::Register);
        }
        if !fits(&number, Self::NUMBER_MAX) {
            return Err(InvalidGuest::Number);
        }
        Ok(Self {
            country,
            register,
            number,
        })
    }

    /// The country or area of the register.
    pub fn country(&self) -> Country {
        self.country
    }

    /// The register's name, in upper case.
    pub fn register(&self) -> &str {
        &self.register
    }

    /// The number, in upper case and without spaces and hyphens.
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl TryFrom<Entry> for GuestIdentity {
    type Error = InvalidGuest;

    fn try_from(entry: Entry) -> Result<Self, Self::Error> {
        Self::new(&entry.country, &entry.register, &entry.number)
    }
}

impl From<GuestIdentity> for Entry {
    fn from(guest: GuestIdentity) -> Self {
        let GuestIdentity {
            country,
            register,
            number,
        } = guest;
        Self {
            country: country.to_string(),
            register,
            number,
        }
    }
}

impl Country {
    /// All codes that ISO 3166-1 assigns.
    const ALL: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL \
        BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE \
        DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ \
        GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM \
        KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ \
        MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN \
        PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY \
        SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF \
        WS YE YT ZA ZM ZW";

    /// The two letters.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters get in, so the fallback is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Country {
    type Err = InvalidGuest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.trim().to_ascii_uppercase();
        Self::ALL
            .split_whitespace()
            .find(|code| *code == upper)
            .and_then(|code| code.as_bytes().try_into().ok())
            .map(Self)
            .ok_or_else(|| InvalidGuest::Country(text.chars().take(16).collect()))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(country: &str, register: &str, number: &str) -> UnitIdentity {
        UnitIdentity::guest(country, register, number).unwrap()
    }

    #[test]
    fn the_same_code_is_always_the_same_unit() {
        let unit = |text: &str| UnitIdentity::from(text.parse::<CreditCode>().unwrap()).unit_id();
        assert_eq!(unit("91350100M000100Y43"), unit(" 91350100m000100y43"));
        assert_ne!(unit("91350100M000100Y43"), unit("91330106EJXEB97R40"));
        // Written down: a changed namespace or key would make every known unit a stranger.
        assert_eq!(
            unit("91350100M000100Y43").to_string(),
            "2036bdae-9659-5fce-9730-e6d0e416dd7c"
        );
    }

    #[test]
    fn both_kinds_of_identity_are_read_as_the_published_language_has_them() {
        let written = "DE|AMTSGERICHT MÜNCHEN|HRB12345".parse::<UnitIdentity>();
        assert_eq!(written, Ok(guest("DE", "Amtsgericht München", "HRB 12345")));
        let coded = "91350100m000100y43".parse::<UnitIdentity>().unwrap();
        assert_eq!(coded.to_string(), "91350100M000100Y43");
        let code = "91350100M000100Y44".parse::<UnitIdentity>();
        assert!(matches!(code, Err(InvalidIdentity::Code(_))));
        let country = "XX|r|1".parse::<UnitIdentity>();
        assert!(matches!(country, Err(InvalidIdentity::Guest(_))));
    }

    #[test]
    fn ways_of_writing_a_register_entry_make_no_difference() {
        let written = guest("DE", "Amtsgericht München", "HRB 12345");
        assert_eq!(written, guest("de ", " AMTSGERICHT  münchen", "hrb-12345"));
        assert_eq!(written.key(), "guest|DE|AMTSGERICHT MÜNCHEN|HRB12345");
        assert_ne!(
            written.unit_id(),
            guest("AT", "Amtsgericht München", "HRB 12345").unit_id()
        );
        let stored = serde_json::to_string(&written).unwrap();
        assert_eq!(
            serde_json::from_str::<UnitIdentity>(&stored).unwrap(),
            written
        );
    }

    #[test]
    fn a_wrong_part_of_a_guest_identity_is_named() {
        let fault =
            |country, register, number| UnitIdentity::guest(country, register, number).unwrap_err();
        assert_eq!(fault("XX", "r", "1"), InvalidGuest::Country("XX".into()));
        assert_eq!(fault("", "r", "1"), InvalidGuest::Country(String::new()));
        assert_eq!(fault("cn", "r", "1"), InvalidGuest::Mainland);
        assert_eq!(fault("DE", " ", "1"), InvalidGuest::Register);
        assert_eq!(fault("DE", "a|b", "1"), InvalidGuest::Register);
        assert_eq!(fault("DE", "r", " - "), InvalidGuest::Number);
        assert_eq!(fault("DE", "r", &"1".repeat(41)), InvalidGuest::Number);
    }

    #[test]
    fn a_stored_guest_is_looked_at_again() {
        let stored = r#"{"guest":{"country":"CN","register":"r","number":"1"}}"#;
        assert!(serde_json::from_str::<UnitIdentity>(stored).is_err());
    }
}

//! Money in fen, and exact ratios of it: no floats, no rounding that nobody decided.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of money, in fen; never negative.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "i64", into = "i64")]
pub struct Money(i64);

/// An amount that is no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("金额不能为负：{0} 分")]
pub struct InvalidMoney(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount in fen.
    ///
    /// # Errors
    /// Refuses a negative amount.
    pub const fn from_fen(fen: i64) -> Result<Self, InvalidMoney> {
        if fen < 0 {
            Err(InvalidMoney(fen))
        } else {
            Ok(Self(fen))
        }
    }

    /// The amount in fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The two amounts together; none if that is more than can be counted.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// What is left of this after taking `other`; none if there is not enough.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0
            .checked_sub(other.0)
            .filter(|fen| *fen >= 0)
            .map(Self)
    }

    /// All amounts together; none if that is more than can be counted.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

impl TryFrom<i64> for Money {
    type Error = InvalidMoney;

    fn try_from(fen: i64) -> Result<Self, Self::Error> {
        Self::from_fen(fen)
    }
}

impl From<Money> for i64 {
    fn from(money: Money) -> Self {
        money.0
    }
}

impl fmt::Display for Money {
    /// `1,234.56 元`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = (self.0 / 100).to_string();
        for (index, digit) in yuan.char_indices() {
            if index > 0 && (yuan.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{:02} 元", self.0 % 100)
    }
}

/// A share of a whole, from 0 to 1, exact to the ten-thousandth (basis point).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u32);

/// Text or a number that is no ratio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRatio {
    /// More than the whole.
    #[error("a ratio is at most 1, not {0} ten-thousandths")]
    AboveOne(u32),
    /// Not a decimal number with at most four decimals.
    #[error("a ratio is a decimal number from 0 to 1 with at most four decimals, not {0:?}")]
    NotDecimal(String),
}

impl Ratio {
    const ONE: u32 = 10_000;

    /// A ratio in ten-thousandths: 3000 is 30 %.
    ///
    /// # Errors
    /// Refuses more than 10 000.
    pub const fn from_basis_points(points: u32) -> Result<Self, InvalidRatio> {
        if points > Self::ONE {
            Err(InvalidRatio::AboveOne(points))
        } else {
            Ok(Self(points))
        }
    }

    /// The ratio in ten-thousandths.
    pub const fn basis_points(self) -> u32 {
        self.0
    }

    /// This share of `whole`, rounded down to the fen.
    pub fn of(self, whole: Money) -> Money {
        let fen = i128::from(whole.0) * i128::from(self.0) / i128::from(Self::ONE);
        // A share of at most 1 of an i64 is an i64, so the fallback is never taken.
        Money(i64::try_from(fen).unwrap_or(whole.0))
    }

    /// Whether `part` is at most this share of `whole`, without any rounding.
    pub fn at_most(self, part: Money, whole: Money) -> bool {
        self.compare(part, whole).is_le()
    }

    /// Whether `part` is at least this share of `whole`, without any rounding.
    pub fn at_least(self, part: Money, whole: Money) -> bool {
        self.compare(part, whole).is_ge()
    }

    /// How `part` stands to this share of `whole`, by cross multiplication.
    fn compare(self, part: Money, whole: Money) -> std::cmp::Ordering {
        let part = i128::from(part.0) * i128::from(Self::ONE);
        part.cmp(&(i128::from(whole.0) * i128::from(self.0)))
    }

    /// As a decimal number, such as `0.3` or `0.125`: what [`FromStr`] reads.
    pub fn decimal(self) -> String {
        decimal(self.0, 4)
    }
}

/// `number` with its last `places` digits behind the point and no idle zeros.
fn decimal(number: u32, places: usize) -> String {
    let digits = format!("{number:0width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

impl FromStr for Ratio {
    type Err = InvalidRatio;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidRatio::NotDecimal(text.chars().take(32).collect());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 1..=4) || !digits(fraction, 1..=4) {
            return Err(invalid());
        }
        format!("{whole}{fraction:0<4}")
            .parse()
            .map_err(|_| invalid())
            .and_then(Self::from_basis_points)
    }
}

impl fmt::Display for Ratio {
    /// `30%`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", decimal(self.0, 2))
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.decimal())
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fen(fen: i64) -> Money {
        Money::from_fen(fen).unwrap()
    }

    fn ratio(text: &str) -> Ratio {
        text.parse().unwrap()
    }

    #[test]
    fn money_is_shown_in_yuan() {
        for (amount, shown) in [
            (0, "0.00 元"),
            (7, "0.07 元"),
            (99_999, "999.99 元"),
            (123_456, "1,234.56 元"),
            (123_456_789_012, "1,234,567,890.12 元"),
        ] {
            assert_eq!(fen(amount).to_string(), shown);
        }
    }

    #[test]
    fn money_is_never_negative_nor_overflows() {
        assert_eq!(Money::from_fen(-1), Err(InvalidMoney(-1)));
        assert!(serde_json::from_str::<Money>("-1").is_err());
        assert!(serde_json::from_str::<Money>("1.5").is_err());
        assert_eq!(serde_json::to_string(&fen(150)).unwrap(), "150");
        assert_eq!(fen(1).checked_sub(fen(2)), None);
        assert_eq!(fen(i64::MAX).checked_add(fen(1)), None);
        assert_eq!(Money::sum([fen(i64::MAX), fen(1)]), None);
        assert_eq!(Money::sum([fen(1), fen(2), fen(3)]), Some(fen(6)));
        assert_eq!(Money::sum([]), Some(Money::ZERO));
    }

    #[test]
    fn ratios_are_read_exactly() {
        for (text, points, shown) in [
            ("0.30", 3000, "30%"),
            ("0.8", 8000, "80%"),
            ("1", 10_000, "100%"),
            ("0.1234", 1234, "12.34%"),
            ("0.125", 1250, "12.5%"),
            ("0", 0, "0%"),
        ] {
            assert_eq!(ratio(text).basis_points(), points);
            assert_eq!(ratio(text).to_string(), shown);
        }
        for bad in [
            "", ".3", "1.", "-0.3", "0.30000", "30%", "0,3", "1e-1", "+1",
        ] {
            assert!(
                matches!(bad.parse::<Ratio>(), Err(InvalidRatio::NotDecimal(_))),
                "{bad}"
            );
        }
        assert_eq!(
            "1.0001".parse::<Ratio>(),
            Err(InvalidRatio::AboveOne(10_001))
        );
        assert!(
            serde_json::from_str::<Ratio>("0.3").is_err(),
            "no floats in facts"
        );
    }

    #[test]
    fn thirty_percent_is_kept_to_the_fen() {
        let cap = ratio("0.30");
        assert!(cap.at_most(fen(30), fen(100)));
        assert!(!cap.at_most(fen(31), fen(101)));
        assert!(cap.at_most(fen(30), fen(101)));
        assert_eq!(cap.of(fen(101)), fen(30));
        assert_eq!(cap.of(fen(i64::MAX)), fen(2_767_011_611_056_432_742));
    }

    #[test]
    fn eighty_percent_is_reached_to_the_fen() {
        let floor = ratio("0.80");
        assert!(floor.at_least(fen(80), fen(100)));
        assert!(
            !floor.at_least(fen(80), fen(101)),
            "80.8 fen are owed, 80 are not enough"
        );
        assert!(floor.at_least(fen(81), fen(101)));
        assert!(floor.at_least(Money::ZERO, Money::ZERO));
    }

    proptest! {
        #[test]
        fn the_share_is_the_most_that_is_at_most_the_ratio(
            whole in 0..=i64::MAX,
            points in 0u32..=10_000,
        ) {
            let (whole, ratio) = (fen(whole), Ratio::from_basis_points(points).unwrap());
            let share = ratio.of(whole);
            prop_assert!(ratio.at_most(share, whole));
            if let Some(more) = share.checked_add(fen(1)) {
                prop_assert!(!ratio.at_most(more, whole));
                prop_assert!(ratio.at_least(more, whole));
            }
        }

        #[test]
        fn what_is_added_can_be_taken_off_again(a in 0..=i64::MAX / 2, b in 0..=i64::MAX / 2) {
            let sum = fen(a).checked_add(fen(b)).unwrap();
            prop_assert_eq!(sum.checked_sub(fen(b)), Some(fen(a)));
        }

        #[test]
        fn ratios_are_read_as_they_are_written(points in 0u32..=10_000) {
            let ratio = Ratio::from_basis_points(points).unwrap();
            prop_assert_eq!(ratio.decimal().parse(), Ok(ratio));
            let stored = serde_json::to_string(&ratio).unwrap();
            prop_assert_eq!(serde_json::from_str::<Ratio>(&stored).unwrap(), ratio);
        }
    }
}

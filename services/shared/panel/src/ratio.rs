//! An exact fraction, so that two means are compared and never rounded.

use std::{cmp::Ordering, fmt, num::NonZeroU64};

use serde::{Deserialize, Serialize};

/// A non-negative fraction; equal fractions are equal however they are written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Ratio {
    numerator: u64,
    denominator: NonZeroU64,
}

impl Ratio {
    /// `numerator / denominator`.
    pub fn new(numerator: u64, denominator: NonZeroU64) -> Self {
        Self {
            numerator,
            denominator,
        }
    }

    /// A whole number.
    pub fn whole(number: u64) -> Self {
        Self {
            numerator: number,
            denominator: NonZeroU64::MIN,
        }
    }

    /// Above the line.
    pub fn numerator(&self) -> u64 {
        self.numerator
    }

    /// Below the line.
    pub fn denominator(&self) -> NonZeroU64 {
        self.denominator
    }

    /// In hundredths, rounded half up: for showing, never for comparing.
    pub fn hundredths(&self) -> u128 {
        let denominator = u128::from(self.denominator.get());
        (u128::from(self.numerator) * 200 + denominator) / (2 * denominator)
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let left = u128::from(self.numerator) * u128::from(other.denominator.get());
        let right = u128::from(other.numerator) * u128::from(self.denominator.get());
        left.cmp(&right)
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

/// Two decimals, rounded half up: what people read.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.hundredths();
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

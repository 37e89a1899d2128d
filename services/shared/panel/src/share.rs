//! Shares of a seed: so many of them together open it, fewer tell nothing. What lets a draw go on
//! when a member withholds its seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use regulation::Region;
use serde::{Deserialize, Serialize};

use crate::{DrawId, Seed, seed::Parts};

const COEFFICIENT_DOMAIN: &[u8] = b"jiebang/panel/share-coefficient/v1";
const COMMITMENT_DOMAIN: &[u8] = b"jiebang/panel/share-commitment/v1";

/// A member's share of another one's seed: a point of a random polynomial over GF(2⁸) for each of
/// the seed's bytes, after Shamir.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Which point; from 1.
    index: u8,
    /// The polynomials' values there.
    value: Seed,
}

// A share must not get into a log before it is opened.
impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({})", self.index)
    }
}

/// The point 0 is the seed itself, so it is nobody's share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a share has an index from 1 to 255")]
pub struct NotAShare;

impl Share {
    /// A share as it was told.
    ///
    /// # Errors
    /// [`NotAShare`].
    pub fn new(index: u32, value: [u8; 32]) -> Result<Self, NotAShare> {
        match u8::try_from(index) {
            Ok(index) if index > 0 => Ok(Self {
                index,
                value: Seed::from(value),
            }),
            _ => Err(NotAShare),
        }
    }

    /// Which point; from 1.
    pub fn index(&self) -> u8 {
        self.index
    }

    /// The polynomials' values there.
    pub fn value(&self) -> &[u8; 32] {
        self.value.bytes()
    }

    /// What binds `dealer` to the share that it entrusts to `holder` for this draw. A share is
    /// random, so it needs no salt.
    pub fn commitment(&self, dealer: Region, holder: Region, draw: &DrawId) -> [u8; 32] {
        Parts::new(COMMITMENT_DOMAIN)
            .bytes(&[self.index])
            .bytes(self.value())
            .bytes(dealer.as_str().as_bytes())
            .bytes(holder.as_str().as_bytes())
            .bytes(draw.as_str().as_bytes())
            .finish()
    }
}

/// How many of `holders` shares open a seed: more than half, and never one alone; none where there
/// are too few holders for that.
pub fn shares_needed(holders: usize) -> Option<usize> {
    (2..=usize::from(u8::MAX))
        .contains(&holders)
        .then_some(holders / 2 + 1)
}

/// Deals a share of the seed to every holder, in their order; nothing where there are too few of
/// them. The polynomials follow from the seed, which is random and secret.
pub fn deal(seed: &Seed, holders: &BTreeSet<Region>) -> BTreeMap<Region, Share> {
    let Some(needed) = shares_needed(holders.len()) else {
        return BTreeMap::new();
    };
    let coefficients: Vec<[u8; 32]> = (1..needed as u64)
        .map(|power| {
            Parts::new(COEFFICIENT_DOMAIN)
                .bytes(seed.bytes())
                .number(power)
                .finish()
        })
        .collect();
    let points = (1..=u8::MAX).zip(holders);
    points
        .map(|(index, holder)| {
            let mut value = [0; 32];
            for (at, byte) in value.iter_mut().enumerate() {
                // Horner, from the highest power down to the seed.
                *byte = coefficients
                    .iter()
                    .rev()
                    .fold(0, |sum, powers| multiply(sum, index) ^ powers[at]);
                *byte = multiply(*byte, index) ^ seed.bytes()[at];
            }
            let share = Share {
                index,
                value: Seed::from(value),
            };
            (*holder, share)
        })
        .collect()
}

/// Opens a seed with shares of different points. Too few or false ones give another seed: the
/// commitment tells.
pub fn join<'a>(shares: impl IntoIterator<Item = &'a Share>) -> Seed {
    let shares: BTreeMap<u8, &Share> = shares.into_iter().map(|s| (s.index, s)).collect();
    let mut seed = [0; 32];
    for (index, share) in &shares {
        // Lagrange's weight of this point at 0; subtracting is adding here.
        let others = shares.keys().filter(|other| *other != index);
        let weight = others.fold(1, |weight, other| {
            multiply(weight, multiply(*other, inverse(other ^ index)))
        });
        for (byte, value) in seed.iter_mut().zip(share.value()) {
            *byte ^= multiply(weight, *value);
        }
    }
    Seed::from(seed)
}

/// The product in GF(2⁸) modulo x⁸ + x⁴ + x³ + x + 1.
fn multiply(a: u8, b: u8) -> u8 {
    let (mut a, mut b, mut product) = (a, b, 0);
    while b > 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        let carry = a & 0x80 > 0;
        a <<= 1;
        if carry {
            a ^= 0x1b;
        }
        b >>= 1;
    }
    product
}

/// What gives 1 with `a`, which is not 0: a to the power of 254.
fn inverse(a: u8) -> u8 {
    (0..253).fold(a, |power, _| multiply(power, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_but_zero_has_its_inverse() {
        for a in 1..=u8::MAX {
            assert_eq!(multiply(a, inverse(a)), 1, "{a}");
        }
        // A worked example of FIPS 197, 4.2.
        assert_eq!(multiply(0x57, 0x83), 0xc1);
    }
}

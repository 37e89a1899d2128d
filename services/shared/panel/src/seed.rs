//! Randomness that nobody can steer: every member commits to a seed, the input is frozen, then the
//! seeds are opened.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use regulation::{Refusal, Region, Rule};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::{DrawId, InputDigest};

const COMMITMENT_DOMAIN: &[u8] = b"jiebang/panel/seed-commitment/v1";
const COMBINED_DOMAIN: &[u8] = b"jiebang/panel/combined-seed/v1";

/// SHA-256 over parts, each with its length before it, so that no two lists of parts read alike.
pub(crate) struct Parts(Sha256);

impl Parts {
    pub(crate) fn new(domain: &[u8]) -> Self {
        Self(Sha256::new()).bytes(domain)
    }

    pub(crate) fn bytes(mut self, part: &[u8]) -> Self {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    pub(crate) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// Text that is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("64 hexadecimal digits are expected")]
pub struct InvalidSeed;

macro_rules! bytes32 {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The 32 bytes.
            pub fn bytes(&self) -> &[u8; 32] { &self.0 }
            /// As 64 lower-case hexadecimal digits.
            pub fn to_hex(&self) -> String { hex::encode(self.0) }
        }
        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self { Self(bytes) }
        }
        impl FromStr for $name {
            type Err = InvalidSeed;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidSeed)?;
                Ok(Self(bytes))
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.to_hex())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
pub(crate) use bytes32;

bytes32! {
    /// A member's 32 random bytes: secret until the input is frozen, published afterwards.
    Seed,
    /// What a member hands in first: it binds the member to its seed without showing it.
    SeedCommitment,
    /// What all members' seeds and the frozen input make together; it decides among equals.
    CombinedSeed,
}

// A seed must not get into a log before it is opened.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

impl fmt::Debug for SeedCommitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for CombinedSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl SeedCommitment {
    /// The commitment of `region` to `seed` for this draw and no other.
    pub fn to(seed: &Seed, region: Region, draw: &DrawId) -> Self {
        let parts = Parts::new(COMMITMENT_DOMAIN)
            .bytes(&seed.0)
            .bytes(region.as_str().as_bytes())
            .bytes(draw.as_str().as_bytes());
        Self(parts.finish())
    }
}

/// Why a step of the seed protocol is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedFault {
    /// No members were named, so nobody could contribute.
    #[error("a draw needs at least one member's seed")]
    NoMembers,
    /// The region is not among the members of this draw.
    #[error("{0} takes no part in this draw")]
    NotAMember(Region),
    /// The region has handed in another commitment, or opened its seed, before.
    #[error("{0} has already given another word")]
    Already(Region),
    /// These members have not done the step yet.
    #[error("still waiting for {0:?}")]
    Missing(BTreeSet<Region>),
    /// The opened seed is not the one that was committed to.
    #[error("the seed of {0} does not match its commitment")]
    Mismatch(Region),
}

/// Nobody can steer the randomness of a draw.
pub const SEEDS: Rule = Rule::ours(
    "panel.seeds",
    "抽取专家前各方先提交种子承诺，候选名单与回避关系固定后再公开种子，公开的种子须与承诺一致",
);

impl From<SeedFault> for Refusal {
    fn from(fault: SeedFault) -> Self {
        let (message, remedy) = match &fault {
            SeedFault::NoMembers => ("没有参加抽取的成员".to_owned(), "请先确定参加抽取的成员"),
            SeedFault::NotAMember(region) => {
                (format!("{}不参加本次抽取", region.name()), "请核对抽取编号")
            }
            SeedFault::Already(region) => (
                format!("{}已提交另一承诺", region.name()),
                "承诺一经提交不得更改",
            ),
            SeedFault::Missing(regions) => {
                let names: Vec<&str> = regions.iter().map(Region::name).collect();
                (
                    format!("尚缺{}的种子或承诺", names.join("、")),
                    "请等待或催办上述成员",
                )
            }
            SeedFault::Mismatch(region) => (
                format!("{}公开的种子与其承诺不符", region.name()),
                "请提交与承诺一致的种子",
            ),
        };
        Self::new(SEEDS, message, remedy)
    }
}

/// First step: members commit, before anybody knows the input in its final form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committing {
    draw: DrawId,
    members: BTreeSet<Region>,
    commitments: BTreeMap<Region, SeedCommitment>,
}

impl Committing {
    /// Opens the protocol of one draw.
    ///
    /// # Errors
    /// [`SeedFault::NoMembers`].
    pub fn open(draw: DrawId, members: BTreeSet<Region>) -> Result<Self, SeedFault> {
        if members.is_empty() {
            return Err(SeedFault::NoMembers);
        }
        Ok(Self {
            draw,
            members,
            commitments: BTreeMap::new(),
        })
    }

    /// Takes a member's commitment; the same one again changes nothing.
    ///
    /// # Errors
    /// [`SeedFault::NotAMember`], or [`SeedFault::Already`] with another commitment.
    pub fn commit(&mut self, region: Region, commitment: SeedCommitment) -> Result<(), SeedFault> {
        if !self.members.contains(&region) {
            return Err(SeedFault::NotAMember(region));
        }
        match self.commitments.get(&region) {
            Some(before) if *before != commitment => Err(SeedFault::Already(region)),
            _ => {
                self.commitments.insert(region, commitment);
                Ok(())
            }
        }
    }

    /// Goes on without a member that has not committed: it takes no part.
    ///
    /// # Errors
    /// [`SeedFault::NotAMember`]; [`SeedFault::Already`] where it has committed;
    /// [`SeedFault::NoMembers`] where nobody would be left.
    pub fn without(&mut self, region: Region) -> Result<(), SeedFault> {
        if !self.members.contains(&region) {
            return Err(SeedFault::NotAMember(region));
        }
        if self.commitments.contains_key(&region) {
            return Err(SeedFault::Already(region));
        }
        if self.members.len() == 1 {
            return Err(SeedFault::NoMembers);
        }
        self.members.remove(&region);
        Ok(())
    }

    /// Which draw this is for.
    pub fn draw(&self) -> &DrawId {
        &self.draw
    }

    /// Who takes part.
    pub fn members(&self) -> &BTreeSet<Region> {
        &self.members
    }

    /// Who has committed to what.
    pub fn commitments(&self) -> &BTreeMap<Region, SeedCommitment> {
        &self.commitments
    }

    /// The members whose commitment is not there yet.
    pub fn missing(&self) -> BTreeSet<Region> {
        self.members
            .iter()
            .filter(|m| !self.commitments.contains_key(m))
            .copied()
            .collect()
    }

    /// Freezes the input: only now may seeds be opened.
    ///
    /// # Errors
    /// [`SeedFault::Missing`] while a commitment is not there.
    pub fn freeze(self, input: InputDigest) -> Result<Revealing, SeedFault> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(SeedFault::Missing(missing));
        }
        let Self {
            draw, commitments, ..
        } = self;
        Ok(Revealing {
            draw,
            commitments,
            input,
            seeds: BTreeMap::new(),
            withheld: BTreeSet::new(),
        })
    }
}

/// Second step: the input is frozen and the seeds are opened. Complete, it is the public record of
/// the draw's randomness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revealing {
    draw: DrawId,
    commitments: BTreeMap<Region, SeedCommitment>,
    input: InputDigest,
    seeds: BTreeMap<Region, Seed>,
    /// Members whose seed nobody could open: the draw goes on without it, for everybody to see.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    withheld: BTreeSet<Region>,
}

impl Revealing {
    /// Who has committed to what.
    pub fn commitments(&self) -> &BTreeMap<Region, SeedCommitment> {
        &self.commitments
    }

    /// The seeds that are open.
    pub fn seeds(&self) -> &BTreeMap<Region, Seed> {
        &self.seeds
    }

    /// The members whose seed nobody could open.
    pub fn withheld(&self) -> &BTreeSet<Region> {
        &self.withheld
    }

    /// Goes on without a seed that nobody could open.
    ///
    /// # Errors
    /// [`SeedFault::NotAMember`]; [`SeedFault::Already`] where it is open;
    /// [`SeedFault::NoMembers`] where no seed would be left.
    pub fn withhold(&mut self, region: Region) -> Result<(), SeedFault> {
        if !self.commitments.contains_key(&region) {
            return Err(SeedFault::NotAMember(region));
        }
        if self.seeds.contains_key(&region) {
            return Err(SeedFault::Already(region));
        }
        if self.withheld.len() + 1 >= self.commitments.len() {
            return Err(SeedFault::NoMembers);
        }
        self.withheld.insert(region);
        Ok(())
    }

    /// Which draw this is for.
    pub fn draw(&self) -> &DrawId {
        &self.draw
    }

    /// What was frozen before the first seed was opened.
    pub fn input(&self) -> InputDigest {
        self.input
    }

    /// Takes a member's seed; the same one again changes nothing.
    ///
    /// # Errors
    /// [`SeedFault::NotAMember`], [`SeedFault::Mismatch`] with the commitment, or
    /// [`SeedFault::Already`] where it went on without.
    pub fn reveal(&mut self, region: Region, seed: Seed) -> Result<(), SeedFault> {
        self.matches(region, &seed)?;
        if self.withheld.contains(&region) {
            return Err(SeedFault::Already(region));
        }
        self.seeds.insert(region, seed);
        Ok(())
    }

    /// The members whose seed is still closed.
    pub fn missing(&self) -> BTreeSet<Region> {
        self.commitments
            .keys()
            .filter(|m| !self.seeds.contains_key(m) && !self.withheld.contains(m))
            .copied()
            .collect()
    }

    /// The seed of the draw. Every opened seed is held against its commitment again, so a record
    /// that was stored or sent is proved by this call.
    ///
    /// # Errors
    /// [`SeedFault::Missing`] while a seed is closed, [`SeedFault::Mismatch`] or
    /// [`SeedFault::NotAMember`] when the record was tampered with, [`SeedFault::NoMembers`].
    pub fn combine(&self) -> Result<CombinedSeed, SeedFault> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(SeedFault::Missing(missing));
        }
        if self.seeds.is_empty() {
            return Err(SeedFault::NoMembers);
        }
        let mut parts = Parts::new(COMBINED_DOMAIN)
            .bytes(self.draw.as_str().as_bytes())
            .bytes(self.input.bytes());
        for (region, seed) in &self.seeds {
            self.matches(*region, seed)?;
            parts = parts.bytes(region.as_str().as_bytes()).bytes(&seed.0);
        }
        Ok(CombinedSeed(parts.finish()))
    }

    fn matches(&self, region: Region, seed: &Seed) -> Result<(), SeedFault> {
        let commitment = self
            .commitments
            .get(&region)
            .ok_or(SeedFault::NotAMember(region))?;
        if SeedCommitment::to(seed, region, &self.draw) == *commitment {
            Ok(())
        } else {
            Err(SeedFault::Mismatch(region))
        }
    }
}

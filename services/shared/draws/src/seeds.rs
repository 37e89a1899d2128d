//! Where a draw's randomness comes from: members commit, the pool is frozen, seeds are opened; what
//! is withheld is opened by the others' shares, and only then gone without.

mod gathering;
mod opening;

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use panel::{DrawId, InputDigest, InvalidKey, Seed, SeedCommitment, Share, shares_needed};
use regulation::{Context, Region, Text};
use serde::{Deserialize, Serialize};

pub use gathering::Gathering;
pub use opening::Opening;

/// Who went on without something, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The person's account.
    pub by: String,
    /// The reason.
    pub reason: Text,
}

impl Waiver {
    /// The caller's.
    pub fn of(reason: Text, context: &Context) -> Self {
        Self {
            by: context.actor.person.clone(),
            reason,
        }
    }
}

/// A member's word before the freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// What binds it to its seed.
    pub commitment: SeedCommitment,
    /// What binds it to the shares that the others keep.
    pub shares: BTreeMap<Region, Digest>,
}

/// What a member says of seeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It commits to its own.
    Commitment(Word),
    /// It opens its own.
    Seed {
        /// The seed.
        seed: Seed,
        /// What it was told to be frozen.
        frozen: InputDigest,
    },
    /// It opens its share of another one's.
    Share {
        /// Whose seed.
        of: Region,
        /// The share.
        share: Share,
    },
}

/// A seed that the others' shares are to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Who asked for it, and why.
    pub asked: Waiver,
    /// The shares that are in, by who kept them.
    pub shares: BTreeMap<Region, Share>,
    /// Whether they opened it.
    pub opened: bool,
}

/// What happened to seeds besides being opened by their members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Story {
    /// What binds members to their shares.
    pub seals: BTreeMap<Region, BTreeMap<Region, Digest>>,
    /// Who is gone without.
    pub waived: BTreeMap<Region, Waiver>,
    /// Whose seeds the others' shares are to open.
    pub recoveries: BTreeMap<Region, Recovery>,
    /// What is wrong with a seed or a share, in Chinese.
    pub faults: BTreeMap<Region, String>,
}

impl Story {
    /// How many shares open a member's seed; none where nobody keeps enough of them.
    pub fn shares_needed(&self, region: Region) -> Option<usize> {
        shares_needed(self.seals.get(&region)?.len())
    }
}

/// What happened to seeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// A member committed to its seed.
    Committed {
        /// Who.
        region: Region,
        /// To what.
        word: Word,
    },
    /// It goes on without a member's seed.
    Waived {
        /// Whose.
        region: Region,
        /// Who decided so, and why.
        waiver: Waiver,
    },
    /// A member opened its seed.
    Opened {
        /// Who.
        region: Region,
        /// The seed.
        seed: Seed,
    },
    /// A seed or a share is not what was committed to.
    Faulty {
        /// Whose seed.
        region: Region,
        /// What is wrong, in Chinese.
        fault: String,
    },
    /// The others are asked for their shares of a seed.
    RecoveryAsked {
        /// Whose.
        region: Region,
        /// Who decided so, and why.
        waiver: Waiver,
    },
    /// A share was opened.
    ShareOpened {
        /// Whose seed.
        region: Region,
        /// Who kept it.
        holder: Region,
        /// The share.
        share: Share,
    },
    /// Shares opened a seed.
    Recovered {
        /// Whose.
        region: Region,
        /// The seed.
        seed: Seed,
    },
}

/// Who keeps shares of a member's seed: all other members but the hub, which draws.
pub fn holders(members: &BTreeSet<Region>, dealer: Region) -> BTreeSet<Region> {
    let others = members
        .iter()
        .filter(|member| **member != dealer && !member.is_hub());
    others.copied().collect()
}

/// The draw of a round; a round draws once.
///
/// # Errors
/// Never for an id.
pub fn draw_id(round: impl ToString) -> Result<DrawId, InvalidKey> {
    format!("{}/1", round.to_string()).parse()
}

#[cfg(test)]
mod tests;

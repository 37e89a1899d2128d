//! After the freeze: seeds are opened, by their members or by the others' shares.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use panel::{InputDigest, Revealing, Seed, SeedFault, Share};
use regulation::{Context, Region, Text};
use serde::{Deserialize, Serialize};

use super::{Fact, Heard, Recovery, Story, Waiver};
use crate::SeedRejection;

/// Seeds are being opened; complete, it tells where a draw's randomness came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opening {
    /// Which seeds are open.
    pub randomness: Revealing,
    /// Shares, and who is gone without.
    pub story: Story,
}

impl Opening {
    /// The members whose seed is waited for.
    pub fn missing(&self) -> BTreeSet<Region> {
        self.randomness.missing()
    }

    /// A member says something of seeds.
    ///
    /// # Errors
    /// Another commitment than before; a share that nobody asked for.
    pub fn heard(&self, origin: Region, heard: &Heard) -> Result<Vec<Fact>, SeedRejection> {
        match heard {
            // It went on without this member, or the same is told again.
            Heard::Commitment(word) => {
                let known = self.randomness.commitments().get(&origin);
                if known.is_none_or(|before| *before == word.commitment) {
                    Ok(vec![])
                } else {
                    Err(SeedFault::Already(origin).into())
                }
            }
            Heard::Seed { seed, frozen } => self.seed(origin, *seed, *frozen),
            Heard::Share { of, share } => self.share(origin, *of, *share),
        }
    }

    fn seed(
        &self,
        region: Region,
        seed: Seed,
        frozen: InputDigest,
    ) -> Result<Vec<Fact>, SeedRejection> {
        if !self.missing().contains(&region) {
            return Ok(vec![]);
        }
        let faulty = |fault: &str| {
            let fault = fault.to_owned();
            Ok(vec![Fact::Faulty { region, fault }])
        };
        if frozen != self.randomness.input() {
            return faulty("所附名单摘要与固定的名单不符");
        }
        match self.randomness.clone().reveal(region, seed) {
            Ok(()) => Ok(vec![Fact::Opened { region, seed }]),
            Err(SeedFault::Mismatch(_)) => faulty("公开的种子与其承诺不符"),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Asks the others for their shares of a seed that is withheld.
    ///
    /// # Errors
    /// When it is not, or too few keep shares of it.
    pub fn recover(
        &self,
        region: Region,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Fact>, SeedRejection> {
        if self.story.recoveries.contains_key(&region) {
            return Ok(vec![]);
        }
        if !self.missing().contains(&region) {
            return Err(SeedRejection::NotWithheld { region });
        }
        if self.story.shares_needed(region).is_none() {
            return Err(SeedRejection::NoShares { region });
        }
        let waiver = Waiver::of(reason, context);
        Ok(vec![Fact::RecoveryAsked { region, waiver }])
    }

    /// A member's share of another one's seed.
    fn share(
        &self,
        holder: Region,
        region: Region,
        share: Share,
    ) -> Result<Vec<Fact>, SeedRejection> {
        let recovery = self.story.recoveries.get(&region);
        let recovery = recovery.ok_or(SeedRejection::NotWithheld { region })?;
        if !self.missing().contains(&region) || recovery.shares.contains_key(&holder) {
            return Ok(vec![]);
        }
        let seals = self.story.seals.get(&region);
        let sealed = seals.and_then(|seals| seals.get(&holder));
        let told = share.commitment(region, holder, self.randomness.draw());
        if sealed != Some(&Digest(told)) {
            let fault = format!("{}提供的份额与登记的摘要不符", holder.name());
            return Ok(vec![Fact::Faulty { region, fault }]);
        }
        let opened = Fact::ShareOpened {
            region,
            holder,
            share,
        };
        let mut shares = recovery.shares.clone();
        shares.insert(holder, share);
        let needed = self.story.shares_needed(region);
        if needed.is_none_or(|needed| shares.len() < needed) {
            return Ok(vec![opened]);
        }
        let seed = panel::join(shares.values());
        let fact = if self.randomness.clone().reveal(region, seed).is_ok() {
            Fact::Recovered { region, seed }
        } else {
            let fault = "各方份额合成的种子与其承诺不符".to_owned();
            Fact::Faulty { region, fault }
        };
        Ok(vec![opened, fact])
    }

    /// Goes on without a member's seed, once the others' shares were asked for.
    ///
    /// # Errors
    /// When it is not withheld, when its shares were not asked for, or when no seed would be left.
    pub fn waive(
        &self,
        region: Region,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Fact>, SeedRejection> {
        if self.story.waived.contains_key(&region) {
            return Ok(vec![]);
        }
        if !self.missing().contains(&region) {
            return Err(SeedRejection::NotWithheld { region });
        }
        let recoverable = self.story.shares_needed(region).is_some();
        if recoverable && !self.story.recoveries.contains_key(&region) {
            return Err(SeedRejection::RecoverFirst { region });
        }
        self.randomness.clone().withhold(region)?;
        let waiver = Waiver::of(reason, context);
        Ok(vec![Fact::Waived { region, waiver }])
    }

    /// What a fact changes. What cannot be taken was decided to be no fact.
    pub fn evolve(&mut self, fact: &Fact) {
        let story = &mut self.story;
        match fact.clone() {
            Fact::Opened { region, seed } => {
                let _ = self.randomness.reveal(region, seed);
                story.faults.remove(&region);
            }
            Fact::Recovered { region, seed } => {
                let _ = self.randomness.reveal(region, seed);
                if let Some(recovery) = story.recoveries.get_mut(&region) {
                    recovery.opened = true;
                }
            }
            Fact::Faulty { region, fault } => {
                story.faults.insert(region, fault);
            }
            Fact::RecoveryAsked { region, waiver } => {
                let recovery = Recovery {
                    asked: waiver,
                    shares: BTreeMap::new(),
                    opened: false,
                };
                story.recoveries.insert(region, recovery);
            }
            Fact::ShareOpened {
                region,
                holder,
                share,
            } => {
                if let Some(recovery) = story.recoveries.get_mut(&region) {
                    recovery.shares.insert(holder, share);
                }
            }
            Fact::Waived { region, waiver } => {
                let _ = self.randomness.withhold(region);
                story.waived.insert(region, waiver);
            }
            Fact::Committed { .. } => {}
        }
    }

    /// Where it stands after these facts.
    #[must_use]
    pub fn after(&self, facts: &[Fact]) -> Self {
        let mut opening = self.clone();
        for fact in facts {
            opening.evolve(fact);
        }
        opening
    }
}

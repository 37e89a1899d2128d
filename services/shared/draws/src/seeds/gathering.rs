//! Before the freeze: who has committed to a seed, and who is gone without.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use panel::{Committing, DrawId, InputDigest, Seed, SeedCommitment, SeedFault, shares_needed};
use regulation::{Context, Region, Text};
use serde::{Deserialize, Serialize};

use super::{Fact, Heard, Opening, Story, Waiver, Word, holders};
use crate::SeedRejection;

/// Members commit to their seeds, and deal shares of them to the others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Gathering {
    /// Who has committed to what.
    pub committing: Committing,
    /// Shares, and who is gone without.
    pub story: Story,
    /// The hub's own seed, committed to before the pool is frozen; secret until then.
    own: Seed,
}

impl Gathering {
    /// Asks every member for a seed; the hub, which draws, has committed to its own already.
    ///
    /// # Errors
    /// Never for a draw that has members.
    pub fn open(draw: DrawId, mut members: BTreeSet<Region>, own: Seed) -> Result<Self, SeedFault> {
        members.insert(Region::HUB);
        let commitment = SeedCommitment::to(&own, Region::HUB, &draw);
        let mut committing = Committing::open(draw, members)?;
        committing.commit(Region::HUB, commitment)?;
        Ok(Self {
            committing,
            story: Story::default(),
            own,
        })
    }

    /// The members whose commitment is waited for.
    pub fn missing(&self) -> BTreeSet<Region> {
        self.committing.missing()
    }

    /// A member says something of seeds.
    ///
    /// # Errors
    /// A commitment of somebody else, another one than before, one without its shares; anything that
    /// is opened before the freeze.
    pub fn heard(&self, origin: Region, heard: &Heard) -> Result<Vec<Fact>, SeedRejection> {
        let Heard::Commitment(word) = heard else {
            return Err(SeedRejection::NotFrozen);
        };
        let known = self.committing.commitments().get(&origin);
        if self.story.waived.contains_key(&origin) || known == Some(&word.commitment) {
            return Ok(vec![]);
        }
        self.committing.clone().commit(origin, word.commitment)?;
        let mut asked = self.committing.members().clone();
        asked.extend(self.story.waived.keys());
        if !shares_are_for(&asked, origin, &word.shares) {
            return Err(SeedRejection::OtherShares { region: origin });
        }
        let word = Word::clone(word);
        Ok(vec![Fact::Committed {
            region: origin,
            word,
        }])
    }

    /// Goes on without a member that has not committed.
    ///
    /// # Errors
    /// When it has.
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
        self.committing.clone().without(region)?;
        let waiver = Waiver::of(reason, context);
        Ok(vec![Fact::Waived { region, waiver }])
    }

    /// What a fact changes. What cannot be taken was decided to be no fact.
    pub fn evolve(&mut self, fact: &Fact) {
        match fact {
            Fact::Committed { region, word } => {
                let _ = self.committing.commit(*region, word.commitment);
                self.story.seals.insert(*region, word.shares.clone());
            }
            Fact::Waived { region, waiver } => {
                let _ = self.committing.without(*region);
                self.story.waived.insert(*region, waiver.clone());
            }
            _ => {}
        }
    }

    /// Freezes the pool; the hub's own seed is opened at once.
    ///
    /// # Errors
    /// [`SeedFault::Missing`] while a commitment is not there.
    pub fn freeze(&self, input: InputDigest) -> Result<Opening, SeedFault> {
        let mut randomness = self.committing.clone().freeze(input)?;
        randomness.reveal(Region::HUB, self.own)?;
        Ok(Opening {
            randomness,
            story: self.story.clone(),
        })
    }
}

/// Whether a member deals its shares to whom everybody expects it to.
fn shares_are_for(
    members: &BTreeSet<Region>,
    dealer: Region,
    shares: &BTreeMap<Region, Digest>,
) -> bool {
    let holders = holders(members, dealer);
    let expected = shares_needed(holders.len()).map_or_else(BTreeSet::new, |_| holders);
    shares.keys().eq(expected.iter())
}

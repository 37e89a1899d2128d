//! The record of a draw as it is published: from it alone anybody makes the draw again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Draw, DrawInput, ExpertKey, Fault, Panel, Panels, ProposalKey, Revealing, SeedFault,
    Succession, verify,
};

/// Who left a panel, and the panel afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// The proposal.
    pub proposal: ProposalKey,
    /// Who was struck, declared a conflict, or stayed silent.
    pub struck: BTreeSet<ExpertKey>,
    /// The panel afterwards.
    pub panel: Panel,
}

/// Everything that a draw came from and came to, by pseudonyms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawRecord {
    /// What was frozen.
    pub input: DrawInput,
    /// The members' commitments and seeds.
    pub randomness: Revealing,
    /// The draw with its proof.
    pub draw: Draw,
    /// Who followed whom afterwards, in order.
    pub followed: Vec<Followed>,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// The seeds do not open their commitments.
    #[error(transparent)]
    Seeds(#[from] SeedFault),
    /// The seeds were committed to for another draw, or opened for another input.
    #[error("the seeds belong to another draw or input")]
    OtherInput,
    /// The draw is not what input and seeds give.
    #[error("the draw does not come from its input and seeds: {0:?}")]
    Draw(Vec<Fault>),
    /// Somebody followed otherwise than by the rule.
    #[error("step {0} does not follow by the rule")]
    Followed(usize),
}

impl DrawRecord {
    /// Makes the draw again, and every replacement after it; gives the panels as they stand.
    ///
    /// # Errors
    /// The first [`RecordFault`].
    pub fn verify(&self) -> Result<Panels, RecordFault> {
        let same = self.randomness.draw() == self.input.draw_id()
            && self.randomness.input() == self.input.digest();
        if !same {
            return Err(RecordFault::OtherInput);
        }
        let seed = self.randomness.combine()?;
        verify(&self.input, &seed, &self.draw).map_err(RecordFault::Draw)?;
        let mut panels = self.draw.panels.clone();
        for (step, followed) in self.followed.iter().enumerate() {
            let struck: Vec<ExpertKey> = followed.struck.iter().cloned().collect();
            let again = panels.succession(&self.input, &followed.proposal, &struck);
            match again {
                Ok(Succession { panel, .. }) if panel == followed.panel => {
                    panels.0.insert(followed.proposal.clone(), panel);
                }
                _ => return Err(RecordFault::Followed(step)),
            }
        }
        Ok(panels)
    }
}

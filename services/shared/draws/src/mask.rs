//! The names that a draw's record has for proposals, experts and employers: nobody can tell from it
//! whom or what it is about, nor link it with the record of another round.

use evidence::Digest;
use panel::{EmployerKey, ExpertKey, InvalidKey, ProposalKey};
use regulation::{ExpertId, Region, UnitId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a round's pseudonyms are made with: 32 random bytes that are never told to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask(pub Digest);

impl Mask {
    fn pseudonym(self, domain: &str, parts: &[&[u8]]) -> String {
        let mut all: Vec<&[u8]> = vec![self.0.as_bytes()];
        all.extend(parts);
        let mut name = Digest::of(domain, &all).to_string();
        // 128 bits: no two of a draw are the same.
        name.truncate(32);
        name
    }

    /// The pseudonym of what is judged: a demand, an application.
    ///
    /// # Errors
    /// Never: hexadecimal digits are a key.
    pub fn proposal(self, id: Uuid) -> Result<ProposalKey, InvalidKey> {
        self.pseudonym("draws.proposal", &[id.as_bytes()])
            .try_into()
    }

    /// An expert's pseudonym.
    ///
    /// # Errors
    /// Never: hexadecimal digits are a key.
    pub fn expert(self, expert: ExpertId) -> Result<ExpertKey, InvalidKey> {
        self.pseudonym("draws.expert", &[expert.0.as_bytes()])
            .try_into()
    }

    /// An employer's pseudonym; a branch in another region is an employer of its own to the draw.
    ///
    /// # Errors
    /// Never: hexadecimal digits are a key.
    pub fn employer(self, unit: UnitId, region: Region) -> Result<EmployerKey, InvalidKey> {
        let parts = [unit.0.as_bytes().as_slice(), region.as_str().as_bytes()];
        self.pseudonym("draws.employer", &parts).try_into()
    }
}

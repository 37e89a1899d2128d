//! The names that a draw's record has for demands, experts and employers: nobody can tell from it
//! whom or what it is about, nor link it with the record of another round.

use evidence::Digest;
use panel::{EmployerKey, ExpertKey, InvalidKey, ProposalKey};
use regulation::{DemandId, ExpertId, Region, UnitId};

use super::Setup;

impl Setup {
    fn pseudonym(&self, domain: &str, parts: &[&[u8]]) -> String {
        let mut all: Vec<&[u8]> = vec![self.mask.as_bytes()];
        all.extend(parts);
        let mut name = Digest::of(domain, &all).to_string();
        // 128 bits: no two of a draw are the same.
        name.truncate(32);
        name
    }

    /// A demand's pseudonym.
    ///
    /// # Errors
    /// Never: hexadecimal digits are a key.
    pub fn proposal_key(&self, demand: DemandId) -> Result<ProposalKey, InvalidKey> {
        self.pseudonym("evaluation.draw.demand", &[demand.0.as_bytes()])
            .try_into()
    }

    /// An expert's pseudonym.
    ///
    /// # Errors
    /// Never: hexadecimal digits are a key.
    pub fn expert_key(&self, expert: ExpertId) -> Result<ExpertKey, InvalidKey> {
        self.pseudonym("evaluation.draw.expert", &[expert.0.as_bytes()])
            .try_into()
    }

    /// An employer's pseudonym; a branch in another region is an employer of its own to the draw.
    ///
    /// # Errors
    /// Never: hexadecimal digits are a key.
    pub fn employer_key(&self, unit: UnitId, region: Region) -> Result<EmployerKey, InvalidKey> {
        let parts = [unit.0.as_bytes().as_slice(), region.as_str().as_bytes()];
        self.pseudonym("evaluation.draw.employer", &parts)
            .try_into()
    }
}

//! People of the federation, and the tokens with which they call.

use std::path::Path;

use chassis::{
    clock::wall_now,
    token::{TOKEN_TTL_MAX, TokenSigner},
};
use regulation::{Actor, ExpertId, Region, Role, UnitId};

use crate::parts::CONSOLE;

/// Somebody who acts in a role at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona(Actor);

impl Persona {
    /// Somebody in this role; the only one there until [`Persona::named`] says who.
    pub fn new(region: Region, role: Role) -> Self {
        let person = format!("{region}-{}", format!("{role:?}").to_lowercase());
        Self(Actor::person(person, role, region))
    }

    /// The person's account.
    #[must_use]
    pub fn named(mut self, person: impl Into<String>) -> Self {
        self.0.person = person.into();
        self
    }

    /// Acts for this unit.
    #[must_use]
    pub fn of_unit(mut self, unit: UnitId) -> Self {
        self.0.unit = Some(unit);
        self
    }

    /// Is this expert.
    #[must_use]
    pub fn as_expert(mut self, expert: ExpertId) -> Self {
        self.0.expert = Some(expert);
        self
    }

    /// The person's account.
    pub fn account(&self) -> &str {
        &self.0.person
    }

    /// Where they act.
    pub fn region(&self) -> Region {
        self.0.region
    }

    /// A token as the console of their node would give them after a login, with its key.
    ///
    /// # Errors
    /// When the key can't be read.
    pub fn token(&self, console_key: &Path) -> anyhow::Result<String> {
        let signer = TokenSigner::read(CONSOLE, self.0.region, console_key)?;
        Ok(signer.sign(&self.0, wall_now(), TOKEN_TTL_MAX)?)
    }
}

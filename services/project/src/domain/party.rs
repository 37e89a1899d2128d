//! Who signs a contract, and their hand under it.

use std::{fmt, str::FromStr};

use regulation::{Actor, AssentId, Context, ProjectId, Region, Role, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Under which the ids of assents are made.
const NAMESPACE: Uuid = Uuid::from_u128(0x5f0e_3a61_7c1d_4b7e_8d55_92a4_06cb_17f3);

/// A party to the contract; the department before the units. [Art. 16, 18]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Party {
    /// 科技厅（委） of the lead's region.
    Department,
    /// The lead or another unit of the consortium.
    Unit(UnitId),
}

/// Text that names no party.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither `department` nor a unit's id: {0:?}")]
pub struct InvalidParty(String);

const DEPARTMENT: &str = "department";

impl Party {
    /// The id of this party's assent to a version of a project's contract: each is asked once.
    pub fn assent(self, project: ProjectId, version: u32) -> AssentId {
        let name = format!("{project}/{version}/{self}");
        Uuid::new_v5(&NAMESPACE, name.as_bytes()).into()
    }

    /// As what somebody signs for it.
    pub fn signs_as(self) -> Role {
        match self {
            Self::Department => Role::Director,
            Self::Unit(_) => Role::UnitMember,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Department => f.write_str(DEPARTMENT),
            Self::Unit(unit) => unit.fmt(f),
        }
    }
}

impl FromStr for Party {
    type Err = InvalidParty;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == DEPARTMENT {
            return Ok(Self::Department);
        }
        let unit = text.parse();
        unit.map(Self::Unit)
            .map_err(|_| InvalidParty(text.chars().take(64).collect()))
    }
}

impl TryFrom<String> for Party {
    type Error = InvalidParty;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Party> for String {
    fn from(party: Party) -> Self {
        party.to_string()
    }
}

/// Somebody's hand under something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The person's account at the home region.
    pub person: String,
    /// What they acted as.
    pub role: Role,
    /// The node that vouches for them.
    pub region: Region,
    /// When, by that node's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Signature {
    /// The hand of who acts now.
    pub fn of(context: &Context) -> Self {
        let Actor {
            person,
            role,
            region,
            ..
        } = context.actor.clone();
        Self {
            person,
            role,
            region,
            at: context.now,
        }
    }

    /// Whether it is the hand of the same person, in whatever role.
    pub fn is_by(&self, other: &Self) -> bool {
        self.person == other.person && self.region == other.region
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_party_reads_itself_again_and_the_department_comes_first() {
        let unit = Party::Unit(UnitId(Uuid::nil()));
        for party in [Party::Department, unit] {
            assert_eq!(party.to_string().parse(), Ok(party));
        }
        assert!("somebody".parse::<Party>().is_err());
        assert!(Party::Department < unit);
    }

    #[test]
    fn each_party_is_asked_once_for_each_version() {
        let (one, other) = (ProjectId(Uuid::nil()), ProjectId(Uuid::max()));
        let unit = Party::Unit(UnitId(Uuid::nil()));
        let first = unit.assent(one, 1);
        assert_eq!(first, unit.assent(one, 1));
        assert_ne!(first, unit.assent(one, 2));
        assert_ne!(first, unit.assent(other, 1));
        assert_ne!(first, Party::Department.assent(one, 1));
    }
}

//! All versions of the policy, and which of them has force on which day.

use std::{collections::BTreeMap, sync::Arc};

use time::OffsetDateTime;

use crate::{Day, Policy};

/// The versions that a node holds. The earliest is the genesis and has force by itself; each other
/// one only from the day on which a joint decision on its digest came into force. [Art. 22]
#[derive(Debug, Clone)]
pub struct PolicyBook {
    /// By first day of force, so that the last one that covers a day is the one that counts.
    versions: Vec<Arc<Policy>>,
    /// By digest: when the joint decision came into force.
    enacted: BTreeMap<[u8; 32], OffsetDateTime>,
}

/// Why a set of versions makes no book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBook {
    /// There is no version at all.
    #[error("no policy version at all")]
    Empty,
    /// Two files bear one name.
    #[error("two files are called {0}")]
    Twice(String),
    /// Two versions start on one day, so that it is not clear which one comes after the other.
    #[error("{0} and {1} start on the same day")]
    SameDay(String, String),
}

/// A decision about a version whose file this node does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no policy file with digest {0:?} here: put the decided file into the policy folder")]
pub struct UnknownPolicy(pub String);

impl PolicyBook {
    /// A book of these versions, of which only the earliest has force.
    ///
    /// # Errors
    /// Refuses no version, two of one name, and two that start on one day.
    pub fn new(mut versions: Vec<Policy>) -> Result<Self, InvalidBook> {
        versions.sort_by_key(|policy| policy.in_force_from);
        if versions.is_empty() {
            return Err(InvalidBook::Empty);
        }
        for (index, policy) in versions.iter().enumerate() {
            let earlier = &versions[..index];
            if earlier.iter().any(|other| other.version == policy.version) {
                return Err(InvalidBook::Twice(policy.version.clone()));
            }
            if let Some(other) = earlier
                .iter()
                .find(|other| other.in_force_from == policy.in_force_from)
            {
                return Err(InvalidBook::SameDay(
                    other.version.clone(),
                    policy.version.clone(),
                ));
            }
        }
        let versions = versions.into_iter().map(Arc::new).collect();
        Ok(Self {
            versions,
            enacted: BTreeMap::new(),
        })
    }

    /// Records that a joint decision on the version with this digest came into force. The version
    /// has force from that day on, or from its own first day if that is later: what was done
    /// before stays under the policy it was done under. A repeat changes nothing.
    ///
    /// # Errors
    /// No file here has that digest.
    pub fn enact(
        &mut self,
        digest_hex: &str,
        decided_at: OffsetDateTime,
    ) -> Result<Arc<Policy>, UnknownPolicy> {
        let decided = self
            .versions
            .iter()
            .find(|policy| policy.digest_hex() == digest_hex);
        let policy = decided
            .cloned()
            .ok_or_else(|| UnknownPolicy(digest_hex.chars().take(64).collect()))?;
        let at = self.enacted.entry(policy.digest()).or_insert(decided_at);
        *at = decided_at.min(*at);
        Ok(policy)
    }

    /// The policy in force on that day: of the versions that have force and cover it, the latest.
    pub fn on(&self, day: Day) -> Option<Arc<Policy>> {
        let genesis = self.versions.first()?.digest();
        let has_force = |policy: &&Arc<Policy>| {
            let decided = self.enacted.get(&policy.digest());
            policy.digest() == genesis || decided.is_some_and(|at| Day::of(*at) <= day)
        };
        self.versions
            .iter()
            .rev()
            .filter(has_force)
            .find(|policy| policy.covers(day))
            .cloned()
    }

    /// The version of that name, in force or not: what a case was taken under.
    pub fn by_version(&self, version: &str) -> Option<Arc<Policy>> {
        self.versions
            .iter()
            .find(|policy| policy.version == version)
            .cloned()
    }

    /// Every version, the earliest first.
    pub fn versions(&self) -> &[Arc<Policy>] {
        &self.versions
    }

    /// When the joint decision on this version came into force; none for the genesis and for what
    /// is not decided.
    pub fn decided_at(&self, policy: &Policy) -> Option<OffsetDateTime> {
        self.enacted.get(&policy.digest()).copied()
    }
}

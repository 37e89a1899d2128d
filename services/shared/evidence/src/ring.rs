//! Who the members are and which keys are theirs, and were.

use std::collections::BTreeMap;

use regulation::Region;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{KeyId, SealingPublicKey, VerifyingKey};

/// What a member's word counts for. [Art. 21]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A full member: its assent is needed for joint decisions.
    Full,
    /// A linked region: takes part, endorses nothing.
    Linked,
    /// The coordination node.
    Hub,
}

/// One of a member's keys and when it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedKey {
    /// The key.
    pub key: VerifyingKey,
    /// From when on it signs.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    /// From when on it no longer signs; what it signed before stays valid.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "time::serde::rfc3339::option"
    )]
    pub valid_until: Option<OffsetDateTime>,
}

impl DatedKey {
    /// Whether it signs at `at`: from `valid_from`, until just before `valid_until`.
    pub fn valid_at(&self, at: OffsetDateTime) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
    }
}

/// A member and its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberKeys {
    /// Who.
    pub region: Region,
    /// What its word counts for.
    pub standing: Standing,
    /// What others seal with for it.
    pub sealing: SealingPublicKey,
    /// All keys that sign or ever signed for it.
    pub signing: Vec<DatedKey>,
}

impl MemberKeys {
    /// Whether it could speak at `at`.
    pub fn active_at(&self, at: OffsetDateTime) -> bool {
        self.signing.iter().any(|key| key.valid_at(at))
    }
}

/// All members by region. As a file (`members.toml`) it is a list of `[[members]]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "MemberList", into = "MemberList")]
pub struct KeyRing(BTreeMap<Region, MemberKeys>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberList {
    members: Vec<MemberKeys>,
}

/// Two members that can't both be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Clash {
    /// A region stands twice in the list.
    #[error("{0} is listed twice")]
    Region(Region),
    /// One key would sign for two.
    #[error("key {key} is listed twice, for {first} and for {second}")]
    Key {
        /// The key.
        key: KeyId,
        /// Whose it is.
        first: Region,
        /// Whose it would be too.
        second: Region,
    },
}

impl KeyRing {
    /// The ring of these members.
    ///
    /// # Errors
    /// When a region or a key is listed twice.
    pub fn new(members: impl IntoIterator<Item = MemberKeys>) -> Result<Self, Clash> {
        let mut ring = BTreeMap::new();
        let mut owners: Vec<(KeyId, Region)> = Vec::new();
        for member in members {
            for dated in &member.signing {
                let key = dated.key.id();
                if let Some((_, first)) = owners.iter().find(|(known, _)| *known == key) {
                    return Err(Clash::Key {
                        key,
                        first: *first,
                        second: member.region,
                    });
                }
                owners.push((key, member.region));
            }
            if let Some(twice) = ring.insert(member.region, member) {
                return Err(Clash::Region(twice.region));
            }
        }
        Ok(Self(ring))
    }

    /// A member's keys.
    pub fn member(&self, region: Region) -> Option<&MemberKeys> {
        self.0.get(&region)
    }

    /// The ring with this member as it is said here. Its keys are nobody else's.
    pub(crate) fn replacing(&self, member: MemberKeys) -> Self {
        let mut ring = self.0.clone();
        ring.insert(member.region, member);
        Self(ring)
    }

    /// All members, by short name.
    pub fn members(&self) -> impl Iterator<Item = &MemberKeys> {
        self.0.values()
    }
}

impl TryFrom<MemberList> for KeyRing {
    type Error = Clash;

    fn try_from(list: MemberList) -> Result<Self, Self::Error> {
        Self::new(list.members)
    }
}

impl From<KeyRing> for MemberList {
    fn from(ring: KeyRing) -> Self {
        Self {
            members: ring.0.into_values().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{SealingKey, SigningKey};

    fn member(region: Region, seed: u8) -> MemberKeys {
        MemberKeys {
            region,
            standing: Standing::Full,
            sealing: SealingKey::from_random(&[seed; 32]).public().clone(),
            signing: vec![DatedKey {
                key: SigningKey::from_random([seed; 32]).verifying_key(),
                valid_from: datetime!(2024-01-01 0:00 +8),
                valid_until: Some(datetime!(2025-01-01 0:00 +8)),
            }],
        }
    }

    #[test]
    fn the_ring_survives_toml_and_json() {
        let mut sh = member(Region::SH, 1);
        sh.signing.push(DatedKey {
            key: SigningKey::from_random([9; 32]).verifying_key(),
            valid_from: datetime!(2025-01-01 0:00 +8),
            valid_until: None,
        });
        let ring = KeyRing::new([sh, member(Region::JS, 2)]).unwrap();
        let text = toml::to_string(&ring).unwrap();
        assert!(text.contains("[[members]]"), "{text}");
        assert_eq!(toml::from_str::<KeyRing>(&text).unwrap(), ring);
        let json = serde_json::to_string(&ring).unwrap();
        assert_eq!(serde_json::from_str::<KeyRing>(&json).unwrap(), ring);
    }

    #[test]
    fn a_region_or_a_key_listed_twice_is_refused() {
        let twice = KeyRing::new([member(Region::SH, 1), member(Region::SH, 2)]);
        assert_eq!(twice, Err(Clash::Region(Region::SH)));
        let shared = KeyRing::new([member(Region::SH, 1), member(Region::JS, 1)]);
        assert!(matches!(shared, Err(Clash::Key { .. })));
    }

    #[test]
    fn a_key_signs_from_its_first_moment_to_just_before_its_end() {
        let key = &member(Region::SH, 1).signing[0];
        assert!(!key.valid_at(datetime!(2023-12-31 23:59:59 +8)));
        assert!(key.valid_at(datetime!(2024-01-01 0:00 +8)));
        assert!(key.valid_at(datetime!(2024-12-31 23:59:59 +8)));
        assert!(!key.valid_at(datetime!(2025-01-01 0:00 +8)));
    }
}

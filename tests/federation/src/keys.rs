//! The keys of a federation: made at its start, private ones only where their owner works.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use chassis::{clock::Ids, token::Issuers};
use evidence::{
    DatedKey, KeyRing, MemberKeys, MembershipDocument, SealingKey, SigningKey, Standing,
};
use regulation::Region;
use time::{OffsetDateTime, macros::datetime};

use crate::{
    files,
    parts::{CONSOLE, Part},
    tls::{Authority, Certificate},
};

/// From when on the members' keys sign: before any time to which the domain's clock is set.
const VALID_FROM: OffsetDateTime = datetime!(2020-01-01 0:00 +8);
/// Those whose assent joint decisions need; other regions are linked ones.
const FULL: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];

/// A node's keys, by their files; only the public parts are in memory.
#[derive(Debug, Clone)]
pub(crate) struct NodeKeys {
    directory: PathBuf,
    /// For the border's connections.
    pub(crate) certificate: Certificate,
    /// What the others know it by.
    member: MemberKeys,
    /// Public part of each NATS user's nkey, by service.
    pub(crate) nats_users: BTreeMap<String, String>,
    /// The same of its exchange's user at the hub.
    pub(crate) member_nkey: String,
}

impl NodeKeys {
    /// Makes the keys of `region`'s node, in `directory`.
    pub(crate) fn make(
        region: Region,
        directory: &Path,
        services: &[Part],
        authority: &Authority,
    ) -> anyhow::Result<Self> {
        files::private_directory(directory)?;
        let signing = SigningKey::from_random(Ids.bytes());
        let sealing = SealingKey::from_random(&Ids.bytes());
        let member = MemberKeys {
            region,
            standing: standing(region),
            sealing: sealing.public().clone(),
            signing: vec![DatedKey {
                key: signing.verifying_key(),
                valid_from: VALID_FROM,
                valid_until: None,
            }],
        };
        let mut keys = Self {
            certificate: authority.issue(region, directory)?,
            directory: directory.to_owned(),
            member,
            nats_users: BTreeMap::new(),
            member_nkey: String::new(),
        };
        files::secret(&keys.signing(), &signing.to_pem()?)?;
        files::secret(&keys.sealing(), &sealing.to_text())?;
        files::secret(&keys.attachments(), &random_hex())?;
        keys.member_nkey = nkey(&keys.member_seed())?;
        for service in services.iter().filter(|service| service.nats) {
            let public = nkey(&keys.nats_seed(service.name))?;
            keys.nats_users.insert(service.name.to_owned(), public);
        }
        keys.issue_tokens(services)?;
        Ok(keys)
    }

    /// The keys that sign tokens, and the file that says who is believed.
    fn issue_tokens(&self, services: &[Part]) -> anyhow::Result<()> {
        let mut issuers = Issuers::default();
        // The console vouches for people even where its process is left out.
        let mut names: BTreeSet<_> = services.iter().map(|service| service.name).collect();
        names.insert(CONSOLE);
        for name in names {
            let key = SigningKey::from_random(Ids.bytes());
            files::secret(&self.token(name), &key.to_pem()?)?;
            issuers
                .issuers
                .insert(name.to_owned(), key.verifying_key().to_pem()?);
        }
        files::public(&self.issuers(), &toml::to_string(&issuers)?)
    }

    /// File with the key that signs the node's envelopes.
    pub(crate) fn signing(&self) -> PathBuf {
        self.directory.join("signing.pem")
    }

    /// File with the key that opens what is sealed for the node.
    pub(crate) fn sealing(&self) -> PathBuf {
        self.directory.join("sealing.key")
    }

    /// File with the key under which the node's files are encrypted.
    pub(crate) fn attachments(&self) -> PathBuf {
        self.directory.join("attachments.key")
    }

    /// File of the next signing key, before a joint decision gives it force.
    pub(crate) fn next_signing(&self) -> PathBuf {
        self.directory.join("next-signing.pem")
    }

    /// File of the next key that opens.
    pub(crate) fn next_sealing(&self) -> PathBuf {
        self.directory.join("next-sealing.key")
    }

    /// The document of a joint decision that admits the node with the keys that it has.
    pub(crate) fn admission(
        &self,
        address: SocketAddr,
        from: OffsetDateTime,
    ) -> MembershipDocument {
        let member = &self.member;
        MembershipDocument {
            region: member.region,
            standing: member.standing,
            signing: member.signing[0].key,
            valid_from: from,
            former_until: None,
            sealing: member.sealing.clone(),
            nkey: self.member_nkey.clone(),
            address: format!("https://{address}"),
        }
    }

    /// Makes the node's next keys, and the document of a joint decision on them.
    pub(crate) fn rotation(
        &self,
        address: SocketAddr,
        from: OffsetDateTime,
        former_until: OffsetDateTime,
    ) -> anyhow::Result<MembershipDocument> {
        let signing = SigningKey::from_random(Ids.bytes());
        let sealing = SealingKey::from_random(&Ids.bytes());
        files::secret(&self.next_signing(), &signing.to_pem()?)?;
        files::secret(&self.next_sealing(), &sealing.to_text())?;
        Ok(MembershipDocument {
            signing: signing.verifying_key(),
            former_until: Some(former_until),
            sealing: sealing.public().clone(),
            ..self.admission(address, from)
        })
    }

    /// File that says whose tokens are believed.
    pub(crate) fn issuers(&self) -> PathBuf {
        self.directory.join("issuers.toml")
    }

    /// File with the key that signs the tokens of an issuer.
    pub(crate) fn token(&self, issuer: &str) -> PathBuf {
        self.directory.join(format!("{issuer}.pem"))
    }

    /// File with the seed of a service's user at the node's NATS.
    pub(crate) fn nats_seed(&self, service: &str) -> PathBuf {
        self.directory.join(format!("{service}.nkey"))
    }

    /// File with the seed of the exchange's user at the hub's NATS.
    pub(crate) fn member_seed(&self) -> PathBuf {
        self.directory.join("member.nkey")
    }
}

/// A new user's nkey: the seed into `file`, the public part returned.
pub(crate) fn nkey(file: &Path) -> anyhow::Result<String> {
    let pair = nkeys::KeyPair::new_user();
    files::secret(file, &pair.seed()?)?;
    Ok(pair.public_key())
}

/// 32 random bytes as text.
pub(crate) fn random_hex() -> String {
    hex::encode(Ids.bytes())
}

/// Writes what all members know of each other.
pub(crate) fn write_members<'a>(
    file: &Path,
    nodes: impl Iterator<Item = &'a NodeKeys>,
) -> anyhow::Result<()> {
    let ring = KeyRing::new(nodes.map(|node| node.member.clone()))?;
    files::public(file, &toml::to_string(&ring)?)
}

fn standing(region: Region) -> Standing {
    match region {
        Region::HUB => Standing::Hub,
        region if FULL.contains(&region) => Standing::Full,
        _ => Standing::Linked,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn private_keys_are_readable_by_their_owner_only() {
        let place = testkit::Place::new().unwrap();
        let now = chassis::clock::wall_now();
        let authority = Authority::new(&place.path().join("ca.crt"), now).unwrap();
        let parts = [
            Part::named("intake").unwrap(),
            Part::named("exchange").unwrap(),
        ];
        let directory = place.path().join("keys");
        let keys = NodeKeys::make(Region::JS, &directory, &parts, &authority).unwrap();
        let members = place.path().join("members.toml");
        write_members(&members, [&keys].into_iter()).unwrap();
        let shared = std::fs::read_to_string(members).unwrap();
        assert!(
            toml::from_str::<KeyRing>(&shared)
                .unwrap()
                .member(Region::JS)
                .is_some()
        );

        let mut private = 0;
        for entry in std::fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let secret = text.contains("PRIVATE KEY")
                || text.starts_with("x25519-secret:")
                || (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
                || text.starts_with("SU");
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            let name = entry.file_name();
            assert_eq!(
                mode,
                if secret { 0o600 } else { 0o644 },
                "{}",
                name.display()
            );
            private += u32::from(secret);
        }
        // Envelopes, sealing, TLS, files; tokens of two services and the console; three NATS users.
        assert_eq!(private, 4 + 3 + 3);
    }
}

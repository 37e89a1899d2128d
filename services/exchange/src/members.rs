//! Who the members are, and this node's own keys: as it was set up, and as joint decisions in force
//! have changed them since.

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use anyhow::{Context as _, ensure};
use bus::ShareConfig;
use evidence::{KeyRing, MembershipDocument, Reader, SealingKey, SigningKey};
use regulation::Region;
use secrecy::SecretString;
use time::OffsetDateTime;

use crate::settings::{Hub, Settings};

/// The members' public keys, and this node's private ones.
pub(crate) struct Members {
    region: Region,
    /// As the node was set up.
    first: KeyRing,
    files: Settings,
    now: RwLock<Arc<Now>>,
}

/// What holds at present.
pub(crate) struct Now {
    /// Everybody's keys over time.
    pub(crate) ring: KeyRing,
    /// What joint decisions have changed, in the order of their force.
    pub(crate) changes: Vec<Change>,
    /// What opens what is sealed for this node.
    pub(crate) reader: Reader,
    signing: Vec<SigningKey>,
}

/// A joint decision on a member, proven and in force.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Place in the chain of the hub.
    pub(crate) number: u64,
    pub(crate) decision_id: String,
    pub(crate) document_number: String,
    pub(crate) document: MembershipDocument,
    pub(crate) in_force_at: OffsetDateTime,
}

impl Members {
    /// Reads the files, and checks that the others know this node by the keys that it has.
    pub(crate) fn read(
        region: Region,
        settings: &Settings,
        changes: Vec<Change>,
    ) -> anyhow::Result<Self> {
        let first: KeyRing = toml::from_str(&read(&settings.members_file)?).with_context(|| {
            format!("{} is no list of members", settings.members_file.display())
        })?;
        let now = Now::of(region, &first, settings, changes)?;
        now.fits(region)?;
        Ok(Self {
            region,
            first,
            files: settings.clone(),
            now: RwLock::new(Arc::new(now)),
        })
    }

    /// What holds at present.
    pub(crate) fn now(&self) -> Arc<Now> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everybody's keys before and after a change that is not made.
    ///
    /// # Errors
    /// Why the keys can't change so, in Chinese.
    pub(crate) fn would(
        &self,
        document: &MembershipDocument,
        in_force_at: OffsetDateTime,
    ) -> Result<KeyRing, String> {
        let changed = self.now().ring.with(document, in_force_at);
        changed.map_err(|fault| fault.to_string())
    }

    /// From now on, with this change too. The node's own keys are read again.
    ///
    /// # Errors
    /// When its files can't be read.
    pub(crate) fn change(&self, change: Change) -> anyhow::Result<()> {
        let mut changes = self.now().changes.clone();
        changes.push(change);
        changes.sort_by_key(|change| change.number);
        let now = Now::of(self.region, &self.first, &self.files, changes)?;
        if let Err(error) = now.fits(self.region) {
            tracing::error!(
                error = format!("{error:#}"),
                "the keys of this node are not those decided"
            );
        }
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        Ok(())
    }

    /// Reads the node's own keys again: somebody may have put the next one there.
    ///
    /// # Errors
    /// When its files can't be read.
    pub(crate) fn reread(&self) -> anyhow::Result<()> {
        let changes = self.now().changes.clone();
        let now = Now::of(self.region, &self.first, &self.files, changes)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        Ok(())
    }
}

impl Now {
    fn of(
        region: Region,
        first: &KeyRing,
        settings: &Settings,
        changes: Vec<Change>,
    ) -> anyhow::Result<Self> {
        let mut ring = first.clone();
        for change in &changes {
            ring = ring
                .with(&change.document, change.in_force_at)
                .with_context(|| format!("decision {} does not fit", change.decision_id))?;
        }
        let signing = [&settings.signing_key_file]
            .into_iter()
            .chain(present(settings.next_signing_key_file.as_ref()))
            .map(|file| Ok(SigningKey::from_pem(&read(file)?)?))
            .collect::<anyhow::Result<_>>()?;
        let keys = [&settings.sealing_key_file]
            .into_iter()
            .chain(present(settings.next_sealing_key_file.as_ref()))
            .chain(&settings.former_sealing_key_files)
            .map(|file| Ok(SealingKey::from_text(&read(file)?)?))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            ring,
            changes,
            reader: Reader { region, keys },
            signing,
        })
    }

    /// Whether the others know this node by keys that it has. A region that is not a member yet
    /// waits for the decision that admits it.
    fn fits(&self, region: Region) -> anyhow::Result<()> {
        let Some(own) = self.ring.member(region) else {
            tracing::warn!(%region, "not a member yet: nothing of this node crosses the border");
            return Ok(());
        };
        let mut known = own.signing.iter();
        ensure!(
            known.any(|dated| self.has(&dated.key)),
            "the list of members does not know the signing key of {region}"
        );
        ensure!(
            self.reader
                .keys
                .iter()
                .any(|key| *key.public() == own.sealing),
            "what the others seal for {region} can't be opened with its sealing key"
        );
        Ok(())
    }

    fn has(&self, key: &evidence::VerifyingKey) -> bool {
        self.signing.iter().any(|own| own.verifying_key() == *key)
    }

    /// The key that signs for this node at `at`, and from when on it does if that is later: of
    /// those that it has, the newest.
    pub(crate) fn signs(
        &self,
        at: OffsetDateTime,
        latest: OffsetDateTime,
    ) -> Option<(&SigningKey, OffsetDateTime)> {
        let own = self.ring.member(self.reader.region)?;
        let at_or_from = |from: OffsetDateTime| at.max(from);
        let mut dated: Vec<_> = own.signing.iter().collect();
        dated.sort_by_key(|dated| std::cmp::Reverse(dated.valid_from));
        let now = dated.iter().filter(|dated| dated.valid_at(at));
        // What was said before anybody knew this node is told from when on it is known.
        let soon = dated
            .iter()
            .rev()
            .filter(|dated| dated.valid_from > at && dated.valid_from <= latest);
        now.chain(soon).find_map(|dated| {
            let key = self
                .signing
                .iter()
                .find(|own| own.verifying_key() == dated.key)?;
            Some((key, at_or_from(dated.valid_from)))
        })
    }
}

/// A file that need not be there yet.
fn present(file: Option<&std::path::PathBuf>) -> Option<&std::path::PathBuf> {
    file.filter(|file| file.exists())
}

/// How to connect as a user of the hub's NATS.
pub(crate) fn hub(hub: &Hub) -> anyhow::Result<ShareConfig> {
    let seed = read(&hub.nkey_seed_file)?;
    Ok(ShareConfig {
        url: hub.url.clone(),
        seed: SecretString::from(seed.trim().to_owned()),
        tls: hub.tls.clone().into(),
    })
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

//! Who the members are, and this node's own keys.

use std::path::Path;

use anyhow::{Context as _, ensure};
use bus::ShareConfig;
use evidence::{KeyRing, Reader, SealingKey, SigningKey};
use regulation::Region;
use secrecy::SecretString;

use crate::settings::{Hub, Settings};

/// The members' public keys, and this node's private ones.
pub(crate) struct Members {
    pub(crate) ring: KeyRing,
    pub(crate) signing: SigningKey,
    pub(crate) reader: Reader,
}

impl Members {
    /// Reads the files, and checks that the others know this node by the keys that it has.
    pub(crate) fn read(region: Region, settings: &Settings) -> anyhow::Result<Self> {
        let ring: KeyRing = toml::from_str(&read(&settings.members_file)?).with_context(|| {
            format!("{} is no list of members", settings.members_file.display())
        })?;
        let signing = SigningKey::from_pem(&read(&settings.signing_key_file)?)?;
        let files = [&settings.sealing_key_file]
            .into_iter()
            .chain(&settings.former_sealing_key_files);
        let keys = files
            .map(|file| Ok(SealingKey::from_text(&read(file)?)?))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let own = ring
            .member(region)
            .with_context(|| format!("{region} is not in the list of members"))?;
        ensure!(
            own.signing
                .iter()
                .any(|dated| dated.key == signing.verifying_key()),
            "the list of members does not know the signing key of {region}"
        );
        ensure!(
            keys.iter().any(|key| *key.public() == own.sealing),
            "what the others seal for {region} can't be opened with its sealing key"
        );
        Ok(Self {
            ring,
            signing,
            reader: Reader { region, keys },
        })
    }
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

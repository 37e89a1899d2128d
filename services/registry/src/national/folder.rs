//! The national record by files: signed documents into one folder, answers out of another, carried
//! by whatever the department has for that.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use async_trait::async_trait;
use evidence::{Digest, SigningKey};
use regulation::Title;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{Answered, Document, NationalRecord};
use crate::domain::credit::filing::Answer;

/// Largest answer that is read, in bytes.
const ANSWER_MAX: u64 = 64 << 10;

/// Where the files are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Folder into which documents go: `<record>-<number>.json`, its signature beside it as `.sig`.
    pub outbox: PathBuf,
    /// Folder in which answers are found, `*.json`; those that were read go to `noted` or `refused`
    /// in it.
    pub answers: PathBuf,
    /// The department's signing key (PKCS#8 PEM, Ed25519).
    pub signing_key_file: PathBuf,
}

/// Files in two folders.
pub struct Folder {
    settings: Settings,
    key: SigningKey,
}

/// An answer as it is in its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    record: String,
    number: u32,
    /// SHA-256 of the document, 64 hexadecimal digits.
    digest: String,
    /// The number of the receipt, where it was taken.
    #[serde(default)]
    receipt: Option<Title>,
    /// Why it was not, where it was not.
    #[serde(default)]
    rejected: Option<Title>,
}

impl Folder {
    /// The folders, made where they are missing.
    ///
    /// # Errors
    /// When the key is not one, or the folders can't be made.
    pub fn open(settings: Settings) -> anyhow::Result<Self> {
        let file = &settings.signing_key_file;
        let pem = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let key = SigningKey::from_pem(&pem)
            .with_context(|| format!("{} is not a signing key", file.display()))?;
        for folder in ["noted", "refused"].map(|name| settings.answers.join(name)) {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::create_dir_all(&settings.outbox)?;
        Ok(Self { settings, key })
    }
}

#[async_trait]
impl NationalRecord for Folder {
    async fn hand_over(&self, document: &Document) -> anyhow::Result<Digest> {
        let bytes = serde_json::to_vec_pretty(document)?;
        let digest = Digest::of_document(&bytes);
        let name = format!("{}-{}", document.record, document.number);
        let signature = hex::encode(self.key.sign(&digest));
        // The document last: whoever finds it finds its signature.
        let outbox = &self.settings.outbox;
        whole(&outbox.join(format!("{name}.sig")), signature.as_bytes()).await?;
        whole(&outbox.join(format!("{name}.json")), &bytes).await?;
        Ok(digest)
    }

    async fn answers(&self) -> anyhow::Result<Vec<Answered>> {
        let mut found = Vec::new();
        let mut folder = tokio::fs::read_dir(&self.settings.answers).await?;
        while let Some(entry) = folder.next_entry().await? {
            let path = entry.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let place = entry.file_name().to_string_lossy().into_owned();
            match read(&path).await {
                Ok(answer) => found.push(Answered { place, ..answer }),
                Err(error) => {
                    warn!(place, error = format!("{error:#}"), "no answer");
                    self.move_to("refused", &place).await?;
                }
            }
        }
        found.sort_by(|one, other| one.place.cmp(&other.place));
        Ok(found)
    }

    async fn put_away(&self, answer: &Answered, noted: bool) -> anyhow::Result<()> {
        let folder = if noted { "noted" } else { "refused" };
        self.move_to(folder, &answer.place).await
    }
}

impl Folder {
    async fn move_to(&self, folder: &str, name: &str) -> anyhow::Result<()> {
        let answers = &self.settings.answers;
        tokio::fs::rename(answers.join(name), answers.join(folder).join(name)).await?;
        Ok(())
    }
}

async fn read(path: &Path) -> anyhow::Result<Answered> {
    let size = tokio::fs::metadata(path).await?.len();
    anyhow::ensure!(size <= ANSWER_MAX, "{size} bytes are too many");
    let file: File = serde_json::from_slice(&tokio::fs::read(path).await?)?;
    let answer = match (file.receipt, file.rejected) {
        (Some(receipt), None) => Answer::Receipt(receipt),
        (None, Some(reason)) => Answer::Rejection(reason),
        _ => anyhow::bail!("neither a receipt nor a rejection, or both"),
    };
    Ok(Answered {
        record: file.record.parse()?,
        number: file.number,
        digest: file.digest.parse()?,
        answer,
        place: String::new(),
    })
}

/// Writes a file that is there whole or not at all.
async fn whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    tokio::fs::write(&part, bytes).await?;
    tokio::fs::rename(&part, path).await?;
    Ok(())
}

//! Attachments: files of an aggregate, named by their content and encrypted at its home.
//!
//! What a file is, its bytes say, not its name. Of a picture only the picture is kept: what
//! describes it (place, device, author, software) is left out. Other kinds can't be cleaned so
//! simply and are never published. Files are kept in a directory, encrypted under the node's key;
//! what is kept is never changed or removed, since facts refer to it.

mod clean;
mod kind;
mod store;
mod stream;

use std::{fmt, path::PathBuf, str::FromStr};

use evidence::Digest;
use serde::{Deserialize, Serialize};

pub use clean::MalformedImage;
pub use kind::{FileKind, NoAttachment};
pub use store::{Store, StoreError};
pub use stream::{pieces, receive};

/// Bytes that one file may have at most.
pub const FILE_BYTES_MAX: usize = 20 << 20;
/// Bytes that one piece of a file has at most, on its way out.
pub const PIECE_BYTES: usize = 256 << 10;

/// Where a service keeps its files: part of its `[settings]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Folder of the encrypted files; made if it is not there.
    pub directory: PathBuf,
    /// File with the node's key: 32 bytes as 64 hexadecimal digits.
    pub key_file: PathBuf,
}

/// How a file was called. Private: it may name whom nobody is to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(regulation::Title);

/// No name of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFileName {
    /// It is no line of text.
    #[error(transparent)]
    Text(#[from] regulation::InvalidText),
    /// It is a path.
    #[error("文件名不能含有路径分隔符，请只填文件名")]
    Path,
}

impl FromStr for FileName {
    type Err = InvalidFileName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name: regulation::Title = text.parse()?;
        let is_path = name.as_str().contains(['/', '\\']) || matches!(name.as_str(), "." | "..");
        if is_path {
            return Err(InvalidFileName::Path);
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for FileName {
    type Error = InvalidFileName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A file as it is to be kept: looked at, and cleaned where it is a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What it is.
    pub kind: FileKind,
    /// SHA-256 of what is kept.
    pub digest: Digest,
    /// Whether something that only describes it was left out.
    pub cleaned: bool,
    /// What is kept.
    pub bytes: Vec<u8>,
}

/// Looks at a file, and leaves out of a picture what only describes it.
///
/// # Errors
/// When it is none of the kinds that may be attached, or a damaged picture.
pub fn check(bytes: Vec<u8>) -> Result<Checked, NoAttachment> {
    let kind = FileKind::of(&bytes)?;
    let kept = match kind {
        FileKind::Png => clean::png(&bytes)?,
        FileKind::Jpeg => clean::jpeg(&bytes)?,
        FileKind::Pdf | FileKind::Docx | FileKind::Xlsx => bytes.clone(),
    };
    Ok(Checked {
        kind,
        digest: Digest::of_document(&kept),
        cleaned: kept != bytes,
        bytes: kept,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_no_path() {
        assert_eq!(
            "方案 v2.pdf".parse::<FileName>().unwrap().to_string(),
            "方案 v2.pdf"
        );
        for path in ["/etc/passwd", "..", "..\\key", "a/b.pdf"] {
            assert_eq!(
                path.parse::<FileName>(),
                Err(InvalidFileName::Path),
                "{path}"
            );
        }
        assert!("".parse::<FileName>().is_err());
        assert!("一\u{202e}fdp.exe".parse::<FileName>().is_err());
    }

    #[test]
    fn a_pictures_digest_is_that_of_what_is_kept() {
        let (with, without) = (clean::tests::png(true), clean::tests::png(false));
        let (with, without) = (check(with).unwrap(), check(without).unwrap());
        assert!(with.cleaned && !without.cleaned);
        assert_eq!(with.bytes, without.bytes);
        assert_eq!(with.digest, Digest::of_document(&with.bytes));
    }
}

//! Files of a demand. They stay at home; their names do too.

use chassis::attachments::{FileKind, FileName};
use evidence::Digest;
use regulation::Context;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Case, Event, Rejection, Stage};

/// Files that one demand may have at most.
pub const FILES_MAX: usize = 10;
/// Bytes that they may have together at most.
pub const BYTES_MAX: u64 = 60 << 20;

/// A file of a demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// SHA-256 of what is kept.
    pub digest: Digest,
    /// As it was called.
    pub name: FileName,
    /// What it is, by its content.
    pub kind: FileKind,
    /// How long what is kept is.
    pub bytes: u64,
    /// Whether something that only described the picture was left out.
    pub cleaned: bool,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Case {
    /// The file with this digest.
    pub fn attachment(&self, digest: &Digest) -> Option<&Attachment> {
        self.attachments.iter().find(|one| one.digest == *digest)
    }

    /// Whether a file could be added now.
    ///
    /// # Errors
    /// When the caller or the stage does not allow it, or there are as many as may be.
    pub fn may_attach(&self, context: &Context) -> Result<(), Rejection> {
        self.own(context)?;
        // After publication what solvers say of a revision is added.
        let open = self.stage.is_written() || matches!(self.stage, Stage::Published { .. });
        if !open {
            return Err(self.wrong("添加附件"));
        }
        Ok(())
    }

    pub(super) fn attach(
        &self,
        attachment: Box<Attachment>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.may_attach(context)?;
        if self.attachment(&attachment.digest).is_some() {
            return Ok(vec![]);
        }
        let files = self.attachments.len() + 1;
        let kept: u64 = self.attachments.iter().map(|one| one.bytes).sum();
        let bytes = kept.saturating_add(attachment.bytes);
        if files > FILES_MAX || bytes > BYTES_MAX {
            return Err(Rejection::TooManyFiles { files, bytes });
        }
        Ok(vec![Event::Attached(attachment)])
    }

    pub(super) fn detach(
        &self,
        digest: Digest,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        if !self.stage.is_written() {
            return Err(self.wrong("移除附件"));
        }
        match self.attachment(&digest) {
            Some(_) => Ok(vec![Event::Detached(digest)]),
            None => Ok(vec![]),
        }
    }
}

//! A file as it comes in, piece by piece, within its limits and whole. It is kept in memory alone:
//! identity numbers are in it.

use std::time::Duration;

use chassis::status;
use evidence::Digest;
use proto::registry::v1 as wire;
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};

use crate::table::FILE_MAX;

/// Bytes of one message at most.
const CHUNK_MAX: usize = 1 << 20;
/// How long the next piece may take.
const PIECE_MAX: Duration = Duration::from_secs(30);

/// A file that has come in.
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    /// As `sha256sum` has it.
    pub(crate) digest: Digest,
}

/// A file that is coming in.
pub(crate) struct Upload {
    size: usize,
    bytes: Vec<u8>,
    rest: Streaming<wire::ImportTableRequest>,
}

impl Upload {
    /// Begins with what the first message brings.
    ///
    /// # Errors
    /// Where the file is too large, or the message brings more than there is of it.
    pub(crate) fn begin(
        first: &mut wire::ImportTableRequest,
        rest: Streaming<wire::ImportTableRequest>,
    ) -> Result<Self, Status> {
        let size = usize::try_from(first.file_size)
            .ok()
            .filter(|size| (1..=FILE_MAX).contains(size));
        let Some(size) = size else {
            let limit = format!("文件应为 1 字节至 {} MiB", FILE_MAX >> 20);
            return Err(status::invalid("file_size", limit));
        };
        let mut upload = Self {
            size,
            bytes: Vec::new(),
            rest,
        };
        upload.add(&std::mem::take(&mut first.chunk))?;
        Ok(upload)
    }

    /// Waits for the rest.
    ///
    /// # Errors
    /// Where it is not as large as was said, or does not come.
    pub(crate) async fn whole(mut self) -> Result<File, Status> {
        while let Some(next) = timeout(PIECE_MAX, self.rest.message())
            .await
            .map_err(|_| slow())??
        {
            self.add(&next.chunk)?;
        }
        if self.bytes.len() != self.size {
            let said = format!(
                "文件不完整：应为 {} 字节，收到 {} 字节",
                self.size,
                self.bytes.len()
            );
            return Err(status::invalid("chunk", said));
        }
        Ok(File {
            digest: Digest::of_document(&self.bytes),
            bytes: self.bytes,
        })
    }

    fn add(&mut self, chunk: &[u8]) -> Result<(), Status> {
        if chunk.len() > CHUNK_MAX {
            let limit = format!("每条消息最多 {} MiB", CHUNK_MAX >> 20);
            return Err(status::invalid("chunk", limit));
        }
        if self.bytes.len() + chunk.len() > self.size {
            let said = format!("收到的内容多于所说的 {} 字节", self.size);
            return Err(status::invalid("chunk", said));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

fn slow() -> Status {
    status::info(
        Code::DeadlineExceeded,
        "registry.upload-slow",
        "文件上传中断，本次未写入，请检查网络后用同一请求编号重试。".to_owned(),
    )
}

//! Files on their way in, as a client sends them.

use futures::stream;
use proto::registry::v1::{self as wire, import_service_client::ImportServiceClient};
use regulation::Role;
use tonic::{Status, Streaming};

use chassis::testing::Door;

use crate::house::{House, fresh};

/// A file, and what is said of it.
pub(crate) struct Upload {
    pub(crate) request_id: String,
    pub(crate) table: wire::Table,
    pub(crate) replace: bool,
    pub(crate) file: Vec<u8>,
}

impl Upload {
    pub(crate) fn of(table: wire::Table, file: &str) -> Self {
        Self {
            request_id: fresh().to_string(),
            table,
            replace: false,
            file: file.as_bytes().to_vec(),
        }
    }

    pub(crate) fn experts(file: &str) -> Self {
        Self::of(wire::Table::Experts, file)
    }

    /// The messages that it makes, the first without any of the file.
    pub(crate) fn messages(&self) -> Vec<wire::ImportTableRequest> {
        let head = wire::ImportTableRequest {
            request_id: self.request_id.clone(),
            table: self.table.into(),
            replace: self.replace,
            file_size: i64::try_from(self.file.len()).unwrap(),
            chunk: Vec::new(),
        };
        let chunks = self
            .file
            .chunks(64 << 10)
            .map(|chunk| wire::ImportTableRequest {
                chunk: chunk.to_vec(),
                ..Default::default()
            });
        [head].into_iter().chain(chunks).collect()
    }

    pub(crate) async fn send(
        &self,
        mut to: ImportServiceClient<Door>,
    ) -> Result<Streaming<wire::ImportProgress>, Status> {
        let messages = stream::iter(self.messages());
        Ok(to.import_table(messages).await?.into_inner())
    }

    /// Everything that is told of it.
    pub(crate) async fn told(
        &self,
        to: ImportServiceClient<Door>,
    ) -> Result<Vec<wire::ImportProgress>, Status> {
        let mut answers = self.send(to).await?;
        let mut told = Vec::new();
        while let Some(progress) = answers.message().await? {
            told.push(progress);
        }
        Ok(told)
    }
}

/// Taken in by an officer.
pub(crate) async fn taken_in(house: &House, upload: &Upload) -> Vec<wire::ImportProgress> {
    upload.told(house.tables(Role::Officer)).await.unwrap()
}

/// Refused to an officer.
pub(crate) async fn refused(house: &House, upload: &Upload) -> Status {
    let told = upload.told(house.tables(Role::Officer)).await;
    told.unwrap_err()
}

/// Rows read, accepted, replaced, unchanged, rejected in the end.
pub(crate) fn counts(told: &[wire::ImportProgress]) -> [i64; 5] {
    let last = told.last().unwrap();
    assert!(last.finished);
    let rejected: usize = told.iter().map(|one| one.rejected_rows.len()).sum();
    if told.len() > 1 {
        assert_eq!(i64::try_from(rejected).unwrap(), last.rejected);
    }
    [
        last.rows_read,
        last.accepted,
        last.replaced,
        last.unchanged,
        last.rejected,
    ]
}

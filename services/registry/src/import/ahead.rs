//! A file read ahead of what is done with it, on a thread of its own, never by more than a few
//! batches.

use std::{collections::BTreeMap, sync::Arc};

use chassis::status;
use futures::{Stream, stream};
use regulation::Refusal;
use tokio::{sync::mpsc, task::JoinHandle};
use tonic::Status;
use uuid::Uuid;

use super::{Rejected, Rows};
use crate::{
    domain::rules,
    table::{self, BadFile, Fault, Header, Row, Stop},
};

/// Rows that are written together.
const BATCH: usize = 500;
/// Batches that wait to be written at most.
const WAITING: usize = 2;

/// Rows of a file, in order, and those of their lines that are no good.
pub(super) struct Batch<T> {
    pub(super) rows: Vec<(u64, T)>,
    pub(super) rejected: Vec<Rejected>,
}

impl<T> Batch<T> {
    fn new() -> Self {
        Self {
            rows: Vec::new(),
            rejected: Vec::new(),
        }
    }

    fn len(&self) -> usize {
        self.rows.len() + self.rejected.len()
    }
}

/// A file that is being read.
pub(super) struct Ahead<T> {
    batches: mpsc::Receiver<Batch<T>>,
    reading: JoinHandle<Result<(), Stop>>,
}

impl<T: Send + 'static> Ahead<T> {
    /// Begins to read.
    pub(super) fn read<R: Rows<Row = T>>(file: Vec<u8>, rows: Arc<R>) -> Self {
        let (told, batches) = mpsc::channel(WAITING);
        let reading = tokio::task::spawn_blocking(move || {
            let mut reading = Reading {
                rows,
                header: None,
                seen: BTreeMap::new(),
                batch: Batch::new(),
                told,
            };
            table::read(&file, &mut |row| reading.row(row))?;
            reading.send()
        });
        Self { batches, reading }
    }

    /// The first batch.
    ///
    /// # Errors
    /// Where the file is no table, or has nothing below its header.
    pub(super) async fn first(&mut self) -> Result<Batch<T>, Status> {
        if let Some(batch) = self.batches.recv().await {
            return Ok(batch);
        }
        self.ended().await?;
        Err(refused(BadFile::Empty))
    }

    /// The other batches.
    pub(super) fn rest(&mut self) -> impl Stream<Item = Batch<T>> {
        stream::poll_fn(|context| self.batches.poll_recv(context))
    }

    /// Whether the file was good to its end, once all batches are out.
    ///
    /// # Errors
    /// What was wrong with it.
    pub(super) async fn ended(&mut self) -> Result<(), Status> {
        match (&mut self.reading).await {
            Ok(Ok(()) | Err(Stop::GivenUp)) => Ok(()),
            Ok(Err(Stop::Bad(bad))) => Err(refused(bad)),
            // A library that panics on a file has not taken it for a good one.
            Err(_) => Err(refused(BadFile::Broken)),
        }
    }
}

fn refused(bad: BadFile) -> Status {
    status::refused(&bad.into())
}

struct Reading<R: Rows> {
    rows: Arc<R>,
    header: Option<Header>,
    seen: BTreeMap<Uuid, u64>,
    batch: Batch<R::Row>,
    told: mpsc::Sender<Batch<R::Row>>,
}

impl<R: Rows> Reading<R> {
    fn row(&mut self, row: Row) -> Result<(), Stop> {
        let line = row.line;
        let Some(header) = &self.header else {
            self.header = Some(Header::read(&row, self.rows.columns())?);
            return Ok(());
        };
        let read = header
            .record(row)
            .and_then(|record| self.rows.read(&record))
            .and_then(|read| match self.rows.once(&read) {
                Some(key) => once(&mut self.seen, key, line).map(|()| read),
                None => Ok(read),
            });
        match read {
            Ok(read) => self.batch.rows.push((line, read)),
            Err(fault) => self.batch.rejected.push(Rejected { line, fault }),
        }
        if self.batch.len() >= BATCH {
            self.send()?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Stop> {
        let batch = std::mem::replace(&mut self.batch, Batch::new());
        if batch.len() == 0 {
            return Ok(());
        }
        self.told.blocking_send(batch).map_err(|_| Stop::GivenUp)
    }
}

/// Where a file has somebody twice, the first row counts.
fn once(seen: &mut BTreeMap<Uuid, u64>, key: Uuid, line: u64) -> Result<(), Fault> {
    let first = *seen.entry(key).or_insert(line);
    if first == line {
        return Ok(());
    }
    Err(Fault::refused(&Refusal::new(
        rules::TABLE_ONCE,
        format!("与第 {first} 行是同一人或同一单位"),
        "请只保留其中一行",
    )))
}

//! Tables taken in: read ahead of the writing, written batch by batch, counted and reported.
//!
//! Every row goes the way that a single one goes through its own door, as a command to its
//! aggregate. What is in stays in whenever an import breaks off; done again, it finds those rows
//! unchanged and goes on.

mod ahead;
mod experts;
pub(crate) mod items;
pub(crate) mod units;
mod upload;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chassis::{Desk, status};
use futures::{SinkExt as _, StreamExt as _, channel::mpsc, stream};
use journal::{Act, Decided, Request as JournalRequest, Stored, Undecided};
use proto::registry::v1 as wire;
use regulation::{Actor, Context};
use tonic::Status;
use uuid::Uuid;

use crate::{
    domain::transfer::{Command, Counts, Table, Transfer},
    read,
    table::{Column, Fault, Record},
};

pub(crate) use self::{
    experts::{Experts, ORIGINS},
    items::Items,
    units::Units,
    upload::Upload,
};

/// Batches that are written at the same time: one waits for the disk while the other decides.
const AT_ONCE: usize = 2;

/// What the rows of a table become.
#[async_trait]
pub(crate) trait Rows: Send + Sync + 'static {
    /// A row that was read.
    type Row: Send + 'static;

    /// The columns that the table can have.
    fn columns(&self) -> &'static [Column];

    /// Reads a row.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(&self, record: &Record) -> Result<Self::Row, Fault>;

    /// By what a row is known where a file may have only one of it.
    fn once(&self, row: &Self::Row) -> Option<Uuid>;

    /// What is to be done for rows, each with its line.
    ///
    /// # Errors
    /// The database.
    async fn steps(&self, desk: &Desk, rows: Vec<(u64, Self::Row)>) -> Result<Vec<Step>, Status>;

    /// What became of the rows of a step.
    fn counted(&self, step: &Step, decided: &Decided) -> Counts {
        let rows = step.lines.len() as u64;
        let mut counts = Counts::default();
        if decided.facts.is_empty() {
            counts.unchanged = rows;
        } else if decided.from_version == 0 {
            counts.accepted = rows;
        } else {
            counts.replaced = rows;
        }
        counts
    }
}

/// A command, with the lines that ask for it.
pub(crate) struct Step {
    pub(crate) lines: Vec<u64>,
    pub(crate) act: Act,
}

/// A row that was rejected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    line: u64,
    fault: Fault,
}

/// What became of a batch.
#[derive(Default)]
struct Tally {
    counts: Counts,
    rejected: Vec<Rejected>,
}

impl Tally {
    fn reject(&mut self, lines: &[u64], fault: &Fault) {
        self.counts.rejected += lines.len() as u64;
        self.rejected.extend(lines.iter().map(|line| Rejected {
            line: *line,
            fault: fault.clone(),
        }));
    }
}

/// An import by somebody.
pub(crate) struct Import<R> {
    pub(crate) desk: Desk,
    pub(crate) actor: Actor,
    pub(crate) rows: Arc<R>,
    pub(crate) table: Table,
    pub(crate) replace: bool,
}

/// Where progress is told.
pub(crate) type Progress = mpsc::Sender<Result<wire::ImportProgress, Status>>;

impl<R: Rows> Import<R> {
    /// Takes the file in and tells how far it is. Ends where nobody listens any more.
    ///
    /// # Errors
    /// Where the file is no table, the request stands for another one, or a row can't be written.
    pub(crate) async fn run(
        &self,
        file: upload::File,
        request: &JournalRequest,
        mut progress: Progress,
    ) -> Result<(), Status> {
        let digest = file.digest;
        let mut ahead = ahead::Ahead::read(file.bytes, Arc::clone(&self.rows));
        // What is no table is refused before anything is noted of it.
        let first = ahead.first().await?;
        let begin = Command::Begin {
            table: self.table,
            file: digest,
            replace: self.replace,
        };
        let begun = self
            .desk
            .execute::<Transfer>(
                self.actor.clone(),
                self.desk.ids().next::<Uuid>(),
                begin,
                request,
            )
            .await?;
        // A repeat gets its first answer, which was given before the end.
        let now = self.desk.load::<Transfer>("导入", &begun.id).await?;
        if let Transfer::Import {
            counts: Some(counts),
            ..
        } = now.state
        {
            return tell(&mut progress, &counts, Vec::new(), true).await;
        }
        let mut counts = Counts::default();
        {
            let batches = stream::iter([first]).chain(ahead.rest());
            let mut done = Box::pin(batches.map(|batch| self.apply(batch)).buffered(AT_ONCE));
            while let Some(tally) = done.next().await {
                let tally = tally?;
                counts.add(&tally.counts);
                tell(&mut progress, &counts, tally.rejected, false).await?;
            }
        }
        ahead.ended().await?;
        let finish = Act::new::<Transfer>(begun.id, Command::Finish(counts));
        self.desk
            .execute_all(self.actor.clone(), &[finish], None)
            .await?;
        tell(&mut progress, &counts, Vec::new(), true).await
    }

    /// Writes the rows of a batch that change anything, in one transaction.
    async fn apply(&self, batch: ahead::Batch<R::Row>) -> Result<Tally, Status> {
        let mut tally = Tally::default();
        tally.counts.rejected = batch.rejected.len() as u64;
        tally.rejected = batch.rejected;
        let mut steps = self.rows.steps(&self.desk, batch.rows).await?;
        // In one order everywhere, so that two imports do not wait for each other.
        steps.sort_by(|one, other| one.act.id().cmp(other.act.id()));
        let steps = self.changing(steps, &mut tally).await?;
        let acts: Vec<Act> = steps.iter().map(|(step, _)| step.act.clone()).collect();
        let together = self.desk.execute_all(self.actor.clone(), &acts, None).await;
        match together {
            Ok(_) => {
                for (_, counts) in &steps {
                    tally.counts.add(counts);
                }
            }
            Err(status) if Fault::of_status(&status).is_some() => {
                self.one_by_one(steps, &mut tally).await?;
            }
            Err(status) => return Err(status),
        }
        tally.rejected.sort_by_key(|rejected| rejected.line);
        Ok(tally)
    }

    /// The steps that change something as things stand, with what they count as; the others are
    /// counted.
    async fn changing(
        &self,
        steps: Vec<Step>,
        tally: &mut Tally,
    ) -> Result<Vec<(Step, Counts)>, Status> {
        let mut stored = self.stored(&steps).await?;
        let now = self.desk.clock().now();
        let context = Context {
            now,
            actor: self.actor.clone(),
            node: self.desk.region(),
            policy: self.desk.policies().at(now).await,
            // What is decided for good knows it; nothing here asks.
            heard: BTreeMap::new(),
        };
        let mut changing = Vec::new();
        for step in steps {
            match step.act.decide(stored.get(step.act.id()), &context) {
                Ok(decided) => {
                    let counts = self.rows.counted(&step, &decided);
                    if decided.facts.is_empty() {
                        tally.counts.add(&counts);
                    } else {
                        stored.insert(step.act.id().to_owned(), decided.stored());
                        changing.push((step, counts));
                    }
                }
                Err(Undecided::Refused(refusal)) => {
                    tally.reject(&step.lines, &Fault::refused(&refusal));
                }
                Err(unreadable @ Undecided::Unreadable { .. }) => {
                    return Err(status::internal(&unreadable));
                }
            }
        }
        Ok(changing)
    }

    /// Where the things stand that the steps are about; all of one kind.
    async fn stored(&self, steps: &[Step]) -> Result<BTreeMap<String, Stored>, Status> {
        let Some(first) = steps.first() else {
            return Ok(BTreeMap::new());
        };
        let ids: Vec<String> = steps.iter().map(|step| step.act.id().to_owned()).collect();
        read::stored(&self.desk, first.act.kind(), &ids).await
    }

    /// Somebody else was faster with one of them: each for itself.
    async fn one_by_one(
        &self,
        steps: Vec<(Step, Counts)>,
        tally: &mut Tally,
    ) -> Result<(), Status> {
        for (step, counts) in steps {
            let act = [step.act];
            match self.desk.execute_all(self.actor.clone(), &act, None).await {
                Ok(_) => tally.counts.add(&counts),
                Err(status) => match Fault::of_status(&status) {
                    Some(fault) => tally.reject(&step.lines, &fault),
                    None => return Err(status),
                },
            }
        }
        Ok(())
    }
}

async fn tell(
    progress: &mut Progress,
    counts: &Counts,
    rejected: Vec<Rejected>,
    finished: bool,
) -> Result<(), Status> {
    let told = wire::ImportProgress {
        rows_read: number(counts.read()),
        accepted: number(counts.accepted),
        replaced: number(counts.replaced),
        unchanged: number(counts.unchanged),
        rejected: number(counts.rejected),
        rejected_rows: rejected.into_iter().map(row).collect(),
        finished,
    };
    // Only whoever gave up does not listen.
    let gone = progress.send(Ok(told)).await;
    gone.map_err(|_| Status::cancelled("调用方已断开，请用同一请求编号重试。"))
}

fn row(rejected: Rejected) -> wire::RejectedRow {
    wire::RejectedRow {
        line: number(rejected.line),
        column: rejected.fault.column.to_owned(),
        code: rejected.fault.code,
        message: rejected.fault.message,
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

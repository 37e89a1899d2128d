//! The index in memory, and how it follows the tables.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use prost::Message as _;
use proto::{intake::v1::PublicRecord, matching::v1::IndexProgress};
use recommend::{Index, Reading};
use regulation::Region;
use sqlx::PgPool;
use tokio::{sync::Mutex, task::spawn_blocking};
use tracing::info;

use super::{
    known::{self, KnownPosting, KnownUnit, Mark},
    texts,
};

/// Rows that are read at once.
const BATCH: i64 = 500;
/// After so many rows it says how far it is, and tidies up.
const MANY: usize = 10_000;

/// What has been read.
#[derive(Default)]
pub(super) struct Books {
    /// Units by their ids.
    pub(super) units: Index,
    /// Their homes.
    pub(super) homes: BTreeMap<u128, Region>,
    /// Published demands that look for solvers, by their blind ids.
    pub(super) postings: Index,
    /// All published demands, for whoever searches the catalogue.
    pub(super) catalogue: Index,
}

/// The index of a node's matching service.
#[derive(Default)]
pub struct Shelf {
    books: RwLock<Books>,
    /// Each held by whoever follows; apart, so that nobody who searches the catalogue waits for
    /// units.
    units: Mutex<Mark>,
    postings: Mutex<Mark>,
    /// The changes of the marks, for those who only ask.
    units_read: AtomicI64,
    postings_read: AtomicI64,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl Shelf {
    /// Reads everything that changed since it was called last; the first time, everything. It can
    /// be given up at any moment and called again.
    ///
    /// # Errors
    /// The database.
    pub async fn follow(self: &Arc<Self>, pool: &PgPool) -> anyhow::Result<()> {
        self.follow_postings(pool).await?;
        let mut at = self.units.lock().await;
        let mut read = 0;
        loop {
            let rows = known::units_after(pool, *at, BATCH).await?;
            let Some(last) = rows.last() else { break };
            let mark = Mark {
                changed: last.changed,
                id: last.unit_id,
            };
            let before = read;
            read += rows.len();
            let shelf = Arc::clone(self);
            spawn_blocking(move || shelf.put_units(&rows)).await?;
            *at = mark;
            self.units_read.store(mark.changed, Ordering::Relaxed);
            if read / MANY > before / MANY {
                info!(units = read, "reading what units can do");
            }
        }
        if read >= MANY {
            let shelf = Arc::clone(self);
            spawn_blocking(move || shelf.write().units.compact()).await?;
            info!(units = read, "read what units can do");
        }
        Ok(())
    }

    /// Reads the published demands that changed, as [`Shelf::follow`] does: they are few, so that
    /// whoever searches them has this done first.
    ///
    /// # Errors
    /// The database.
    pub async fn follow_postings(self: &Arc<Self>, pool: &PgPool) -> anyhow::Result<()> {
        let mut at = self.postings.lock().await;
        loop {
            let rows = known::postings_after(pool, *at, BATCH).await?;
            let Some(last) = rows.last() else { break };
            let mark = Mark {
                changed: last.changed,
                id: last.blind_id,
            };
            let shelf = Arc::clone(self);
            spawn_blocking(move || shelf.put_postings(&rows)).await?;
            *at = mark;
            self.postings_read.store(mark.changed, Ordering::Relaxed);
        }
        Ok(())
    }

    fn put_units(&self, rows: &[KnownUnit]) {
        for row in rows {
            let key = row.unit_id.as_u128();
            let passages = texts::of_unit(row);
            let home = row.region.parse::<Region>().ok();
            if let Some(home) = home.filter(|_| row.active && !passages.is_empty()) {
                let reading = read(&passages);
                let mut books = self.write();
                books.units.upsert(key, &reading);
                books.homes.insert(key, home);
            } else {
                let mut books = self.write();
                books.units.remove(key);
                books.homes.remove(&key);
            }
        }
    }

    fn put_postings(&self, rows: &[KnownPosting]) {
        for row in rows {
            let key = row.blind_id.as_u128();
            let Ok(record) = PublicRecord::decode(row.record.as_slice()) else {
                let mut books = self.write();
                books.postings.remove(key);
                books.catalogue.remove(key);
                continue;
            };
            let whole = read(&texts::of_entry(&row.public_number, &record));
            let open = texts::of_record(&record, |task| texts::is_open(task, &row.matched_tasks));
            let open = row.open.then(|| read(&open));
            let mut books = self.write();
            books.catalogue.upsert(key, &whole);
            match open {
                Some(open) => books.postings.upsert(key, &open),
                None => books.postings.remove(key),
            }
        }
    }

    /// How many units are in it, and how many wait.
    pub(super) async fn units_progress(&self, pool: &PgPool) -> Result<IndexProgress, sqlx::Error> {
        let (waiting, _) = self.waiting(pool).await?;
        Ok(progress(&self.read().units, waiting))
    }

    /// How many published demands are in it, and how many wait.
    pub(super) async fn postings_progress(
        &self,
        pool: &PgPool,
    ) -> Result<IndexProgress, sqlx::Error> {
        let (_, waiting) = self.waiting(pool).await?;
        Ok(progress(&self.read().postings, waiting))
    }

    async fn waiting(&self, pool: &PgPool) -> Result<(i64, i64), sqlx::Error> {
        let read = |mark: &AtomicI64| mark.load(Ordering::Relaxed);
        known::waiting(pool, read(&self.units_read), read(&self.postings_read)).await
    }

    /// What has been read. A writer that panicked left at worst one unit unread.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Books> {
        self.books.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Books> {
        self.books.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(passages: &[texts::Passage]) -> Reading {
    Reading::of(passages.iter().map(|one| one.text.as_str()))
}

fn progress(index: &Index, waiting: i64) -> IndexProgress {
    IndexProgress {
        indexed: i64::try_from(index.len()).unwrap_or(i64::MAX),
        waiting,
    }
}

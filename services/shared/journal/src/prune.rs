//! What need not be remembered for ever: ids of messages that can't come again, and the answers to
//! requests that nobody repeats any more.

use std::time::Duration;

use crate::{Journal, JournalError};

/// For how long something is remembered, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The ids of messages that were applied: longer than any of them can be delivered again after
    /// it was first, or it is applied twice.
    pub messages: Duration,
    /// The answers to requests: a repeat after that is a request of its own.
    pub requests: Duration,
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Ids of messages.
    pub messages: u64,
    /// Answers to requests.
    pub requests: u64,
}

impl Journal {
    /// Forgets what is older than `keep` says, at most `batch` of each, the oldest first. A message
    /// that waits among the dead letters, from where it may still be applied, is not forgotten.
    ///
    /// # Errors
    /// The database.
    pub async fn prune(&self, keep: Keep, batch: u32) -> Result<Pruned, JournalError> {
        let messages = sqlx::query!(
            "delete from journal_inbox where id = any(array(
                 select i.id from journal_inbox i
                 where i.applied_at < now() - make_interval(secs => $1) and not exists (
                     select from journal_dead_letter d where d.id = i.id and d.resolution is null)
                 order by i.applied_at limit $2))",
            keep.messages.as_secs_f64(),
            i64::from(batch),
        )
        .execute(&self.pool)
        .await?
        .rows_affected();
        let requests = sqlx::query!(
            "delete from journal_request where (caller, request) in (
                 select caller, request from journal_request
                 where answered_at < now() - make_interval(secs => $1)
                 order by answered_at limit $2)",
            keep.requests.as_secs_f64(),
            i64::from(batch),
        )
        .execute(&self.pool)
        .await?
        .rows_affected();
        Ok(Pruned { messages, requests })
    }
}

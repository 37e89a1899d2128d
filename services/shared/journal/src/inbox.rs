//! What others said: applied once, in the transaction that remembers it.

use futures::future::BoxFuture;
use proto::message::Incoming;
use regulation::Context;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Act, Journal, JournalError, append::Writing, error::Fault};

/// What came of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was applied now.
    Now,
    /// It had been applied before; nothing was done.
    Already,
}

/// Writes into read models of what others own. It may run more than once, each time in a
/// transaction of its own of which at most one is committed.
pub type Absorb<'a> = dyn for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<(), sqlx::Error>>
    + Send
    + Sync
    + 'a;

impl Journal {
    /// Applies a message: remembers its id, lets `absorb` write, executes `acts`, and resolves its
    /// dead letter if it was one, all in one transaction.
    ///
    /// # Errors
    /// A refusal, which belongs to the dead letters by [`Journal::dead_letter`]; too much
    /// contention and the database, after which it should be delivered again.
    pub async fn apply(
        &self,
        message: &Incoming,
        acts: &[Act],
        absorb: Option<&Absorb<'_>>,
        context: &Context,
    ) -> Result<Applied, JournalError> {
        let writing = self.writing(context, None, message.traceparent.as_deref());
        let mut attempt = 0;
        loop {
            match self
                .try_apply(message.id, acts, absorb, &writing, attempt > 0)
                .await
            {
                Ok(applied) => return Ok(applied),
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Conflict) => {
                    attempt += 1;
                    if attempt >= self.parts.config.attempts {
                        let (kind, id) =
                            acts.first().map_or(("message", ""), |a| (a.kind(), a.id()));
                        return Err(JournalError::Busy {
                            kind,
                            id: id.to_owned(),
                        });
                    }
                    self.pause("inbox", attempt).await;
                }
            }
        }
    }

    async fn try_apply(
        &self,
        message: Uuid,
        acts: &[Act],
        absorb: Option<&Absorb<'_>>,
        writing: &Writing<'_>,
        contended: bool,
    ) -> Result<Applied, Fault> {
        let mut tx = self.pool.begin().await?;
        // A delivery of the same message that is still under way makes this wait for its end.
        let new = sqlx::query!(
            "insert into journal_inbox (id) values ($1) on conflict do nothing",
            message,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if new == 0 {
            return Ok(Applied::Already);
        }
        if let Some(absorb) = absorb {
            absorb(&mut tx)
                .await
                .map_err(|error| Fault::from(error).explained(&self.parts.constraints))?;
        }
        let (_, told) = self.run_all(&mut tx, acts, writing, contended).await?;
        sqlx::query!(
            "update journal_dead_letter set resolution = 'applied'
             where id = $1 and resolution is null",
            message,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        if told {
            self.told.notify_one();
        }
        Ok(Applied::Now)
    }
}

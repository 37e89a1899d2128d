//! What has to happen by itself: fired once when it is due, also after a restart.

use regulation::{Actor, Context};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{Armed, Journal, JournalError, act::micros, append, error::Fault};

/// A timer that was refused, for people to see: the state's alarm and its own rules disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTimer {
    /// Kind of the aggregate.
    pub kind: String,
    /// Id of the aggregate.
    pub id: String,
    /// The alarm's name.
    pub name: String,
    /// When it was due.
    pub due: OffsetDateTime,
    /// The refusal.
    pub refusal: String,
}

/// What a pass over the due timers did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fired {
    /// Timers that were done.
    pub done: usize,
    /// Timers whose command was refused; see [`Journal::refused_timers`].
    pub refused: usize,
    /// Timers that could not be tried, because of contention or a defect; they stay due.
    pub failed: usize,
    /// Whether there may be more that are due.
    pub more: bool,
}

/// A row of the timers.
struct Timer {
    kind: String,
    id: String,
    name: String,
    due: OffsetDateTime,
}

enum Outcome {
    Done,
    Refused,
    /// Somebody else fired it, or the state no longer asks for it.
    Over,
}

impl Journal {
    /// Fires what is due at `context.now`, each alarm once, as [`Actor::system`].
    ///
    /// What to do is not stored but asked of the aggregate's present state, so that nothing stale
    /// can fire. A refusal is recorded and not retried.
    ///
    /// # Errors
    /// When the database does not say what is due.
    pub async fn fire_due(&self, context: &Context) -> Result<Fired, JournalError> {
        let context = Context {
            actor: Actor::system(context.node),
            ..context.clone()
        };
        let limit = self.parts.config.timers_per_pass;
        let due = sqlx::query_as!(
            Timer,
            "select kind, id, name, due from journal_timer
             where fired is null and due <= $1 order by due limit $2",
            context.now,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut fired = Fired {
            more: i64::try_from(due.len()).unwrap_or(i64::MAX) >= limit,
            ..Fired::default()
        };
        for timer in due {
            match self.fire(&timer, &context).await {
                Ok(Outcome::Done) => fired.done += 1,
                Ok(Outcome::Refused) => fired.refused += 1,
                Ok(Outcome::Over) => {}
                Err(error) => {
                    fired.failed += 1;
                    let Timer { kind, id, name, .. } = timer;
                    tracing::error!(%error, kind, id, name, "a timer could not be fired");
                }
            }
        }
        Ok(fired)
    }

    /// Up to `limit` timers whose command was refused and whose state still asks for them.
    ///
    /// # Errors
    /// The database.
    pub async fn refused_timers(&self, limit: i64) -> Result<Vec<RefusedTimer>, JournalError> {
        let timers = sqlx::query_as!(
            RefusedTimer,
            r#"select kind, id, name, due, refusal as "refusal!" from journal_timer
               where refusal is not null order by due limit $1"#,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(timers)
    }

    async fn fire(&self, timer: &Timer, context: &Context) -> Result<Outcome, JournalError> {
        for attempt in 0..self.parts.config.attempts {
            match self.try_fire(timer, context).await {
                Ok(outcome) => return Ok(outcome),
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Conflict) => self.pause("timer", attempt).await,
            }
        }
        Err(JournalError::Busy {
            kind: "timer",
            id: timer.id.clone(),
        })
    }

    async fn try_fire(&self, timer: &Timer, context: &Context) -> Result<Outcome, Fault> {
        let Timer {
            kind,
            id,
            name,
            due,
        } = timer;
        let mut tx = self.pool.begin().await?;
        append::lock(&mut tx, kind, id).await?;
        let mine = sqlx::query!(
            "update journal_timer set fired = $5
             where kind = $1 and id = $2 and name = $3 and due = $4 and fired is null",
            kind,
            id,
            name,
            *due,
            context.now,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if mine == 0 {
            return Ok(Outcome::Over);
        }
        let act = match self.alarm(&mut tx, timer).await? {
            Some(alarm) if alarm.due <= micros(context.now) => alarm.act,
            other => {
                // The code's idea of the alarms changed since the row was written.
                rearm(&mut tx, timer, other.map(|alarm| alarm.due)).await?;
                tx.commit().await?;
                return Ok(Outcome::Over);
            }
        };
        let writing = self.writing(context, None, None);
        match self.run_all(&mut tx, &[act], &writing, false).await {
            Ok((_, told)) => {
                tx.commit().await?;
                if told {
                    self.told.notify_one();
                }
                Ok(Outcome::Done)
            }
            Err(Fault::Final(JournalError::Refused(refusal))) => {
                tx.rollback().await?;
                self.refused(timer, context.now, &refusal.to_string())
                    .await?;
                Ok(Outcome::Refused)
            }
            Err(fault) => Err(fault),
        }
    }

    /// What the present state wants done under the timer's name.
    async fn alarm(
        &self,
        conn: &mut PgConnection,
        timer: &Timer,
    ) -> Result<Option<Armed>, JournalError> {
        let Timer { kind, id, name, .. } = timer;
        let known = self.parts.kinds.get(kind.as_str());
        let known = known.ok_or_else(|| JournalError::UnknownKind(kind.clone()))?;
        let Some(stored) = append::load(conn, kind, id, None).await?.stored else {
            return Ok(None);
        };
        let alarms = (known.alarms)(id, &stored)
            .map_err(|error| JournalError::unreadable(kind, id, error))?;
        Ok(alarms.into_iter().find(|alarm| alarm.name == name))
    }

    async fn refused(
        &self,
        timer: &Timer,
        now: OffsetDateTime,
        refusal: &str,
    ) -> Result<(), JournalError> {
        tracing::warn!(
            kind = timer.kind,
            id = timer.id,
            name = timer.name,
            "a timer was refused"
        );
        sqlx::query!(
            "update journal_timer set fired = $5, refusal = $6
             where kind = $1 and id = $2 and name = $3 and due = $4 and fired is null",
            timer.kind,
            timer.id,
            timer.name,
            timer.due,
            now,
            refusal,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// The timer as its state wants it: at another time, or not at all.
async fn rearm(
    conn: &mut PgConnection,
    timer: &Timer,
    due: Option<OffsetDateTime>,
) -> Result<(), JournalError> {
    let Timer { kind, id, name, .. } = timer;
    if let Some(due) = due {
        sqlx::query!(
            "update journal_timer set due = $4, fired = null
             where kind = $1 and id = $2 and name = $3",
            kind,
            id,
            name,
            due,
        )
        .execute(conn)
        .await?;
    } else {
        sqlx::query!(
            "delete from journal_timer where kind = $1 and id = $2 and name = $3",
            kind,
            id,
            name,
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

//! Messages that could not be read, verified or applied: kept with the reason, in order, until
//! they are replayed or dismissed.

use proto::message::Incoming;
use regulation::Actor;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Journal, JournalError,
    outbox::{read_scope, scope_text},
};

/// Reasons are for people; longer ones are cut.
const REASON_MAX: usize = 2_000;

/// A message that waits for an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The message.
    pub message: Incoming,
    /// Why it could not be applied.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it first failed, by the node's wall clock.
    pub received: OffsetDateTime,
}

struct Row {
    id: Uuid,
    origin: String,
    scope: String,
    kind: String,
    aggregate: String,
    at: OffsetDateTime,
    body: Vec<u8>,
    trace: Option<String>,
    reason: String,
    attempts: i32,
    received: OffsetDateTime,
}

impl TryFrom<Row> for DeadLetter {
    type Error = JournalError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let unreadable = |error| JournalError::unreadable("dead letter", &row.aggregate, error);
        Ok(Self {
            message: Incoming {
                id: row.id,
                origin: row.origin.parse().map_err(unreadable)?,
                scope: read_scope(&row.scope).map_err(unreadable)?,
                kind: row.kind,
                aggregate: row.aggregate.clone(),
                at: row.at,
                body: row.body,
                traceparent: row.trace,
            },
            reason: row.reason,
            attempts: row.attempts,
            received: row.received,
        })
    }
}

impl Journal {
    /// Puts a message aside with the reason. One that is aside already keeps its place.
    ///
    /// # Errors
    /// The database.
    pub async fn dead_letter(
        &self,
        message: &Incoming,
        reason: impl ToString,
    ) -> Result<(), JournalError> {
        let reason: String = reason.to_string().chars().take(REASON_MAX).collect();
        sqlx::query!(
            "insert into journal_dead_letter as d
                (id, origin, scope, kind, aggregate, at, body, trace, reason)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (id) do update
                 set reason = excluded.reason, attempts = d.attempts + 1
                 where d.resolution is null",
            message.id,
            message.origin.as_str(),
            scope_text(message.scope),
            message.kind,
            message.aggregate,
            message.at,
            message.body,
            message.traceparent,
            reason,
        )
        .execute(&self.pool)
        .await?;
        metrics::counter!("journal_dead_letters_total").increment(1);
        Ok(())
    }

    /// Whether an earlier message of the same origin about the same aggregate waits for an
    /// operator, so that this one has to wait behind it (as a dead letter itself).
    ///
    /// # Errors
    /// The database.
    pub async fn held_back(&self, message: &Incoming) -> Result<bool, JournalError> {
        let held = sqlx::query_scalar!(
            r#"select exists (
                   select from journal_dead_letter
                   where origin = $1 and aggregate = $2 and resolution is null and id <> $3
                     and seq < coalesce((select seq from journal_dead_letter where id = $3), $4)
               ) as "held!""#,
            message.origin.as_str(),
            message.aggregate,
            message.id,
            i64::MAX,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(held)
    }

    /// Up to `limit` messages that wait for an operator, in the order in which they came.
    ///
    /// # Errors
    /// The database; a row that is not readable.
    pub async fn dead_letters(&self, limit: i64) -> Result<Vec<DeadLetter>, JournalError> {
        let rows = sqlx::query_as!(
            Row,
            "select id, origin, scope, kind, aggregate, at, body, trace, reason, attempts, received
             from journal_dead_letter where resolution is null order by seq limit $1",
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(DeadLetter::try_from).collect()
    }

    /// A message that waits, to be applied again. It goes on waiting until [`Journal::apply`] has
    /// succeeded with it; none if it does not wait (any more).
    ///
    /// # Errors
    /// The database; a row that is not readable.
    pub async fn take_dead_letter(&self, id: Uuid) -> Result<Option<Incoming>, JournalError> {
        let row = sqlx::query_as!(
            Row,
            "select id, origin, scope, kind, aggregate, at, body, trace, reason, attempts, received
             from journal_dead_letter where id = $1 and resolution is null",
            id,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| DeadLetter::try_from(row).map(|letter| letter.message))
            .transpose()
    }

    /// Gives up on a message, by a named person with a reason, so that those behind it can go on.
    /// Says whether it was waiting.
    ///
    /// # Errors
    /// The database.
    pub async fn dismiss_dead_letter(
        &self,
        id: Uuid,
        by: &Actor,
        reason: &str,
    ) -> Result<bool, JournalError> {
        let resolution = format!("dismissed by {}@{}: {reason}", by.person, by.region);
        let resolution: String = resolution.chars().take(REASON_MAX).collect();
        let dismissed = sqlx::query!(
            "update journal_dead_letter set resolution = $2 where id = $1 and resolution is null",
            id,
            resolution,
        )
        .execute(&self.pool)
        .await?;
        Ok(dismissed.rows_affected() == 1)
    }
}

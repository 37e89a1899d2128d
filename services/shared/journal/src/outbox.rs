//! What is to be told to others: taken by existence, removed once acknowledged.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use proto::message::{Audience, Scope};
use regulation::InvalidRegion;
use sqlx::{Connection, PgConnection, PgPool};
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::JournalError;

/// Key of the relay's advisory lock ("outbox" in ASCII); locks are per database.
const LEADER: i64 = 0x6f75_7462_6f78;
/// How many rows one pass takes.
const BATCH: i64 = 500;
/// How long until the relay looks although nobody woke it, and until a follower tries to lead.
const PERIOD: Duration = Duration::from_secs(1);
/// How long it rests after a failure.
const REST: Duration = Duration::from_millis(500);

/// A message that waits to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its place; for one aggregate in the order of its facts.
    pub seq: i64,
    /// Random id: whoever gets it twice knows it by this.
    pub id: Uuid,
    /// How far it goes.
    pub scope: Scope,
    /// `<service>.<aggregate>.<event>`.
    pub kind: String,
    /// The body's protobuf name.
    pub schema: String,
    /// The aggregate it tells of.
    pub aggregate: String,
    /// The encoded event.
    pub body: Vec<u8>,
    /// When it was decided, by the domain's clock.
    pub at: OffsetDateTime,
    /// W3C trace context, if any.
    pub trace: Option<String>,
    /// For how long it has waited, by the wall clock.
    pub waited: Duration,
}

/// The messages that wait to be published.
#[derive(Clone)]
pub struct Outbox {
    pool: PgPool,
    told: Arc<Notify>,
}

impl Outbox {
    pub(crate) fn new(pool: PgPool, told: Arc<Notify>) -> Self {
        Self { pool, told }
    }

    /// The first `limit` messages that wait. Whatever is committed is seen, however late it was:
    /// no cursor is kept.
    ///
    /// # Errors
    /// The database; a row that is not readable.
    pub async fn pending(&self, limit: i64) -> Result<Vec<OutboxRow>, JournalError> {
        let mut conn = self.pool.acquire().await?;
        pending(&mut conn, limit).await
    }

    /// Removes what was acknowledged, by [`OutboxRow::seq`].
    ///
    /// # Errors
    /// The database.
    pub async fn remove(&self, acknowledged: &[i64]) -> Result<(), JournalError> {
        let mut conn = self.pool.acquire().await?;
        remove(&mut conn, acknowledged).await
    }

    /// Publishes whatever waits until `stop`, for as long as this process leads: one relay a
    /// database, elected by an advisory lock on a connection of its own, by which it also removes;
    /// who loses the connection loses the lead.
    ///
    /// `publish` gets rows in order and answers with the ids that were acknowledged. It must not
    /// let a message overtake an unacknowledged one of the same aggregate.
    pub async fn relay<E: fmt::Display>(
        &self,
        publish: impl for<'a> Fn(&'a [OutboxRow]) -> BoxFuture<'a, Result<Vec<Uuid>, E>> + Send + Sync,
        stop: CancellationToken,
    ) {
        while !stop.is_cancelled() {
            match self.lead(&publish, &stop).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(%error, "the relay lost its connection");
                    rest(&stop, REST).await;
                }
            }
        }
    }

    async fn lead<E: fmt::Display>(
        &self,
        publish: &(
             impl for<'a> Fn(&'a [OutboxRow]) -> BoxFuture<'a, Result<Vec<Uuid>, E>> + Send + Sync
         ),
        stop: &CancellationToken,
    ) -> Result<(), JournalError> {
        let mut conn = PgConnection::connect_with(&self.pool.connect_options()).await?;
        while !elected(&mut conn).await? {
            rest(stop, PERIOD).await;
            if stop.is_cancelled() {
                return Ok(());
            }
        }
        tracing::info!("this process relays the outbox");
        while !stop.is_cancelled() {
            let rows = pending(&mut conn, BATCH).await?;
            if rows.is_empty() {
                tokio::select! {
                    () = self.told.notified() => {}
                    () = rest(stop, PERIOD) => {}
                }
                continue;
            }
            match publish(&rows).await {
                Ok(acked) => {
                    let acked: BTreeSet<_> = acked.into_iter().collect();
                    let done = rows.iter().filter(|row| acked.contains(&row.id));
                    remove(&mut conn, &done.map(|row| row.seq).collect::<Vec<_>>()).await?;
                    metrics::counter!("journal_relayed_total")
                        .increment(u64::try_from(acked.len()).unwrap_or_default());
                    if acked.len() < rows.len() {
                        rest(stop, REST).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, waiting = rows.len(), "messages could not be published");
                    rest(stop, REST).await;
                }
            }
        }
        conn.close().await?;
        Ok(())
    }
}

async fn rest(stop: &CancellationToken, period: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(period) => {}
    }
}

async fn elected(conn: &mut PgConnection) -> Result<bool, JournalError> {
    let elected = sqlx::query_scalar!(r#"select pg_try_advisory_lock($1) as "elected!""#, LEADER)
        .fetch_one(conn)
        .await?;
    Ok(elected)
}

async fn pending(conn: &mut PgConnection, limit: i64) -> Result<Vec<OutboxRow>, JournalError> {
    let rows = sqlx::query!(
        r#"select seq, id, scope, kind, schema, aggregate, body, at, trace,
                  extract(epoch from now() - written)::float8 as "waited!"
           from journal_outbox order by seq limit $1"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let scope = read_scope(&row.scope)
                .map_err(|error| JournalError::unreadable("message", &row.aggregate, error))?;
            Ok(OutboxRow {
                seq: row.seq,
                id: row.id,
                scope,
                kind: row.kind,
                schema: row.schema,
                aggregate: row.aggregate,
                body: row.body,
                at: row.at,
                trace: row.trace,
                waited: Duration::try_from_secs_f64(row.waited).unwrap_or_default(),
            })
        })
        .collect()
}

async fn remove(conn: &mut PgConnection, acknowledged: &[i64]) -> Result<(), JournalError> {
    sqlx::query!(
        "delete from journal_outbox where seq = any($1)",
        acknowledged
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How a scope is stored: `node`, `share.all` or `share.<region>`.
pub(crate) fn scope_text(scope: Scope) -> String {
    match scope {
        Scope::Node => "node".to_owned(),
        Scope::Share(audience) => format!("share.{audience}"),
    }
}

/// The scope that is stored as `text`.
pub(crate) fn read_scope(text: &str) -> Result<Scope, InvalidRegion> {
    match text.strip_prefix("share.") {
        Some(audience) => audience.parse::<Audience>().map(Scope::Share),
        None if text == "node" => Ok(Scope::Node),
        None => Err(InvalidRegion(text.to_owned())),
    }
}

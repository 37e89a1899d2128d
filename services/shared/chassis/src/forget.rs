//! Forgets what need not be remembered any more: ids of messages that can't come again, answers to
//! requests that nobody repeats.

use std::{convert::Infallible, time::Duration};

use journal::{Journal, Keep, Pruned};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{config::Remember, lifecycle::Lifecycle, status};

/// How often it is looked for something to forget.
const PERIOD: Duration = Duration::from_hours(1);
/// What one statement forgets of each at most: a moment's work.
const BATCH: u32 = 1_000;

/// Runs for as long as the process.
pub(crate) fn start(lifecycle: &Lifecycle, journal: &Journal, remember: Remember) {
    let (stop, journal) = (lifecycle.stopping(), journal.clone());
    lifecycle.spawn("forgetting", async move {
        while !stop.is_cancelled() {
            pass(&journal, remember.keep(), BATCH, &stop).await;
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok::<_, Infallible>(())
    });
}

/// Forgets batch by batch until nothing is old enough. What fails is tried again by the next pass.
async fn pass(journal: &Journal, keep: Keep, batch: u32, stop: &CancellationToken) {
    let mut all = Pruned::default();
    while !stop.is_cancelled() {
        let pruned = match journal.prune(keep, batch).await {
            Ok(pruned) => pruned,
            Err(error) => {
                warn!(error = status::chain(&error), "nothing more forgotten now");
                break;
            }
        };
        all.messages += pruned.messages;
        all.requests += pruned.requests;
        if pruned.messages.max(pruned.requests) < u64::from(batch) {
            break;
        }
    }
    metrics::counter!("jiebang_forgotten_total", "of" => "messages").increment(all.messages);
    metrics::counter!("jiebang_forgotten_total", "of" => "requests").increment(all.requests);
    if all != Pruned::default() {
        info!(
            messages = all.messages,
            requests = all.requests,
            "forgotten"
        );
    }
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    async fn left(pool: &PgPool, table: &str) -> i64 {
        let count = format!("select count(*) from {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(count))
            .fetch_one(pool)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_pass_goes_on_in_batches_until_all_that_is_old_is_gone() {
        let db = testkit::database(&journal::MIGRATIONS).await.unwrap();
        for table in [
            "journal_inbox (id, applied_at)",
            "journal_request (request, answered_at)",
        ] {
            let mut columns = ("", "");
            if table.contains("request") {
                columns = (
                    ", caller, fingerprint, kind, id, version",
                    ", 'a', sha256('a'), 'k', 'i', 1",
                );
            }
            let insert = format!(
                "insert into {}{}) select gen_random_uuid(), now() - n * interval '1 day'{}
                 from generate_series(0, 24) n",
                table.trim_end_matches(')'),
                columns.0,
                columns.1
            );
            sqlx::query(sqlx::AssertSqlSafe(insert))
                .execute(db.pool())
                .await
                .unwrap();
        }
        let journal = journal::JournalBuilder::new(uuid::Uuid::nil).build(db.pool().clone());
        let keep = Keep {
            messages: 20 * DAY,
            requests: 10 * DAY,
        };
        let stopped = CancellationToken::new();
        stopped.cancel();
        pass(&journal, keep, 3, &stopped).await;
        assert_eq!(left(db.pool(), "journal_inbox").await, 25);
        pass(&journal, keep, 3, &CancellationToken::new()).await;
        assert_eq!(left(db.pool(), "journal_inbox").await, 20);
        assert_eq!(left(db.pool(), "journal_request").await, 10);
    }
}

//! Forgetting: what is old goes in small batches, nothing is applied or done twice before.

use std::time::Duration;

use journal::{Applied, Journal, Keep, Pruned};
use sqlx::PgPool;
use uuid::Uuid;

use crate::tally::*;

const DAY: Duration = Duration::from_hours(24);
const KEEP: Keep = Keep {
    messages: Duration::from_hours(24 * 400),
    requests: Duration::from_hours(24 * 90),
};

/// Lets wall time pass for everything that is remembered.
async fn later(pool: &PgPool, time: Duration) {
    for (table, column) in [
        ("journal_inbox", "applied_at"),
        ("journal_request", "answered_at"),
    ] {
        let sql = format!("update {table} set {column} = {column} - make_interval(secs => $1)");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(time.as_secs_f64())
            .execute(pool)
            .await
            .unwrap();
    }
}

async fn forget(journal: &Journal) -> (u64, u64) {
    let Pruned { messages, requests } = journal.prune(KEEP, 1_000).await.unwrap();
    (messages, requests)
}

#[tokio::test]
async fn a_message_is_known_until_it_cannot_come_again_and_then_its_id_goes() {
    let db = database().await;
    let journal = plain(db.pool());
    let message = incoming("x");
    let deliver = async || {
        let acts = [add("a", 1)];
        let applied = journal.apply(&message, &acts, None, &context()).await;
        applied.unwrap()
    };
    assert_eq!(deliver().await, Applied::Now);
    later(db.pool(), KEEP.messages.saturating_sub(DAY)).await;
    assert_eq!(forget(&journal).await, (0, 0));
    assert_eq!(deliver().await, Applied::Already);
    assert_eq!(tally(&journal, "a").await.unwrap().state.sum, 1);
    later(db.pool(), 2 * DAY).await;
    assert_eq!(forget(&journal).await, (1, 0));
    assert_eq!(count(db.pool(), "journal_inbox").await, 0);
}

#[tokio::test]
async fn a_message_that_an_operator_may_still_replay_is_not_forgotten() {
    let db = database().await;
    let journal = plain(db.pool());
    let [waits, done] = [incoming("x"), incoming("y")];
    for message in [&waits, &done] {
        let applied = journal
            .apply(message, &[add("a", 1)], None, &context())
            .await;
        assert_eq!(applied.unwrap(), Applied::Now);
        // Delivered again, it could not be read, say: nobody looks at the inbox first.
        journal.dead_letter(message, "held back").await.unwrap();
    }
    let replay = async || {
        let applied = journal
            .apply(&waits, &[add("a", 1)], None, &context())
            .await;
        applied.unwrap()
    };
    sqlx::query("update journal_dead_letter set resolution = 'applied' where id = $1")
        .bind(done.id)
        .execute(db.pool())
        .await
        .unwrap();
    later(db.pool(), 2 * KEEP.messages).await;
    assert_eq!(forget(&journal).await, (1, 0));
    assert_eq!(replay().await, Applied::Already);
    assert_eq!(tally(&journal, "a").await.unwrap().state.sum, 2);
}

#[tokio::test]
async fn a_request_is_known_for_the_configured_time_and_is_a_new_one_after_it() {
    let db = database().await;
    let journal = plain(db.pool());
    let asked = request("web", fresh(), "add 5");
    let ask = async || {
        let done = journal
            .execute(&add("a", 5), &context(), Some(&asked), None)
            .await;
        done.unwrap().version
    };
    assert_eq!(ask().await, 1);
    later(db.pool(), KEEP.requests.saturating_sub(DAY)).await;
    assert_eq!(forget(&journal).await, (0, 0));
    assert_eq!(ask().await, 1);
    later(db.pool(), 2 * DAY).await;
    assert_eq!(forget(&journal).await, (0, 1));
    assert_eq!(ask().await, 2);
}

#[tokio::test]
async fn one_pass_forgets_a_batch_the_oldest_first() {
    let db = database().await;
    let journal = plain(db.pool());
    let ids: Vec<Uuid> = (0..5).map(|_| fresh()).collect();
    for (age, id) in (1_u32..).zip(&ids) {
        let old = (KEEP.messages + age * DAY).as_secs_f64();
        sqlx::query("insert into journal_inbox values ($1, now() - make_interval(secs => $2))")
            .bind(id)
            .bind(old)
            .execute(db.pool())
            .await
            .unwrap();
    }
    let pruned = journal.prune(KEEP, 2).await.unwrap();
    assert_eq!(pruned.messages, 2);
    let left: Vec<Uuid> =
        sqlx::query_scalar("select id from journal_inbox order by applied_at desc")
            .fetch_all(db.pool())
            .await
            .unwrap();
    assert_eq!(left, ids[..3]);
}

#[tokio::test]
async fn a_message_in_the_outbox_says_for_how_long_it_has_waited() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, add("a", 1)).await;
    let waited = async || journal.outbox().pending(9).await.unwrap()[0].waited;
    assert!(waited().await < DAY);
    sqlx::query("update journal_outbox set written = written - interval '10 days'")
        .execute(db.pool())
        .await
        .unwrap();
    assert!(waited().await > 10 * DAY);
}

//! Chains and seals: what was written stays what it was, or it shows.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use journal::{Journal, Place};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::task::JoinSet;

use crate::tally::*;

/// As somebody who owns the server: triggers don't stop them.
async fn tamper(pool: &PgPool, sql: &str) {
    let sql =
        format!("set session_replication_role = replica; {sql}; reset session_replication_role");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(pool)
        .await
        .unwrap();
}

/// Seals once nothing is under way any more: the databases of the other tests are on the same
/// server and share its transaction numbers.
async fn seal(journal: &Journal, pool: &PgPool) -> u64 {
    let settled = async || {
        let settled: bool = sqlx::query_scalar(
            "select not exists (select from journal_fact
                                where xid >= pg_snapshot_xmin(pg_current_snapshot()))",
        )
        .fetch_one(pool)
        .await
        .unwrap();
        settled.then_some(())
    };
    testkit::eventually(Duration::from_secs(20), settled, "the server to settle")
        .await
        .unwrap();
    journal.seal_new_facts().await.unwrap()
}

async fn filled(pool: &PgPool) -> Journal {
    let journal = plain(pool);
    for (id, amount) in [("a", 1), ("b", 2), ("a", 150)] {
        run(&journal, add(id, amount)).await;
    }
    assert_eq!(seal(&journal, pool).await, 4);
    run(&journal, add("b", 5)).await;
    assert_eq!(seal(&journal, pool).await, 1);
    run(&journal, add("a", 9)).await;
    journal
}

#[tokio::test]
async fn an_untouched_journal_verifies() {
    let db = database().await;
    let journal = plain(db.pool());
    assert_eq!(journal.seal_new_facts().await.unwrap(), 0);
    assert_eq!(journal.head().await.unwrap().digest, None);
    let journal = filled(db.pool()).await;
    let report = journal.verify().await.unwrap();
    assert_eq!(report.broken, None);
    assert_eq!(
        (report.aggregates, report.facts, report.seals, report.sealed),
        (2, 6, 2, 5)
    );
    let head = journal.head().await.unwrap();
    assert_eq!(head.seals, 2);
    assert_eq!(seal(&journal, db.pool()).await, 1);
    assert_ne!(journal.head().await.unwrap().digest, head.digest);
    assert_eq!(journal.seal_new_facts().await.unwrap(), 0);
}

fn fact(id: &str, version: i64) -> Place {
    Place::Fact {
        kind: "tally".into(),
        id: id.into(),
        version,
    }
}

fn state(id: &str) -> Place {
    Place::State {
        kind: "tally".into(),
        id: id.into(),
    }
}

#[tokio::test]
async fn whatever_is_tampered_with_is_found_where_it_is() {
    let where_b2 = "where id = 'b' and version = 2";
    let cases = [
        (format!(r#"update journal_fact set payload = '{{"Added":{{"amount":6}}}}' {where_b2}"#), fact("b", 2)),
        // The same value in other words is another text.
        (format!(r#"update journal_fact set payload = '{{"Added": {{"amount":5}}}}' {where_b2}"#), fact("b", 2)),
        (format!("update journal_fact set name = 'Closed' {where_b2}"), fact("b", 2)),
        (format!("update journal_fact set at = at + interval '1 microsecond' {where_b2}"), fact("b", 2)),
        (format!("update journal_fact set policy = 'other' {where_b2}"), fact("b", 2)),
        (
            format!("update journal_fact set actor = replace(actor::text, 'li', 'xu')::json {where_b2}"),
            fact("b", 2),
        ),
        ("delete from journal_fact where id = 'a' and version = 2".into(), fact("a", 3)),
        ("update journal_fact set id = 'c' where id = 'b'".into(), fact("c", 1)),
        // The last fact, with the state set back: only the seal knows.
        (
            format!(
                "delete from journal_fact {where_b2};
                 update journal_state s set version = 1, state = replace(state::text, '7', '2')::json,
                     head = (select hash from journal_fact where id = 'b') where id = 'b'"
            ),
            Place::Seal(2),
        ),
        ("update journal_fact set xid = '1' where id = 'b' and version = 2".into(), Place::Seal(1)),
        ("update journal_state set state = replace(state::text, '7', '8')::json where id = 'b'".into(), state("b")),
        ("update journal_state set version = 3 where id = 'b'".into(), state("b")),
        ("delete from journal_fact where id = 'b'".into(), state("b")),
        ("delete from journal_seal where number = 1".into(), Place::Seal(2)),
        ("update journal_seal set facts = 3 where number = 1".into(), Place::Seal(1)),
        ("update journal_seal set digest = previous where number = 2".into(), Place::Seal(2)),
    ];
    for (sql, place) in cases {
        let db = database().await;
        let journal = filled(db.pool()).await;
        tamper(db.pool(), &sql).await;
        let broken = journal.verify().await.unwrap().broken;
        assert_eq!(
            broken.as_ref().map(|broken| &broken.place),
            Some(&place),
            "{sql}: {broken:?}"
        );
    }
}

#[tokio::test]
async fn a_seal_waits_for_what_began_earlier() {
    let db = database().await;
    let go = Arc::new(tokio::sync::Semaphore::new(0));
    let (took, taken) = tokio::sync::oneshot::channel();
    let (gate, took) = (Arc::clone(&go), Mutex::new(Some(took)));
    let slow = builder()
        .project::<Tally>(move |_, _| {
            let (gate, took) = (Arc::clone(&gate), took.lock().unwrap().take());
            Box::pin(async move {
                let _ = took.map(|took| took.send(()));
                let _ = gate.acquire().await;
                Ok(())
            })
        })
        .build(db.pool().clone());
    let mut late = JoinSet::new();
    late.spawn(async move { run(&slow, add("slow", 1)).await });
    taken.await.unwrap();
    let journal = plain(db.pool());
    run(&journal, add("fast", 1)).await;
    assert_eq!(journal.seal_new_facts().await.unwrap(), 0);
    go.add_permits(1);
    late.join_all().await;
    assert_eq!(seal(&journal, db.pool()).await, 2);
    assert_eq!(journal.verify().await.unwrap().broken, None);
}

#[tokio::test]
async fn a_database_restored_elsewhere_goes_on_in_a_new_epoch() {
    let db = database().await;
    let journal = filled(db.pool()).await;
    // There its transaction numbers were much higher.
    tamper(
        db.pool(),
        "update journal_epoch set cluster = 'the other one';
         update journal_fact set xid = (xid::text::numeric + 1000000000)::text::xid8;
         update journal_seal set last_xid = (last_xid::text::numeric + 1000000000)::text::xid8",
    )
    .await;
    let refused = journal.seal_new_facts().await.unwrap_err();
    assert!(refused.to_string().contains("another cluster"), "{refused}");
    for _ in 0..2 {
        journal::migrate(db.pool(), &migrations()).await.unwrap();
        assert_eq!(count(db.pool(), "journal_epoch").await, 2);
    }
    run(&journal, add("a", 4)).await;
    // The old epoch's last fact, and the new one's first.
    let settled = async || {
        journal.seal_new_facts().await.unwrap();
        let report = journal.verify().await.unwrap();
        assert_eq!(report.broken, None);
        ((report.seals, report.sealed) == (4, 7)).then_some(())
    };
    testkit::eventually(Duration::from_secs(20), settled, "all to be sealed")
        .await
        .unwrap();
}

//! The outbox: nothing lost however late it commits, nothing told twice, one relay at a time.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use journal::{Journal, OutboxRow};
use testkit::eventually;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::tally::*;

type Log = Arc<Mutex<Vec<String>>>;

const SOON: Duration = Duration::from_secs(10);

fn body(row: &OutboxRow) -> String {
    format!("{} {}", row.aggregate, String::from_utf8_lossy(&row.body))
}

/// A relay that publishes into `log` and acknowledges everything.
fn relay(tasks: &mut JoinSet<()>, journal: &Journal, log: &Log, stop: &CancellationToken) {
    let (outbox, log, stop) = (journal.outbox(), Arc::clone(log), stop.clone());
    tasks.spawn(async move {
        let publish = |rows: &[OutboxRow]| {
            log.lock().unwrap().extend(rows.iter().map(body));
            std::future::ready(Ok::<_, Infallible>(rows.iter().map(|row| row.id).collect()))
        };
        outbox.relay(|rows| Box::pin(publish(rows)), stop).await;
    });
}

async fn published(log: &Log, n: usize) -> Vec<String> {
    let enough = async || {
        let log = log.lock().unwrap();
        (log.len() >= n).then(|| log.clone())
    };
    eventually(SOON, enough, "the messages to be published")
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commits_late_is_told_although_later_numbers_are_gone() {
    let db = database().await;
    let journal = plain(db.pool());
    let (log, stop, mut tasks) = (Log::default(), CancellationToken::new(), JoinSet::new());
    relay(&mut tasks, &journal, &log, &stop);

    // The slow one has taken its number and waits before its commit.
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
    for amount in 1..=3 {
        run(&journal, add("fast", amount)).await;
    }
    assert_eq!(
        published(&log, 3).await,
        ["fast 1→1", "fast 2→3", "fast 3→6"]
    );
    let gone = async || {
        journal
            .outbox()
            .pending(9)
            .await
            .unwrap()
            .is_empty()
            .then_some(())
    };
    eventually(SOON, gone, "the later ones to be removed")
        .await
        .unwrap();

    go.add_permits(1);
    late.join_all().await;
    // It is another journal that committed, so this is found by the periodic pass.
    assert_eq!(published(&log, 4).await[3], "slow 1→1");
    stop.cancel();
    tasks.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_tell_everything_once_and_each_aggregate_in_order() {
    let db = database().await;
    let journal = plain(db.pool());
    let (log, stop, mut tasks) = (Log::default(), CancellationToken::new(), JoinSet::new());
    relay(&mut tasks, &journal, &log, &stop);
    relay(&mut tasks, &plain(db.pool()), &log, &stop);
    let ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
    at_once(ids.len(), |i| {
        let journal = journal.clone();
        async move {
            for _ in 0..20 {
                run(&journal, add(ids[i], 1)).await;
            }
        }
    })
    .await;
    let all = published(&log, 160).await;
    assert_eq!(all.len(), 160);
    for id in ids {
        let of = |line: &&String| line.starts_with(id);
        let told: Vec<_> = all.iter().filter(of).cloned().collect();
        let expected: Vec<_> = (1..=20).map(|sum| format!("{id} 1→{sum}")).collect();
        assert_eq!(told, expected);
    }
    stop.cancel();
    tasks.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_relay_takes_over_when_the_leader_loses_its_connection() {
    let db = database().await;
    let journal = plain(db.pool());
    let (log, stop, mut tasks) = (Log::default(), CancellationToken::new(), JoinSet::new());
    relay(&mut tasks, &journal, &log, &stop);
    run(&journal, add("a", 1)).await;
    published(&log, 1).await;
    let killed: Vec<bool> = sqlx::query_scalar(
        "select pg_terminate_backend(pid) from pg_locks
         where locktype = 'advisory' and granted
           and database = (select oid from pg_database where datname = current_database())",
    )
    .fetch_all(db.pool())
    .await
    .unwrap();
    assert_eq!(killed, [true]);
    run(&journal, add("a", 2)).await;
    assert_eq!(published(&log, 2).await[1], "a 2→3");
    stop.cancel();
    tasks.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_acknowledged_is_told_again() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, add("a", 1)).await;
    run(&journal, add("b", 2)).await;
    let (log, stop) = (Log::default(), CancellationToken::new());
    let (seen, end) = (Arc::clone(&log), stop.clone());
    let publish = move |rows: &[OutboxRow]| {
        let mut seen = seen.lock().unwrap();
        seen.extend(rows.iter().map(body));
        let answer = match seen.len() {
            2 => Err("no server"),
            4 => Ok(vec![rows[1].id]),
            _ => {
                end.cancel();
                Ok(rows.iter().map(|row| row.id).collect())
            }
        };
        std::future::ready(answer)
    };
    journal
        .outbox()
        .relay(|rows| Box::pin(publish(rows)), stop)
        .await;
    let told = log.lock().unwrap().clone();
    assert_eq!(told, ["a 1→1", "b 2→2", "a 1→1", "b 2→2", "a 1→1"]);
    assert_eq!(journal.outbox().pending(9).await.unwrap(), []);
}

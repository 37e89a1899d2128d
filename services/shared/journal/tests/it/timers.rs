//! Timers: when due, once, and never for what is over.

use journal::Fired;
use regulation::{Actor, Region};

use crate::tally::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_fires_once_when_it_is_due_whoever_looks_and_after_a_restart() {
    let db = database().await;
    run(&plain(db.pool()), act("a", Command::SetDeadline(hours(1)))).await;
    let early = plain(db.pool()).fire_due(&at(START)).await.unwrap();
    assert_eq!(early, Fired::default());
    let fired = at_once(8, |_| {
        let journal = plain(db.pool());
        async move { journal.fire_due(&at(hours(1))).await.unwrap() }
    })
    .await;
    assert_eq!(fired.iter().map(|fired| fired.done).sum::<usize>(), 1);
    let journal = plain(db.pool());
    assert!(tally(&journal, "a").await.unwrap().state.closed);
    let facts = journal.facts("tally", "a").await.unwrap();
    assert_eq!(
        (facts.len(), &facts[1].actor),
        (2, &Actor::system(Region::JS))
    );
    assert_eq!((facts[1].name.as_str(), facts[1].at), ("Closed", hours(1)));
    assert_eq!(count(db.pool(), "journal_timer").await, 0);
}

#[tokio::test]
async fn a_moved_timer_fires_at_its_new_time_only() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, act("a", Command::SetDeadline(hours(1)))).await;
    run(&journal, act("a", Command::SetDeadline(hours(3)))).await;
    assert_eq!(
        journal.fire_due(&at(hours(2))).await.unwrap(),
        Fired::default()
    );
    assert_eq!(journal.fire_due(&at(hours(3))).await.unwrap().done, 1);
}

#[tokio::test]
async fn an_alarm_that_the_state_keeps_fires_once_for_each_time() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, act("a", Command::SetReminder(hours(1)))).await;
    for _ in 0..3 {
        journal.fire_due(&at(hours(2))).await.unwrap();
    }
    run(&journal, add("a", 1)).await;
    journal.fire_due(&at(hours(2))).await.unwrap();
    assert_eq!(tally(&journal, "a").await.unwrap().state.reminded, 1);
    run(&journal, act("a", Command::SetReminder(hours(3)))).await;
    assert_eq!(journal.fire_due(&at(hours(3))).await.unwrap().done, 1);
    assert_eq!(tally(&journal, "a").await.unwrap().state.reminded, 2);
}

#[tokio::test]
async fn a_refused_timer_is_shown_and_not_tried_again() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, act("a", Command::SetTrap(hours(1)))).await;
    assert_eq!(journal.fire_due(&at(hours(1))).await.unwrap().refused, 1);
    assert_eq!(
        journal.fire_due(&at(hours(9))).await.unwrap(),
        Fired::default()
    );
    let refused = journal.refused_timers(9).await.unwrap();
    assert_eq!(
        (refused.len(), refused[0].name.as_str(), refused[0].due),
        (1, "trap", hours(1))
    );
    assert!(
        refused[0].refusal.contains("tally.closed"),
        "{}",
        refused[0].refusal
    );
    run(&journal, act("a", Command::Close)).await;
    assert_eq!(journal.refused_timers(9).await.unwrap(), []);
}

#[tokio::test]
async fn a_row_that_the_state_does_not_ask_for_is_no_timer() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, act("a", Command::SetDeadline(hours(5)))).await;
    // As older code may have left them.
    sqlx::query(
        "insert into journal_timer (kind, id, name, due)
         values ('tally', 'a', 'forgotten', $1), ('tally', 'b', 'deadline', $1)",
    )
    .bind(hours(1))
    .execute(db.pool())
    .await
    .unwrap();
    sqlx::query("update journal_timer set due = $1")
        .bind(hours(1))
        .execute(db.pool())
        .await
        .unwrap();
    assert_eq!(
        journal.fire_due(&at(hours(1))).await.unwrap(),
        Fired::default()
    );
    assert_eq!(tally(&journal, "a").await.unwrap().version, 1);
    assert_eq!(count(db.pool(), "journal_timer").await, 1);
    assert_eq!(journal.fire_due(&at(hours(5))).await.unwrap().done, 1);
}

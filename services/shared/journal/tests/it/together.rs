//! Many new aggregates at once: the same as one after the other, in spite of races.

use journal::{Act, Journal, JournalError};
use sqlx::PgPool;

use crate::tally::*;

/// Everything that is written, but for random ids and places.
async fn written(pool: &PgPool) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "select jsonb_build_array(kind, id, version, state, head)::text from journal_state order by id",
        "select jsonb_build_array(kind, id, version, name, payload, at, actor, policy, trace,
             previous, hash)::text from journal_fact order by position",
        "select jsonb_build_array(scope, kind, schema, aggregate, body, at, trace)::text
             from journal_outbox order by seq",
        "select jsonb_build_array(kind, id, name, due, fired)::text from journal_timer order by id, name",
    ] {
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
        assert!(!rows.is_empty(), "{sql}");
        all.extend(rows);
    }
    all
}

fn acts() -> Vec<Act> {
    vec![
        add("c", 150),
        act("a", Command::SetDeadline(hours(1))),
        add("nothing", 0),
        add("b", 1),
        act("d", Command::SetReminder(hours(2))),
    ]
}

#[tokio::test]
async fn many_new_aggregates_at_once_are_written_as_one_after_the_other() {
    let (one, other) = (database().await, database().await);
    let (one_by_one, together) = (plain(one.pool()), plain(other.pool()));
    let mut expected = Vec::new();
    for act in acts() {
        let done = one_by_one.execute(&act, &context(), None, Some("t")).await;
        expected.push(done.unwrap());
    }
    let all = acts();
    let done = together
        .execute_all(&all, &context(), None, Some("t"))
        .await;
    assert_eq!(done.unwrap(), expected);
    assert_eq!(written(other.pool()).await, written(one.pool()).await);
    together.seal_new_facts().await.unwrap();
    assert!(together.verify().await.unwrap().broken.is_none());

    // Again, now that they are there, each goes on from where it stands.
    let done = together
        .execute_all(&all, &context(), None, None)
        .await
        .unwrap();
    let versions: Vec<_> = done.iter().map(|done| (&*done.id, done.version)).collect();
    assert_eq!(
        versions,
        [("c", 4), ("a", 2), ("nothing", 0), ("b", 2), ("d", 2)]
    );
}

#[tokio::test]
async fn when_one_of_them_is_refused_none_is_written() {
    let db = database().await;
    let journal = plain(db.pool());
    let acts = [add("a", 1), act("b", Command::Spring)];
    let refused = journal.execute_all(&acts, &context(), None, None).await;
    assert!(matches!(refused, Err(JournalError::Refused(_))));
    for table in ["journal_state", "journal_fact", "journal_outbox"] {
        assert_eq!(count(db.pool(), table).await, 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_make_the_same_ones_at_the_same_time_lose_nothing() {
    let db = database().await;
    let journal = plain(db.pool());
    let make = |journal: Journal| async move {
        let acts: Vec<_> = (0..20).map(|nth| add(&format!("a{nth:02}"), 1)).collect();
        journal
            .execute_all(&acts, &context(), None, None)
            .await
            .unwrap();
    };
    at_once(8, |_| make(journal.clone())).await;
    for nth in 0..20 {
        let loaded = tally(&journal, &format!("a{nth:02}")).await.unwrap();
        assert_eq!((loaded.version, loaded.state.sum), (8, 8));
    }
    journal.seal_new_facts().await.unwrap();
    assert!(journal.verify().await.unwrap().broken.is_none());
}

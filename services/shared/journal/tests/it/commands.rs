//! Commands: all or nothing, in spite of races, once per request.

use journal::{Journal, JournalError};
use regulation::Refusal;

use crate::tally::*;

fn refusal(error: JournalError) -> Refusal {
    match error {
        JournalError::Refused(refusal) => *refusal,
        other => panic!("{other}"),
    }
}

async fn rows(pool: &sqlx::PgPool) -> [i64; 6] {
    [
        count(pool, "journal_fact").await,
        count(pool, "journal_state").await,
        count(pool, "journal_outbox").await,
        count(pool, "journal_timer").await,
        count(pool, "journal_request").await,
        count(pool, "tally_view").await,
    ]
}

#[tokio::test]
async fn a_command_writes_facts_state_messages_timers_and_view_together() {
    let db = database().await;
    let journal = projecting(db.pool());
    run(&journal, act("a", Command::SetDeadline(hours(1)))).await;
    let asked = request("web", fresh(), "add 150");
    let done = journal
        .execute(&add("a", 150), &context(), Some(&asked), Some("00-trace"))
        .await
        .unwrap();
    assert_eq!(
        (done.kind, done.id.as_str(), done.version),
        ("tally", "a", 3)
    );
    assert_eq!(done.state::<Tally>().unwrap().sum, 150);
    assert_eq!(rows(db.pool()).await, [3, 1, 2, 1, 1, 1]);

    let facts = journal.facts("tally", "a").await.unwrap();
    let names: Vec<_> = facts
        .iter()
        .map(|fact| (fact.version, fact.name.as_str()))
        .collect();
    assert_eq!(names, [(1, "DeadlineSet"), (2, "Added"), (3, "Added")]);
    assert_eq!(facts[2].payload, r#"{"Added":{"amount":50}}"#);
    assert_eq!((facts[2].at, &facts[2].actor), (START, &context().actor));
    assert_eq!(facts[2].trace.as_deref(), Some("00-trace"));

    let told = journal.outbox().pending(10).await.unwrap();
    let bodies: Vec<_> = told
        .iter()
        .map(|row| String::from_utf8_lossy(&row.body))
        .collect();
    assert_eq!(bodies, ["100→100", "50→150"]);
    assert_eq!(
        told[0].scope,
        proto::message::Scope::Share(proto::message::Audience::HUB)
    );
    assert_ne!(told[0].id, told[1].id);
}

#[tokio::test]
async fn what_had_been_done_already_writes_nothing_and_answers_the_present_state() {
    let db = database().await;
    for journal in [plain(db.pool()), projecting(db.pool())] {
        run(&journal, add("a", 5)).await;
        let before = rows(db.pool()).await;
        let done = journal
            .execute(&add("a", 0), &context(), None, None)
            .await
            .unwrap();
        assert_eq!(
            done.state::<Tally>().unwrap(),
            tally(&journal, "a").await.unwrap().state
        );
        assert_eq!(rows(db.pool()).await, before);
        assert_eq!(run(&journal, add("never", 0)).await, Tally::default());
        assert_eq!(tally(&journal, "never").await, None);
    }
}

#[tokio::test]
async fn a_refusal_or_a_failed_projection_writes_nothing() {
    let db = database().await;
    let journal = projecting(db.pool());
    run(&journal, add("a", 1)).await;
    run(&journal, act("a", Command::Close)).await;
    let before = rows(db.pool()).await;
    let asked = request("web", fresh(), "x");
    let no = journal
        .execute(&add("a", 1), &context(), Some(&asked), None)
        .await
        .unwrap_err();
    assert_eq!(refusal(no).rule, CLOSED);
    let no = journal
        .execute(&add("b", 1001), &context(), Some(&asked), None)
        .await
        .unwrap_err();
    assert_eq!(refusal(no).message, "超过上限");
    assert_eq!(rows(db.pool()).await, before);
}

#[tokio::test]
async fn a_connection_that_dies_between_append_and_commit_leaves_nothing() {
    let db = database().await;
    let journal = builder()
        .project::<Tally>(|conn, _| {
            Box::pin(async move {
                sqlx::query("select pg_terminate_backend(pg_backend_pid())")
                    .execute(conn)
                    .await?;
                Ok(())
            })
        })
        .build(db.pool().clone());
    let died = journal
        .execute(&add("a", 1), &context(), None, None)
        .await
        .unwrap_err();
    assert!(matches!(died, JournalError::Database(_)), "{died}");
    assert_eq!(rows(db.pool()).await, [0; 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_callers_on_one_aggregate_lose_nothing() {
    let db = database().await;
    for (id, journal) in [
        ("plain", plain(db.pool())),
        ("projecting", projecting(db.pool())),
    ] {
        let outcomes = at_once(32, |_| {
            let journal = journal.clone();
            async move {
                for _ in 0..5 {
                    journal.execute(&add(id, 1), &context(), None, None).await?;
                }
                Ok::<_, JournalError>(())
            }
        })
        .await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        let now = tally(&journal, id).await.unwrap();
        assert_eq!((now.version, now.state.sum), (160, 160));
    }
    let seen: (i64, i32) = sqlx::query_as("select sum, seen from tally_view where id = $1")
        .bind("projecting")
        .fetch_one(db.pool())
        .await
        .unwrap();
    assert_eq!(seen, (160, 160));
    assert_eq!(plain(db.pool()).verify().await.unwrap().broken, None);
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let db = database().await;
    for (id, journal) in [("a", plain(db.pool())), ("b", projecting(db.pool()))] {
        let asked = request("web", fresh(), "add 5");
        let ask = async |id: &str| {
            journal
                .execute(&add(id, 5), &context(), Some(&asked), None)
                .await
                .unwrap()
        };
        let first = ask(id).await;
        run(&journal, add(id, 7)).await;
        assert_eq!(ask(id).await, first);
        // The server made up the id: the repeat means the thing that the first one created.
        assert_eq!(ask("another").await, first);
        assert_eq!(tally(&journal, "another").await, None);
        assert_eq!(tally(&journal, id).await.unwrap().state.sum, 12);

        let other = request("web", asked.id.0, "add 6");
        let reused = journal
            .execute(&add(id, 6), &context(), Some(&other), None)
            .await;
        assert!(matches!(reused, Err(JournalError::RequestReused(id)) if id == asked.id));
        let stranger = request("cli", asked.id.0, "add 6");
        journal
            .execute(&add(id, 6), &context(), Some(&stranger), None)
            .await
            .unwrap();
        assert_eq!(tally(&journal, id).await.unwrap().state.sum, 18);
    }
}

#[tokio::test]
async fn a_request_that_changed_nothing_is_remembered_too() {
    let db = database().await;
    let journal = plain(db.pool());
    run(&journal, add("a", 3)).await;
    let asked = request("web", fresh(), "add 0");
    let first = journal
        .execute(&add("a", 0), &context(), Some(&asked), None)
        .await
        .unwrap();
    run(&journal, add("a", 4)).await;
    let again = journal
        .execute(&add("a", 0), &context(), Some(&asked), None)
        .await
        .unwrap();
    assert_eq!((first.version, &first), (1, &again));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_at_the_same_time_is_done_once() {
    let db = database().await;
    for (id, journal) in [("a", plain(db.pool())), ("b", projecting(db.pool()))] {
        let asked = request("web", fresh(), "add 5");
        let answers = at_once(16, |_| {
            let (journal, asked) = (journal.clone(), asked.clone());
            async move {
                journal
                    .execute(&add(id, 5), &context(), Some(&asked), None)
                    .await
            }
        })
        .await;
        let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(tally(&journal, id).await.unwrap().state.sum, 5);
    }
}

#[tokio::test]
async fn several_commands_are_done_together_or_not_at_all() {
    let db = database().await;
    let journal = projecting(db.pool());
    let both = [add("a", 1), add("b", 2), add("a", 3)];
    let done = journal
        .execute_all(&both, &context(), None, None)
        .await
        .unwrap();
    let sums: Vec<_> = done
        .iter()
        .map(|done| done.state::<Tally>().unwrap().sum)
        .collect();
    assert_eq!(sums, [1, 2, 4]);
    run(&journal, act("b", Command::Close)).await;
    let before = rows(db.pool()).await;
    refusal(
        journal
            .execute_all(&both, &context(), None, None)
            .await
            .unwrap_err(),
    );
    assert_eq!(rows(db.pool()).await, before);
}

#[tokio::test]
async fn a_request_over_several_aggregates_gets_its_first_answer_and_does_nothing_twice() {
    let db = database().await;
    let journal = projecting(db.pool());
    let both = [add("a", 1), add("b", 2)];
    let asked = request("web", fresh(), "a 1, b 2");
    let ask = async |request| {
        journal
            .execute_all(&both, &context(), Some(request), None)
            .await
    };
    let first = ask(&asked).await.unwrap().swap_remove(0);
    run(&journal, add("a", 7)).await;
    let before = rows(db.pool()).await;
    let again = ask(&asked).await.unwrap();
    assert_eq!(again.len(), 1, "only the first command answers");
    assert_eq!(again[0].version, first.version);
    assert_eq!(again[0].state::<Tally>().unwrap().sum, 1);
    let reused = ask(&request("web", asked.id.0, "a 1, b 3")).await;
    assert!(matches!(reused, Err(JournalError::RequestReused(id)) if id == asked.id));
    assert_eq!(rows(db.pool()).await, before);
    assert_eq!(tally(&journal, "b").await.unwrap().state.sum, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn crossing_transactions_all_come_through() {
    let db = database().await;
    let journal = projecting(db.pool());
    let outcomes = at_once(8, |i| {
        let journal = journal.clone();
        async move {
            let (first, second) = if i % 2 == 0 { ("a", "b") } else { ("b", "a") };
            journal
                .execute_all(&[add(first, 1), add(second, 1)], &context(), None, None)
                .await
        }
    })
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(tally(&journal, "a").await.unwrap().state.sum, 8);
    assert_eq!(tally(&journal, "b").await.unwrap().state.sum, 8);
}

#[tokio::test]
async fn who_is_never_first_is_told_so() {
    let db = database().await;
    run(&plain(db.pool()), add("a", 1)).await;
    // Somebody else moves the aggregate in the middle of every attempt.
    sqlx::raw_sql(
        "create function meddle() returns trigger language plpgsql as $$
         begin raise exception 'lost' using errcode = 'serialization_failure'; end $$;
         create trigger meddle before update on journal_state
             for each row execute function meddle()",
    )
    .execute(db.pool())
    .await
    .unwrap();
    let journal: Journal = builder()
        .config(journal::JournalConfig {
            attempts: 3,
            ..Default::default()
        })
        .build(db.pool().clone());
    let busy = journal
        .execute(&add("a", 1), &context(), None, None)
        .await
        .unwrap_err();
    assert!(
        matches!(busy, JournalError::Busy { kind: "tally", .. }),
        "{busy}"
    );
    assert_eq!(tally(&journal, "a").await.unwrap().state.sum, 1);
}

#[tokio::test]
async fn aggregates_are_listed_page_by_page() {
    let db = database().await;
    let journal = plain(db.pool());
    for (id, amount) in [("c", 3), ("a", 1), ("b", 2)] {
        run(&journal, add(id, amount)).await;
    }
    let first = journal.list::<Tally>(None, 2).await.unwrap();
    let rest = journal.list::<Tally>(Some(&first[1].id), 2).await.unwrap();
    let ids: Vec<_> = first
        .iter()
        .chain(&rest)
        .map(|found| found.id.as_str())
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
}

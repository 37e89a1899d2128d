//! Random histories: the state is the fold of the facts, the chain holds, and what the simulation
//! would have decided is what was written.

use journal::{Act, Stored};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use crate::tally::*;

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        8 => (-300..300_i64).prop_map(Command::Add),
        1 => Just(Command::Close),
        2 => (0..48_i64).prop_map(|h| Command::SetDeadline(hours(h))),
        2 => (0..48_i64).prop_map(|h| Command::SetReminder(hours(h))),
        1 => Just(Command::Spring),
    ]
}

fn history() -> impl Strategy<Value = Vec<(usize, Command)>> {
    prop::collection::vec((0..3_usize, command()), 1..25)
}

#[test]
fn whatever_happens_the_state_is_the_fold_of_the_facts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let db = runtime.block_on(database());
    let journals = [
        plain(db.pool()),
        builder()
            .project::<Tally>(|_, _| Box::pin(async { Ok(()) }))
            .build(db.pool().clone()),
    ];
    let mut runner = TestRunner::new(Config {
        cases: 48,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&history(), |history| {
            runtime.block_on(async {
                let ids: Vec<_> = (0..3).map(|_| fresh().to_string()).collect();
                let mut simulated: [Option<Stored>; 3] = [None, None, None];
                for (nth, (which, command)) in history.into_iter().enumerate() {
                    let act = Act::new::<Tally>(&ids[which], command);
                    let expected = act.decide(simulated[which].as_ref(), &context());
                    let done = journals[nth % 2]
                        .execute(&act, &context(), None, None)
                        .await;
                    prop_assert_eq!(expected.is_ok(), done.is_ok());
                    if let (Ok(expected), Ok(done)) = (expected, done) {
                        prop_assert_eq!(
                            expected.stored(),
                            Stored {
                                version: done.version,
                                state: done.state
                            }
                        );
                        if !expected.facts.is_empty() {
                            simulated[which] = Some(expected.stored());
                        }
                    }
                }
                for (id, expected) in ids.iter().zip(simulated) {
                    let facts = journals[0].facts("tally", id).await.unwrap();
                    let payloads: Vec<_> = facts.into_iter().map(|fact| fact.payload).collect();
                    let stored = journals[0].stored("tally", id).await.unwrap();
                    prop_assert_eq!(&stored, &expected);
                    if let Some(stored) = stored {
                        prop_assert_eq!(add(id, 0).fold(&payloads).unwrap(), stored.state);
                    }
                }
                let alarms: i64 = sqlx::query_scalar(
                    "select count(*) from journal_timer t join journal_state s using (kind, id)
                     where (s.state->>'closed')::bool or s.state->>t.name is null",
                )
                .fetch_one(db.pool())
                .await
                .unwrap();
                prop_assert_eq!(alarms, 0);
                journals[0].seal_new_facts().await.unwrap();
                prop_assert_eq!(journals[0].verify().await.unwrap().broken, None);
                Ok(())
            })
        })
        .unwrap();
}

//! The inbox: applied exactly once, and what cannot be applied waits in order.

use journal::{Absorb, Act, Applied, Journal, JournalError};
use proto::message::Incoming;
use regulation::{Actor, Region, Role};

use crate::tally::*;

async fn apply(
    journal: &Journal,
    message: &Incoming,
    acts: &[Act],
) -> Result<Applied, JournalError> {
    journal.apply(message, acts, None, &context()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_delivered_many_times_at_once_is_applied_once() {
    let db = database().await;
    let journal = plain(db.pool());
    let message = incoming("x");
    let outcomes = at_once(16, |_| {
        let (journal, message) = (journal.clone(), message.clone());
        async move {
            apply(&journal, &message, &[add("a", 1), add("b", 2)])
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(
        outcomes
            .iter()
            .filter(|applied| **applied == Applied::Now)
            .count(),
        1
    );
    assert_eq!(tally(&journal, "a").await.unwrap().version, 1);
    assert_eq!(tally(&journal, "b").await.unwrap().version, 1);
    let facts = journal.facts("tally", "a").await.unwrap();
    assert_eq!(facts[0].trace, message.traceparent);
}

#[tokio::test]
async fn what_a_message_says_is_absorbed_in_the_same_transaction() {
    let db = database().await;
    let journal = plain(db.pool());
    let absorb: &Absorb<'_> = &|conn| {
        Box::pin(async move {
            sqlx::query("insert into tally_view values ('heard', 7, 1)")
                .execute(conn)
                .await?;
            Ok(())
        })
    };
    run(&journal, act("shut", Command::Close)).await;
    let message = incoming("x");
    let refused = journal
        .apply(&message, &[add("shut", 1)], Some(absorb), &context())
        .await;
    assert!(matches!(refused, Err(JournalError::Refused(_))));
    assert_eq!(count(db.pool(), "tally_view").await, 0);
    for expected in [Applied::Now, Applied::Already] {
        let applied = journal
            .apply(&message, &[], Some(absorb), &context())
            .await
            .unwrap();
        assert_eq!(applied, expected);
    }
    assert_eq!(count(db.pool(), "tally_view").await, 1);
}

#[tokio::test]
async fn a_dead_letter_holds_back_only_what_comes_after_it_about_the_same() {
    let db = database().await;
    let journal = plain(db.pool());
    let [first, second, third] = [incoming("x"), incoming("x"), incoming("x")];
    journal.dead_letter(&first, "not readable").await.unwrap();
    assert!(journal.held_back(&second).await.unwrap());
    assert!(!journal.held_back(&incoming("y")).await.unwrap());
    let stranger = Incoming {
        origin: Region::AH,
        ..incoming("x")
    };
    assert!(!journal.held_back(&stranger).await.unwrap());
    journal.dead_letter(&second, "waits").await.unwrap();
    journal.dead_letter(&third, "waits").await.unwrap();

    // In the order in which they came, and the first is not held back by those behind it.
    let letters = journal.dead_letters(9).await.unwrap();
    let ids: Vec<_> = letters.iter().map(|letter| letter.message.id).collect();
    assert_eq!(ids, [first.id, second.id, third.id]);
    assert_eq!(letters[0].message, first);
    assert!(!journal.held_back(&first).await.unwrap());

    // Tried again in vain, it keeps its place.
    journal.dead_letter(&first, "still not").await.unwrap();
    let letters = journal.dead_letters(9).await.unwrap();
    assert_eq!(
        (letters[0].reason.as_str(), letters[0].attempts),
        ("still not", 2)
    );
    assert!(journal.held_back(&second).await.unwrap());

    // Replayed, the next may go on; dismissed, the one after that.
    let replay = journal.take_dead_letter(first.id).await.unwrap().unwrap();
    assert_eq!(
        apply(&journal, &replay, &[add("a", 1)]).await.unwrap(),
        Applied::Now
    );
    assert_eq!(journal.take_dead_letter(first.id).await.unwrap(), None);
    assert!(!journal.held_back(&second).await.unwrap());
    let operator = Actor::person("wang", Role::Operator, Region::JS);
    assert!(journal.held_back(&third).await.unwrap());
    assert!(
        journal
            .dismiss_dead_letter(second.id, &operator, "重复")
            .await
            .unwrap()
    );
    assert!(
        !journal
            .dismiss_dead_letter(second.id, &operator, "重复")
            .await
            .unwrap()
    );
    assert!(!journal.held_back(&third).await.unwrap());
    assert_eq!(journal.dead_letters(9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_message_is_not_in_the_inbox_and_can_be_replayed() {
    let db = database().await;
    let journal = plain(db.pool());
    let message = incoming("x");
    let spring = [add("a", 1), act("a", Command::Spring)];
    let refused = apply(&journal, &message, &spring).await.unwrap_err();
    journal.dead_letter(&message, &refused).await.unwrap();
    assert_eq!(tally(&journal, "a").await, None);
    let replay = journal.take_dead_letter(message.id).await.unwrap().unwrap();
    assert_eq!(
        apply(&journal, &replay, &[add("a", 1)]).await.unwrap(),
        Applied::Now
    );
    assert_eq!(
        apply(&journal, &message, &[add("a", 1)]).await.unwrap(),
        Applied::Already
    );
    assert_eq!(tally(&journal, "a").await.unwrap().state.sum, 1);
}

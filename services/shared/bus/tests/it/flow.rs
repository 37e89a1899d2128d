//! What is said is heard, once or more, in order, whatever dies in between.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use bus::{Bus, Failure, Outgoing, PublishError};
use proto::message::{Audience, Incoming, Scope};
use testkit::Link;
use tokio_util::sync::CancellationToken;

use crate::support::{KIND, Node, PATIENCE, Seen, message};

/// Publishes as a relay does: again and again, until everything is acknowledged.
async fn relay(bus: &Bus, messages: Vec<Outgoing>) {
    let mut left = messages;
    let told = async || {
        let batch: Vec<_> = left.iter().take(50).cloned().collect();
        let mut results = bus.publish_batch(&batch).await.into_iter();
        left.retain(|_| !matches!(results.next(), Some(Ok(()))));
        left.is_empty().then_some(())
    };
    testkit::eventually(
        Duration::from_mins(1),
        told,
        "everything to be acknowledged",
    )
    .await
    .unwrap();
}

async fn heard(seen: &Seen, aggregates: usize, each: usize) {
    let all = async || {
        (0..aggregates)
            .all(|aggregate| seen.firsts(aggregate).len() == each)
            .then_some(())
    };
    testkit::eventually(Duration::from_mins(1), all, "everything to be heard")
        .await
        .unwrap();
}

#[tokio::test]
async fn what_a_service_says_is_heard_by_those_who_listen() {
    let node = Node::start().await;
    let (intake, matching) = (node.bus("intake").await, node.bus("matching").await);
    let consumer = matching.hears(&[KIND]).await.unwrap();
    let shared = Outgoing {
        scope: Scope::Share(Audience::HUB),
        ..message(1, 1)
    };
    let unheard = Outgoing {
        kind: "intake.demand.withdrawn".into(),
        ..message(1, 2)
    };
    for result in intake
        .publish_batch(&[shared.clone(), unheard, message(1, 3)])
        .await
    {
        result.unwrap();
    }
    intake.publish(&shared).await.unwrap();

    let stop = CancellationToken::new();
    let got = std::sync::Mutex::new(Vec::new());
    let handler = async |message: Incoming| {
        got.lock().unwrap().push(message);
        Ok(())
    };
    let handler = |message| handler(message);
    let until = testkit::eventually(
        PATIENCE,
        async || (got.lock().unwrap().len() >= 2).then(|| stop.cancel()),
        "both messages",
    );
    let ((), waited) = tokio::join!(consumer.run(handler, stop.clone()), until);
    waited.unwrap();
    let got = got.into_inner().unwrap();
    // The repeat with the same id was stored once.
    assert_eq!(
        got.iter().map(|m| m.body.clone()).collect::<Vec<_>>(),
        [b"1", b"3"]
    );
    assert_eq!(
        (got[0].scope, got[0].id, got[0].at),
        (shared.scope, shared.id, shared.at)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_overtaken_when_the_server_is_killed_in_mid_flow() {
    const AGGREGATES: usize = 8;
    const EACH: usize = 150;
    let mut node = Node::start().await;
    let (intake, matching) = (node.bus("intake").await, node.bus("matching").await);
    let consumer = matching.hears(&[KIND]).await.unwrap();
    let (seen, stop) = (Seen::default(), CancellationToken::new());
    let messages = (0..EACH)
        .flat_map(|n| (0..AGGREGATES).map(move |a| message(a, n)))
        .collect();
    let faults = async {
        for share in 1..=3 {
            // Killed when it is full of work, not before or after.
            let flowing = async || (seen.all().len() > share * 200).then_some(());
            testkit::eventually(PATIENCE, flowing, "the flow to go on")
                .await
                .unwrap();
            node.nats.kill().unwrap();
            node.nats.restart().await.unwrap();
        }
        heard(&seen, AGGREGATES, EACH).await;
        stop.cancel();
    };
    tokio::join!(
        consumer.run(&seen, stop.clone()),
        relay(&intake, messages),
        faults
    );
    for aggregate in 0..AGGREGATES {
        assert_eq!(
            seen.firsts(aggregate),
            (0..EACH).collect::<Vec<_>>(),
            "{aggregate}"
        );
    }
}

/// The server believes that it has delivered what the line swallowed, and newer messages are there
/// to be had when the consumer is back.
#[tokio::test]
async fn what_got_lost_on_the_line_is_not_overtaken_by_what_came_later() {
    let node = Node::start().await;
    let line = Link::to(([127, 0, 0, 1], node.nats.site().port).into())
        .await
        .unwrap();
    let (intake, matching) = (
        node.bus("intake").await,
        node.bus_over("matching", line.port()).await,
    );
    let consumer = matching.hears(&[KIND]).await.unwrap();
    let own = node.raw("matching").await;
    let (seen, stop) = (Seen::default(), CancellationToken::new());
    let say = async |numbers: std::ops::Range<usize>| {
        relay(&intake, numbers.map(|n| message(1, n)).collect()).await;
    };
    let count = async |what: &str| {
        let info = own
            .request("$JS.API.CONSUMER.INFO.EVENTS.matching", "".into())
            .await
            .ok()?;
        let info: serde_json::Value = serde_json::from_slice(&info.payload).ok()?;
        info[what]["consumer_seq"].as_u64()
    };
    let faults = async {
        say(0..5).await;
        let done = async || (count("ack_floor").await? == 5).then_some(());
        testkit::eventually(PATIENCE, done, "the first five")
            .await
            .unwrap();
        line.freeze();
        say(5..10).await;
        let swallowed = async || (count("delivered").await? > 5).then_some(());
        testkit::eventually(PATIENCE, swallowed, "a message under way")
            .await
            .unwrap();
        line.cut();
        say(10..15).await;
        line.heal();
        let all = async || (seen.firsts(1).len() == 15).then(|| stop.cancel());
        testkit::eventually(PATIENCE, all, "everything")
            .await
            .unwrap();
    };
    tokio::join!(consumer.run(&seen, stop.clone()), faults);
    assert_eq!(seen.firsts(1), (0..15).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_consumer_that_died_goes_on_at_once_where_it_was() {
    let node = Node::start().await;
    let (intake, matching) = (node.bus("intake").await, node.bus("matching").await);
    let consumer = matching.hears(&[KIND]).await.unwrap();
    relay(&intake, (0..20).map(|n| message(1, n)).collect()).await;
    let seen = Seen::default();
    // Dies while it works on the sixth: handed over, never acknowledged.
    let dying = async |message: Incoming| {
        seen.add(&message);
        if seen.all().len() == 6 {
            std::future::pending().await
        } else {
            Ok(())
        }
    };
    let dying = |message| dying(message);
    tokio::select! {
        () = consumer.run(dying, CancellationToken::new()) => unreachable!(),
        dead = testkit::eventually(PATIENCE, async || (seen.all().len() == 6).then_some(()), "six") => dead.unwrap(),
    }
    drop(matching);

    let start = Instant::now();
    let matching = node.bus("matching").await;
    let consumer = matching.hears(&[KIND]).await.unwrap();
    let (again, stop) = (Seen::default(), CancellationToken::new());
    let all = async {
        let all = async || (again.firsts(1).len() == 15).then(|| stop.cancel());
        testkit::eventually(PATIENCE, all, "the rest")
            .await
            .unwrap();
    };
    tokio::join!(consumer.run(&again, stop.clone()), all);
    assert_eq!(again.firsts(1), (5..20).collect::<Vec<_>>());
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn a_message_that_cannot_be_applied_yet_holds_back_the_rest_and_a_dead_one_does_not() {
    let node = Node::start().await;
    let (intake, matching) = (node.bus("intake").await, node.bus("matching").await);
    let consumer = matching.hears(&[KIND]).await.unwrap();
    relay(&intake, (0..4).map(|n| message(1, n)).collect()).await;
    let (seen, stop, attempts) = (
        Seen::default(),
        CancellationToken::new(),
        AtomicUsize::new(0),
    );
    let handler = async |message: Incoming| {
        seen.add(&message);
        match message.body.as_slice() {
            b"1" if attempts.fetch_add(1, Ordering::Relaxed) < 3 => {
                Err(Failure::Retry("the database is away".into()))
            }
            b"2" => Err(Failure::Dead("unreadable".into())),
            b"3" => {
                stop.cancel();
                Ok(())
            }
            _ => Ok(()),
        }
    };
    let handler = |message| handler(message);
    consumer.run(handler, stop.clone()).await;
    let numbers: Vec<_> = seen.all().into_iter().map(|(_, number)| number).collect();
    assert_eq!(numbers, [0, 1, 1, 1, 1, 2, 3]);
}

#[tokio::test]
async fn stopping_finishes_the_message_under_way_and_takes_no_other() {
    let node = Node::start().await;
    let (intake, matching) = (node.bus("intake").await, node.bus("matching").await);
    let consumer = matching.hears(&[KIND]).await.unwrap();
    relay(&intake, (0..3).map(|n| message(1, n)).collect()).await;
    let (seen, stop) = (Seen::default(), CancellationToken::new());
    let handler = async |message: Incoming| {
        stop.cancel();
        tokio::task::yield_now().await;
        seen.add(&message);
        Ok(())
    };
    let handler = |message| handler(message);
    consumer.run(handler, stop.clone()).await;
    assert_eq!(seen.firsts(1), [0]);

    let (rest, stop) = (Seen::default(), CancellationToken::new());
    let all = testkit::eventually(
        PATIENCE,
        async || rest.firsts(1).contains(&2).then(|| stop.cancel()),
        "the rest",
    );
    let ((), all) = tokio::join!(consumer.run(&rest, stop.clone()), all);
    all.unwrap();
    assert!(rest.firsts(1).ends_with(&[1, 2]));
}

#[tokio::test]
async fn a_message_that_fails_holds_back_its_aggregate_and_no_other() {
    let node = Node::start().await;
    let intake = node.bus("intake").await;
    intake.ensure_stream().await.unwrap();
    let bad = Outgoing {
        schema: "two\nlines".into(),
        ..message(1, 1)
    };
    let batch = [
        message(1, 0),
        message(2, 0),
        bad,
        message(2, 1),
        message(1, 2),
    ];
    let results = intake.publish_batch(&batch).await;
    assert!(
        matches!(results[2], Err(PublishError::Unsendable(_))),
        "{results:?}"
    );
    assert_eq!(results[4], Err(PublishError::Waiting));
    assert!(
        results
            .iter()
            .enumerate()
            .all(|(i, r)| r.is_ok() != [2, 4].contains(&i))
    );
}

#[tokio::test]
async fn without_a_server_nothing_is_queued() {
    let mut node = Node::start().await;
    let intake = node.bus("intake").await;
    intake.ensure_stream().await.unwrap();
    node.nats.kill().unwrap();
    let gone = async || (!intake.is_connected()).then_some(());
    testkit::eventually(PATIENCE, gone, "the loss to be noticed")
        .await
        .unwrap();
    assert_eq!(
        intake.publish(&message(1, 0)).await,
        Err(PublishError::Disconnected)
    );
    node.nats.restart().await.unwrap();
    relay(&intake, vec![message(1, 0)]).await;
}

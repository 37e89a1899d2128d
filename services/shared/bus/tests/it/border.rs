//! The hub's stream between dishonest regions and over bad lines.

use std::time::Duration;

use bus::{PublishError, Service, permissions::Permissions};
use regulation::Region;
use testkit::Link;
use uuid::Uuid;

use crate::support::{Hub, PATIENCE, service};

#[tokio::test]
async fn an_envelope_reaches_the_others_and_not_its_sender() {
    let hub = Hub::start().await;
    let port = hub.nats.site().port;
    let (js, zj) = (
        hub.link(Region::JS, port).await,
        hub.link(Region::ZJ, port).await,
    );
    js.publish(Uuid::from_u128(1), b"from js".to_vec())
        .await
        .unwrap();
    js.publish(Uuid::from_u128(1), b"from js".to_vec())
        .await
        .unwrap();
    zj.publish(Uuid::from_u128(2), b"from zj".to_vec())
        .await
        .unwrap();
    let got = js.next().await;
    assert_eq!(
        (got.origin, got.body.as_slice()),
        (Region::ZJ, b"from zj".as_slice())
    );
    let got = zj.next().await;
    assert_eq!(
        (got.origin, got.body.as_slice()),
        (Region::JS, b"from js".as_slice())
    );
    got.acknowledge().await;
    assert_eq!(hub.stored().await, 2);
}

#[tokio::test]
async fn what_was_not_acknowledged_comes_again_first_and_in_order_after_a_cut() {
    let hub = Hub::start().await;
    let port = hub.nats.site().port;
    let line = Link::to(([127, 0, 0, 1], port).into()).await.unwrap();
    let (js, zj) = (
        hub.link(Region::JS, port).await,
        hub.link(Region::ZJ, line.port()).await,
    );
    for number in 1..=3 {
        js.publish(Uuid::from_u128(number), vec![u8::try_from(number).unwrap()])
            .await
            .unwrap();
    }
    assert_eq!(zj.next().await.body, [1]);
    assert_eq!(zj.next().await.body, [2]);
    line.cut();
    let cut = async || (!zj.is_connected()).then_some(());
    testkit::eventually(PATIENCE, cut, "the cut to be noticed")
        .await
        .unwrap();
    assert_eq!(
        zj.publish(Uuid::from_u128(9), vec![9]).await,
        Err(PublishError::Disconnected)
    );
    js.publish(Uuid::from_u128(4), vec![4]).await.unwrap();
    line.heal();
    // The third may have arrived before the cut, too; then it comes twice.
    let mut bodies = Vec::new();
    while bodies.last() != Some(&vec![4]) {
        let again = tokio::time::timeout(Duration::from_secs(20), zj.next())
            .await
            .unwrap();
        again.acknowledge().await;
        bodies.push(again.body);
    }
    assert!(
        bodies.ends_with(&[vec![1], vec![2], vec![3], vec![4]]),
        "{bodies:?}"
    );
}

#[tokio::test]
async fn a_line_that_died_without_a_word_is_noticed() {
    let hub = Hub::start().await;
    let port = hub.nats.site().port;
    let line = Link::to(([127, 0, 0, 1], port).into()).await.unwrap();
    let zj = hub.link(Region::ZJ, line.port()).await;
    line.freeze();
    let dead = async || (!zj.is_connected()).then_some(());
    testkit::eventually(Duration::from_secs(15), dead, "the silence")
        .await
        .unwrap();
    line.heal();
    let back = async || zj.publish(Uuid::from_u128(1), vec![1]).await.ok();
    testkit::eventually(PATIENCE, back, "the line to be used again")
        .await
        .unwrap();
}

/// In one account with permissions alone, the server's own acknowledgement was stored under the
/// foreign subject that the liar named as the place for the answer.
#[tokio::test]
async fn a_region_cannot_make_the_server_speak_for_another() {
    let hub = Hub::start().await;
    let js = hub.rogue(Region::JS).await;
    let publish = |subject: &'static str, reply: &'static str| {
        let js = js.clone();
        async move {
            js.publish_with_reply(subject, reply, "lie".into())
                .await
                .unwrap();
        }
    };
    publish("share.zj.envelope", "_INBOX_js.1").await;
    publish("$JS.API.CONSUMER.INFO.SHARE.for_js", "share.zj.envelope").await;
    publish(
        "$JS.API.CONSUMER.MSG.NEXT.SHARE.for_js",
        "share.zj.envelope",
    )
    .await;
    publish("share.js.envelope", "share.zj.envelope").await;
    js.flush().await.unwrap();
    // Its honest message shows that the server is past the others.
    let honest = async_nats::jetstream::new(js.clone());
    honest
        .publish("share.js.envelope", "true".into())
        .await
        .unwrap()
        .await
        .unwrap();
    assert_eq!(
        hub.stored().await,
        2,
        "its two own messages, and nothing else"
    );
    let zj = hub.link(Region::ZJ, hub.nats.site().port).await;
    for body in [b"lie".as_slice(), b"true"] {
        let got = zj.next().await;
        assert_eq!((got.origin, got.body.as_slice()), (Region::JS, body));
    }
}

#[tokio::test]
async fn a_region_may_do_nothing_else_on_the_hub() {
    let hub = Hub::start().await;
    let js = hub.rogue(Region::JS).await;
    for subject in [
        "$JS.API.CONSUMER.INFO.SHARE.for_zj",
        "$JS.API.CONSUMER.RESET.SHARE.for_zj",
        "$JS.API.CONSUMER.MSG.NEXT.SHARE.for_zj",
        "$JS.API.CONSUMER.CREATE.SHARE.for_js",
        "$JS.API.CONSUMER.DELETE.SHARE.for_js",
        "$JS.API.STREAM.INFO.SHARE",
        "$JS.API.STREAM.PURGE.SHARE",
        "$JS.API.STREAM.MSG.GET.SHARE",
        "$JS.API.INFO",
    ] {
        let patience = Duration::from_millis(300);
        let answer = tokio::time::timeout(patience, js.request(subject, "{}".into())).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{subject}: {answer:?}");
    }
    let own = js
        .request("$JS.API.CONSUMER.INFO.SHARE.for_js", "".into())
        .await;
    own.unwrap();
}

#[tokio::test]
async fn the_hub_asks_everybody_for_a_certificate() {
    let hub = Hub::start().await;
    let url = format!("tls://127.0.0.1:{}", hub.nats.site().port);
    let options = async_nats::ConnectOptions::new().add_root_certificates(hub.tls.ca.clone());
    assert!(options.connect(url).await.is_err());
}

#[test]
fn permissions_are_few() {
    let intake = Permissions::of_service(&service("intake"), Region::SH);
    assert_eq!(
        intake.publish,
        [
            "node.sh.intake.>",
            "$JS.API.STREAM.CREATE.EVENTS",
            "$JS.API.STREAM.INFO.EVENTS",
            "share.sh.intake.>",
            "$JS.API.CONSUMER.CREATE.EVENTS.intake",
            "$JS.API.CONSUMER.MSG.NEXT.EVENTS.intake",
            "$JS.API.CONSUMER.RESET.EVENTS.intake",
            "$JS.API.CONSUMER.INFO.EVENTS.intake",
            "$JS.ACK.EVENTS.intake.>",
        ]
    );
    assert_eq!(intake.subscribe, ["_INBOX_intake.>"]);
    assert!("Exchange".parse::<Service>().is_err() && "a.b".parse::<Service>().is_err());
    let js = Permissions::of_member(Region::JS);
    assert_eq!(
        js.publish,
        [
            "share.js.>",
            "$JS.API.CONSUMER.MSG.NEXT.SHARE.for_js",
            "$JS.API.CONSUMER.RESET.SHARE.for_js",
            "$JS.API.CONSUMER.INFO.SHARE.for_js",
            "$JS.ACK.SHARE.for_js.>",
        ]
    );
    assert_eq!(js.subscribe, ["_INBOX_js.>"]);
}

//! Who may do what on a node, and that the server has what was declared.

use bus::{Bus, BusConfig, ConnectError, Outgoing, PublishError, TopologyError, topology};
use proto::message::{Audience, Scope};
use regulation::Region;
use testkit::{Nats, Site};

use crate::support::{KIND, Node, message, node_server, service, stored};

#[tokio::test]
async fn a_service_cannot_speak_for_another_nor_for_another_region() {
    let node = Node::start().await;
    let (intake, exchange) = (node.bus("intake").await, node.bus("exchange").await);
    intake.ensure_stream().await.unwrap();
    let foreign = Outgoing {
        origin: Region::JS,
        ..message(1, 1)
    };
    let foreign_shared = Outgoing {
        scope: Scope::Share(Audience::All),
        ..foreign.clone()
    };
    let other = Outgoing {
        kind: "matching.list.published".into(),
        ..message(1, 2)
    };
    let not_its_own = message(1, 3);
    // The server tells only by its silence.
    let refused = tokio::join!(
        intake.publish(&foreign),
        intake.publish(&foreign_shared),
        intake.publish(&other),
        exchange.publish(&not_its_own),
    );
    let timeout = Err(PublishError::TimedOut);
    assert_eq!(
        refused,
        (timeout.clone(), timeout.clone(), timeout.clone(), timeout)
    );
    // What came over the border is let in by the border service.
    exchange.publish(&foreign_shared).await.unwrap();

    let raw = node.raw("intake").await;
    assert_eq!(stored(raw.clone(), topology::EVENTS).await, 1);
    for subject in [
        "$JS.API.STREAM.DELETE.EVENTS",
        "$JS.API.STREAM.PURGE.EVENTS",
        "$JS.API.STREAM.UPDATE.EVENTS",
        "$JS.API.STREAM.CREATE.OTHER",
        "$JS.API.CONSUMER.CREATE.EVENTS.matching",
        "$JS.API.CONSUMER.MSG.NEXT.EVENTS.matching",
        "$JS.API.CONSUMER.DELETE.EVENTS.intake",
        "$JS.API.CONSUMER.RESET.EVENTS.matching",
    ] {
        let patience = std::time::Duration::from_millis(300);
        let answer = tokio::time::timeout(patience, raw.request(subject, "{}".into())).await;
        assert!(answer.is_err(), "{subject}: {answer:?}");
    }
}

#[tokio::test]
async fn nobody_comes_in_without_a_known_key() {
    let node = Node::start().await;
    assert!(async_nats::connect(node.nats.url()).await.is_err());
    let stranger = nkeys::KeyPair::new_user().seed().unwrap();
    let options = async_nats::ConnectOptions::with_nkey(stranger);
    assert!(options.connect(node.nats.url()).await.is_err());
    let unreadable = BusConfig {
        url: node.nats.url().to_owned(),
        seed: "no seed".to_owned().into(),
        service: service("intake"),
        region: Region::SH,
        tls: None,
    };
    let refused = Bus::connect(unreadable).await;
    assert!(matches!(refused, Err(ConnectError::Seed(_))));
}

#[tokio::test]
async fn a_stream_that_is_not_as_declared_is_named_and_the_border_service_repairs_it() {
    let node = Node::start().await;
    let (intake, exchange) = (node.bus("intake").await, node.bus("exchange").await);
    intake.ensure_stream().await.unwrap();
    let context = async_nats::jetstream::new(node.raw("exchange").await);
    let changed = async_nats::jetstream::stream::Config {
        duplicate_window: std::time::Duration::from_secs(1),
        ..topology::events()
    };
    context.update_stream(&changed).await.unwrap();
    match intake.ensure_stream().await {
        Err(TopologyError::Mismatch { setting, .. }) => assert_eq!(setting, "duplicate_window"),
        other => panic!("{other:?}"),
    }
    exchange.ensure_stream().await.unwrap();
    intake.ensure_stream().await.unwrap();
}

#[tokio::test]
async fn a_consumer_follows_what_its_service_listens_to() {
    let node = Node::start().await;
    let matching = node.bus("matching").await;
    matching.hears(&[KIND]).await.unwrap();
    matching
        .hears(&["registry.unit.recorded", KIND])
        .await
        .unwrap();
    matching
        .hears(&[KIND, "registry.unit.recorded"])
        .await
        .unwrap();
    assert!(matches!(
        matching.hears(&[]).await,
        Err(TopologyError::NothingToHear(_))
    ));
    node.bus("exchange").await.border().await.unwrap();
}

#[test]
fn the_server_accepts_a_node_s_configuration() {
    let site = Site {
        port: 4222,
        dir: "/var/lib/jiebang".into(),
    };
    let text = node_server(&site, &[]).render();
    Nats::check_config(&text).unwrap();
    assert_eq!(
        text,
        "server_name: \"jiebang-sh\"\n\
         listen: \"127.0.0.1:4222\"\n\
         max_payload: 1048576\n\
         jetstream { store_dir: \"/var/lib/jiebang/store\", max_file_store: 10GB, max_memory_store: 64MB }\n\
         accounts {\n  NODE {\n    jetstream: enabled\n    users: [\n    ]\n  }\n}\n"
    );
}

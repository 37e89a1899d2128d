//! What is said crosses the border once, in order, to whom it is for, whatever dies on the way.

use std::time::Duration;

use proto::message::Audience;
use regulation::Region;
use testkit::Link;
use time::OffsetDateTime;

use crate::{
    node::{KIND, Node},
    world::World,
};

/// The chain of a node without its heartbeats has every message once, and its numbers have no gap.
async fn assert_whole(node: &Node, messages: i64) {
    let said = "select count(*) from sent where kind = 'intake.demand.accepted'";
    assert_eq!(node.count(said).await, messages);
    let gaps = "select count(*) - max(number) from sent";
    assert_eq!(node.count(gaps).await, 0);
}

#[tokio::test]
async fn a_message_reaches_every_other_node_once_and_in_order() {
    let world = World::new().await;
    let hub = world.node(Region::HUB).await;
    let (js, zj) = (world.node(Region::JS).await, world.node(Region::ZJ).await);
    let (at_hub, at_js, at_zj) = (hub.listen().await, js.listen().await, zj.listen().await);
    js.say(1..=50, Audience::All).await;
    zj.say(1..=3, Audience::All).await;
    at_zj.hear(Region::JS, 1..=50).await;
    at_hub.hear(Region::JS, 1..=50).await;
    at_js.hear(Region::ZJ, 1..=3).await;
    for node in [&hub, &js, &zj] {
        node.at_rest().await;
    }
    assert_whole(&js, 50).await;
    // Its own node heard it directly, and not again over the border.
    assert_eq!(at_js.from(Region::JS, KIND).len(), 50);
    assert_eq!(at_zj.from(Region::JS, KIND).len(), 50);
}

#[tokio::test]
async fn what_is_sealed_is_filed_by_everybody_and_read_by_its_audience_alone() {
    let world = World::new().await;
    let hub = world.node(Region::HUB).await;
    let (js, zj) = (world.node(Region::JS).await, world.node(Region::ZJ).await);
    let (at_hub, at_zj) = (hub.listen().await, zj.listen().await);
    js.say([1], Audience::One(Region::ZJ)).await;
    js.say([2], Audience::All).await;
    at_zj.hear(Region::JS, [1, 2]).await;
    at_hub.hear(Region::JS, [2]).await;
    let sealed = "select count(*) from received where region = 'js' and audience = 'zj'";
    assert_eq!(hub.count(sealed).await, 1, "on file at the hub too");
    let legible = "select count(*) from received where audience = 'zj'
                   and position('secret'::bytea in envelope) > 0";
    assert_eq!(hub.count(legible).await, 0);
    assert!(hub.faults(Region::JS).await.is_empty());
}

#[tokio::test]
async fn killed_exchanges_lose_nothing_and_give_nothing_two_numbers() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let (mut js, mut zj) = (world.node(Region::JS).await, world.node(Region::ZJ).await);
    let at_zj = zj.listen().await;
    for round in 0..4 {
        let numbers = round * 50 + 1..=round * 50 + 50;
        js.say(numbers, Audience::All).await;
        js.kill();
        js.launch(&world);
        zj.kill();
        zj.launch(&world);
    }
    at_zj.hear(Region::JS, 1..=200).await;
    js.at_rest().await;
    zj.at_rest().await;
    assert_whole(&js, 200).await;
    assert!(
        zj.faults(Region::JS)
            .await
            .iter()
            .all(|fault| fault.repaired_at.is_some())
    );
}

#[tokio::test]
async fn a_cut_of_any_length_is_a_longer_stretch_to_catch_up() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    let line = Link::to(([127, 0, 0, 1], world.hub.site().port).into())
        .await
        .unwrap();
    let mut zj = Node::new(&world, Region::ZJ, line.port()).await;
    zj.start(&world).await;
    let (at_js, at_zj) = (js.listen().await, zj.listen().await);
    js.say([1], Audience::All).await;
    at_zj.hear(Region::JS, [1]).await;
    line.cut();
    js.say(2..=100, Audience::All).await;
    zj.say(1..=20, Audience::All).await;
    let before = zj.sees(Region::JS).await;
    line.heal();
    at_zj.hear(Region::JS, 1..=100).await;
    at_js.hear(Region::ZJ, 1..=20).await;
    assert!(zj.sees(Region::JS).await.number > before.number);
}

#[tokio::test]
async fn a_message_keeps_its_own_time_where_it_crosses_behind_a_later_one() {
    let world = World::new().await;
    let hub = world.node(Region::HUB).await;
    let mut js = Node::new(&world, Region::JS, world.hub.site().port).await;
    // Nobody can be asked, so nothing is vouched for: what was decided earlier may still come.
    js.intake_at(1);
    js.start(&world).await;
    let at_hub = hub.listen().await;
    let bus = js.bus("intake").await;
    let late = js.message(1, Audience::All);
    let mut early = js.message(2, Audience::HUB);
    // Decided before, by a slower service.
    early.at = late.at - Duration::from_millis(20);
    early.aggregate = "demand-2".to_owned();
    for message in [&late, &early] {
        bus.publish(message).await.unwrap();
    }
    at_hub.hear(Region::JS, [1, 2]).await;
    let heard = at_hub.from(Region::JS, KIND);
    assert_eq!(to_microseconds(early.at), heard[1].at);
    let chain = "select count(*) from sent a join sent b on b.at < a.at and b.number > a.number";
    assert_eq!(
        js.count(chain).await,
        0,
        "the chain's own time does not go back"
    );
}

fn to_microseconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(at.microsecond() * 1_000).unwrap()
}

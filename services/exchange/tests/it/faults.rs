//! What is forged, altered, replayed, forked or missing is refused or repaired, and shown.

use std::{fs, time::Duration};

use evidence::{Place, SigningKey};
use prost::Message as _;
use proto::{
    exchange::v1::{
        Envelope, FaultKind, FetchStretchRequest, GetHeadsRequest,
        border_service_client::BorderServiceClient,
    },
    message::Audience,
};
use regulation::Region;
use testkit::Link;
use tonic::{
    Code,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

use crate::{
    member::{Draft, after},
    node::Node,
    world::{World, until},
};

/// Waits until the node holds a fault of this kind against `region`.
async fn shown(node: &Node, region: Region, kind: FaultKind) {
    until(kind.as_str_name(), async || {
        node.faults(region)
            .await
            .iter()
            .any(|fault| fault.kind() == kind)
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_not_a_regions_own_unaltered_word_in_its_place_is_refused_and_shown() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    let at_js = js.listen().await;
    let zj = world.rogue(Region::ZJ).await;

    let first = zj.envelope(&world, Place::FIRST, 1);
    zj.send(&first).await;
    at_js.hear(Region::ZJ, [1]).await;

    zj.say(b"no envelope".to_vec()).await;
    shown(&js, Region::ZJ, FaultKind::Malformed).await;

    let place = after(1, &first);
    let honest = zj.envelope(&world, place, 2);
    let mut forged = honest.clone();
    forged.signature = SigningKey::from_random([77; 32]).sign(&evidence::hash(&honest));
    zj.send(&forged).await;
    shown(&js, Region::ZJ, FaultKind::Forged).await;

    let mut altered = honest.clone();
    let last = altered.body.len() - 1;
    altered.body[last] ^= 1;
    zj.send(&altered).await;
    shown(&js, Region::ZJ, FaultKind::Altered).await;

    // What the hub said, said again by 浙江.
    until("an envelope of the hub", async || {
        (js.sees(Region::HUB).await.number > 0).then_some(())
    })
    .await;
    let of_hub: Vec<u8> =
        sqlx::query_scalar("select envelope from received where region = 'hub' limit 1")
            .fetch_one(js.database.pool())
            .await
            .unwrap();
    zj.say(of_hub).await;
    shown(&js, Region::ZJ, FaultKind::Replayed).await;

    // None of it stands in the way of what is right; and the same again is nothing new.
    zj.send(&honest).await;
    zj.send(&first).await;
    at_js.hear(Region::ZJ, [1, 2]).await;

    let other_second = zj.envelope(&world, place, 3);
    zj.send(&other_second).await;
    shown(&js, Region::ZJ, FaultKind::Fork).await;
    let third = after(2, &honest);
    let draft = Draft {
        number: 4,
        at: chassis::clock::wall_now() - Duration::from_hours(1),
        audience: Audience::All,
    };
    let backdated = zj.wrap(
        &world,
        &world.keys(Region::ZJ).signing,
        third,
        draft.body(),
        draft,
    );
    zj.send(&backdated).await;
    shown(&js, Region::ZJ, FaultKind::Backdated).await;

    zj.send(&zj.envelope(&world, third, 5)).await;
    at_js.hear(Region::ZJ, [1, 2, 5]).await;
    assert_eq!(js.sees(Region::ZJ).await.number, 3);
    // The evidence is kept: both signatures under one number.
    let fork = js
        .faults(Region::ZJ)
        .await
        .into_iter()
        .find(|f| f.kind() == FaultKind::Fork);
    let kept = Envelope::decode(fork.unwrap().envelope.as_slice()).unwrap();
    assert_eq!(kept, other_second);
}

#[tokio::test]
async fn one_region_cannot_drown_out_another_by_its_messages_id() {
    let world = World::new().await;
    let hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    let hub_ears = hub.listen().await;
    // 浙江 says something under the id of a message that 江苏 is going to say.
    let zj = world.rogue(Region::ZJ).await;
    let message = js.message(1, Audience::All);
    let draft = Draft {
        number: 9,
        at: chassis::clock::wall_now(),
        audience: Audience::All,
    };
    let mut body = draft.body();
    body.id = message.id;
    let envelope = zj.wrap(
        &world,
        &world.keys(Region::ZJ).signing,
        Place::FIRST,
        body,
        draft,
    );
    zj.send(&envelope).await;
    hub_ears.hear(Region::ZJ, [9]).await;
    js.say([1], Audience::All).await;
    hub_ears.hear(Region::JS, [1]).await;
}

#[tokio::test]
async fn a_missing_stretch_is_asked_of_its_origin_and_what_came_early_waits_for_it() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let zj = world.node(Region::ZJ).await;
    let line = Link::to(([127, 0, 0, 1], world.hub.site().port).into())
        .await
        .unwrap();
    let mut js = Node::new(&world, Region::JS, line.port()).await;
    js.start(&world).await;
    let at_zj = zj.listen().await;
    js.say([1], Audience::All).await;
    at_zj.hear(Region::JS, [1]).await;
    line.cut();
    js.say(2..=20, Audience::All).await;
    until("all to be numbered", async || {
        let numbered = "select count(*) from sent where kind = 'intake.demand.accepted'";
        (js.count(numbered).await == 20).then_some(())
    })
    .await;
    // Lost between the node and the hub: the exchange believes that they were stored.
    let lost = "delete from unpublished where number in (select number from sent
                where kind = 'intake.demand.accepted' order by number offset 4 limit 10)";
    let lost = sqlx::query(lost).execute(js.database.pool()).await.unwrap();
    assert_eq!(lost.rows_affected(), 10);
    line.heal();
    at_zj.hear(Region::JS, 1..=20).await;
    zj.at_rest().await;
    let faults = zj.faults(Region::JS).await;
    assert!(!faults.is_empty(), "a gap is shown");
    assert!(
        faults
            .iter()
            .all(|f| f.kind() == FaultKind::Gap && f.repaired_at.is_some())
    );
}

fn border(world: &World, port: u16, with: Option<&bus::TlsFiles>) -> BorderServiceClient<Channel> {
    let ca = fs::read(world.file("ca.pem")).unwrap();
    let mut tls = ClientTlsConfig::new()
        .ca_certificate(Certificate::from_pem(ca))
        .domain_name("js");
    if let Some(files) = with {
        let read = |file| fs::read(file).unwrap();
        tls = tls.identity(Identity::from_pem(read(&files.cert), read(&files.key)));
    }
    let endpoint = Endpoint::from_shared(format!("https://127.0.0.1:{port}")).unwrap();
    BorderServiceClient::new(endpoint.tls_config(tls).unwrap().connect_lazy())
}

#[tokio::test]
async fn only_members_may_ask_and_each_is_who_its_certificate_says() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    let port = world.keys(Region::JS).border_port;
    js.say([1], Audience::All).await;
    until("it to be numbered", async || {
        (js.sees(Region::JS).await.number > 0).then_some(())
    })
    .await;
    let request = || FetchStretchRequest {
        origin: "js".into(),
        from: 1,
        to: 10,
    };

    let mut member = border(&world, port, Some(&world.keys(Region::ZJ).tls));
    let stretch = member.fetch_stretch(request()).await.unwrap().into_inner();
    assert!(!stretch.envelopes.is_empty());
    assert!(
        !member
            .get_heads(GetHeadsRequest::default())
            .await
            .unwrap()
            .into_inner()
            .heads
            .is_empty()
    );

    let mut stranger = border(&world, port, Some(&world.stranger));
    let status = stranger.fetch_stretch(request()).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    let mut nobody = border(&world, port, None);
    assert!(nobody.fetch_stretch(request()).await.is_err());
    // A member that answers under another's name is not believed.
    let mut other = border(
        &world,
        world.keys(Region::HUB).border_port,
        Some(&world.keys(Region::ZJ).tls),
    );
    assert!(other.fetch_stretch(request()).await.is_err());
}

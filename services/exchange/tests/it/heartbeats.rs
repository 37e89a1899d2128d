//! What a region vouches for, and what its journals' seals give away.

use evidence::{Body, Envelope, Place, timestamp};
use prost::Message as _;
use proto::{
    exchange::v1::{FaultKind, JournalHead, RegionHeartbeat},
    message::{Audience, Incoming, PublicEvent as _},
};
use regulation::Region;
use testkit::Link;
use time::{Duration, OffsetDateTime};

use crate::{
    member::{Draft, Rogue, after},
    node::{Ears, KIND, Node},
    world::{World, until},
};

/// A heartbeat that a member makes up.
fn beat(
    world: &World,
    of: &Rogue,
    place: Place,
    journals: Vec<JournalHead>,
    at: OffsetDateTime,
) -> Envelope {
    let heartbeat = RegionHeartbeat {
        time: Some(timestamp(at)),
        journals,
    };
    let draft = Draft {
        number: 0,
        at,
        audience: Audience::All,
    };
    let body = Body {
        kind: RegionHeartbeat::KIND.to_owned(),
        schema: RegionHeartbeat::SCHEMA.to_owned(),
        data: heartbeat.encode_to_vec(),
        ..draft.body()
    };
    of.wrap(world, &world.keys(of.region).signing, place, body, draft)
}

fn vouched(heard: &Incoming) -> OffsetDateTime {
    let heartbeat = RegionHeartbeat::decode(heard.body.as_slice()).unwrap();
    evidence::from_timestamp(&heartbeat.time.unwrap()).unwrap()
}

/// Waits for so many more heartbeats of a region, and gives what the last vouches for.
async fn beats(ears: &Ears, of: Region, more: usize) -> OffsetDateTime {
    let before = ears.from(of, RegionHeartbeat::KIND).len();
    until("heartbeats", async || {
        let heard = ears.from(of, RegionHeartbeat::KIND);
        (heard.len() >= before + more)
            .then(|| heard.last().map(vouched))
            .flatten()
    })
    .await
}

#[tokio::test]
async fn a_heartbeat_vouches_for_no_more_than_every_service_can_say() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let zj = world.node(Region::ZJ).await;
    let mut js = Node::new(&world, Region::JS, world.hub.site().port).await;
    let line = Link::to(([127, 0, 0, 1], js.grpc_port()).into())
        .await
        .unwrap();
    js.intake_at(line.port());
    js.start(&world).await;
    let (at_js, at_zj) = (js.listen().await, zj.listen().await);

    let first = beats(&at_zj, Region::JS, 1).await;
    let later = beats(&at_zj, Region::JS, 2).await;
    assert!(later > first, "it advances, and is heard abroad");
    beats(&at_js, Region::JS, 1).await;

    // A service that can't be asked may still have something to say.
    line.cut();
    beats(&at_zj, Region::JS, 2).await;
    let held = beats(&at_zj, Region::JS, 1).await;
    assert_eq!(
        beats(&at_zj, Region::JS, 2).await,
        held,
        "life without progress"
    );
    let seen = zj.sees(Region::JS).await;
    assert_eq!(
        evidence::from_timestamp(&seen.heard_until.unwrap()),
        Some(held)
    );
    assert!((0..30).contains(&seen.heartbeat_age_seconds));

    line.heal();
    until("progress", async || {
        (beats(&at_zj, Region::JS, 1).await > held).then_some(())
    })
    .await;
}

#[tokio::test]
async fn everything_said_before_a_heartbeats_time_is_in_the_chain_before_it() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    js.say(1..=100, Audience::All).await;
    let said = chassis::clock::wall_now();
    until("a heartbeat past it", async || {
        let until = js.sees(Region::JS).await.heard_until?;
        (evidence::from_timestamp(&until)? > said).then_some(())
    })
    .await;
    let late = "select count(*) from sent m, heartbeat h where h.region = 'js'
                    and m.kind = 'intake.demand.accepted' and m.number > h.number";
    assert_eq!(js.count(late).await, 0);
    // Times never go back along the chain.
    let backwards =
        "select count(*) from sent a join sent b on b.number = a.number + 1 where b.at < a.at";
    assert_eq!(js.count(backwards).await, 0);
}

#[tokio::test]
async fn a_journal_that_was_rewritten_or_cut_gives_itself_away() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    let zj = world.rogue(Region::ZJ).await;
    let mut place = Place::FIRST;
    let mut faults = Vec::new();
    for (number, (seals, head)) in (1..).zip([(1, 1), (2, 2), (2, 2), (2, 9), (1, 1)]) {
        let journal = JournalHead {
            service: "intake".into(),
            seals,
            head: vec![head; 32],
        };
        let envelope = beat(
            &world,
            &zj,
            place,
            vec![journal],
            chassis::clock::wall_now(),
        );
        place = after(number, &envelope);
        zj.send(&envelope).await;
        until("it to be filed", async || {
            (js.sees(Region::ZJ).await.number == number).then_some(())
        })
        .await;
        faults.push(js.faults(Region::ZJ).await.len());
    }
    assert_eq!(faults, [0, 0, 0, 1, 2]);
    let shown = js.faults(Region::ZJ).await;
    assert!(
        shown
            .iter()
            .all(|fault| fault.kind() == FaultKind::Rewritten)
    );
}

#[tokio::test]
async fn nothing_is_dated_back_behind_what_a_heartbeat_vouched_for() {
    let world = World::new().await;
    let _hub = world.node(Region::HUB).await;
    let js = world.node(Region::JS).await;
    let at_js = js.listen().await;
    let zj = world.rogue(Region::ZJ).await;
    let vouched = chassis::clock::wall_now();
    let heartbeat = beat(&world, &zj, Place::FIRST, Vec::new(), vouched);
    zj.send(&heartbeat).await;
    // The envelope's time goes on; the act inside claims to be of an hour ago.
    let draft = Draft {
        number: 7,
        at: vouched + Duration::SECOND,
        audience: Audience::All,
    };
    let mut body = draft.body();
    body.at = vouched - Duration::HOUR;
    let key = &world.keys(Region::ZJ).signing;
    zj.send(&zj.wrap(&world, key, after(1, &heartbeat), body, draft))
        .await;
    at_js.hear(Region::ZJ, [7]).await;
    let heard = &at_js.from(Region::ZJ, KIND)[0];
    assert!(heard.at >= vouched - Duration::MILLISECOND, "{}", heard.at);
    js.at_rest().await;
    assert_eq!(js.faults(Region::ZJ).await[0].kind(), FaultKind::Backdated);
}

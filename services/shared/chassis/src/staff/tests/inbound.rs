//! Messages in: what is for others, what has to wait, what was heard, and a database that is away.

use evidence::timestamp;
use proto::exchange::v1::RegionHeartbeat;

use super::*;

fn staffed() -> Incoming {
    heard(&staff("wang", &[]), START)
}

#[tokio::test]
async fn what_this_node_says_to_another_alone_is_not_for_its_own_services() {
    let house = House::new().await;
    let to = |region| Incoming {
        scope: Scope::Share(Audience::One(region)),
        ..staffed()
    };
    assert_eq!(house.hear(&to(Region::SH)).await, Outcome::Applied);
    let letters = house.desk.journal.dead_letters(9).await.unwrap();
    assert_eq!(letters, []);
    assert_eq!(house.hear(&to(Region::JS)).await, Outcome::Dead);
}

#[tokio::test]
async fn what_follows_a_dead_letter_about_the_same_waits_behind_it_until_it_is_given_up() {
    let house = House::new().await;
    let forged = Incoming {
        scope: Scope::Share(Audience::All),
        ..staffed()
    };
    let good = staffed();
    assert_eq!(house.hear(&forged).await, Outcome::Dead);
    assert_eq!(house.hear(&good).await, Outcome::Dead);
    assert!(house.call("wang", Some(UNIT)).await.is_err());
    let operator = Actor::person("zhao", Role::Operator, Region::JS);
    let journal = &house.desk.journal;
    let given_up = journal.dismiss_dead_letter(forged.id, &operator, "伪造");
    assert!(given_up.await.unwrap());
    assert_eq!(house.hear(&good).await, Outcome::Applied);
    assert!(house.call("wang", Some(UNIT)).await.is_ok());
    // Once more, it changes nothing.
    let later = heard(&staff("li", &[]), START + Duration::MINUTE);
    for message in [&later, &good] {
        assert_eq!(house.hear(message).await, Outcome::Applied);
    }
    assert!(house.call("wang", Some(UNIT)).await.is_err());
}

#[tokio::test]
async fn a_region_is_heard_up_to_its_latest_heartbeat() {
    let house = House::new().await;
    let beat = |until| {
        let event = RegionHeartbeat {
            time: Some(timestamp(until)),
            ..RegionHeartbeat::default()
        };
        let message = Message::share(Audience::All, "sh", &event);
        Incoming {
            id: crate::clock::Ids.random(),
            origin: Region::SH,
            scope: message.scope,
            kind: message.kind.to_owned(),
            aggregate: message.aggregate,
            at: until,
            body: message.body,
            traceparent: None,
        }
    };
    let latest = START + Duration::HOUR;
    for until in [START, latest, START + Duration::MINUTE] {
        assert_eq!(house.hear(&beat(until)).await, Outcome::Applied);
    }
    let system = Actor::system(Region::JS);
    let (context, _begun) = house.desk.begin(system).await.unwrap();
    assert_eq!(context.heard, [(Region::SH, latest)].into());
    let mut timeless = beat(START);
    timeless.body.clear();
    assert_eq!(house.hear(&timeless).await, Outcome::Dead);
}

#[tokio::test]
async fn while_the_database_is_away_a_message_is_tried_again_and_not_buried() {
    let house = House::new().await;
    house.desk.pool.close().await;
    assert_eq!(house.hear(&staffed()).await, Outcome::Retry);
}

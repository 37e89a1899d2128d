//! Nobody is in the pool twice, and who comes second is told.

use proto::{
    message::{Audience, Scope},
    registry::v1::ExpertHostedElsewhere,
};
use regulation::{Actor, Role};
use time::macros::datetime;

use super::*;

fn hub() -> Context {
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor: Actor::person("system", Role::System, Region::HUB),
        node: Region::HUB,
        policy: None,
        heard: [].into(),
    }
}

#[test]
fn the_first_node_hosts_an_expert_and_a_later_one_is_told_once() {
    let mut home = ExpertHome::default();
    let mut told = Vec::new();
    for region in [Region::JS, Region::JS, Region::SH, Region::SH, Region::JS] {
        for event in home.decide(Hosts(region), &hub()).unwrap() {
            home.evolve(&event);
            told.extend(home.publish("e", &event, &hub()));
        }
    }
    assert_eq!(home.0.unwrap().region, Region::JS);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].scope, Scope::Share(Audience::One(Region::SH)));
    let event: ExpertHostedElsewhere = told[0].read().unwrap();
    assert_eq!((&*event.expert_id, &*event.region), ("e", "js"));
}

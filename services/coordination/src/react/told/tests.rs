//! Each region tells of its own; what is for another node is not for this one.

use std::collections::BTreeMap;

use proto::{
    application::v1::{ApplicationPackage, ConsortiumUnit},
    message::{Audience, Message},
    registry::v1::Unit,
};
use regulation::{Actor, Context, Region};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::*;

const AT: OffsetDateTime = datetime!(2024-05-06 10:00 +8);
const UNIT: Uuid = Uuid::from_u128(5);

fn at(node: Region, origin: Region, message: Message) -> Reaction {
    let context = Context {
        now: AT,
        actor: Actor::system(node),
        node,
        policy: None,
        heard: BTreeMap::new(),
    };
    let message = Incoming {
        id: Uuid::from_u128(9),
        origin,
        scope: message.scope,
        kind: message.kind.to_owned(),
        aggregate: message.aggregate,
        at: AT,
        body: message.body,
        traceparent: None,
    };
    crate::react::react(&message, &context)
}

fn acts(reaction: Reaction) -> usize {
    reaction.unwrap().len()
}

#[test]
fn a_region_tells_of_its_own_units_and_applications_only() {
    let unit = Unit {
        unit_id: UNIT.to_string(),
        region: "js".to_owned(),
        ..Unit::default()
    };
    let unit = UnitRecorded { unit: Some(unit) };
    let unit = || Message::share(Audience::All, "u", &unit);
    assert_eq!(acts(at(Region::HUB, Region::JS, unit())), 0);
    assert!(at(Region::HUB, Region::ZJ, unit()).is_err());
    let lead = ConsortiumUnit {
        unit_id: UNIT.to_string(),
        region: "js".to_owned(),
        role: UnitRole::Lead.into(),
        ..ConsortiumUnit::default()
    };
    let package = ApplicationPackage {
        units: vec![lead],
        ..ApplicationPackage::default()
    };
    let submitted = ApplicationSubmitted {
        package: Some(package),
        ..ApplicationSubmitted::default()
    };
    let submitted = || Message::share(Audience::HUB, "a", &submitted);
    assert_eq!(acts(at(Region::HUB, Region::JS, submitted())), 0);
    assert!(at(Region::HUB, Region::ZJ, submitted()).is_err());
}

#[test]
fn only_the_hub_examines_judges_and_establishes() {
    let told = [
        Message::share(Audience::All, "p", &ProjectEstablished::default()),
        Message::share(Audience::HUB, "a", &ExaminationFollowed::default()),
    ];
    for message in told {
        assert_eq!(acts(at(Region::JS, Region::HUB, message.clone())), 0);
        assert!(at(Region::JS, Region::ZJ, message).is_err());
    }
}

#[test]
fn what_is_told_of_a_solution_names_it_and_its_holder() {
    let followed = |solution: &str, holder: &str| {
        let event = SolutionFollowed {
            solution_id: solution.to_owned(),
            holder_unit_id: holder.to_owned(),
            ..SolutionFollowed::default()
        };
        Message::share(Audience::HUB, "s", &event)
    };
    let id = UNIT.to_string();
    assert_eq!(acts(at(Region::HUB, Region::JS, followed(&id, &id))), 0);
    assert!(at(Region::HUB, Region::JS, followed(&id, "x")).is_err());
    assert!(at(Region::HUB, Region::JS, followed("x", &id)).is_err());
}

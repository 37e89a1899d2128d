//! Each rule of people, with a case that it refuses and that passes without it.

use regulation::{Actor, Region, Rule};
use time::macros::datetime;
use uuid::Uuid;

use super::*;

const UNIT: UnitId = UnitId(Uuid::from_u128(1));

fn context(role: Role, unit: Option<UnitId>) -> Context {
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor: Actor {
            unit,
            ..Actor::person("somebody", role, Region::JS)
        },
        node: Region::JS,
        policy: None,
        heard: [].into(),
    }
}

fn officer() -> Context {
    context(Role::Officer, None)
}

fn register(name: &str, unit: UnitId) -> Command {
    Command::Register {
        name: name.parse().unwrap(),
        unit,
        unit_here: true,
    }
}

fn registered() -> Person {
    let mut person = Person::default();
    for event in person.decide(register("王某某", UNIT), &officer()).unwrap() {
        person.evolve(&event);
    }
    person
}

fn rule(person: &Person, command: Command, context: &Context) -> Rule {
    Refusal::from(person.decide(command, context).unwrap_err()).rule
}

#[test]
fn one_number_is_one_person_who_may_work_for_several_units() {
    let person = registered();
    let another_name = register("李某某", UNIT);
    assert_eq!(rule(&person, another_name, &officer()), rules::ONE_PERSON);
    let again = person.decide(register("王某某", UNIT), &officer());
    assert_eq!(again, Ok(vec![]));
    let second = register("王某某", UnitId(Uuid::from_u128(2)));
    assert_eq!(person.decide(second, &officer()).unwrap().len(), 1);
}

#[test]
fn people_are_registered_by_their_own_unit_or_an_officer() {
    let nobody = Person::default();
    let own = context(Role::UnitMember, Some(UNIT));
    assert!(nobody.decide(register("王某某", UNIT), &own).is_ok());
    let other = context(Role::UnitMember, Some(UnitId(Uuid::from_u128(2))));
    let refused = rule(&nobody, register("王某某", UNIT), &other);
    assert_eq!(refused, rules::OWN_PEOPLE);
}

#[test]
fn nobody_works_for_a_unit_that_is_not_an_active_one_here() {
    let command = Command::Register {
        name: "王某某".parse().unwrap(),
        unit: UNIT,
        unit_here: false,
    };
    let refused = rule(&Person::default(), command, &officer());
    assert_eq!(refused, rules::REGISTERED);
}

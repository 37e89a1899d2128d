//! A unit's part: asked for by one home, provided by the unit alone, and over when it is said.

use regulation::{Actor, Refusal};
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::domain::check::sample::{LEAD, SOLVER, bar, key, part as sample};

fn by(unit: Option<UnitId>, role: Role) -> Context {
    Context {
        now: datetime!(2024-11-15 10:00 +8),
        actor: Actor {
            unit,
            ..Actor::person("li", role, Region::SH)
        },
        node: Region::SH,
        policy: None,
        heard: BTreeMap::new(),
    }
}

fn member() -> Context {
    by(Some(SOLVER), Role::UnitMember)
}

fn request(by: Region, role: UnitRole) -> Command {
    Command::Ask(Box::new(Request {
        application: ApplicationId(Uuid::from_u128(6)),
        by,
        unit: SOLVER,
        role,
        title: "核心部件".parse().unwrap(),
        lead: LEAD,
        subtask: None,
    }))
}

fn provide(own: i64, barred: BTreeMap<Subject, Barred>) -> Command {
    let part = sample(SOLVER, UnitRole::Subtask, 60, own);
    let input = Input {
        lines: part.lines,
        people: part.people,
        work: part.work,
    };
    Command::Provide {
        input: Box::new(input),
        barred,
    }
}

fn close(by: Region) -> Command {
    let end = End::Withdrawn;
    Command::Close { by, end }
}

fn give(part: &mut Part, command: Command) -> usize {
    let events = part.decide(command, &member()).unwrap();
    for event in &events {
        part.evolve(event);
    }
    events.len()
}

fn refused(part: &Part, command: Command, context: &Context) -> &'static str {
    Refusal::from(part.decide(command, context).unwrap_err())
        .rule
        .code
}

fn asked() -> Part {
    let mut part = Part::default();
    give(&mut part, request(Region::ZJ, UnitRole::Subtask));
    part
}

fn version(part: &Part) -> u32 {
    part.0
        .as_ref()
        .unwrap()
        .provided
        .as_ref()
        .unwrap()
        .part
        .version
}

#[test]
fn only_the_leads_home_asks_and_says_that_it_is_over() {
    let part = asked();
    for command in [
        request(Region::AH, UnitRole::Participant),
        close(Region::AH),
    ] {
        assert_eq!(refused(&part, command, &member()), "application.origin");
    }
    let again = request(Region::ZJ, UnitRole::Subtask);
    assert_eq!(part.decide(again, &member()), Ok(vec![]));
    let nothing = Part::default();
    for command in [provide(100, BTreeMap::new()), close(Region::ZJ)] {
        assert_eq!(
            refused(&nothing, command, &member()),
            "application.lifecycle"
        );
    }
}

#[test]
fn the_unit_alone_provides_it_and_nobody_whom_a_record_bars_stands_in_it() {
    let mut part = asked();
    for context in [
        by(Some(LEAD), Role::UnitMember),
        by(Some(SOLVER), Role::Officer),
    ] {
        let command = provide(100, BTreeMap::new());
        assert_eq!(refused(&part, command, &context), "application.own");
    }
    for subject in [Subject::Unit(SOLVER), Subject::Person(key(2))] {
        let barred = BTreeMap::from([(subject, bar())]);
        assert_eq!(
            refused(&part, provide(100, barred), &member()),
            "application.not-barred"
        );
    }
    assert_eq!(give(&mut part, provide(100, BTreeMap::new())), 1);
    assert_eq!(give(&mut part, provide(100, BTreeMap::new())), 0);
    assert_eq!(give(&mut part, provide(101, BTreeMap::new())), 1);
    assert_eq!(version(&part), 2);
    // As something else it is provided anew, though it says the same.
    give(&mut part, request(Region::ZJ, UnitRole::Participant));
    assert_eq!(give(&mut part, provide(101, BTreeMap::new())), 1);
}

#[test]
fn what_is_over_is_provided_again_once_it_is_asked_for_again() {
    let mut part = asked();
    assert_eq!(give(&mut part, close(Region::ZJ)), 1);
    assert_eq!(give(&mut part, close(Region::ZJ)), 0);
    let late = provide(100, BTreeMap::new());
    assert_eq!(
        refused(&part, late.clone(), &member()),
        "application.lifecycle"
    );
    assert_eq!(give(&mut part, request(Region::ZJ, UnitRole::Subtask)), 1);
    assert_eq!(give(&mut part, late), 1);
}

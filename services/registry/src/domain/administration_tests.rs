//! Each rule of who acts for a unit, with a case that it refuses and that passes without it.

use proto::message::Scope;
use regulation::Region;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::domain::rules;

const UNIT: UnitId = UnitId(Uuid::from_u128(1));

fn name(text: &str) -> Title {
    text.parse().unwrap()
}

fn context(actor: Actor) -> Context {
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor,
        node: Region::JS,
        policy: None,
        heard: [].into(),
    }
}

fn member_of(unit: UnitId, person: &str) -> Context {
    let actor = Actor::person(person, Role::UnitMember, Region::JS);
    context(Actor {
        unit: Some(unit),
        ..actor
    })
}

fn member(person: &str) -> Context {
    member_of(UNIT, person)
}

fn officer() -> Context {
    context(Actor::person("officer", Role::Officer, Region::JS))
}

fn director() -> Context {
    context(Actor::person("director", Role::Director, Region::JS))
}

fn appoint(person: &str) -> Command {
    Command::Appoint {
        administrator: name(person),
        unit_here: true,
    }
}

fn delegate(person: &str, until: &str) -> Command {
    Command::Delegate {
        unit: UNIT,
        to: name(person),
        until: until.parse().unwrap(),
    }
}

fn offer(person: &str) -> Command {
    Command::Offer {
        unit: UNIT,
        to: name(person),
    }
}

fn after(commands: Vec<(Context, Command)>) -> Administration {
    let mut administration = Administration::default();
    for (context, command) in commands {
        for event in administration.decide(command, &context).unwrap() {
            administration.evolve(&event);
            let told = administration.publish("u", &event, &context);
            // Accounts stay home, and an offer changes nothing yet.
            assert!(told.iter().all(|message| message.scope == Scope::Node));
            assert_eq!(told.is_empty(), matches!(event, Event::Offered(_)));
        }
    }
    administration
}

fn appointed() -> Vec<(Context, Command)> {
    vec![(officer(), appoint("wang"))]
}

fn rejection(commands: Vec<(Context, Command)>, by: &Context, command: Command) -> Rejection {
    after(commands).decide(command, by).unwrap_err()
}

fn acts(administration: &Administration, person: &str, day: &str) -> bool {
    let actor = member(person).actor;
    administration.acts(&actor, day.parse().unwrap()).is_ok()
}

#[test]
fn the_first_administrator_is_appointed_once_of_an_active_unit_here() {
    let elsewhere = Command::Appoint {
        administrator: name("wang"),
        unit_here: false,
    };
    let refused = rejection(vec![], &officer(), elsewhere);
    assert_eq!(refused, Rejection::UnitNotHere);
    let refused = rejection(appointed(), &officer(), appoint("li"));
    assert_eq!(refused, Rejection::Named);
    let again = after(appointed()).decide(appoint("wang"), &officer());
    assert_eq!(again, Ok(vec![]));
}

#[test]
fn once_somebody_is_named_only_they_and_their_delegates_act() {
    let nobody = Administration::default();
    assert!(!acts(&nobody, "anybody", "2024-09-02"), "nobody was named");
    let mut commands = appointed();
    commands.push((member("wang"), delegate("li", "2024-12-31")));
    let named = after(commands.clone());
    assert!(acts(&named, "wang", "2024-09-02"));
    assert!(acts(&named, "li", "2024-12-31"));
    assert!(!acts(&named, "li", "2025-01-01"), "after the last day");
    assert!(!acts(&named, "zhao", "2024-09-02"));
    let from = name("li");
    commands.push((member("wang"), Command::Undelegate { unit: UNIT, from }));
    assert!(!acts(&after(commands), "li", "2024-09-02"));
}

#[test]
fn only_the_administrator_delegates_and_hands_over() {
    let mut commands = appointed();
    commands.push((member("wang"), delegate("li", "2024-12-31")));
    let stranger = member_of(UnitId(Uuid::from_u128(2)), "wang");
    for by in [member("li"), stranger, officer()] {
        for command in [
            delegate("zhao", "2024-12-31"),
            offer("zhao"),
            Command::Undelegate {
                unit: UNIT,
                from: name("li"),
            },
        ] {
            let refused = rejection(commands.clone(), &by, command);
            assert_eq!(refused, Rejection::NotAdministrator);
        }
    }
    let refused = rejection(vec![], &member("wang"), offer("li"));
    assert_eq!(refused, Rejection::Nobody);
}

#[test]
fn a_delegate_is_somebody_else_for_at_most_a_year() {
    for until in ["2024-09-01", "2025-09-03"] {
        let refused = rejection(appointed(), &member("wang"), delegate("li", until));
        assert!(matches!(refused, Rejection::Until(_)), "{until}");
        assert_eq!(Refusal::from(refused).rule, rules::DELEGATE_TERM);
    }
    for until in ["2024-09-02", "2025-09-02"] {
        let mut commands = appointed();
        commands.push((member("wang"), delegate("li", until)));
        assert!(acts(&after(commands), "li", until));
    }
    let own = rejection(appointed(), &member("wang"), delegate("wang", "2024-12-31"));
    assert_eq!(own, Rejection::Themselves);
    let mut many = appointed();
    for number in 0..DELEGATES_MAX {
        many.push((
            member("wang"),
            delegate(&format!("d{number}"), "2024-12-31"),
        ));
    }
    let refused = rejection(many, &member("wang"), delegate("more", "2024-12-31"));
    assert_eq!(refused, Rejection::TooMany);
    assert_eq!(Refusal::from(refused).rule, rules::DELEGATE_TERM);
}

#[test]
fn the_administration_passes_by_both_sides_word_and_its_delegates_with_it() {
    let mut commands = appointed();
    commands.push((member("wang"), delegate("zhao", "2024-12-31")));
    commands.push((member("wang"), offer("li")));
    let accept = || Command::Accept { unit: UNIT };
    let stranger = member_of(UnitId(Uuid::from_u128(2)), "li");
    for by in [member("zhao"), member("wang"), stranger] {
        let refused = rejection(commands.clone(), &by, accept());
        assert_eq!(refused, Rejection::NotOffered);
    }
    assert!(acts(&after(commands.clone()), "wang", "2024-09-02"));
    commands.push((member("li"), accept()));
    let passed = after(commands);
    assert!(acts(&passed, "li", "2024-09-02"));
    for former in ["wang", "zhao"] {
        assert!(!acts(&passed, former, "2024-09-02"), "{former}");
    }
    let refused = rejection(appointed(), &member("wang"), offer("wang"));
    assert_eq!(refused, Rejection::Themselves);
}

#[test]
fn a_director_replaces_an_administrator_with_a_reason() {
    let replace = |person: &str| Command::Replace {
        administrator: name(person),
        reason: "原管理员离职".parse().unwrap(),
    };
    let refused = rejection(appointed(), &director(), replace("wang"));
    assert_eq!(refused, Rejection::Themselves);
    let mut commands = appointed();
    commands.push((director(), replace("li")));
    let replaced = after(commands);
    assert!(acts(&replaced, "li", "2024-09-02"));
    assert!(!acts(&replaced, "wang", "2024-09-02"));
}

#[test]
fn a_token_of_the_unit_in_another_role_is_not_its_administrators() {
    let as_director = |person: &str| {
        let actor = Actor::person(person, Role::Director, Region::JS);
        context(Actor {
            unit: Some(UNIT),
            ..actor
        })
    };
    let mut commands = appointed();
    let refused = rejection(commands.clone(), &as_director("wang"), offer("li"));
    assert_eq!(refused, Rejection::NotAdministrator);
    commands.push((member("wang"), offer("li")));
    let accept = Command::Accept { unit: UNIT };
    let refused = rejection(commands, &as_director("li"), accept);
    assert_eq!(refused, Rejection::NotOffered);
}

#[test]
fn a_full_list_of_delegates_can_be_renewed_and_those_who_lapsed_leave_room() {
    let mut full = appointed();
    for number in 0..DELEGATES_MAX {
        let one = delegate(&format!("d{number}"), "2024-09-02");
        full.push((member("wang"), one));
    }
    let full = after(full);
    let longer = full.decide(delegate("d0", "2024-12-31"), &member("wang"));
    assert_eq!(longer.unwrap().len(), 1);
    let tomorrow = Context {
        now: datetime!(2024-09-03 09:00 +8),
        ..member("wang")
    };
    let more = full.decide(delegate("more", "2024-12-31"), &tomorrow);
    assert_eq!(more.unwrap().len(), 1);
}

#[test]
fn what_is_so_already_is_no_fact() {
    let mut commands = appointed();
    commands.push((member("wang"), delegate("zhao", "2024-12-31")));
    commands.push((member("wang"), offer("li")));
    let named = after(commands);
    let unknown = Command::Undelegate {
        unit: UNIT,
        from: name("nobody"),
    };
    for again in [delegate("zhao", "2024-12-31"), offer("li"), unknown] {
        assert_eq!(named.decide(again, &member("wang")), Ok(vec![]));
    }
}

#[test]
fn an_offer_is_to_one_account_and_ends_with_whose_it_was() {
    let mut commands = appointed();
    commands.push((member("wang"), offer("li")));
    let offered = after(commands.clone());
    assert!(offered.is_offered_to(&member("li").actor));
    assert!(!offered.is_offered_to(&member("zhao").actor));
    let replace = Command::Replace {
        administrator: name("zhao"),
        reason: "原管理员离职".parse().unwrap(),
    };
    commands.push((director(), replace));
    let accept = Command::Accept { unit: UNIT };
    assert_eq!(
        rejection(commands, &member("li"), accept),
        Rejection::NotOffered
    );
}

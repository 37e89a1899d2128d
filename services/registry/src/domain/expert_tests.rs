//! Each rule of experts, with a case that it refuses and that passes without it.

use proto::{
    message::{Audience, Scope},
    registry::v1 as wire,
};
use regulation::{Actor, Role};
use time::macros::datetime;

use super::*;

fn profile() -> Profile {
    Profile {
        person: PersonKey::from_bytes([7; 32]),
        name: "王某某".parse().unwrap(),
        employer: UnitId(Uuid::from_u128(1)),
        origin: Origin::Invited,
        fields: ["集成电路".parse().unwrap()].into(),
        keywords: ["光刻胶".parse().unwrap()].into(),
    }
}

fn register(profile: Profile, employer_known: bool) -> Command {
    Command::Register {
        profile: Box::new(profile),
        employer_known,
        replace: false,
    }
}

fn replacing(profile: Profile, employer_known: bool) -> Command {
    Command::Register {
        profile: Box::new(profile),
        employer_known,
        replace: true,
    }
}

fn officer() -> Context {
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor: Actor::person("officer", Role::Officer, Region::JS),
        node: Region::JS,
        policy: None,
        heard: [].into(),
    }
}

fn registered() -> (Expert, Vec<Message>) {
    let mut expert = Expert::default();
    let mut told = Vec::new();
    for event in expert
        .decide(register(profile(), true), &officer())
        .unwrap()
    {
        expert.evolve(&event);
        told.extend(expert.publish("e", &event, &officer()));
    }
    (expert, told)
}

#[test]
fn one_person_is_one_expert_on_every_node() {
    let person = profile().person;
    assert_eq!(expert_id(&person), expert_id(&person.clone()));
    assert_ne!(
        expert_id(&person),
        expert_id(&PersonKey::from_bytes([8; 32]))
    );
    // Written down: a changed namespace would make every expert a stranger.
    assert_eq!(
        expert_id(&person).to_string(),
        "02fc09c0-10e2-5dfd-bb02-f1ca0399dd60"
    );
}

#[test]
fn an_expert_is_taken_in_once_and_an_identical_repeat_changes_nothing() {
    let (expert, _) = registered();
    assert_eq!(
        expert.decide(register(profile(), true), &officer()),
        Ok(vec![])
    );
    let mut other = profile();
    other.origin = Origin::NationalPool;
    assert_eq!(
        expert.decide(register(other, true), &officer()),
        Err(Rejection::Exists)
    );
}

#[test]
fn a_profile_is_replaced_only_where_that_is_asked_for_and_the_employer_known() {
    let (mut expert, _) = registered();
    let mut other = profile();
    other.employer = UnitId(Uuid::from_u128(2));
    assert_eq!(
        expert.decide(replacing(other.clone(), false), &officer()),
        Err(Rejection::UnknownEmployer(other.employer))
    );
    let events = expert
        .decide(replacing(other.clone(), true), &officer())
        .unwrap();
    assert_eq!(events, [Event::Revised(Box::new(other.clone()))]);
    expert.evolve(&events[0]);
    assert_eq!(expert.0.as_ref().unwrap().profile, other);
    assert_eq!(
        expert.decide(replacing(other, true), &officer()),
        Ok(vec![])
    );
}

#[test]
fn an_expert_of_an_unknown_employer_is_refused() {
    let employer = profile().employer;
    assert_eq!(
        Expert::default().decide(register(profile(), false), &officer()),
        Err(Rejection::UnknownEmployer(employer))
    );
}

#[test]
fn the_hub_and_the_own_node_hear_a_pseudonym_and_no_name() {
    let (_, told) = registered();
    let scopes: Vec<_> = told.iter().map(|message| message.scope).collect();
    assert_eq!(scopes, [Scope::Share(Audience::HUB), Scope::Node]);
    assert_eq!(told[0].body, told[1].body);
    let expert = told[0]
        .read::<wire::ExpertPooled>()
        .unwrap()
        .expert
        .unwrap();
    assert_eq!(expert.person_key, "07".repeat(32));
    assert_eq!(expert.region, "js");
    assert!(expert.active);
    assert!(!String::from_utf8_lossy(&told[0].body).contains("王某某"));
}

/// The expert after these, with what was told last.
fn after(commands: Vec<Command>) -> (Expert, Vec<Message>) {
    let (mut expert, mut told) = registered();
    for command in commands {
        for event in expert.decide(command, &officer()).unwrap() {
            expert.evolve(&event);
            told = expert.publish("e", &event, &officer());
        }
    }
    (expert, told)
}

fn active(message: &Message) -> bool {
    let pooled = message.read::<wire::ExpertPooled>().unwrap();
    pooled.expert.unwrap().active
}

#[test]
fn an_expert_rests_with_a_reason_and_comes_back_and_the_hub_hears_both() {
    let rest = || Command::Deactivate("退休".parse().unwrap());
    let (resting, told) = after(vec![rest()]);
    assert!(!active(&told[0]));
    assert_eq!(told[0].scope, Scope::Share(Audience::HUB));
    assert_eq!(resting.decide(rest(), &officer()), Ok(vec![]));
    let (back, told) = after(vec![rest(), Command::Reactivate]);
    assert!(active(&told[0]));
    assert_eq!(back.decide(Command::Reactivate, &officer()), Ok(vec![]));
    for command in [rest(), Command::Reactivate] {
        let unknown = Expert::default().decide(command, &officer());
        assert_eq!(unknown, Err(Rejection::NotHere));
    }
}

#[test]
fn whom_another_node_hosts_is_not_drawn_or_changed_here() {
    let note = || Command::NoteElsewhere(Region::SH);
    let (expert, told) = after(vec![note()]);
    let scopes: Vec<_> = told.iter().map(|message| message.scope).collect();
    assert_eq!(scopes, [Scope::Node], "the hub heard the other");
    assert!(!active(&told[0]));
    let mut other = profile();
    other.origin = Origin::NationalPool;
    let elsewhere = Rejection::HostedElsewhere(Region::SH);
    for command in [
        replacing(other, true),
        Command::Deactivate("退休".parse().unwrap()),
        Command::Reactivate,
    ] {
        let refused = expert.decide(command, &officer());
        assert_eq!(refused, Err(elsewhere.clone()));
    }
    assert_eq!(Refusal::from(elsewhere).rule.code, "registry.one-expert");
    assert_eq!(expert.decide(note(), &officer()), Ok(vec![]));
    let own = registered()
        .0
        .decide(Command::NoteElsewhere(Region::JS), &officer());
    assert_eq!(own, Ok(vec![]));
    let unknown = Expert::default().decide(note(), &officer());
    assert_eq!(unknown, Ok(vec![]));
}

#[test]
fn a_new_profile_does_not_bring_a_resting_expert_back() {
    let mut other = profile();
    other.origin = Origin::NationalPool;
    let rest = Command::Deactivate("退休".parse().unwrap());
    let (resting, told) = after(vec![rest, replacing(other.clone(), true)]);
    assert_eq!(resting.0.unwrap().profile, other);
    assert!(!active(&told[0]));
}

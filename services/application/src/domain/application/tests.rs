//! An application's life at its home, step by step and over random histories.

mod appeals;
mod closed_parts;
mod corrections;
mod departure;
mod guards;
mod histories;
mod refusals;

use std::sync::Arc;

use evidence::Digest;
use proto::message::{Audience::One, Scope};
use regulation::{Actor, Context, Policy, Refusal, Region, Role, YRD_2024_1};
use time::{OffsetDateTime, macros::datetime};

use super::*;
use crate::domain::{
    assent_to,
    check::{
        Whose,
        sample::{LEAD, SOLVER, TEAM, bar, content, fen, guideline, known, package, part},
    },
    pool_entry::Place,
};

pub(super) const NOW: OffsetDateTime = datetime!(2024-11-15 10:00 +8);

pub(super) fn by(unit: Option<UnitId>, role: Role, now: OffsetDateTime) -> Context {
    Context {
        now,
        actor: Actor {
            unit,
            ..Actor::person("zhang", role, Region::ZJ)
        },
        node: Region::ZJ,
        policy: Some(Arc::new(Policy::parse(YRD_2024_1).unwrap())),
        heard: BTreeMap::new(),
    }
}

pub(super) fn lead() -> Context {
    by(Some(LEAD), Role::UnitMember, NOW)
}

pub(super) fn creation() -> Creation {
    let package = package();
    Creation {
        id: package.application,
        lead: LEAD,
        facts: known().units[&LEAD].clone(),
        topic: package.topic,
        guide: guideline(),
        content: content(),
        known: known(),
    }
}

/// Decides and evolves; gives the events.
pub(super) fn give(
    application: &mut Application,
    command: Command,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    let events = application.decide(command, context)?;
    for event in &events {
        application.evolve(event);
    }
    Ok(events)
}

pub(super) fn refused(
    application: &Application,
    command: Command,
    context: &Context,
) -> &'static str {
    let rejection = application.decide(command, context).unwrap_err();
    Refusal::from(rejection).rule.code
}

pub(super) fn put(unit: UnitId, role: UnitRole) -> Command {
    Command::Put {
        unit,
        facts: known().units[&unit].clone(),
        role,
        subtask: None,
        interfaces: "交付样件".parse().ok(),
    }
}

pub(super) fn provide(unit: UnitId, role: UnitRole, support: i64, own: i64) -> Command {
    Command::ReceivePart {
        unit,
        part: Box::new(part(unit, role, support, own)),
        origin: known().units[&unit].registered.region,
    }
}

pub(super) fn freeze() -> Command {
    Command::Freeze(Box::new(known()))
}

/// With its units and their parts.
pub(super) fn drafted() -> Application {
    let mut application = Application::default();
    let commands = [
        Command::Create(Box::new(creation())),
        put(SOLVER, UnitRole::Subtask),
        put(TEAM, UnitRole::Participant),
        provide(LEAD, UnitRole::Lead, 200, 500),
        provide(SOLVER, UnitRole::Subtask, 60, 100),
        provide(TEAM, UnitRole::Participant, 40, 100),
    ];
    for command in commands {
        give(&mut application, command, &lead()).unwrap();
    }
    application
}

pub(super) fn digest(application: &Application) -> Digest {
    let case = application.0.as_ref().unwrap();
    case.frozen.as_ref().unwrap().document.digest()
}

/// The hub's receipt for the package that stands.
pub(super) fn receipt(application: &Application) -> Receipt {
    Receipt {
        version: application.0.as_ref().unwrap().version(),
        digest: digest(application),
        at: NOW,
    }
}

pub(super) fn word(application: &Application, unit: UnitId, refused: Option<&str>) -> Command {
    let case = application.0.as_ref().unwrap();
    Command::Answer(Box::new(Answer {
        assent: assent_to(case.id, case.version(), unit),
        unit,
        digest: digest(application),
        origin: known().units[&unit].registered.region,
        hand: Hand {
            person: "li".into(),
            at: NOW,
        },
        refused: refused.map(|reason| reason.parse().unwrap()),
    }))
}

pub(super) fn submit(application: &Application) -> Command {
    Command::Submit {
        digest: digest(application),
        known: Box::new(known()),
    }
}

fn submitted() -> Application {
    let mut application = drafted();
    give(&mut application, freeze(), &lead()).unwrap();
    for unit in [LEAD, SOLVER, TEAM] {
        let word = word(&application, unit, None);
        give(&mut application, word, &lead()).unwrap();
    }
    let submit = submit(&application);
    give(&mut application, submit, &lead()).unwrap();
    application
}

fn corrected(items: &[Item]) -> Application {
    let mut application = submitted();
    let outcome = Outcome::Correct {
        items: items.iter().map(|item| (*item, String::new())).collect(),
        deadline: "2024-11-29".parse().unwrap(),
        provisional: false,
        reason: "请补正".into(),
    };
    let conclude = Command::Conclude {
        version: 1,
        outcome,
    };
    give(&mut application, conclude, &lead()).unwrap();
    application
}

fn stage(application: &Application) -> &Stage {
    &application.0.as_ref().unwrap().stage
}

#[test]
fn the_package_pins_what_each_home_provided_and_nobody_provides_for_another() {
    let mut application = drafted();
    let forged = Command::ReceivePart {
        unit: SOLVER,
        part: Box::new(part(SOLVER, UnitRole::Subtask, 160, 0)),
        origin: Region::AH,
    };
    assert_eq!(refused(&application, forged, &lead()), "application.origin");
    give(&mut application, freeze(), &lead()).unwrap();
    // A newer part comes too late for the frozen package, and is there for the next.
    let mut newer = part(SOLVER, UnitRole::Subtask, 60, 100);
    newer.version = 2;
    let late = Command::ReceivePart {
        unit: SOLVER,
        part: Box::new(newer),
        origin: Region::SH,
    };
    let before = digest(&application);
    give(&mut application, late.clone(), &lead()).unwrap();
    assert_eq!(application.decide(late, &lead()), Ok(vec![]));
    assert_eq!(digest(&application), before);
    give(&mut application, Command::Revise, &lead()).unwrap();
    give(&mut application, freeze(), &lead()).unwrap();
    let frozen = application.0.as_ref().unwrap().frozen.as_ref().unwrap();
    let pinned = frozen.package.units[&SOLVER].part.as_ref().unwrap();
    assert_eq!((frozen.package.version, pinned.version), (2, 2));
}

#[test]
fn it_is_handed_in_by_everybodys_word_on_the_same_digest() {
    let mut application = drafted();
    give(&mut application, freeze(), &lead()).unwrap();
    for unit in [LEAD, SOLVER] {
        let word = word(&application, unit, None);
        give(&mut application, word.clone(), &lead()).unwrap();
        assert_eq!(application.decide(word, &lead()), Ok(vec![]));
    }
    let submit_now = submit(&application);
    assert_eq!(
        refused(&application, submit_now.clone(), &lead()),
        "application.assents"
    );
    let Command::Answer(mut other) = word(&application, TEAM, None) else {
        panic!()
    };
    other.digest = Digest::of_document(b"another");
    assert_eq!(
        refused(&application, Command::Answer(other), &lead()),
        "application.same-digest"
    );
    let of_team = word(&application, TEAM, None);
    give(&mut application, of_team, &lead()).unwrap();
    let other = Command::Submit {
        digest: Digest::of_document(b"another"),
        known: Box::new(known()),
    };
    assert_eq!(
        refused(&application, other, &lead()),
        "application.same-digest"
    );
    // What held when it was frozen is looked at again.
    let mut barred = known();
    barred.units.get_mut(&TEAM).unwrap().barred = Some(bar());
    let digest = digest(&application);
    let known = Box::new(barred);
    let command = Command::Submit { digest, known };
    assert_eq!(
        refused(&application, command, &lead()),
        "application.not-barred"
    );
    let late = by(Some(LEAD), Role::UnitMember, datetime!(2025-01-01 00:00 +8));
    assert_eq!(
        refused(&application, submit_now.clone(), &late),
        "application.window"
    );
    let stranger = by(Some(SOLVER), Role::UnitMember, NOW);
    assert_eq!(
        refused(&application, submit_now.clone(), &stranger),
        "application.own"
    );
    give(&mut application, submit_now, &lead()).unwrap();
    assert!(matches!(stage(&application), Stage::Submitted { .. }));
}

#[test]
fn a_refusal_takes_the_package_back_and_tells_those_who_were_asked() {
    let mut application = drafted();
    give(&mut application, freeze(), &lead()).unwrap();
    let agreed = word(&application, LEAD, None);
    give(&mut application, agreed, &lead()).unwrap();
    let refusal = word(&application, SOLVER, Some("经费有误"));
    let events = give(&mut application, refusal, &lead()).unwrap();
    let [Event::Declined { recall, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(recall.waiting.keys().collect::<Vec<_>>(), [&TEAM]);
    assert_eq!(*stage(&application), Stage::Draft);
    let messages = application.publish("", &events[0], &lead());
    assert_eq!(messages.len(), 1);
}

#[test]
fn the_hubs_word_is_taken_once_and_in_its_order() {
    let mut application = submitted();
    let receipt = receipt(&application);
    let acknowledge = |version| {
        Command::Acknowledge(Receipt {
            version,
            ..receipt.clone()
        })
    };
    let mut other = receipt.clone();
    other.digest = Digest::of_document(b"another");
    assert_eq!(
        refused(&application, Command::Acknowledge(other), &lead()),
        "application.same-digest"
    );
    assert_eq!(application.decide(acknowledge(2), &lead()), Ok(vec![]));
    give(&mut application, acknowledge(1), &lead()).unwrap();
    assert_eq!(application.decide(acknowledge(1), &lead()), Ok(vec![]));
    let passed = |version| Command::Conclude {
        version,
        outcome: Outcome::Passed,
    };
    assert_eq!(application.decide(passed(2), &lead()), Ok(vec![]));
    give(&mut application, passed(1), &lead()).unwrap();
    assert_eq!(*stage(&application), Stage::InReview);
    assert_eq!(application.decide(passed(1), &lead()), Ok(vec![]));
    let judge = Command::Judge {
        established: false,
        judgement: Judgement {
            place: 3,
            comments: vec![],
        },
    };
    give(&mut application, judge.clone(), &lead()).unwrap();
    assert!(matches!(stage(&application), Stage::NotEstablished(_)));
    assert_eq!(application.decide(judge, &lead()), Ok(vec![]));
}

#[test]
fn only_a_package_tells_who_demands_and_only_to_whom_it_concerns() {
    let mut application = drafted();
    let Whose::Here(Some(owner)) = known().whose else {
        panic!()
    };
    assert_eq!(owner.demander, LEAD);
    let frozen = give(&mut application, freeze(), &lead()).unwrap();
    let told = application.publish("", &frozen[0], &lead());
    let scopes: Vec<_> = told.iter().map(|message| message.scope).collect();
    assert_eq!(
        scopes,
        [
            Scope::Node,
            Scope::Share(One(Region::SH)),
            Scope::Share(One(Region::SH))
        ]
    );
    for unit in [LEAD, SOLVER, TEAM] {
        let word = word(&application, unit, None);
        give(&mut application, word, &lead()).unwrap();
    }
    let submit = submit(&application);
    let events = give(&mut application, submit, &lead()).unwrap();
    let told = application.publish("", &events[0], &lead());
    let scopes: Vec<_> = told.iter().map(|message| message.scope).collect();
    assert_eq!(scopes, [Scope::Share(One(Region::HUB))]);
}

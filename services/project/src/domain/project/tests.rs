//! The rules of contracts, each with a case that it refuses.

mod history;
mod kept_out;
mod taken_back;
mod terms;
mod words;

use std::sync::Arc;

use proto::message::Message;
use regulation::{Actor, Policy, Region, Role, Rule, Text, YRD_2023_1};
use time::{Duration, OffsetDateTime, macros::datetime};

use super::*;
use crate::{
    domain::{Terms, Word, rules},
    record,
    sample::told,
};

const NOW: OffsetDateTime = datetime!(2024-12-02 10:00 +8);

fn policy() -> Arc<Policy> {
    Arc::new(Policy::parse(YRD_2023_1).unwrap())
}

fn context(person: &str, role: Role) -> Context {
    Context {
        now: NOW,
        actor: Actor::person(person, role, Region::JS),
        node: Region::JS,
        policy: None,
        heard: BTreeMap::new(),
    }
}

fn officer() -> Context {
    context("officer", Role::Officer)
}

fn system() -> Context {
    context("system", Role::System)
}

fn established() -> Established {
    record::established(told(), NOW).unwrap()
}

fn project(established: Established) -> Project {
    let mut project = Project::default();
    let command = Command::Establish(Box::new(established));
    give(&mut project, command, &system());
    project
}

fn give(project: &mut Project, command: Command, context: &Context) -> Vec<Message> {
    let mut told = Vec::new();
    for event in project.decide(command, context).unwrap() {
        project.evolve(&event);
        told.extend(project.publish("project", &event, context));
    }
    told
}

fn terms(starts_on: &str) -> Terms {
    Terms {
        starts_on: starts_on.parse().unwrap(),
        supplementary: None,
    }
}

fn prepare() -> Command {
    Command::Prepare {
        barred: Vec::new(),
        terms: terms("2025-01-01"),
        policy: Some(policy()),
    }
}

fn contract(project: &Project) -> &Contract {
    project.case().unwrap().contract().unwrap()
}

fn ask(project: &Project) -> Command {
    Command::RequestAssents {
        barred: Vec::new(),
        digest: contract(project).document.digest(),
    }
}

fn asked() -> (Project, Vec<Message>) {
    let mut project = project(established());
    assert!(give(&mut project, prepare(), &officer()).is_empty());
    let command = ask(&project);
    let told = give(&mut project, command, &officer());
    (project, told)
}

fn parties() -> Vec<Party> {
    established().parties().collect()
}

/// A party's word on the contract that stands, or stood last.
fn word(project: &Project, party: Party) -> Word {
    let case = project.case().unwrap();
    let role = party.signs_as();
    Word {
        assent: party.assent(case.established.project, case.asked),
        party,
        digest: contract(project).document.digest(),
        by: Signature {
            person: format!("{role:?}-{party}"),
            role,
            region: case.established.home_of(party).unwrap(),
            at: NOW + Duration::HOUR,
        },
    }
}

fn reason() -> Text {
    "经费分配有误".parse().unwrap()
}

fn refusal(project: &Project, command: Command, context: &Context) -> Rejection {
    project.decide(command, context).unwrap_err()
}

/// Nobody is barred when the last one has agreed.
fn sign() -> Command {
    Command::Sign { barred: Vec::new() }
}

/// The rule that somebody is refused by.
fn rule(project: &Project, command: Command, context: &Context) -> Rule {
    regulation::Refusal::from(refusal(project, command, context)).rule
}

fn returned(project: &Project) -> &Returned {
    match &project.case().unwrap().stage {
        Stage::Contracting(Contracting::Preparing {
            returned: Some(returned),
        }) => returned,
        other => panic!("{other:?}"),
    }
}

fn with(change: impl FnOnce(&mut Established)) -> Project {
    let mut changed = established();
    change(&mut changed);
    project(changed)
}

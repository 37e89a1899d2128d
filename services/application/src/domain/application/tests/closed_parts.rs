//! Every unit hears at its home when nothing is asked of it any more. [Art. 13, 14]

use proto::{application::v1 as wire, message::Message};

use super::*;

fn closed(told: &[Message]) -> Vec<(Scope, String, wire::PartEnd)> {
    let closed = told.iter().filter_map(|message| {
        let event: wire::PartClosed = message.read()?;
        Some((message.scope, event.unit_id.clone(), event.end()))
    });
    closed.collect()
}

fn told(application: &mut Application, command: Command) -> Vec<(Scope, String, wire::PartEnd)> {
    let mut told = Vec::new();
    for event in application.decide(command, &lead()).unwrap() {
        application.evolve(&event);
        told.extend(application.publish("", &event, &lead()));
    }
    closed(&told)
}

fn all(end: wire::PartEnd) -> Vec<(Scope, String, wire::PartEnd)> {
    let (here, there) = (Scope::Node, Scope::Share(One(Region::SH)));
    let units = [(here, LEAD), (there, SOLVER), (there, TEAM)];
    let all = units.map(|(scope, unit)| (scope, unit.to_string(), end));
    all.to_vec()
}

fn conclude(outcome: Outcome) -> Command {
    Command::Conclude {
        version: 1,
        outcome,
    }
}

#[test]
fn who_is_left_out_hears_it_and_nobody_else() {
    let mut application = drafted();
    let told = told(&mut application, Command::Remove(TEAM));
    let there = Scope::Share(One(Region::SH));
    assert_eq!(told, [(there, TEAM.to_string(), wire::PartEnd::LeftOut)]);
}

#[test]
fn whatever_ends_it_every_unit_is_told_without_the_reason_that_would_tell_who_demands() {
    let withdraw = || Command::Withdraw("需求方的内部原因".parse().unwrap());
    for command in [withdraw(), Command::CloseTopic] {
        let mut application = drafted();
        let told = told(&mut application, command);
        assert_eq!(told, all(wire::PartEnd::Withdrawn));
    }
    let outcome = Outcome::NotAccepted {
        reason: "不符合".into(),
        items: BTreeMap::new(),
        appeal_until: None,
    };
    let told_of = told(&mut submitted(), conclude(outcome));
    assert_eq!(told_of, all(wire::PartEnd::NotAccepted));
    let mut reviewed = submitted();
    assert!(told(&mut reviewed, conclude(Outcome::Passed)).is_empty());
    let judge = |established| Command::Judge {
        established,
        judgement: Judgement {
            place: 1,
            comments: vec![],
        },
    };
    assert!(told(&mut reviewed.clone(), judge(true)).is_empty());
    let told_of = told(&mut reviewed, judge(false));
    assert_eq!(told_of, all(wire::PartEnd::NotEstablished));
}

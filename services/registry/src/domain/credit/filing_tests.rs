//! Each rule of filings, with a case that it refuses and that passes without it.

use regulation::{Actor, Region, Role, UnitId};
use time::macros::datetime;
use uuid::Uuid;

use super::*;

fn context() -> Context {
    Context {
        now: datetime!(2024-10-08 09:00 +8),
        actor: Actor::person("officer", Role::Officer, Region::SH),
        node: Region::SH,
        policy: None,
        heard: [].into(),
    }
}

fn standing(ended: Option<Ended>) -> Standing {
    Standing {
        subject: Subject::Unit(UnitId(Uuid::from_u128(1))),
        misconduct: Misconduct::MisuseOfFunds,
        from: "2024-10-03".parse().unwrap(),
        until: Some("2026-10-02".parse().unwrap()),
        ended,
    }
}

fn queue(ended: Option<Ended>) -> Command {
    Command::Queue(Box::new(standing(ended)))
}

fn digest(of: &str) -> Digest {
    Digest::of_document(of.as_bytes())
}

fn hand_over(number: u32, document: &str) -> Command {
    let digest = digest(document);
    Command::HandOver { number, digest }
}

fn answer(number: u32, document: &str, answer: Answer) -> Command {
    let digest = digest(document);
    Command::Answer {
        number,
        digest,
        answer,
    }
}

fn receipt() -> Answer {
    Answer::Receipt("国信 2024-001".parse().unwrap())
}

fn turned_down() -> Answer {
    Answer::Rejection("信用代码有误".parse().unwrap())
}

fn after(commands: Vec<Command>) -> Filing {
    let mut filing = Filing::default();
    for command in commands {
        for event in filing.decide(command, &context()).unwrap() {
            filing.evolve(&event);
            assert_eq!(filing.publish("r", &event, &context()), []);
        }
    }
    filing
}

fn kept(filing: &Filing) -> &Kept {
    filing.0.as_deref().unwrap()
}

#[test]
fn a_standing_is_filed_once_and_again_only_when_it_changes() {
    let commands = || {
        vec![
            queue(None),
            hand_over(1, "one"),
            answer(1, "one", receipt()),
        ]
    };
    let filed = after(commands());
    assert!(matches!(&kept(&filed).stage, Stage::Receipted { .. }));
    let again = filed.decide(queue(None), &context());
    assert_eq!(again, Ok(vec![]));
    let mut commands = commands();
    commands.push(queue(Some(Ended::Revoked)));
    let changed = after(commands);
    assert_eq!(kept(&changed).number, 2);
    assert_eq!(kept(&changed).stage, Stage::Queued {});
}

#[test]
fn only_the_last_filing_is_handed_over_and_answered() {
    let filed = after(vec![
        queue(None),
        hand_over(1, "one"),
        queue(Some(Ended::Expired)),
    ]);
    for late in [hand_over(1, "one"), answer(1, "one", receipt())] {
        assert_eq!(filed.decide(late, &context()), Ok(vec![]));
    }
    let unasked = filed.decide(answer(2, "two", receipt()), &context());
    assert_eq!(unasked, Ok(vec![]), "it was not handed over");
    let mut handed = filed.clone();
    for event in handed.decide(hand_over(2, "two"), &context()).unwrap() {
        handed.evolve(&event);
    }
    let late = handed.decide(answer(1, "one", receipt()), &context());
    assert_eq!(late, Ok(vec![]), "the last one counts");
    let nothing = Filing::default().decide(hand_over(1, "one"), &context());
    assert_eq!(nothing, Err(Rejection::Unknown));
}

#[test]
fn an_answer_counts_for_the_document_that_was_handed_over() {
    let filed = after(vec![queue(None), hand_over(1, "one")]);
    let refused = filed.decide(answer(1, "forged", receipt()), &context());
    assert_eq!(refused, Err(Rejection::AnotherDocument));
    let refusal = Refusal::from(Rejection::AnotherDocument);
    assert_eq!(refusal.rule.code, "registry.credit-filing");
}

#[test]
fn what_was_turned_down_is_filed_again_by_an_officer_and_nothing_else_is() {
    let mut commands = vec![queue(None), hand_over(1, "one")];
    let waiting = after(commands.clone()).decide(Command::Refile, &context());
    assert_eq!(waiting, Err(Rejection::NotTurnedDown));
    commands.push(answer(1, "one", turned_down()));
    commands.push(Command::Refile);
    let again = after(commands);
    assert_eq!((kept(&again).number, kept(&again).handed()), (2, None));
    let late = again.decide(answer(1, "one", receipt()), &context());
    assert_eq!(late, Ok(vec![]));
}

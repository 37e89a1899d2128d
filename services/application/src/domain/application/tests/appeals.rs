//! An appeal against its not being accepted, as its lead makes it.

use time::macros::datetime;

use super::*;
use crate::domain::Item;

fn not_accepted(appeal_until: Option<&str>) -> Application {
    let mut application = submitted();
    let receipt = receipt(&application);
    give(&mut application, Command::Acknowledge(receipt), &lead()).unwrap();
    let outcome = Outcome::NotAccepted {
        reason: "指标不清".into(),
        items: BTreeMap::from([(Item::Indicators, "不清楚".into())]),
        appeal_until: appeal_until.map(|day| day.parse().unwrap()),
    };
    let conclude = Command::Conclude {
        version: 1,
        outcome,
    };
    give(&mut application, conclude, &lead()).unwrap();
    application
}

fn appeal() -> Command {
    Command::Appeal("指标见附表".parse().unwrap())
}

fn decided(version: u32, granted: bool) -> Command {
    Command::DecideAppeal {
        version,
        granted,
        reason: "已复核".parse().unwrap(),
    }
}

#[test]
fn the_lead_appeals_once_and_until_the_end_of_the_day_that_it_was_told() {
    let mut application = not_accepted(Some("2024-11-29"));
    assert!(!stage(&application).is_terminal());
    assert!(!stage(&application).is_live());
    let stranger = by(Some(SOLVER), Role::UnitMember, NOW);
    assert_eq!(
        refused(&application, appeal(), &stranger),
        "application.own"
    );
    let late = by(Some(LEAD), Role::UnitMember, datetime!(2024-11-30 00:00 +8));
    assert_eq!(refused(&application, appeal(), &late), "application.appeal");
    let last = datetime!(2024-11-29 23:59 +8);
    let last = by(Some(LEAD), Role::UnitMember, last);
    let events = give(&mut application, appeal(), &last).unwrap();
    let told = application.publish("", &events[0], &last);
    assert_eq!(told[0].scope, Scope::Share(One(Region::HUB)));
    assert!(stage(&application).is_live());
    assert_eq!(
        refused(&application, appeal(), &last),
        "application.lifecycle"
    );
    let mut final_word = not_accepted(None);
    assert!(stage(&final_word).is_terminal());
    assert_eq!(
        refused(&final_word, appeal(), &lead()),
        "application.appeal"
    );
    assert!(final_word.alarms().is_empty());
    // What is written, or in review, is not appealed against.
    final_word = submitted();
    assert_eq!(
        refused(&final_word, appeal(), &lead()),
        "application.lifecycle"
    );
}

#[test]
fn granted_it_is_examined_again_and_dismissed_it_is_over() {
    for granted in [true, false] {
        let mut application = not_accepted(Some("2024-11-29"));
        assert_eq!(application.decide(decided(1, granted), &lead()), Ok(vec![]));
        give(&mut application, appeal(), &lead()).unwrap();
        assert_eq!(application.decide(decided(2, granted), &lead()), Ok(vec![]));
        let events = give(&mut application, decided(1, granted), &lead()).unwrap();
        let told = application.publish("", &events[0], &lead());
        let answer = application.0.as_ref().unwrap().appeal.as_ref().unwrap();
        assert_eq!(answer.answer.as_deref(), Some("已复核"));
        if granted {
            assert_eq!(*stage(&application), Stage::InExamination { at: NOW });
            // What may have to be corrected is asked for again.
            assert_eq!(told.len(), 3);
        } else {
            assert!(stage(&application).is_terminal());
            assert!(told.is_empty());
        }
        let again = application.decide(decided(1, granted), &lead());
        assert_eq!(again, Ok(vec![]));
    }
}

#[test]
fn without_an_appeal_it_is_over_by_itself() {
    let mut application = not_accepted(Some("2024-11-29"));
    let alarms = application.alarms();
    let [alarm] = &alarms[..] else {
        panic!("{alarms:?}");
    };
    let early = by(None, Role::System, datetime!(2024-11-29 23:59 +8));
    let ended = alarm.command.clone();
    assert_eq!(application.decide(ended.clone(), &early), Ok(vec![]));
    let due = by(None, Role::System, alarm.due);
    give(&mut application, ended.clone(), &due).unwrap();
    assert!(stage(&application).is_terminal());
    assert_eq!(application.decide(ended, &due), Ok(vec![]));
    assert_eq!(
        refused(&application, appeal(), &lead()),
        "application.appeal"
    );
}

#[test]
fn what_is_not_accepted_is_not_withdrawn_though_an_appeal_may_be() {
    let withdraw = || Command::Withdraw("理由".parse().unwrap());
    let mut application = not_accepted(Some("2024-11-29"));
    assert_eq!(
        refused(&application, withdraw(), &lead()),
        "application.lifecycle"
    );
    assert_eq!(application.decide(Command::CloseTopic, &lead()), Ok(vec![]));
    give(&mut application, appeal(), &lead()).unwrap();
    give(&mut application, withdraw(), &lead()).unwrap();
    assert!(matches!(stage(&application), Stage::Withdrawn { .. }));
}

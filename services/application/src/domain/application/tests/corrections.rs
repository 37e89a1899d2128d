//! A correction and its deadline. [Art. 14]

use regulation::{Region, Role};
use time::macros::datetime;

use super::{
    super::*, LEAD, SOLVER, TEAM, by, content, corrected, fen, freeze, give, lead, part, put,
    refused, stage, submit, word,
};

#[test]
fn a_correction_opens_what_was_asked_for_until_its_deadline_ends() {
    let mut application = corrected(&[Item::Indicators]);
    let mut other = content();
    other.support = fen(290);
    let write = Command::Write(Box::new(other));
    assert_eq!(
        refused(&application, write, &lead()),
        "application.correction-scope"
    );
    for command in [put(TEAM, UnitRole::Subtask), Command::Remove(TEAM)] {
        assert_eq!(
            refused(&application, command, &lead()),
            "application.correction-scope"
        );
    }
    // A part that changes meanwhile is not what was asked for: the examined one stays.
    let mut newer = part(SOLVER, UnitRole::Subtask, 60, 100);
    newer.version = 2;
    let receive = Command::ReceivePart {
        unit: SOLVER,
        part: Box::new(newer),
        origin: Region::SH,
    };
    give(&mut application, receive, &lead()).unwrap();
    let mut better = content();
    better.indicators = "更好的指标".parse().ok();
    let write = Command::Write(Box::new(better));
    give(&mut application, write.clone(), &lead()).unwrap();

    let last = by(Some(LEAD), Role::UnitMember, datetime!(2024-11-29 23:59 +8));
    let late = by(Some(LEAD), Role::UnitMember, datetime!(2024-11-30 00:00 +8));
    assert_eq!(
        refused(&application, freeze(), &late),
        "application.correction-deadline"
    );
    give(&mut application, freeze(), &last).unwrap();
    let frozen = application.0.as_ref().unwrap().frozen.as_ref().unwrap();
    let pinned = frozen.package.units[&SOLVER].part.as_ref().unwrap();
    assert_eq!((frozen.package.version, pinned.version), (2, 1));
    for unit in [LEAD, SOLVER, TEAM] {
        let word = word(&application, unit, None);
        give(&mut application, word, &last).unwrap();
    }
    let submit = submit(&application);
    assert_eq!(
        refused(&application, submit.clone(), &late),
        "application.correction-deadline"
    );
    give(&mut application, submit, &last).unwrap();
    assert!(application.alarms().is_empty());
}

#[test]
fn a_missed_deadline_comes_by_itself_and_ends_everything() {
    let mut application = corrected(&[Item::Indicators]);
    give(&mut application, freeze(), &lead()).unwrap();
    let alarms = application.alarms();
    let [alarm] = &alarms[..] else {
        panic!("{alarms:?}");
    };
    assert_eq!(
        alarm.due,
        datetime!(2024-11-30 00:00 +8) + Duration::nanoseconds(999)
    );
    let early = by(None, Role::System, datetime!(2024-11-29 23:59 +8));
    let missed = alarm.command.clone();
    assert_eq!(application.decide(missed.clone(), &early), Ok(vec![]));
    let due = by(None, Role::System, alarm.due);
    let events = give(&mut application, missed, &due).unwrap();
    let [Event::DeadlineMissed { recall, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(recall.waiting.len(), 3);
    let withdraw = Command::Withdraw("理由".parse().unwrap());
    assert_eq!(
        refused(&application, withdraw, &lead()),
        "application.lifecycle"
    );
}

#[test]
fn a_correction_closed_by_the_hub_is_over_at_home_though_a_new_package_was_frozen() {
    let mut application = corrected(&[Item::Indicators]);
    give(&mut application, freeze(), &lead()).unwrap();
    let closed = Command::Conclude {
        version: 1,
        outcome: Outcome::NotAccepted {
            reason: "逾期".into(),
            items: BTreeMap::new(),
            appeal_until: None,
        },
    };
    give(&mut application, closed, &lead()).unwrap();
    assert!(matches!(stage(&application), Stage::NotAccepted { .. }));
}

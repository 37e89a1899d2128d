//! An appeal against its not being accepted, as the hub decides it.

use super::*;

const LAST: OffsetDateTime = datetime!(2024-11-29 23:59 +8);

fn third() -> Context {
    at_hub("third", Role::Agency, NOW)
}

fn not_accepted() -> Examination {
    let mut examination = examined(&[Item::Indicators]);
    let command = conclude(&examination, Wanted::NotAccepted);
    give(&mut examination, command, &second()).unwrap();
    examination
}

fn appeal(origin: Region, version: u32, at: OffsetDateTime) -> Command {
    Command::Appeal {
        origin,
        version,
        at,
        grounds: "指标见附表".parse().unwrap(),
    }
}

fn decide(granted: bool) -> Command {
    Command::DecideAppeal {
        granted,
        reason: "已复核".parse().unwrap(),
    }
}

fn appealed() -> Examination {
    let mut examination = not_accepted();
    let command = appeal(Region::ZJ, 1, LAST);
    give(&mut examination, command, &system(NOW)).unwrap();
    examination
}

fn until(examination: &Examination) -> Option<String> {
    let Stage::NotAccepted { appeal_until, .. } = stage(examination) else {
        panic!("{:?}", stage(examination));
    };
    appeal_until.map(|day| day.to_string())
}

#[test]
fn the_leads_home_appeals_in_time_by_its_signed_time_against_what_was_examined() {
    let examination = not_accepted();
    // As long as a correction would have had: ten working days.
    assert_eq!(until(&examination).as_deref(), Some("2024-11-29"));
    let refuses = |command| refused(&examination, command, &system(NOW));
    assert_eq!(refuses(appeal(Region::SH, 1, LAST)), "application.origin");
    assert_eq!(refuses(appeal(Region::ZJ, 2, LAST)), "application.appeal");
    let late = datetime!(2024-11-30 00:00 +8);
    assert_eq!(refuses(appeal(Region::ZJ, 1, late)), "application.appeal");
    let early = refused(&pending(), appeal(Region::ZJ, 1, LAST), &system(NOW));
    assert_eq!(early, "application.lifecycle");
    let again = appealed().decide(appeal(Region::ZJ, 1, LAST), &system(NOW));
    assert_eq!(again, Ok(vec![]));
}

#[test]
fn only_who_did_not_examine_it_decides() {
    let appealed = appealed();
    for person in [first(), second()] {
        assert_eq!(
            refused(&appealed, decide(true), &person),
            "application.appeal-others"
        );
    }
    let other = at_hub("third", Role::Secretariat, NOW);
    assert_eq!(refused(&appealed, decide(true), &other), "application.own");
    assert_eq!(
        refused(&not_accepted(), decide(true), &third()),
        "application.lifecycle"
    );
    assert!(appealed.decide(decide(true), &third()).is_ok());
}

#[test]
fn granted_it_waits_for_verdicts_again_and_what_comes_of_them_stands() {
    let mut examination = appealed();
    give(&mut examination, decide(true), &third()).unwrap();
    assert_eq!(*stage(&examination), Stage::Pending);
    let record = Command::Record(findings(&examination, &[Item::Indicators]));
    give(&mut examination, record, &first()).unwrap();
    let again = conclude(&examination, Wanted::NotAccepted);
    give(&mut examination, again, &second()).unwrap();
    // Once to an application.
    assert_eq!(until(&examination), None);
}

#[test]
fn dismissed_it_stays_not_accepted_for_the_reasons_that_it_had() {
    let mut examination = appealed();
    let before = not_accepted();
    give(&mut examination, decide(false), &third()).unwrap();
    assert_eq!(until(&examination), None);
    let of = |examination: &Examination| match stage(examination) {
        Stage::NotAccepted { items, reason, .. } => (items.clone(), reason.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&examination), of(&before));
    let again = appeal(Region::ZJ, 1, LAST);
    assert_eq!(
        refused(&examination, again, &system(NOW)),
        "application.appeal"
    );
}

#[test]
fn a_missed_deadline_is_not_appealed_against() {
    let mut examination = to_be_corrected();
    let after = datetime!(2024-11-30 00:30 +8);
    let mut heard = system(after);
    heard.heard.insert(Region::ZJ, after);
    give(&mut examination, Command::Expire, &heard).unwrap();
    assert_eq!(until(&examination), None);
    let mut closed = to_be_corrected();
    let close = Command::Close("节点故障，已电话确认".parse().unwrap());
    give(&mut closed, close, &at_hub("first", Role::Agency, after)).unwrap();
    assert_eq!(until(&closed), None);
}

#[test]
fn an_appeal_that_is_under_way_is_withdrawn_with_the_application() {
    let mut examination = appealed();
    let withdraw = Command::Withdraw { origin: Region::ZJ };
    give(&mut examination, withdraw, &system(NOW)).unwrap();
    assert_eq!(*stage(&examination), Stage::Withdrawn);
}

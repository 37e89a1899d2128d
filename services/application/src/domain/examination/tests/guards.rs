//! What is not examined at its time or as what it is; and what is said again.

use super::*;
use crate::domain::check::sample::SOLVER;

fn failed(examination: &Examination) -> Vec<Item> {
    let Stage::Examined(record) = stage(examination) else {
        panic!("{:?}", stage(examination));
    };
    record.failed().into_keys().collect()
}

#[test]
fn a_withdrawal_ends_it_once_and_changes_nothing_that_was_not_accepted() {
    let withdraw = || Command::Withdraw { origin: Region::ZJ };
    let mut withdrawn = pending();
    give(&mut withdrawn, withdraw(), &first()).unwrap();
    assert_eq!(withdrawn.decide(withdraw(), &first()), Ok(vec![]));
    let mut refused = examined(&[Item::Indicators]);
    let command = conclude(&refused, Wanted::NotAccepted);
    give(&mut refused, command, &second()).unwrap();
    assert_eq!(refused.decide(withdraw(), &first()), Ok(vec![]));
}

#[test]
fn a_correction_keeps_home_lead_and_topic_each() {
    let examination = to_be_corrected();
    let changed = |change: fn(&mut Package)| {
        let mut other = received(2, NOW);
        change(&mut other.package);
        let other = Command::Receive {
            origin: Region::ZJ,
            received: other,
        };
        refused(&examination, other, &first())
    };
    for change in [
        |package: &mut Package| {
            package.units.get_mut(&package.lead).unwrap().region = Region::SH;
        },
        |package: &mut Package| {
            package.units.get_mut(&SOLVER).unwrap().region = Region::ZJ;
            package.lead = SOLVER;
        },
        |package: &mut Package| package.topic.blind_id = None,
    ] {
        assert_eq!(changed(change), "application.lead-is-demander");
    }
}

#[test]
fn verdicts_are_recorded_while_it_waits_for_them_and_once() {
    let mut examination = examined(&[]);
    let again = Command::Record(findings(&examination, &[]));
    assert_eq!(examination.decide(again, &first()), Ok(vec![]));
    let mut other = conclude(&examination, Wanted::Passed);
    if let Command::Conclude { digest, .. } = &mut other {
        *digest = Digest::of_document(b"another");
    }
    assert_eq!(
        refused(&examination, other, &second()),
        "application.same-digest"
    );
    let pass = conclude(&examination, Wanted::Passed);
    give(&mut examination, pass, &second()).unwrap();
    let late = Command::Record(findings(&examination, &[Item::Indicators]));
    assert_eq!(
        refused(&examination, late, &first()),
        "application.lifecycle"
    );
}

#[test]
fn the_machine_finds_a_guide_that_is_not_known_and_what_was_handed_in_too_late() {
    let mut unknown = pending();
    let mut without = findings(&unknown, &[]);
    without.guide = None;
    give(&mut unknown, Command::Record(without), &first()).unwrap();
    assert_eq!(failed(&unknown), [Item::Topic]);
    let Stage::Examined(record) = stage(&unknown) else {
        panic!()
    };
    // Where the person says nothing the machine's verdict is the person's.
    assert!(!record.verdicts[&Item::Topic].passed);

    let mut late = Examination::default();
    let receive = receive(1, Region::ZJ, datetime!(2025-06-01 10:00 +8));
    give(&mut late, receive, &first()).unwrap();
    let record = Command::Record(findings(&late, &[]));
    give(&mut late, record, &first()).unwrap();
    assert_eq!(failed(&late), [Item::Window]);
}

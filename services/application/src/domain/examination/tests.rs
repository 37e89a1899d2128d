//! An examination's life on the hub.

mod appeals;
mod guards;

use std::sync::Arc;

use evidence::Digest;
use regulation::{Actor, Context, Policy, Refusal, Region, Role, UnitId, YRD_2024_1};
use time::{OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::*;
use crate::{
    domain::{
        Item,
        check::{
            Whose,
            sample::{bar, guideline, known, package, terms},
        },
        pool_entry::Place,
    },
    record,
};

const NOW: OffsetDateTime = datetime!(2024-11-15 10:00 +8);

fn at_hub(person: &str, role: Role, now: OffsetDateTime) -> Context {
    Context {
        now,
        actor: Actor::person(person, role, Region::HUB),
        node: Region::HUB,
        policy: Some(Arc::new(Policy::parse(YRD_2024_1).unwrap())),
        heard: BTreeMap::new(),
    }
}

fn first() -> Context {
    at_hub("first", Role::Agency, NOW)
}

fn second() -> Context {
    at_hub("second", Role::Agency, NOW)
}

fn system(now: OffsetDateTime) -> Context {
    at_hub("system", Role::System, now)
}

fn received(version: u32, at: OffsetDateTime) -> Box<Received> {
    let mut package = package();
    package.version = version;
    if version > 1 {
        package.content.indicators = "更好的指标".parse().ok();
    }
    let document = Document::new(record::package_bytes(&package)).unwrap();
    Box::new(Received {
        package,
        document,
        at,
    })
}

fn receive(version: u32, origin: Region, at: OffsetDateTime) -> Command {
    let received = received(version, at);
    Command::Receive { origin, received }
}

fn give(
    examination: &mut Examination,
    command: Command,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    let events = examination.decide(command, context)?;
    for event in &events {
        examination.evolve(event);
    }
    Ok(events)
}

fn refused(examination: &Examination, command: Command, context: &Context) -> &'static str {
    let rejection = examination.decide(command, context).unwrap_err();
    Refusal::from(rejection).rule.code
}

fn digest(examination: &Examination) -> Digest {
    examination.0.as_ref().unwrap().received.document.digest()
}

fn findings(examination: &Examination, failed: &[Item]) -> Box<Findings> {
    let mut known = known();
    known.whose = Whose::Signed;
    let failed = failed
        .iter()
        .map(|item| (*item, (false, "不清楚".parse().ok())));
    Box::new(Findings {
        digest: digest(examination),
        verdicts: failed.collect(),
        guide: Some(guideline()),
        terms: terms(),
        known,
    })
}

fn conclude(examination: &Examination, outcome: Wanted) -> Command {
    Command::Conclude {
        digest: digest(examination),
        outcome,
        reason: "见各项意见".parse().ok(),
    }
}

fn pending() -> Examination {
    let mut examination = Examination::default();
    give(&mut examination, receive(1, Region::ZJ, NOW), &first()).unwrap();
    examination
}

fn examined(failed: &[Item]) -> Examination {
    let mut examination = pending();
    let record = Command::Record(findings(&examination, failed));
    give(&mut examination, record, &first()).unwrap();
    examination
}

fn to_be_corrected() -> Examination {
    let mut examination = examined(&[Item::Indicators]);
    let command = conclude(&examination, Wanted::Correction);
    give(&mut examination, command, &second()).unwrap();
    examination
}

fn stage(examination: &Examination) -> &Stage {
    &examination.0.as_ref().unwrap().stage
}

#[test]
fn a_package_comes_from_its_leads_home_to_the_hub_and_once() {
    let nothing = Examination::default();
    assert_eq!(
        refused(&nothing, receive(1, Region::SH, NOW), &first()),
        "application.origin"
    );
    let elsewhere = Context {
        node: Region::ZJ,
        ..first()
    };
    assert_eq!(
        refused(&nothing, receive(1, Region::ZJ, NOW), &elsewhere),
        "application.hub-only"
    );
    let examination = pending();
    let again = receive(1, Region::ZJ, NOW);
    assert_eq!(examination.decide(again, &first()), Ok(vec![]));
    assert_eq!(
        refused(&examination, receive(1, Region::SH, NOW), &first()),
        "application.origin"
    );
    assert_eq!(
        refused(&examination, receive(2, Region::ZJ, NOW), &first()),
        "application.lifecycle"
    );
    let mut other = received(1, NOW);
    other.package.content.months = 12;
    other.document = Document::new(record::package_bytes(&other.package)).unwrap();
    let other = Command::Receive {
        origin: Region::ZJ,
        received: other,
    };
    assert_eq!(
        refused(&examination, other, &first()),
        "application.lifecycle"
    );
    let withdraw = Command::Withdraw { origin: Region::SH };
    assert_eq!(
        refused(&examination, withdraw, &first()),
        "application.origin"
    );
}

#[test]
fn one_records_and_another_concludes_by_what_was_recorded() {
    let examination = pending();
    let record = |failed: &[Item]| Command::Record(findings(&examination, failed));
    let officer = at_hub("officer", Role::Secretariat, NOW);
    assert_eq!(
        refused(&examination, record(&[]), &officer),
        "application.own"
    );
    let mut silent = findings(&examination, &[]);
    silent.verdicts.insert(Item::Indicators, (false, None));
    assert_eq!(
        refused(&examination, Command::Record(silent), &first()),
        "application.examination"
    );
    let mut other = findings(&examination, &[]);
    other.digest = Digest::of_document(b"another");
    assert_eq!(
        refused(&examination, Command::Record(other), &first()),
        "application.same-digest"
    );
    let early = conclude(&examination, Wanted::Passed);
    assert_eq!(
        refused(&examination, early, &second()),
        "application.lifecycle"
    );

    let good = examined(&[]);
    let pass = conclude(&good, Wanted::Passed);
    assert_eq!(
        refused(&good, pass.clone(), &first()),
        "application.two-people"
    );
    assert_eq!(refused(&good, pass.clone(), &officer), "application.own");
    for outcome in [Wanted::Correction, Wanted::NotAccepted] {
        let command = conclude(&good, outcome);
        assert_eq!(
            refused(&good, command, &second()),
            "application.examination"
        );
    }
    assert!(good.decide(pass, &second()).is_ok());

    let bad = examined(&[Item::Indicators]);
    let pass = conclude(&bad, Wanted::Passed);
    assert_eq!(refused(&bad, pass, &second()), "application.examination");
    let unsaid = Command::Conclude {
        digest: digest(&bad),
        outcome: Wanted::NotAccepted,
        reason: None,
    };
    assert_eq!(refused(&bad, unsaid, &second()), "application.examination");
}

#[test]
fn a_person_can_not_pass_what_the_machine_refuses() {
    let mut examination = pending();
    let mut findings = findings(&examination, &[]);
    let unit = *findings.known.units.keys().next().unwrap();
    findings.known.units.get_mut(&unit).unwrap().barred = Some(bar());
    findings.verdicts.insert(Item::Units, (true, None));
    give(&mut examination, Command::Record(findings), &first()).unwrap();
    let pass = conclude(&examination, Wanted::Passed);
    assert_eq!(
        refused(&examination, pass, &second()),
        "application.examination"
    );
}

#[test]
fn what_can_not_be_corrected_is_not_asked_to_be() {
    let mut examination = pending();
    let mut findings = findings(&examination, &[]);
    findings.known.pool = Place::Left;
    give(&mut examination, Command::Record(findings), &first()).unwrap();
    let correct = conclude(&examination, Wanted::Correction);
    assert_eq!(
        refused(&examination, correct, &second()),
        "application.examination"
    );
    let reject = conclude(&examination, Wanted::NotAccepted);
    give(&mut examination, reject, &second()).unwrap();
    assert!(matches!(stage(&examination), Stage::NotAccepted { .. }));
}

#[test]
fn corrections_end_after_as_many_rounds_as_the_policy_gives() {
    let mut examination = to_be_corrected();
    for version in 2..=3 {
        let answer = receive(version, Region::ZJ, NOW);
        give(&mut examination, answer, &first()).unwrap();
        let record = Command::Record(findings(&examination, &[Item::Indicators]));
        give(&mut examination, record, &first()).unwrap();
        let correct = conclude(&examination, Wanted::Correction);
        if version == 2 {
            give(&mut examination, correct, &second()).unwrap();
        } else {
            assert_eq!(
                refused(&examination, correct, &second()),
                "application.correction-rounds"
            );
        }
    }
    assert_eq!(examination.0.as_ref().unwrap().corrections, 2);
}

#[test]
fn an_answer_counts_by_its_homes_signed_time_and_keeps_lead_and_topic() {
    let examination = to_be_corrected();
    let Stage::CorrectionRequested { deadline, .. } = stage(&examination) else {
        panic!()
    };
    assert_eq!(deadline.to_string(), "2024-11-29");
    let later = system(datetime!(2024-12-05 08:00 +8));
    // Signed in time, though it arrives late.
    let in_time = receive(2, Region::ZJ, deadline.end());
    assert!(examination.decide(in_time, &later).is_ok());
    let late = receive(2, Region::ZJ, datetime!(2024-11-30 00:00 +8));
    assert_eq!(
        refused(&examination, late, &later),
        "application.correction-deadline"
    );
    let mut other = received(2, NOW);
    other.package.lead = UnitId(Uuid::from_u128(2));
    let other = Command::Receive {
        origin: Region::ZJ,
        received: other,
    };
    assert!(examination.decide(other, &later).is_err());
}

#[test]
fn the_machine_notices_a_correction_of_something_else() {
    let mut examination = to_be_corrected();
    let mut other = received(2, NOW);
    other.package.content.months = 12;
    other.document = Document::new(record::package_bytes(&other.package)).unwrap();
    let other = Command::Receive {
        origin: Region::ZJ,
        received: other,
    };
    give(&mut examination, other, &first()).unwrap();
    let record = Command::Record(findings(&examination, &[]));
    give(&mut examination, record, &first()).unwrap();
    let Stage::Examined(record) = stage(&examination) else {
        panic!()
    };
    let failed: Vec<_> = record.failed().into_keys().collect();
    assert_eq!(failed, [Item::Scope]);
}

#[test]
fn a_deadline_is_missed_only_once_its_home_was_heard_past_it_or_somebody_says_why() {
    let examination = to_be_corrected();
    let after = datetime!(2024-11-30 00:30 +8);
    let alarms = examination.alarms();
    assert_eq!(alarms.len(), 1);
    assert_eq!(
        examination.decide(Command::Expire, &system(NOW)),
        Ok(vec![])
    );
    let held = examination.decide(Command::Expire, &system(after)).unwrap();
    assert!(matches!(held[..], [Event::ExpiryHeld { .. }]), "{held:?}");
    let mut heard = system(after);
    heard.heard.insert(Region::SH, after);
    let held = examination.decide(Command::Expire, &heard).unwrap();
    assert!(matches!(held[..], [Event::ExpiryHeld { .. }]), "{held:?}");
    heard
        .heard
        .insert(Region::ZJ, datetime!(2024-11-29 23:00 +8));
    let held = examination.decide(Command::Expire, &heard).unwrap();
    assert!(matches!(held[..], [Event::ExpiryHeld { .. }]), "{held:?}");
    heard.heard.insert(Region::ZJ, after);
    let over = examination.decide(Command::Expire, &heard).unwrap();
    assert!(matches!(over[..], [Event::NotAccepted { .. }]), "{over:?}");

    let close = || Command::Close("节点故障，已电话确认".parse().unwrap());
    assert_eq!(
        refused(&examination, close(), &first()),
        "application.heard-past-deadline"
    );
    let late = at_hub("first", Role::Agency, after);
    assert!(examination.decide(close(), &late).is_ok());
    let other = at_hub("other", Role::Secretariat, after);
    assert_eq!(refused(&examination, close(), &other), "application.own");
}

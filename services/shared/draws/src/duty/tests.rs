//! What a credit record calls back, and what it leaves alone.

use proto::message::Audience;
use regulation::{Actor, Role};
use time::{Duration, OffsetDateTime, macros::datetime};

use super::*;

const NOW: OffsetDateTime = datetime!(2024-05-06 10:00 +8);

fn context(now: OffsetDateTime) -> Context {
    Context {
        now,
        actor: Actor::person("", Role::System, Region::SH),
        node: Region::SH,
        policy: None,
        heard: BTreeMap::new(),
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn ask(number: u128, purpose: Purpose, deadline: &str) -> DutyCommand {
    DutyCommand::Ask {
        what: Uuid::from_u128(number),
        errand: Errand {
            purpose,
            deadline: day(deadline),
        },
    }
}

fn ballot(number: u128) -> DutyCommand {
    ask(number, Purpose::Evaluation, "2024-05-31")
}

fn note(by: Region, record: u128, until: Option<&str>) -> DutyCommand {
    DutyCommand::Note {
        by,
        record: Uuid::from_u128(record),
        until: until.map(day),
    }
}

/// What is called back when `command` is heard then.
fn heard(duty: &mut Duty, command: DutyCommand, now: OffsetDateTime) -> Vec<(u128, Day)> {
    let mut called = Vec::new();
    for event in duty.decide(command, &context(now)).unwrap() {
        let kept = serde_json::to_string(&event).unwrap();
        duty.evolve(&serde_json::from_str(&kept).unwrap());
        let told = duty.publish("", &event, &context(now));
        if let DutyEvent::Called { what, until, .. } = event {
            assert_eq!(told.len(), 1);
            assert_eq!(told[0].scope, Scope::Node);
            called.push((what.as_u128(), until));
        } else {
            assert_eq!(told, vec![]);
        }
    }
    let stored = serde_json::to_string(duty).unwrap();
    assert_eq!(serde_json::from_str::<Duty>(&stored).unwrap(), *duty);
    called
}

#[test]
fn a_record_calls_back_at_once_whatever_could_still_be_answered() {
    let mut duty = Duty::default();
    heard(&mut duty, ballot(1), NOW);
    heard(&mut duty, ask(2, Purpose::Review, "2024-05-06"), NOW);
    heard(&mut duty, ask(3, Purpose::Review, "2024-05-05"), NOW);
    let until = day("2025-05-05");
    let record = || note(Region::JS, 7, Some("2025-05-05"));
    let called = heard(&mut duty, record(), NOW);
    assert_eq!(called, [(1, until), (2, until)]);
    assert_eq!(duty.decide(record(), &context(NOW)), Ok(vec![]));
    // Each is called back once, whatever else is heard.
    assert_eq!(duty.decide(ballot(1), &context(NOW)), Ok(vec![]));
    let another = note(Region::ZJ, 7, Some("2026-01-01"));
    assert_eq!(heard(&mut duty, another, NOW), []);
}

#[test]
fn each_is_called_in_the_name_of_the_service_that_asked() {
    for purpose in [Purpose::Evaluation, Purpose::Review] {
        let event = DutyEvent::Called {
            what: Uuid::from_u128(1),
            purpose,
            until: day("2025-05-05"),
        };
        let told = Duty::default().publish("", &event, &context(NOW));
        let (id, until) = match purpose {
            Purpose::Evaluation => {
                let told: BallotBarCalled = told[0].read().unwrap();
                (told.ballot_id, told.until)
            }
            Purpose::Review => {
                let told: SheetBarCalled = told[0].read().unwrap();
                (told.sheet_id, told.until)
            }
        };
        assert_eq!(id, Uuid::from_u128(1).to_string());
        assert_eq!(until, "2025-05-05");
    }
}

#[test]
fn whoever_is_asked_while_barred_is_called_back_and_nobody_after_the_record_has_ended() {
    let mut duty = Duty::default();
    heard(&mut duty, note(Region::JS, 7, Some("2024-05-20")), NOW);
    heard(&mut duty, note(Region::ZJ, 7, Some("2024-05-10")), NOW);
    let called = heard(&mut duty, ballot(1), NOW);
    assert_eq!(called, [(1, day("2024-05-20"))]);
    // One region ends its own record, not another's.
    heard(&mut duty, note(Region::ZJ, 7, None), NOW);
    assert_eq!(heard(&mut duty, ballot(2), NOW).len(), 1);
    // The last day belongs to it, even if nobody says that it has run out.
    let last = NOW + Duration::days(14);
    assert_eq!(heard(&mut duty, ballot(3), last).len(), 1);
    assert_eq!(heard(&mut duty, ballot(4), last + Duration::days(1)), []);
    heard(&mut duty, note(Region::JS, 7, None), NOW);
    assert_eq!(heard(&mut duty, ballot(5), NOW), []);
    assert_eq!(duty.decide(ballot(5), &context(NOW)), Ok(vec![]));
}

#[test]
fn what_is_past_is_forgotten_with_the_next_that_is_asked() {
    let mut duty = Duty::default();
    heard(&mut duty, ballot(1), NOW);
    let later = NOW + Duration::days(26);
    heard(&mut duty, ask(2, Purpose::Review, "2024-07-01"), later);
    let asked: Vec<_> = duty.asked.keys().map(Uuid::as_u128).collect();
    assert_eq!(asked, [2]);
}

fn effective(origin: Region) -> Incoming {
    let event = CreditRecordEffective {
        record_id: Uuid::from_u128(7).to_string(),
        person_key: PersonKey::from_bytes([1; 32]).to_string(),
        barring: true,
        until: "2025-05-05".into(),
        barred_acts: vec![BarredAct::Contract.into(), BarredAct::ExpertDraw.into()],
        ..CreditRecordEffective::default()
    };
    incoming(origin, &event)
}

fn incoming<E: PublicEvent>(origin: Region, event: &E) -> Incoming {
    Incoming {
        id: Uuid::from_u128(1),
        origin,
        scope: Scope::Share(Audience::All),
        kind: E::KIND.to_owned(),
        aggregate: Uuid::from_u128(7).to_string(),
        at: NOW,
        body: event.encode_to_vec(),
        traceparent: None,
    }
}

/// What somebody who has one ballot hears of `event`: how many are called back.
fn calls(event: &CreditRecordEffective) -> usize {
    let acts = credit(&incoming(Region::JS, event)).unwrap();
    let [act] = &acts[..] else { panic!() };
    assert_eq!(act.id(), PersonKey::from_bytes([1; 32]).to_string());
    let mut duty = Duty::default();
    heard(&mut duty, ballot(1), NOW);
    let held = journal::Held::new(1, duty);
    let turn = act.play(Some(&held), &context(NOW)).unwrap();
    turn.map_or(0, |turn| turn.messages.len())
}

#[test]
fn a_record_counts_if_it_bars_the_person_from_judging_now() {
    let event: CreditRecordEffective = effective(Region::JS).read().unwrap();
    assert_eq!(calls(&event), 1);
    let older = CreditRecordEffective {
        barred_acts: vec![],
        ..event.clone()
    };
    assert_eq!(calls(&older), 1);
    let other = CreditRecordEffective {
        barred_acts: vec![BarredAct::Contract.into()],
        ..event.clone()
    };
    assert_eq!(calls(&other), 0);
    let ended = CreditRecordEffective {
        barring: false,
        until: String::new(),
        ..event.clone()
    };
    assert_eq!(calls(&ended), 0);
    let of_a_unit = CreditRecordEffective {
        unit_id: Uuid::from_u128(8).to_string(),
        person_key: String::new(),
        ..event.clone()
    };
    let acts = credit(&incoming(Region::JS, &of_a_unit)).unwrap();
    assert!(acts.is_empty());
    let nameless = CreditRecordEffective {
        record_id: "7".into(),
        ..event
    };
    assert!(credit(&incoming(Region::JS, &nameless)).is_err());
    assert!(credit(&effective(Region::HUB)).is_err());
}

#[test]
fn a_call_never_crosses_the_border() {
    let event = BallotBarCalled {
        ballot_id: Uuid::from_u128(1).to_string(),
        until: "2025-05-05".into(),
    };
    let crossed = incoming(Region::HUB, &event);
    assert!(called::<BallotBarCalled>(&crossed).is_err());
    let own = Incoming {
        scope: Scope::Node,
        ..crossed
    };
    assert_eq!(called::<BallotBarCalled>(&own), Ok(event));
}

//! What holds of credit records over random histories.

use proptest::prelude::*;
use proto::registry::v1 as wire;
use regulation::Role;

use super::tests::{START, appeal, charge, context, officer, propose, text};
use super::*;

/// Anybody does anything, with days between.
#[derive(Debug, Clone)]
struct Step {
    days: i64,
    person: &'static str,
    command: Command,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let command = prop_oneof![
        1 => Just(propose(charge())),
        1 => Just(Command::Decline(text())),
        3 => Just(Command::Notify),
        2 => (0..50i64).prop_map(|day| appeal(START + Duration::days(day))),
        3 => Just(Command::Settle),
        2 => Just(Command::Uphold(text())),
        1 => Just(Command::Revoke(text())),
        2 => Just(Command::Expire),
    ];
    let person = prop::sample::select(vec!["officer", "director", "third", "fourth"]);
    let days = prop_oneof![4 => 0..40i64, 1 => 0..1200i64];
    let step = (days, person, command).prop_map(|(days, person, command)| Step {
        days,
        person,
        command,
    });
    prop::collection::vec(step, 1..40)
}

proptest! {
    #[test]
    fn no_state_leaves_a_final_one_nobody_decides_what_they_prepared_and_a_bar_is_exactly_its_days(
        steps in steps()
    ) {
        let mut record = CreditRecord::default();
        let (mut now, mut told) = (START, Vec::new());
        for event in record.decide(propose(charge()), &officer()).unwrap() {
            record.evolve(&event);
        }
        for step in steps {
            now += Duration::days(step.days);
            let context = context(step.person, Role::Director, now);
            let before = record.clone();
            let final_before = before.0.as_ref().unwrap().stage.is_final();
            let Ok(events) = record.decide(step.command, &context) else { continue };
            prop_assert!(!final_before || events.is_empty());
            for event in &events {
                record.evolve(event);
                told.extend(record.publish("r", event, &context));
            }
            check(&record.0.as_ref().unwrap().stage);
        }
        // What the others were told bars exactly on the days of the effect that the record has.
        let stood = told.iter().rev().find_map(Message::read::<wire::CreditRecordEffective>);
        let record = record.0.unwrap();
        match (record.effect(), stood) {
            (Some(effect), Some(stood)) => {
                prop_assert!(stood.barring);
                for day in [effect.from.minus_days(1), effect.from, effect.until, effect.until.plus_days(1)] {
                    let told = stood.from <= day.to_string() && day.to_string() <= stood.until;
                    prop_assert_eq!(effect.covers(day), told);
                }
                prop_assert_eq!(effect.from.plus_months(36).minus_days(1), effect.until);
            }
            (None, Some(stood)) => prop_assert!(!stood.barring),
            (effect, None) => prop_assert_eq!(effect, None),
        }
    }
}

/// Nobody has decided what they prepared.
fn check(stage: &Stage) {
    let told = stage.telling().map(|telling| telling.by.as_str());
    assert_ne!(told, Some("officer"));
    let word = match stage {
        Stage::Declined { word } | Stage::Revoked { word, .. } => Some(word),
        Stage::Effective { upheld, .. } => upheld.as_ref().map(|(_, word)| word),
        _ => None,
    };
    if let Some(word) = word {
        assert_ne!(word.by, "officer");
        assert_ne!(Some(word.by.as_str()), told);
    }
}

//! Random histories: whatever is asked in whatever order, what must hold holds.

use proptest::prelude::*;
use regulation::Role;
use time::Duration;

use super::{
    super::*, LEAD, NOW, SOLVER, TEAM, by, content, creation, fen, freeze, give, known, lead,
    provide, put, receipt, submit, word,
};

/// What somebody may try.
#[derive(Debug, Clone, Copy)]
enum Step {
    Write(i64),
    Put(usize, bool),
    Remove(usize),
    Provide(usize, i64),
    Freeze,
    Revise,
    Agree(usize),
    Refuse(usize),
    Submit,
    Acknowledge,
    Pass,
    Correct,
    Reject,
    Judge(bool),
    Withdraw,
    Days(i64),
}

fn steps() -> impl Strategy<Value = Step> {
    use Step::*;
    prop_oneof![
        1 => (290i64..=301).prop_map(Write),
        1 => (0usize..3, any::<bool>()).prop_map(|(unit, subtask)| Put(unit, subtask)),
        1 => (0usize..3).prop_map(Remove),
        1 => (0usize..3, 0i64..2).prop_map(|(unit, off)| Provide(unit, off)),
        4 => Just(Freeze),
        1 => Just(Revise),
        9 => (0usize..3).prop_map(Agree),
        1 => (0usize..3).prop_map(Refuse),
        4 => Just(Submit),
        1 => Just(Acknowledge),
        2 => Just(Pass),
        2 => Just(Correct),
        1 => Just(Reject),
        1 => any::<bool>().prop_map(Judge),
        1 => Just(Withdraw),
        1 => (0i64..9).prop_map(Days),
    ]
}

const UNITS: [UnitId; 3] = [LEAD, SOLVER, TEAM];

fn command(step: Step, application: &Application) -> Option<Command> {
    let case = application.0.as_ref()?;
    let version = case.version();
    let conclude = |outcome| Command::Conclude { version, outcome };
    let frozen = case.frozen.is_some();
    Some(match step {
        Step::Write(support) => {
            let mut content = content();
            content.support = fen(support);
            Command::Write(Box::new(content))
        }
        Step::Put(unit, subtask) => {
            let role = if subtask {
                UnitRole::Subtask
            } else {
                UnitRole::Participant
            };
            put(UNITS[unit], role)
        }
        Step::Remove(unit) => Command::Remove(UNITS[unit]),
        Step::Provide(unit, off) => {
            let role = case.seats.get(&UNITS[unit])?.role;
            let (support, own) = [(200, 500), (60, 100), (40, 100)][unit];
            let Command::ReceivePart { part, origin, .. } =
                provide(UNITS[unit], role, support, own + off)
            else {
                return None;
            };
            let mut part = part;
            part.version = case.seats[&UNITS[unit]]
                .latest
                .as_ref()
                .map_or(1, |latest| latest.version + 1);
            let unit = UNITS[unit];
            Command::ReceivePart { unit, part, origin }
        }
        Step::Freeze => freeze(),
        Step::Revise => Command::Revise,
        Step::Agree(unit) if frozen => word(application, UNITS[unit], None),
        Step::Refuse(unit) if frozen => word(application, UNITS[unit], Some("不同意")),
        Step::Submit if frozen => submit(application),
        Step::Acknowledge if frozen => Command::Acknowledge(receipt(application)),
        Step::Agree(_) | Step::Refuse(_) | Step::Submit | Step::Acknowledge => return None,
        Step::Pass => conclude(Outcome::Passed),
        Step::Correct => conclude(Outcome::Correct {
            items: BTreeMap::from([(Item::BudgetSum, String::new())]),
            deadline: "2024-11-29".parse().ok()?,
            provisional: false,
            reason: "请补正".into(),
        }),
        Step::Reject => conclude(Outcome::NotAccepted {
            reason: "不符合".into(),
            items: BTreeMap::new(),
            appeal_until: "2024-11-29".parse().ok(),
        }),
        Step::Judge(established) => Command::Judge {
            established,
            judgement: Judgement {
                place: 1,
                comments: vec![],
            },
        },
        Step::Withdraw => Command::Withdraw("理由".parse().ok()?),
        Step::Days(_) => Command::MissDeadline,
    })
}

proptest! {
    #[test]
    fn nothing_is_handed_in_that_breaks_a_rule_and_no_end_is_left(
        steps in proptest::collection::vec(steps(), 0..60),
    ) {
        let mut application = Application::default();
        give(&mut application, Command::Create(Box::new(creation())), &lead()).unwrap();
        for (unit, role) in [(SOLVER, UnitRole::Subtask), (TEAM, UnitRole::Participant)] {
            give(&mut application, put(unit, role), &lead()).unwrap();
        }
        let mut now = NOW;
        for step in steps {
            if let Step::Days(days) = step {
                now += Duration::days(days);
            }
            let Some(command) = command(step, &application) else { continue };
            let before = application.0.as_ref().unwrap().clone();
            let Ok(events) = give(&mut application, command, &by(Some(LEAD), Role::UnitMember, now))
            else { continue };
            let after = application.0.as_ref().unwrap();
            if before.stage.is_terminal() {
                prop_assert_eq!(&before.stage, &after.stage);
            }
            if events.iter().any(|event| matches!(event, Event::Submitted { .. })) {
                let frozen = after.frozen.as_ref().unwrap();
                let Stage::AwaitingAssents { given, .. } = &before.stage else {
                    return Err(TestCaseError::fail("handed in out of order"));
                };
                prop_assert!(frozen.package.units.keys().all(|unit| given.contains_key(unit)));
                prop_assert!(after.faults(&frozen.package, &known(), NOW).is_empty());
                prop_assert!(i128::from(frozen.package.content.support.fen()) * 10
                    <= i128::from(frozen.package.content.investment.fen()) * 3);
            }
            // What is stored is read back as it is.
            let stored = serde_json::to_string(&application).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Application>(&stored).unwrap(), &application);
        }
    }
}

//! Random histories: what holds after each of them.

use std::collections::BTreeMap;

use evidence::Digest;

use super::{files::file, later::*, *};

const PEOPLE: [&str; 3] = ["wang", "li", "zhao"];

fn any_content() -> impl Strategy<Value = Content> {
    let months = prop_oneof![Just(30), Just(48)];
    (months, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(months, local, stepwise, named)| {
            let mut content = content();
            content.record.months = months;
            content.duration_reason = Some("周期长".parse().unwrap());
            content.milestones_reason = Some("分段验证".parse().unwrap());
            if local {
                content.programme = Programme::Local;
            }
            if stepwise {
                content.record.milestones = vec!["中试".parse().unwrap()];
            }
            if named {
                content.record.mission = "为星河微电子攻关".parse().unwrap();
            }
            content
        },
    )
}

fn any_revision() -> impl Strategy<Value = Command> {
    (
        0..3u32,
        prop::collection::btree_set(1..3u128, 0..2),
        any::<bool>(),
    )
        .prop_map(|(text, selected, agreed)| {
            let mut task = record().tasks.remove(0);
            task.indicators = ["甲", "乙", "找星河微电子"][text as usize].parse().unwrap();
            let selected: std::collections::BTreeSet<regulation::SolutionId> = selected
                .into_iter()
                .map(|n| uuid::Uuid::from_u128(n).into())
                .collect();
            let words = selected.iter().map(|id| (*id, Digest([5; 32])));
            Command::Revise(Box::new(Revise {
                task,
                reason: "调整".parse().unwrap(),
                words: if agreed {
                    words.collect()
                } else {
                    BTreeMap::new()
                },
                selected: Some(selected),
                names: standing().names,
            }))
        })
}

fn any_command() -> impl Strategy<Value = Command> {
    let text = || "补充".parse::<Text>().unwrap();
    prop_oneof![
        2 => any_content().prop_map(|content| Command::Write(Box::new(content))),
        3 => Just(submit()),
        1 => Just(Command::Return(text())),
        2 => (0..2usize).prop_map(|n| Command::ApproveDeparture(rules::IN_PRINCIPLE[n].code.into())),
        3 => Just(accept()),
        1 => prop::option::of(Just(text())).prop_map(Command::Withdraw),
        1 => Just(Command::DeclineWithdrawal(text())),
        1 => Just(Command::Close(text())),
        1 => (4..7u8).prop_map(|n| Command::Attach(Box::new(file(n, 30 << 20)))),
        1 => (4..7u8).prop_map(|n| Command::Detach(Digest([n; 32]))),
        2 => any_revision(),
        1 => (0..3u128, any::<bool>()).prop_map(|(round, listed)| judge(round, listed)),
        2 => Just(publish()),
        2 => (1..4usize, any::<bool>()).prop_map(|(number, taken)| {
            let refused_because = (!taken).then(|| "已选定揭榜方".parse().unwrap());
            Command::AnswerRevision(Answer { number, refused_because })
        }),
    ]
}

fn any_actor() -> impl Strategy<Value = Context> {
    let roles = [
        Role::UnitMember,
        Role::UnitMember,
        Role::Officer,
        Role::Director,
        Role::System,
    ];
    (0..roles.len(), 0..PEOPLE.len()).prop_map(move |(role, person)| {
        let mut context = context(roles[role]);
        context.actor.person = PEOPLE[person].to_owned();
        context
    })
}

/// What must hold between a demand before an event and after it.
fn holds(
    before: &Case,
    event: &Event,
    after: &Case,
    context: &Context,
) -> Result<(), TestCaseError> {
    let terminal = matches!(before.stage, Stage::Withdrawn { .. } | Stage::Closed { .. });
    prop_assert!(!terminal, "{event:?} after the end");
    if matches!(before.stage, Stage::Published { .. }) {
        let (was, is) = (&before.content.record, &after.content.record);
        prop_assert_eq!((&was.title, &was.mission), (&is.title, &is.mission));
        for (was, is) in was.tasks.iter().zip(&is.tasks) {
            prop_assert!(is == was || is.revision == was.revision + 1);
        }
    }
    prop_assert!(after.attachments.len() <= attachment::FILES_MAX);
    let bytes: u64 = after.attachments.iter().map(|one| one.bytes).sum();
    prop_assert!(bytes <= attachment::BYTES_MAX);
    let person = &context.actor.person;
    match event {
        Event::Accepted { by, .. } => {
            prop_assert!(after.declared_by.as_ref() != Some(by));
            for wish in &after.departures {
                let approver = wish.approved_by.as_ref();
                prop_assert!(approver.is_some_and(|one| one != by), "{wish:?} by {by}");
                prop_assert!(approver != after.declared_by.as_ref());
            }
            let usual = (24..=36).contains(&after.content.record.months);
            prop_assert!(usual || !after.departures.is_empty());
        }
        Event::Published { .. } | Event::Judged(_) => {
            prop_assert_eq!(after.content.programme, Programme::Joint);
        }
        Event::Withdrawn(_) => {
            if let Stage::Published { withdrawal, .. } = &before.stage {
                let by_another = matches!(withdrawal, Withdrawal::Asked { by, .. } if by != person);
                prop_assert!(by_another, "{withdrawal:?} by {person}");
            }
        }
        _ => {}
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_history_breaks_a_rule_or_lets_anything_private_out(
        commands in prop::collection::vec((any_actor(), any_command()), 1..40)
    ) {
        let mut demand = Demand::default();
        for (context, command) in commands {
            let Ok(events) = demand.decide(command.clone(), &context) else { continue };
            for event in &events {
                let before = demand.clone();
                demand.evolve(event);
                if let (Some(before), Some(after)) = (&before.0, &demand.0) {
                    holds(before, event, after, &context)?;
                }
                for message in demand.publish("d", event, &context) {
                    let text = String::from_utf8_lossy(&message.body).into_owned();
                    prop_assert!(!text.contains("PRIVATE-NOTE") && !text.contains("星河"));
                    prop_assert!(message.scope == Scope::Node || !text.contains("PRIVATE"));
                    let local = demand.0.as_ref().unwrap().content.programme == Programme::Local;
                    prop_assert!(!local);
                    prop_assert!(message.scope == Scope::Node || !text.contains(&UNIT.to_string()));
                }
            }
            // Whatever was done is done already or no longer possible; never done twice.
            let again = demand.decide(command, &context);
            prop_assert!(again.is_err() || again == Ok(vec![]), "{again:?}");
        }
    }
}

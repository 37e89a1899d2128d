//! What holds over any history of a decision.

use super::*;

/// One thing that somebody may try, at some hour after the opening.
#[derive(Debug, Clone)]
struct Try {
    command: Command,
    who: (usize, Role),
    hour: i64,
    heard: bool,
}

fn tries() -> impl Strategy<Value = Try> {
    let regions = prop::sample::select(vec![
        Region::SH,
        Region::JS,
        Region::ZJ,
        Region::AH,
        Region::HUB,
    ]);
    let words = (regions, any::<bool>(), 0..8_u8).prop_map(|(region, director, other)| {
        let mut word = word(region);
        if other == 0 {
            word.digest = Digest::of_document(b"another");
        }
        if !director && other < 4 {
            word.signature.role = Role::Officer;
        }
        word
    });
    let commands = prop_oneof![
        8 => words.clone().prop_map(Command::Assent),
        1 => words.prop_map(|word| Command::Object { word, reason: reason() }),
        4 => Just(approve()),
        4 => Just(Command::EndPublicity),
        1 => Just(Command::EndPublicityAnyway { reason: reason() }),
        1 => (1..4_u128, 0..400_i64).prop_map(|(n, h)| receive(n, MONDAY + Duration::hours(h))),
        1 => (1..4_u128, any::<bool>()).prop_map(|(n, upheld)| judge(n, upheld)),
        1 => Just(opening(DecisionKind::Interpretation)),
    ];
    let roles = prop::sample::select(vec![Role::TaskForce, Role::Secretariat, Role::System]);
    (commands, 0..3_usize, roles, 0..400_i64, any::<bool>()).prop_map(
        |(command, person, role, hour, heard)| Try {
            command,
            who: (person, role),
            hour,
            heard,
        },
    )
}

fn at(attempt: &Try) -> Context {
    let now = MONDAY + Duration::hours(attempt.hour);
    let heard = MEMBERS
        .iter()
        .filter(|_| attempt.heard)
        .map(|member| (*member, now))
        .collect();
    let (person, role) = attempt.who;
    Context {
        now,
        heard,
        ..context(&format!("p{person}"), role)
    }
}

fn is_over(stage: &Stage) -> bool {
    matches!(stage, Stage::InForce { .. } | Stage::Returned(_))
}

fn check(decision: &Decision) -> Result<(), TestCaseError> {
    let members = &decision.matter.terms.members;
    prop_assert!(
        decision
            .assents
            .keys()
            .all(|region| members.contains(region))
    );
    let Some(approval) = decision.approval() else {
        return Ok(());
    };
    prop_assert!(decision.missing().is_empty());
    for (region, word) in &decision.assents {
        prop_assert_eq!(word.signature.region, *region);
        prop_assert_eq!(word.digest, decision.matter.document.digest());
        prop_assert_eq!(word.signature.role, Role::Director);
    }
    prop_assert_eq!(approval.by.role, decision.matter.terms.approver);
    prop_assert!(!approval.by.is_by(&decision.matter.opened_by));
    if let Stage::InForce { at, period, .. } = &decision.stage {
        prop_assert!(*at > period.until.end());
        prop_assert!(!decision.has_pending_objections());
        prop_assert!(
            decision
                .objections
                .values()
                .all(|o| !o.judgement.as_ref().unwrap().upheld)
        );
    }
    Ok(())
}

proptest! {
    /// `domain.md` §5, invariants 5 and 11.
    #[test]
    fn over_any_history_a_decision_in_force_has_every_members_assent_to_its_document(
        opener in 0..3_usize, history in prop::collection::vec(tries(), 0..60),
    ) {
        let mut state = JointDecision::default();
        let by = context(&format!("p{opener}"), Role::Secretariat);
        give(&mut state, opening(DecisionKind::Interpretation), &by);
        for attempt in history {
            let before = stage(&state).clone();
            let context = at(&attempt);
            if let Ok(events) = state.decide(attempt.command, &context) {
                for event in events {
                    state.evolve(&event);
                    let _ = state.publish("d", &event, &context);
                }
            }
            if is_over(&before) {
                prop_assert_eq!(stage(&state), &before);
            }
            check(state.opened().unwrap())?;
            let stored = serde_json::to_string(&state).unwrap();
            prop_assert_eq!(&serde_json::from_str::<JointDecision>(&stored).unwrap(), &state);
        }
    }

    /// Without any objection, whatever the order of the words, the decision gets into force.
    #[test]
    fn in_any_order_of_words_a_decision_that_all_want_takes_force(
        order in Just(MEMBERS.to_vec()).prop_shuffle(), repeats in 0..4_usize,
    ) {
        let mut state = opened();
        for member in order.iter().chain(&order[..repeats]) {
            give(&mut state, Command::Assent(word(*member)), &system());
        }
        give(&mut state, approve(), &approver());
        give(&mut state, Command::EndPublicity, &over());
        let in_force = matches!(stage(&state), Stage::InForce { .. });
        prop_assert!(in_force);
    }
}

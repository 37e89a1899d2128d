//! The approval is not the end: the public, its objections, and who has to be heard.

use super::*;

#[test]
fn no_time_decides_while_a_word_or_the_approval_is_missing() {
    for state in [opened(), assented(), returned()] {
        assert_eq!(state.alarms(), Vec::new());
        assert_eq!(
            refuses(&state, Command::EndPublicity, &over()),
            Rejection::NotPublic
        );
    }
}

#[test]
fn the_publicity_period_lasts_to_the_end_of_its_last_day() {
    let state = public();
    let alarms = state.alarms();
    assert_eq!((alarms.len(), alarms[0].due), (1, AFTER));
    let early = Context {
        now: LAST_DAY.end(),
        ..over()
    };
    let expected = Rejection::StillPublic { until: LAST_DAY };
    assert_eq!(refuses(&state, Command::EndPublicity, &early), expected);
    let anyway = Command::EndPublicityAnyway { reason: reason() };
    let early = Context {
        now: LAST_DAY.end(),
        ..secretary()
    };
    assert_eq!(refuses(&state, anyway, &early), expected);
    assert_eq!(rule(expected), rules::PUBLICITY);
}

#[test]
fn a_deadline_beyond_the_holiday_table_is_flagged() {
    let mut state = assented();
    let later = Context {
        now: datetime!(2030-05-06 10:00 +8),
        ..approver()
    };
    give(&mut state, approve(), &later);
    assert!(state.opened().unwrap().period().unwrap().provisional);
}

#[test]
fn the_period_waits_for_who_has_not_been_heard_past_it_and_looks_again_ever_later() {
    let mut state = public();
    let mut deaf = over();
    deaf.heard.insert(Region::ZJ, LAST_DAY.start());
    deaf.heard.remove(&Region::AH);
    let mut pauses = Vec::new();
    for _ in 0..12 {
        assert_eq!(give(&mut state, Command::EndPublicity, &deaf), Vec::new());
        let period = state.opened().unwrap().period().unwrap();
        assert_eq!(period.silent, [Region::ZJ, Region::AH].into());
        let awaited: BTreeMap<_, _> = period.awaited().collect();
        assert!(awaited[&Region::ZJ].starts_with("浙江节点"), "{awaited:?}");
        let cites = |who: &String| who.contains(rules::HEARD.sentence.trim_end_matches('。'));
        assert!(
            awaited.len() == 2 && awaited.values().all(cites),
            "{awaited:?}"
        );
        pauses.push(state.alarms()[0].due - deaf.now);
    }
    assert!(pauses.is_sorted());
    assert_eq!(pauses.first(), Some(&Duration::seconds(2)));
    assert_eq!(pauses.last(), Some(&Duration::HOUR));
    give(&mut state, Command::EndPublicity, &over());
    assert!(matches!(stage(&state), Stage::InForce { waiver: None, .. }));
}

#[test]
fn somebody_goes_on_without_who_is_cut_off_with_a_reason_that_is_kept() {
    let mut state = public();
    let cut_off = Context {
        now: AFTER,
        ..secretary()
    };
    give(
        &mut state,
        Command::EndPublicityAnyway { reason: reason() },
        &cut_off,
    );
    let Stage::InForce {
        waiver: Some(waiver),
        ..
    } = stage(&state)
    else {
        panic!("{state:?}")
    };
    assert_eq!(waiver.silent, MEMBERS.into());
    assert_eq!(waiver.by.person, "secretary");
    assert_eq!(state.decide(Command::EndPublicity, &over()), Ok(Vec::new()));
}

#[test]
fn a_members_objection_returns_the_decision_and_later_words_come_to_nothing() {
    let mut state = opened();
    let object = Command::Object {
        word: word(Region::ZJ),
        reason: reason(),
    };
    let told = give(&mut state, object.clone(), &system());
    let changed: DecisionChanged = told[0].read().unwrap();
    assert_eq!(changed.state(), DecisionState::Returned);
    assert_eq!(changed.reason, reason().to_string());
    assert_eq!(state.decide(object, &system()), Ok(Vec::new()));
    assert_eq!(
        state.decide(Command::Assent(word(Region::SH)), &system()),
        Ok(Vec::new())
    );
    assert_eq!(refuses(&state, approve(), &approver()), Rejection::Returned);
}

#[test]
fn an_upheld_objection_of_the_public_returns_the_decision_and_its_node_is_told() {
    let mut state = public();
    give(&mut state, receive(1, MONDAY), &system());
    let told = give(&mut state, judge(1, true), &secretary());
    assert_eq!(told[0].scope, Scope::Share(Audience::One(Region::JS)));
    assert!(told[0].read::<ObjectionAnswered>().is_some());
    let changed: DecisionChanged = told[1].read().unwrap();
    assert_eq!(changed.state(), DecisionState::Returned);
    assert_eq!(changed.document_number, "沪科合〔2024〕12号");
    assert_eq!(state.alarms(), Vec::new());
}

#[test]
fn nothing_takes_force_while_an_objection_waits_to_be_judged() {
    let mut state = public();
    give(&mut state, receive(1, LAST_DAY.end()), &system());
    assert_eq!(state.alarms(), Vec::new());
    let refused = refuses(&state, Command::EndPublicity, &over());
    assert_eq!(refused, Rejection::ObjectionsPending);
    assert_eq!(rule(refused), rules::PUBLICITY);
    give(&mut state, judge(1, false), &secretary());
    assert_eq!(state.alarms().len(), 1);
    let refused = refuses(&state, judge(1, true), &secretary());
    assert_eq!(refused, Rejection::JudgedAlready);
    assert_eq!(rule(refused), rules::OBJECTION_LIFECYCLE);
    give(&mut state, Command::EndPublicity, &over());
    assert!(matches!(stage(&state), Stage::InForce { .. }));
}

#[test]
fn an_objection_is_in_time_by_when_its_home_signed_it() {
    let mut state = public();
    // It arrives after the period, but was filed within it.
    give(&mut state, receive(1, LAST_DAY.end()), &over());
    assert!(state.opened().unwrap().has_pending_objections());
    let told = give(&mut state, receive(2, AFTER), &over());
    assert!(
        told[0]
            .read::<ObjectionAnswered>()
            .unwrap()
            .reason
            .contains("已满")
    );
    assert_eq!(state.opened().unwrap().objections.len(), 1);
    let told = give(&mut assented(), receive(3, MONDAY), &system());
    assert!(
        told[0]
            .read::<ObjectionAnswered>()
            .unwrap()
            .reason
            .contains("尚未公示")
    );
}

#[test]
fn the_secretariat_or_the_task_force_judges_objections() {
    let mut state = public();
    give(&mut state, receive(1, MONDAY), &system());
    let agency = context("agency", Role::Agency);
    assert_eq!(
        refuses(&state, judge(1, false), &agency),
        Rejection::NotAJudge
    );
    assert_eq!(
        refuses(&state, judge(9, false), &secretary()),
        Rejection::NoSuchObjection
    );
}

#[test]
fn an_objection_that_arrives_twice_is_one_and_none_is_judged_after_the_return() {
    let mut state = public();
    give(&mut state, receive(1, MONDAY), &system());
    give(&mut state, receive(2, MONDAY), &system());
    let again = state.decide(receive(1, LAST_DAY.end()), &system());
    assert_eq!(again, Ok(Vec::new()));
    give(&mut state, judge(1, true), &secretary());
    let refused = refuses(&state, judge(2, true), &secretary());
    assert_eq!(refused, Rejection::NotPublic);
}

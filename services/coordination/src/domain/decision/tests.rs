//! Each rule of joint decisions, with a case that it refuses; and what holds over any history.

use std::sync::Arc;

use proptest::prelude::*;
use proto::{
    coordination::v1::{
        DecisionChanged, DecisionInForce, DecisionOpened, DecisionState, ObjectionAnswered,
    },
    message::{Audience, Scope},
};
use regulation::{Actor, Policy, Refusal, RefusalKind, Role, YRD_2023_1};
use time::{Duration, macros::datetime};
use uuid::Uuid;

use super::*;
use crate::domain::Signature;

const MEMBERS: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
const MONDAY: OffsetDateTime = datetime!(2024-05-06 10:00 +8);
/// Five working days after it.
const LAST_DAY: Day = Day(time::macros::date!(2024 - 05 - 13));
const AFTER: OffsetDateTime = datetime!(2024-05-14 0:00 +8);

use regulation::Day;

fn context(person: &str, role: Role) -> Context {
    Context {
        now: MONDAY,
        actor: Actor::person(person, role, Region::HUB),
        node: Region::HUB,
        policy: Some(Arc::new(Policy::parse(YRD_2023_1).unwrap())),
        heard: BTreeMap::new(),
    }
}

fn system() -> Context {
    Context {
        actor: Actor::system(Region::HUB),
        ..context("", Role::System)
    }
}

fn approver() -> Context {
    context("approver", Role::TaskForce)
}

fn secretary() -> Context {
    context("secretary", Role::Secretariat)
}

/// After the publicity period, with everybody heard past it.
fn over() -> Context {
    let heard = MEMBERS.iter().map(|member| (*member, AFTER)).collect();
    Context {
        now: AFTER,
        heard,
        ..system()
    }
}

fn document() -> Document {
    Document::new(b"list".to_vec()).unwrap()
}

fn opening(kind: DecisionKind) -> Command {
    Command::Open(Box::new(Opening {
        kind,
        title: "2024年度重点揭榜任务清单".parse().unwrap(),
        document: document(),
        subject_id: Uuid::from_u128(5).to_string(),
        former: None,
        last_terms: None,
    }))
}

fn word(region: Region) -> Word {
    let person = format!("director-{region}");
    let signature = Signature {
        person,
        role: Role::Director,
        region,
        at: MONDAY,
    };
    Word {
        signature,
        digest: document().digest(),
    }
}

fn approve() -> Command {
    let number = "沪科合〔2024〕12号".parse().unwrap();
    Command::Approve {
        number,
        digest: document().digest(),
    }
}

fn reason() -> Text {
    "与在研项目重复".parse().unwrap()
}

fn objection(number: u128) -> ObjectionId {
    ObjectionId(Uuid::from_u128(number))
}

fn receive(number: u128, filed_at: OffsetDateTime) -> Command {
    Command::ReceiveObjection {
        id: objection(number),
        region: Region::JS,
        text: reason(),
        filed_at,
    }
}

fn judge(number: u128, upheld: bool) -> Command {
    Command::JudgeObjection {
        id: objection(number),
        upheld,
        reason: reason(),
    }
}

/// Gives the command and returns what is told of it.
fn give(state: &mut JointDecision, command: Command, context: &Context) -> Vec<Message> {
    let mut told = Vec::new();
    for event in state.decide(command, context).unwrap() {
        state.evolve(&event);
        told.extend(state.publish("d", &event, context));
    }
    told
}

fn opened() -> JointDecision {
    let mut state = JointDecision::default();
    give(&mut state, opening(DecisionKind::List), &system());
    state
}

fn assented() -> JointDecision {
    let mut state = opened();
    for member in MEMBERS {
        give(&mut state, Command::Assent(word(member)), &system());
    }
    state
}

fn public() -> JointDecision {
    let mut state = assented();
    give(&mut state, approve(), &approver());
    state
}

fn returned() -> JointDecision {
    let mut state = opened();
    give(
        &mut state,
        Command::Object {
            word: word(Region::ZJ),
            reason: reason(),
        },
        &system(),
    );
    state
}

fn stage(state: &JointDecision) -> &Stage {
    &state.opened().unwrap().stage
}

fn refuses(state: &JointDecision, command: Command, context: &Context) -> Rejection {
    state.decide(command, context).unwrap_err()
}

#[test]
fn the_way_from_a_proposal_to_force() {
    let mut state = JointDecision::default();
    let told = give(&mut state, opening(DecisionKind::List), &system());
    let event: DecisionOpened = told[0].read().unwrap();
    assert_eq!(told[0].scope, Scope::Share(Audience::All));
    assert_eq!(
        (event.members.len(), event.document.as_slice()),
        (4, b"list".as_slice())
    );
    for (index, member) in MEMBERS.into_iter().enumerate() {
        assert_eq!(stage(&state), &Stage::Open);
        let told = give(&mut state, Command::Assent(word(member)), &system());
        let changed: DecisionChanged = told[0].read().unwrap();
        assert_eq!(
            (changed.assented.len(), changed.missing.len()),
            (index + 1, 3 - index)
        );
    }
    assert_eq!(stage(&state), &Stage::Assented);
    let told = give(&mut state, approve(), &approver());
    let changed: DecisionChanged = told.last().unwrap().read().unwrap();
    assert_eq!(changed.state(), DecisionState::Publicity);
    assert_eq!(changed.publicity_until, LAST_DAY.to_string());
    assert!(!changed.publicity_provisional);
    let told = give(&mut state, Command::EndPublicity, &over());
    let in_force: DecisionInForce = told.last().unwrap().read().unwrap();
    assert_eq!(told.last().unwrap().scope, Scope::Share(Audience::All));
    assert_eq!(in_force.document_number, "沪科合〔2024〕12号");
    assert_eq!(in_force.digest, document().digest().to_string());
    assert_eq!(in_force.assented, ["ah", "js", "sh", "zj"]);
    assert!(matches!(stage(&state), Stage::InForce { waiver: None, .. }));
}

#[test]
fn joint_decisions_are_made_on_the_hub_only() {
    let elsewhere = Context {
        node: Region::JS,
        ..system()
    };
    let refused = refuses(
        &JointDecision::default(),
        opening(DecisionKind::List),
        &elsewhere,
    );
    assert_eq!(refused, Rejection::NotHub);
}

#[test]
fn a_list_opens_by_its_proposal_and_an_interpretation_by_the_secretariat() {
    let nothing = JointDecision::default();
    for kind in [
        DecisionKind::List,
        DecisionKind::Guide,
        DecisionKind::Establishment,
    ] {
        assert_eq!(
            refuses(&nothing, opening(kind), &secretary()),
            Rejection::OpensByProposal
        );
    }
    assert!(
        nothing
            .decide(opening(DecisionKind::Interpretation), &secretary())
            .is_ok()
    );
}

#[test]
fn a_proposal_told_twice_opens_one_decision_and_another_one_does_not_take_its_place() {
    let state = opened();
    assert_eq!(
        state.decide(opening(DecisionKind::List), &system()),
        Ok(Vec::new())
    );
    assert_eq!(
        refuses(&state, opening(DecisionKind::Guide), &system()),
        Rejection::Exists
    );
}

#[test]
fn without_a_policy_only_a_policy_can_be_decided_on_and_by_the_last_members() {
    let policy = Policy::parse(YRD_2023_1).unwrap();
    let without = Context {
        policy: None,
        ..secretary()
    };
    let with_last = |kind| {
        let Command::Open(mut opening) = opening(kind) else {
            unreachable!()
        };
        opening.last_terms = Some(Terms::of(&policy, kind));
        Command::Open(opening)
    };
    let mut state = JointDecision::default();
    let note = with_last(DecisionKind::Interpretation);
    assert_eq!(refuses(&state, note, &without), Rejection::NoPolicy);
    give(&mut state, with_last(DecisionKind::Policy), &without);
    assert_eq!(state.opened().unwrap().matter.terms.members, policy.members);
}

#[test]
fn a_second_word_of_the_same_member_is_refused_and_a_repeat_is_none() {
    let mut state = opened();
    give(&mut state, Command::Assent(word(Region::JS)), &system());
    assert_eq!(
        state.decide(Command::Assent(word(Region::JS)), &system()),
        Ok(Vec::new())
    );
    let mut second = word(Region::JS);
    second.signature.person = "another".to_owned();
    let expected = Rejection::SecondWord { region: Region::JS };
    assert_eq!(
        refuses(&state, Command::Assent(second), &system()),
        expected
    );
    let object = Command::Object {
        word: word(Region::JS),
        reason: reason(),
    };
    assert_eq!(refuses(&state, object, &system()), expected);
}

#[test]
fn a_word_on_another_document_is_refused() {
    let mut other = word(Region::JS);
    other.digest = Digest::of_document(b"another list");
    let refused = refuses(&opened(), Command::Assent(other.clone()), &system());
    assert!(matches!(refused, Rejection::AnotherDigest { .. }));
    let object = Command::Object {
        word: other,
        reason: reason(),
    };
    assert!(matches!(
        refuses(&opened(), object, &system()),
        Rejection::AnotherDigest { .. }
    ));
    let number = "1号".parse().unwrap();
    let approve = Command::Approve {
        number,
        digest: Digest::of_document(b"another list"),
    };
    let refused = refuses(&assented(), approve, &approver());
    assert!(matches!(refused, Rejection::AnotherDigest { .. }));
}

#[test]
fn a_region_that_is_no_member_has_no_word() {
    let linked: Region = "gd".parse().unwrap();
    for region in [linked, Region::HUB] {
        let expected = Rejection::NotAMember { region };
        assert_eq!(
            refuses(&opened(), Command::Assent(word(region)), &system()),
            expected
        );
    }
}

#[test]
fn a_departments_word_is_its_directors() {
    let mut officer = word(Region::JS);
    officer.signature.role = Role::Officer;
    let expected = Rejection::NotADirector { region: Region::JS };
    assert_eq!(
        refuses(&opened(), Command::Assent(officer), &system()),
        expected
    );
}

#[test]
fn no_approval_before_every_member_has_assented_and_the_refusal_names_who_is_missing() {
    let mut state = opened();
    for member in [Region::SH, Region::JS, Region::AH] {
        give(&mut state, Command::Assent(word(member)), &system());
    }
    let refused = refuses(&state, approve(), &approver());
    assert_eq!(
        refused,
        Rejection::NotAllAssented {
            missing: [Region::ZJ].into()
        }
    );
    let told = Refusal::from(refused);
    assert!(told.message.contains("浙江"), "{told}");
    assert_eq!(told.values["missing"], "zj");
}

#[test]
fn who_approves_is_the_policys_word() {
    let refused = refuses(&assented(), approve(), &secretary());
    assert_eq!(
        refused,
        Rejection::NotTheApprover {
            approver: Role::TaskForce
        }
    );
    assert_eq!(Refusal::from(refused).kind, RefusalKind::Forbidden);
}

#[test]
fn nobody_approves_what_they_opened() {
    let mut state = JointDecision::default();
    give(
        &mut state,
        opening(DecisionKind::Interpretation),
        &secretary(),
    );
    for member in MEMBERS {
        give(&mut state, Command::Assent(word(member)), &system());
    }
    // The same person in another role is the same person.
    let same = context("secretary", Role::TaskForce);
    assert_eq!(refuses(&state, approve(), &same), Rejection::OpenedIt);
    assert!(state.decide(approve(), &approver()).is_ok());
}

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
}

#[test]
fn a_policy_without_publicity_puts_into_force_with_the_approval() {
    let text = YRD_2023_1.replace("publicity_days = 5", "publicity_days = 0");
    let policy = Some(Arc::new(Policy::parse(&text).unwrap()));
    let mut state = JointDecision::default();
    give(
        &mut state,
        opening(DecisionKind::List),
        &Context { policy, ..system() },
    );
    for member in MEMBERS {
        give(&mut state, Command::Assent(word(member)), &system());
    }
    give(&mut state, approve(), &approver());
    assert!(matches!(stage(&state), Stage::InForce { period: None, .. }));
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
        pauses.push(state.alarms()[0].due - deaf.now);
    }
    assert!(pauses.is_sorted());
    assert_eq!(pauses.first(), Some(&Duration::seconds(10)));
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
    assert_eq!(
        refuses(&state, Command::EndPublicity, &over()),
        Rejection::ObjectionsPending
    );
    give(&mut state, judge(1, false), &secretary());
    assert_eq!(state.alarms().len(), 1);
    assert_eq!(
        refuses(&state, judge(1, true), &secretary()),
        Rejection::JudgedAlready
    );
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
            .contains("期满")
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
fn every_refusal_says_in_chinese_what_to_do() {
    let all = [
        Rejection::NotHub,
        Rejection::NotFound,
        Rejection::NotOpen,
        Rejection::AlreadyApproved,
        Rejection::NotPublic,
        Rejection::ObjectionsPending,
        Rejection::SecondWord { region: Region::JS },
    ];
    for rejection in all {
        let refusal = Refusal::from(rejection);
        assert!(
            !refusal.message.is_empty() && !refusal.remedy.is_empty(),
            "{refusal}"
        );
    }
}

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
    if let Stage::InForce {
        at,
        period: Some(period),
        ..
    } = &decision.stage
    {
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

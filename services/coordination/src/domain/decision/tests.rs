//! Each rule of joint decisions, with a case that it refuses; and what holds over any history.

use std::sync::Arc;

use proptest::prelude::*;
use proto::{
    coordination::v1::{
        DecisionChanged, DecisionInForce, DecisionOpened, DecisionState, ObjectionAnswered,
    },
    message::{Audience, Scope},
};
use regulation::{Actor, Day, Policy, Refusal, RefusalKind, Role, Rule, YRD_2023_1};
use time::{Duration, macros::datetime};
use uuid::Uuid;

use super::*;
use crate::domain::{Signature, rules};

mod history;
mod publicity;
mod words;

const MEMBERS: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
const MONDAY: OffsetDateTime = datetime!(2024-05-06 10:00 +8);
/// Five working days after it: that Saturday was worked for the first of May.
const LAST_DAY: Day = Day(time::macros::date!(2024 - 05 - 11));
const AFTER: OffsetDateTime = datetime!(2024-05-12 0:00 +8);

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
    let subject = match kind {
        DecisionKind::Interpretation => "17".to_owned(),
        _ => Uuid::from_u128(5).to_string(),
    };
    Command::Open(Box::new(Opening {
        kind,
        title: "2024年度重点揭榜任务清单".parse().unwrap(),
        document: document(),
        subject_id: subject,
        former: None,
        known: Known::default(),
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

/// The rule that people are told.
fn rule(rejection: Rejection) -> Rule {
    Refusal::from(rejection).rule
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
    let other = |change: fn(&mut Opening)| {
        let Command::Open(mut opening) = opening(DecisionKind::List) else {
            unreachable!()
        };
        change(&mut opening);
        refuses(&state, Command::Open(opening), &system())
    };
    let document = other(|opening| opening.document = Document::new(b"other".to_vec()).unwrap());
    assert_eq!(document, Rejection::Exists);
    let subject = other(|opening| opening.subject_id = Uuid::from_u128(6).to_string());
    assert_eq!(subject, Rejection::Exists);
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
    let refused = refuses(&state, note, &without);
    assert_eq!(refused, Rejection::NoPolicy);
    assert_eq!(rule(refused), rules::POLICY_IN_FORCE);
    give(&mut state, with_last(DecisionKind::Policy), &without);
    assert_eq!(state.opened().unwrap().matter.terms.members, policy.members);
    // While one is in force, its members decide, whatever the last one said.
    let mut fewer = policy.clone();
    fewer.members.pop_last();
    let while_in_force = Context {
        policy: Some(Arc::new(fewer.clone())),
        ..secretary()
    };
    let mut state = JointDecision::default();
    give(&mut state, with_last(DecisionKind::Policy), &while_in_force);
    assert_eq!(state.opened().unwrap().matter.terms.members, fewer.members);
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

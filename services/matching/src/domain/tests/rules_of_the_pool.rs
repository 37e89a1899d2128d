//! The way into the reserve pool and out of it. [Art. 12]

use journal::Aggregate as _;
use proto::matching::v1 as wire;

use super::{
    rules_of_postings::{demander, did, feedback, later, matched, opened, owner, select},
    *,
};
use crate::domain::posting::{
    Command, Event, Posting, Standing,
    reserve::{Reserve, Status},
};

fn audit(posting: Posting) -> Posting {
    let mut posting = posting;
    let approve = Command::AuditReserve { returned: None };
    for event in posting
        .decide(approve, &person("director", Role::Director))
        .unwrap()
    {
        posting.evolve(&event);
    }
    posting
}

fn in_pool() -> Posting {
    let mut commands = matched(1, 1);
    commands.push(Command::ProposeReserve(text("补充信息")));
    audit(did(opened(), commands))
}

fn status(posting: &Posting) -> Option<Status> {
    posting.call().unwrap().pool_status()
}

fn person(name: &str, role: Role) -> Context {
    context(Region::JS, Actor::person(name, role, Region::JS), later())
}

#[test]
fn nothing_matched_is_no_entry_and_a_selection_alone_is_no_match() {
    let propose = Command::ProposeReserve(text("补充信息"));
    assert_eq!(
        rule(opened().decide(propose.clone(), &demander())),
        rules::SOMETHING_MATCHED.code
    );
    let asked = did(opened(), vec![select(1, 1)]);
    assert_eq!(
        rule(asked.decide(propose, &demander())),
        rules::SOMETHING_MATCHED.code
    );
}

#[test]
fn the_department_audits_and_never_who_proposed() {
    let mut commands = matched(1, 1);
    commands.push(Command::ProposeReserve(text("补充信息")));
    let proposed = did(opened(), commands);
    let approve = Command::AuditReserve { returned: None };
    let same = person("member", Role::Officer);
    assert_eq!(
        rule(proposed.decide(approve.clone(), &same)),
        rules::TWO_PEOPLE.code
    );
    assert_eq!(rule(proposed.decide(approve, &demander())), rules::OWN.code);
    let give_back = Command::AuditReserve {
        returned: Some(text("缺少附件")),
    };
    let events = proposed
        .decide(give_back, &person("officer", Role::Officer))
        .unwrap();
    assert_eq!(events, [Event::ReserveReturned(text("缺少附件"))]);
    assert_eq!(status(&audit(proposed)), Some(Status::PartlyMatched));
}

#[test]
fn an_upgrade_proposes_itself_and_has_force_after_its_audit() {
    let more = did(in_pool(), matched(2, 2));
    assert!(more.call().unwrap().upgrade_waits());
    assert_eq!(
        status(&more),
        Some(Status::PartlyMatched),
        "not before the audit"
    );
    let audited = audit(more);
    assert!(!audited.call().unwrap().upgrade_waits());
    assert_eq!(status(&audited), Some(Status::Matched));
}

#[test]
fn a_demand_leaves_the_pool_with_its_only_intent_and_stays_valid() {
    let pooled = in_pool();
    for end in [
        Command::Lapse(id(1), text("终止")),
        Command::WithdrawSolution(id(1)),
    ] {
        let events = pooled.decide(end, &demander()).unwrap();
        let mut left = pooled.clone();
        for event in &events {
            left.evolve(event);
        }
        let posting_id = Posting::id(demand()).to_string();
        let told = left.publish(&posting_id, events.last().unwrap(), &demander());
        let reported: wire::ReserveReported = told[0].read().unwrap();
        assert_eq!(reported.change.unwrap().status(), wire::ReserveStatus::Left);
        assert_eq!(status(&left), None);
        assert!(left.decide(select(1, 2), &demander()).is_ok());
    }
}

#[test]
fn a_withdrawn_demand_tells_the_hub_the_solvers_and_the_pool() {
    let pooled = in_pool();
    let mut closed = pooled.clone();
    let mut told = Vec::new();
    for event in pooled.decide(Command::Close, &demander()).unwrap() {
        closed.evolve(&event);
        told.extend(closed.publish(&Posting::id(demand()).to_string(), &event, &demander()));
    }
    assert!(
        told.iter()
            .any(|m| m.read::<wire::PostingClosed>().is_some())
    );
    assert!(
        told.iter()
            .any(|m| m.read::<wire::ReserveReported>().is_some())
    );
    let lapsed = told
        .iter()
        .filter(|m| m.read::<wire::SolutionDisposed>().is_some());
    assert_eq!(lapsed.count(), 4);
    assert_eq!(
        rule(closed.decide(select(1, 2), &demander())),
        rules::CALL_OPEN.code
    );
    assert_eq!(closed.decide(Command::Close, &demander()), Ok(vec![]));
    let late = closed
        .decide(feedback(6, vec![dossier(7, SOLVER, &[2])]), &demander())
        .unwrap();
    let Event::Received(all) = &late[0] else {
        panic!("{late:?}")
    };
    assert_eq!(all[0].standing, Standing::Closed);
    assert_eq!(closed.call().unwrap().reserve, Reserve::default());
}

#[test]
fn a_demand_withdrawn_before_publication_is_closed_on_the_hub_when_that_publishes_it() {
    let withdrawn = did(
        Posting::default(),
        vec![Command::RecordOwner(Box::new(owner())), Command::Close],
    );
    let events = withdrawn
        .decide(Command::List(listing()), &demander())
        .unwrap();
    let told = did(withdrawn, vec![Command::List(listing())]);
    let told = told.publish("p", &events[1], &demander());
    let closed: wire::PostingClosed = told[0].read().unwrap();
    assert_eq!(closed.blind_id, blind().to_string());
}

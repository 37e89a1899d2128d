//! The way into the reserve pool and out of it. [Art. 12]

use journal::Aggregate as _;
use proto::matching::v1 as wire;

use super::{
    rules_of_postings::{
        agree, demander, did, feedback, later, matched, open_it, opened, owner, select,
    },
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

fn propose(situation: Option<&str>) -> Command {
    Command::ProposeReserve {
        supplement: text("补充信息"),
        situation: situation.map(text),
    }
}

fn shortlist(n: u128) -> Command {
    Command::Shortlist(id(n), reason("入围"))
}

/// Task 1 is matched, the other solutions are shortlisted, and it is proposed.
fn proposed() -> Posting {
    let mut commands = matched(1, 1);
    commands.extend([shortlist(2), shortlist(3), propose(None)]);
    did(opened(), commands)
}

fn in_pool() -> Posting {
    audit(proposed())
}

fn status(posting: &Posting) -> Option<Status> {
    posting.call().unwrap().pool_status()
}

fn person(name: &str, role: Role) -> Context {
    context(Region::JS, Actor::person(name, role, Region::JS), later())
}

#[test]
fn nothing_matched_is_no_entry_and_a_selection_alone_is_no_match() {
    assert_eq!(
        rule(opened().decide(propose(None), &demander())),
        rules::SOMETHING_MATCHED.code
    );
    let asked = did(opened(), vec![select(1, 1)]);
    assert_eq!(
        rule(asked.decide(propose(None), &demander())),
        rules::SOMETHING_MATCHED.code
    );
}

#[test]
fn the_department_audits_and_never_who_proposed() {
    let proposed = proposed();
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
        Command::Lapse(id(1), reason("终止")),
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

#[test]
fn everybody_who_offered_a_solution_has_an_answer_before_selection_closes() {
    let refused = |posting: &Posting| rule(posting.decide(propose(None), &demander()));
    let open = did(opened(), matched(1, 1));
    assert_eq!(
        refused(&open),
        rules::DISPOSITION.code,
        "2 and 3 were only read"
    );
    let declined = did(open, vec![Command::Decline(id(2), reason("指标不足"))]);
    assert_eq!(declined.call().unwrap().undisposed(), 1);
    let unread = did(
        declined.clone(),
        vec![shortlist(3), feedback(6, vec![dossier(7, SOLVER, &[1])])],
    );
    assert_eq!(refused(&unread), rules::DISPOSITION.code, "7 was not read");
    let hopeless = did(unread, vec![open_it(7), shortlist(7)]);
    assert_eq!(
        refused(&hopeless),
        rules::DISPOSITION.code,
        "7 answers only what has its solver: being considered is no answer"
    );
    let answered = did(hopeless, vec![Command::Decline(id(7), reason("已选定"))]);
    assert!(answered.decide(propose(None), &demander()).is_ok());
}

#[test]
fn an_upgrade_is_audited_once_everybody_has_an_answer() {
    let more = did(in_pool(), matched(2, 2));
    let more = did(more, vec![feedback(6, vec![dossier(7, SOLVER, &[2])])]);
    let approve = Command::AuditReserve { returned: None };
    let refused = more.decide(approve, &person("director", Role::Director));
    assert_eq!(rule(refused), rules::DISPOSITION.code);
    assert_eq!(
        status(&audit(did(more, vec![open_it(7), shortlist(7)]))),
        Some(Status::Matched)
    );
}

#[test]
fn another_situation_needs_a_solver_in_sight_a_reason_and_the_director() {
    let why = Some("解决方所在单位正在履行内部审批");
    let none = opened().decide(propose(why), &demander());
    assert_eq!(
        rule(none),
        rules::SOMETHING_MATCHED.code,
        "no solver in sight"
    );
    let matched = did(opened(), matched(1, 1)).decide(propose(why), &demander());
    assert_eq!(
        rule(matched),
        rules::OTHER_SITUATION.code,
        "the tasks say it"
    );
    let asked = did(opened(), vec![select(1, 1), shortlist(2), shortlist(3)]);
    let proposed = did(asked, vec![propose(why)]);
    let approve = Command::AuditReserve { returned: None };
    let officer = proposed.decide(approve, &person("officer", Role::Officer));
    assert_eq!(rule(officer), rules::OTHER_SITUATION.code);
    let pooled = audit(proposed);
    assert_eq!(status(&pooled), Some(Status::Other));
    let matched = audit(did(pooled.clone(), vec![agree(1, &[1])]));
    assert_eq!(status(&matched), Some(Status::PartlyMatched));
    let over = did(pooled, vec![Command::Lapse(id(1), reason("终止"))]);
    assert_eq!(status(&over), None, "nobody is in sight any more");
}

#[test]
fn nothing_is_audited_that_was_not_proposed() {
    let officer = Actor::person("officer", Role::Officer, Region::JS);
    let officer = context(Region::JS, officer, START);
    let audit = Command::AuditReserve { returned: None };
    assert_eq!(rule(opened().decide(audit, &officer)), rules::AUDITED.code);
}

//! A posting at its demander's home.

use std::num::NonZeroU32;

use journal::Aggregate as _;
use proto::matching::v1 as wire;
use regulation::Day;
use time::Duration;

use super::*;
use crate::domain::posting::{
    Command, Event, Owner, Posting, Standing,
    reserve::{Reserve, Status},
};

fn owner() -> Owner {
    Owner {
        demand: demand(),
        demander: DEMANDER,
        affiliates: [AFFILIATE].into(),
        record: record(vec![
            task(1, Mode::Challenge),
            task(2, Mode::Racing(NonZeroU32::new(2).unwrap())),
        ]),
    }
}

fn listing() -> Listing {
    Listing {
        blind_id: blind(),
        number: "2024-0001".parse().unwrap(),
        published_on: Day::of(START),
        terms: Terms {
            call_until: Day::of(START).plus_days(30),
            feedback_days: 14,
            policy: "yrd-2023-1".into(),
        },
    }
}

fn later() -> OffsetDateTime {
    START + Duration::days(40)
}

fn demander() -> Context {
    context(Region::JS, member(DEMANDER, Region::JS), later())
}

fn person(name: &str, role: Role) -> Context {
    context(Region::JS, Actor::person(name, role, Region::JS), later())
}

fn did(mut posting: Posting, commands: Vec<Command>) -> Posting {
    for command in commands {
        for event in posting.decide(command, &demander()).unwrap() {
            posting.evolve(&event);
        }
    }
    posting
}

fn feedback(n: u128, dossiers: Vec<Dossier>) -> Command {
    Command::Receive {
        feedback: id(n),
        cut_off: START,
        solutions: dossiers
            .into_iter()
            .map(|dossier| (dossier, Region::ZJ))
            .collect(),
    }
}

/// Open, with solutions 1, 2 and 3 for both tasks, and 4 of an affiliate.
fn open() -> Posting {
    let both = |n| dossier(n, id(0x50 + n), &[1, 2]);
    let mut close = dossier(4, SOLVER, &[1]);
    close.team.insert(AFFILIATE);
    let dossiers = vec![both(1), both(2), both(3), close];
    let commands = vec![
        Command::RecordOwner(Box::new(owner())),
        Command::List(listing()),
        feedback(5, dossiers),
    ];
    did(Posting::default(), commands)
}

fn opened() -> Posting {
    did(
        open(),
        [1, 2, 3].map(|n| Command::OpenSolution(id(n))).into(),
    )
}

fn select(task: u128, solution: u128) -> Command {
    Command::Select {
        task: id(task),
        solution: id(solution),
        reason: text("最优"),
    }
}

fn agree(solution: u128, tasks: &[u128]) -> Command {
    let tasks = tasks.iter().map(|n| id(*n)).collect();
    Command::Agree {
        solution: id(solution),
        tasks,
        region: Region::ZJ,
    }
}

fn matched(task: u128, solution: u128) -> Vec<Command> {
    vec![select(task, solution), agree(solution, &[task])]
}

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

#[test]
fn a_posting_opens_whichever_of_its_two_messages_comes_first() {
    let one = vec![
        Command::RecordOwner(Box::new(owner())),
        Command::List(listing()),
    ];
    let other = one.iter().cloned().rev().collect();
    let (one, other) = (did(Posting::default(), one), did(Posting::default(), other));
    assert_eq!(one, other);
    assert!(matches!(one, Posting::Open(_)));
}

#[test]
fn every_rule_of_a_selection_refuses_by_its_own_name() {
    let refused = |posting: &Posting, command: Command| rule(posting.decide(command, &demander()));
    assert_eq!(refused(&open(), select(1, 1)), rules::ALL_OPENED.code);
    let mut early = demander();
    early.now = listing().terms.call_until.end();
    assert_eq!(
        rule(opened().decide(select(1, 1), &early)),
        rules::CALL_DAYS.code
    );
    early.now += Duration::NANOSECOND;
    assert!(opened().decide(select(1, 1), &early).is_ok());
    assert_eq!(refused(&opened(), select(9, 1)), rules::TASKS_OF_ENTRY.code);
    assert_eq!(refused(&opened(), select(1, 9)), rules::FEEDBACK.code);
    assert_eq!(
        refused(&opened(), select(1, 4)),
        rules::LIFECYCLE.code,
        "an affiliate"
    );
    let declined = did(opened(), vec![Command::Decline(id(1), text("指标不足"))]);
    assert_eq!(refused(&declined, select(1, 1)), rules::LIFECYCLE.code);
    let withdrawn = did(opened(), vec![Command::WithdrawSolution(id(1))]);
    assert_eq!(refused(&withdrawn, select(1, 1)), rules::LIFECYCLE.code);
    let stranger = context(Region::JS, member(SOLVER, Region::JS), later());
    assert_eq!(
        rule(opened().decide(select(1, 1), &stranger)),
        rules::OWN.code
    );
    let narrow = did(opened(), vec![feedback(6, vec![dossier(7, SOLVER, &[2])])]);
    let narrow = did(narrow, vec![Command::OpenSolution(id(7))]);
    assert_eq!(refused(&narrow, select(1, 7)), rules::TASKS_OF_ENTRY.code);
}

#[test]
fn one_solver_wins_a_challenge_and_n_run_a_race() {
    let one = did(opened(), vec![select(1, 1)]);
    assert_eq!(
        rule(one.decide(select(1, 2), &demander())),
        rules::MODE.code
    );
    assert_eq!(
        one.decide(select(1, 1), &demander()),
        Ok(vec![]),
        "a repeat"
    );
    let two = did(one, vec![select(2, 1), select(2, 2)]);
    assert_eq!(
        rule(two.decide(select(2, 3), &demander())),
        rules::MODE.code
    );
    let freed = did(two, vec![Command::Lapse(id(2), text("未确认"))]);
    assert!(freed.decide(select(2, 3), &demander()).is_ok());
}

#[test]
fn a_solution_is_opened_before_it_is_disposed_of_and_declined_only_if_not_selected() {
    let decline = |n| Command::Decline(id(n), text("指标不足"));
    assert_eq!(
        rule(open().decide(decline(1), &demander())),
        rules::DISPOSITION.code
    );
    let shortlist = Command::Shortlist(id(1), text("入围"));
    assert_eq!(
        rule(open().decide(shortlist, &demander())),
        rules::DISPOSITION.code
    );
    let selected = did(opened(), vec![select(1, 1)]);
    assert_eq!(
        selected.decide(decline(1), &demander()),
        Err(Rejection::IsSelected)
    );
}

#[test]
fn an_affiliate_hears_nothing_at_once_and_a_neutral_word_with_its_batch() {
    let context = demander();
    let receive = feedback(6, vec![dossier(8, DEMANDER, &[1])]);
    let events = opened().decide(receive, &context).unwrap();
    let mut posting = opened();
    posting.evolve(&events[0]);
    assert_eq!(
        posting.publish(&uuid::Uuid::nil().to_string(), &events[0], &context),
        []
    );
    assert_eq!(posting.alarms()[0].due, START + Duration::days(14));

    let decline = Command::Decline(id(1), text("指标不足"));
    let events = posting.decide(decline, &context).unwrap();
    assert_eq!(
        events[1],
        Event::AffiliatesDeclined([solution_id(4)].into()),
        "not batch 6"
    );
    for event in &events {
        posting.evolve(event);
    }
    let told = posting.publish("p", &events[1], &context);
    let told: wire::SolutionDisposed = told[0].read().unwrap();
    assert_eq!(told.disposition(), wire::Disposition::Declined);
    assert!(!told.reason.contains("关联"), "{}", told.reason);

    let alarm = posting.alarms().remove(0);
    let mut early = context.clone();
    early.now = alarm.due - Duration::SECOND;
    assert_eq!(posting.decide(alarm.command.clone(), &early), Ok(vec![]));
    let due = posting.decide(alarm.command, &context).unwrap();
    assert_eq!(due, [Event::AffiliatesDeclined([solution_id(8)].into())]);
    posting.evolve(&due[0]);
    assert_eq!(posting.alarms(), []);
}

#[test]
fn a_word_counts_from_the_solvers_home_and_for_what_is_still_asked() {
    let asked = did(opened(), vec![select(1, 1)]);
    let forged = Command::Agree {
        solution: id(1),
        tasks: [id(1)].into(),
        region: Region::AH,
    };
    assert_eq!(rule(asked.decide(forged, &demander())), rules::ORIGIN.code);
    let lapsed = did(asked.clone(), vec![Command::Lapse(id(1), text("未确认"))]);
    assert_eq!(lapsed.decide(agree(1, &[1]), &demander()), Ok(vec![]));
    let agreed = did(asked, vec![agree(1, &[1, 2])]);
    assert_eq!(
        agreed.call().unwrap().matches(),
        [(id(1), id(1))].into(),
        "2 was not asked"
    );
}

#[test]
fn a_task_with_a_solver_is_not_changed() {
    let revised = Task {
        revision: 2,
        ..task(1, Mode::Challenge)
    };
    let command = Command::ReviseTask(Box::new(revised));
    let selected = did(opened(), vec![select(1, 1)]);
    assert_eq!(
        rule(selected.decide(command.clone(), &demander())),
        rules::TASK_SETTLED.code
    );
    let events = did(opened(), vec![select(2, 1)])
        .decide(command, &demander())
        .unwrap();
    let told = opened().publish("p", &events[0], &demander());
    assert!(told[0].read::<wire::PostingTaskRevised>().is_some());
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
    let told = told.publish("p", &events[0], &demander());
    let closed: wire::PostingClosed = told[0].read().unwrap();
    assert_eq!(closed.blind_id, blind().to_string());
}

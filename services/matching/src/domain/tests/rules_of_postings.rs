//! A posting at its demander's home.

use std::num::NonZeroU32;

use journal::Aggregate as _;
use proto::{matching::v1 as wire, message::Message};
use time::Duration;

use super::*;
use crate::domain::posting::{Command, Event, Owner, Posting, Revision};

pub(super) fn owner() -> Owner {
    Owner {
        demand: demand(),
        demander: DEMANDER,
        affiliates: [AFFILIATE].into(),
        record: record(vec![
            task(1, Mode::Challenge),
            task(2, Mode::Racing(NonZeroU32::new(2).unwrap())),
        ]),
        contact: Some(text("联系人：欧阳明远，13800138000")),
    }
}

pub(super) fn later() -> OffsetDateTime {
    START + Duration::days(40)
}

pub(super) fn demander() -> Context {
    context(Region::JS, member(DEMANDER, Region::JS), later())
}

pub(super) fn did(mut posting: Posting, commands: Vec<Command>) -> Posting {
    for command in commands {
        for event in posting.decide(command, &demander()).unwrap() {
            posting.evolve(&event);
        }
    }
    posting
}

pub(super) fn feedback(n: u128, dossiers: Vec<Dossier>) -> Command {
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
pub(super) fn open() -> Posting {
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

pub(super) fn opened() -> Posting {
    did(open(), [1, 2, 3].map(open_it).into())
}

/// Opens a solution that was sealed in time.
pub(super) fn open_it(solution: u128) -> Command {
    Command::OpenSolution(id(solution), Some(START))
}

pub(super) fn select(task: u128, solution: u128) -> Command {
    Command::Select {
        task: id(task),
        solution: id(solution),
        reason: reason("最优"),
        answer_until: None,
        valid_until: None,
        bars: Bars::default(),
    }
}

pub(super) fn agree(solution: u128, tasks: &[u128]) -> Command {
    let tasks = tasks.iter().map(|n| id(*n)).collect();
    Command::Agree {
        solution: id(solution),
        tasks,
        region: Region::ZJ,
        signed_at: later(),
    }
}

pub(super) fn matched(task: u128, solution: u128) -> Vec<Command> {
    vec![select(task, solution), agree(solution, &[task])]
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
        rules::AFFILIATE.code,
        "an affiliate"
    );
    let declined = did(opened(), vec![Command::Decline(id(1), reason("指标不足"))]);
    assert_eq!(refused(&declined, select(1, 1)), rules::LIFECYCLE.code);
    let withdrawn = did(opened(), vec![Command::WithdrawSolution(id(1))]);
    assert_eq!(refused(&withdrawn, select(1, 1)), rules::LIFECYCLE.code);
    let stranger = context(Region::JS, member(SOLVER, Region::JS), later());
    assert_eq!(
        rule(opened().decide(select(1, 1), &stranger)),
        rules::OWN.code
    );
    let narrow = did(opened(), vec![feedback(6, vec![dossier(7, SOLVER, &[2])])]);
    let narrow = did(narrow, vec![open_it(7)]);
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
    let freed = did(two, vec![Command::Lapse(id(2), reason("未确认"))]);
    assert!(freed.decide(select(2, 3), &demander()).is_ok());
}

#[test]
fn a_solution_is_opened_before_it_is_disposed_of_and_declined_only_if_not_selected() {
    let decline = |n| Command::Decline(id(n), reason("指标不足"));
    assert_eq!(
        rule(open().decide(decline(1), &demander())),
        rules::DISPOSITION.code
    );
    let shortlist = Command::Shortlist(id(1), reason("入围"));
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

    let decline = Command::Decline(id(1), reason("指标不足"));
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
        signed_at: later(),
    };
    assert_eq!(rule(asked.decide(forged, &demander())), rules::ORIGIN.code);
    let lapsed = did(asked.clone(), vec![Command::Lapse(id(1), reason("未确认"))]);
    assert_eq!(lapsed.decide(agree(1, &[1]), &demander()), Ok(vec![]));
    let agreed = did(asked, vec![agree(1, &[1, 2])]);
    assert_eq!(
        agreed.call().unwrap().matches(),
        [(id(1), id(1))].into(),
        "2 was not asked"
    );
}

fn revise(number: u32, task: Task, agreed: &[u128]) -> Command {
    Command::ReviseTask(Box::new(Revision {
        demand: demand(),
        number,
        task,
        agreed: agreed.iter().map(|n| id(*n)).collect(),
    }))
}

/// What intake is answered: taken, or why not.
fn answer(posting: &Posting, command: Command) -> (Vec<Event>, wire::RevisionAnswered) {
    let events = posting.decide(command, &demander()).unwrap();
    let mut after = posting.clone();
    let mut answers = Vec::new();
    for event in &events {
        after.evolve(event);
        let told = after.publish("p", event, &demander());
        answers.extend(told.iter().filter_map(Message::read));
    }
    assert_eq!(answers.len(), 1, "exactly one answer: {events:?}");
    (events, answers.remove(0))
}

#[test]
fn a_task_with_a_solver_is_not_changed_and_intake_hears_why() {
    let revised = || Task {
        revision: 2,
        ..task(1, Mode::Challenge)
    };
    let selected = did(opened(), vec![select(1, 1)]);
    let (events, told) = answer(&selected, revise(1, revised(), &[]));
    assert!(!told.taken && told.reason.contains(rules::TASK_SETTLED.code));
    let refused = did(selected.clone(), vec![revise(1, revised(), &[])]);
    let again = refused.decide(revise(1, revised(), &[1]), &demander());
    assert_eq!(again, Ok(vec![]), "judged once: {events:?}");
    let (events, told) = answer(&selected, revise(1, revised(), &[1]));
    assert_eq!((events.len(), told.taken), (2, true), "with its word");
    let two = did(opened(), vec![select(2, 1), select(2, 2)]);
    let narrower = Task {
        revision: 2,
        ..task(2, Mode::Challenge)
    };
    let (_, told) = answer(&two, revise(1, narrower, &[1, 2]));
    assert!(told.reason.contains(rules::MODE.code), "{told:?}");
    let unknown = task(7, Mode::Challenge);
    assert!(!answer(&opened(), revise(1, unknown, &[])).1.taken);
}

#[test]
fn a_revision_is_taken_once_and_told_to_the_hub() {
    let revised = Task {
        revision: 2,
        ..task(1, Mode::Challenge)
    };
    let (events, told) = answer(&opened(), revise(3, revised.clone(), &[]));
    assert_eq!((told.number, told.taken), (3, true));
    let to_hub = opened().publish("p", &events[0], &demander());
    assert!(to_hub[0].read::<wire::PostingTaskRevised>().is_some());
    let taken = did(opened(), vec![revise(3, revised.clone(), &[])]);
    let (events, told) = answer(&taken, revise(4, revised.clone(), &[]));
    assert_eq!((events.len(), told.taken), (1, true), "it is so already");
    let closed = did(opened(), vec![Command::Close]);
    let (_, told) = answer(&closed, revise(1, revised, &[]));
    assert!(!told.taken && told.reason.contains(rules::CALL_OPEN.code));
}

#[test]
fn who_is_barred_is_not_selected_and_no_reason_names_the_demander() {
    let Command::Select {
        task,
        solution,
        reason: why,
        ..
    } = select(1, 1)
    else {
        panic!()
    };
    let named = reason("愿与星河微电子合作");
    let select = |reason, bars| Command::Select {
        task,
        solution,
        reason,
        answer_until: None,
        valid_until: None,
        bars,
    };
    let barred = opened().decide(select(why.clone(), bars(SOLVER)), &demander());
    let refusal = Refusal::from(barred.unwrap_err());
    assert_eq!(refusal.rule.code, rules::NOT_BARRED.code);
    assert!(refusal.values.contains_key("until"));
    let selected = did(opened(), vec![select(why, Bars::default())]);
    let commands = [
        (opened(), select(named.clone(), Bars::default())),
        (opened(), Command::Shortlist(id(1), named.clone())),
        (opened(), Command::Decline(id(1), named.clone())),
        (selected, Command::Lapse(id(1), named)),
    ];
    for (posting, command) in commands {
        let refused = posting.decide(command.clone(), &demander());
        assert_eq!(rule(refused), rules::NEUTRAL.code, "{command:?}");
    }
}

#[test]
fn another_version_of_the_policy_judges_how_long_call_and_feedback_took() {
    let mut selected = did(opened(), vec![select(1, 1)]);
    if let Posting::Open(call) = &mut selected {
        let waited = call.received.values_mut();
        waited.for_each(|received| received.cut_off += Duration::days(5));
    }
    assert_eq!(selected.taken_under(), Some("yrd-2023-1"));
    let failing = |text: &str| {
        let policy = Policy::parse(text).unwrap();
        let verdicts = selected.verdicts(&policy).into_iter();
        let failing = verdicts.filter(|verdict| !verdict.holds);
        failing.map(|verdict| verdict.rule.code).collect::<Vec<_>>()
    };
    let now = regulation::YRD_2023_1;
    let kept = failing(now);
    let longer = now.replace("call_days_min = 30", "call_days_min = 40");
    assert_eq!(
        failing(&longer).len(),
        kept.len() + 1,
        "40 days later is not more than 40"
    );
    let sooner = now.replace("feedback_period_days = 14", "feedback_period_days = 1");
    assert!(
        failing(&sooner).contains(&"policy.feedback-period"),
        "{kept:?}"
    );
    assert_eq!(Posting::default().taken_under(), None);
}

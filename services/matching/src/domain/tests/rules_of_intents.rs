//! Both sides' word, and how it ends with its last day. [Art. 11, 12]

use journal::Aggregate as _;
use proto::matching::v1 as wire;
use time::Duration;

use super::{
    rules_of_postings::{agree, demander, did, later, matched, opened, select},
    rules_of_solutions::{did as solved, home, solver, stage, then, word},
    *,
};
use crate::domain::{
    posting::{Command, Event, Posting},
    words::SolutionCommand,
};

fn select_until(task: u128, answer: u32, valid: Option<u32>) -> Command {
    let day = |days| Day::of(later()).plus_days(days);
    Command::Select {
        task: id(task),
        solution: id(1),
        reason: reason("最优"),
        answer_until: Some(day(answer)),
        valid_until: valid.map(day),
        bars: Bars::default(),
    }
}

/// So many days later, as the home's own timer, having heard the solver's node until then.
fn timer(days: i64, heard: OffsetDateTime) -> Context {
    let mut context = context(Region::JS, Actor::system(Region::JS), later());
    context.now += Duration::days(days);
    context.heard = [(Region::ZJ, heard)].into();
    context
}

fn after(mut posting: Posting, context: &Context) -> (Posting, Vec<Event>) {
    let events = posting.decide(Command::LapseOverdue, context).unwrap();
    for event in &events {
        posting.evolve(event);
    }
    (posting, events)
}

#[test]
fn a_selection_lapses_by_itself_when_its_solver_gave_no_word_in_time() {
    let asked = did(opened(), vec![select_until(1, 3, None)]);
    let due = asked
        .alarms()
        .into_iter()
        .find(|a| a.name == "lapse_overdue");
    let end = Day::of(later()).plus_days(3).end();
    assert_eq!(due.unwrap().due, end);
    let (same, events) = after(asked.clone(), &timer(3, later()));
    assert_eq!((same, events), (asked.clone(), vec![]), "not yet");
    let (lapsed, events) = after(asked, &timer(5, later() + Duration::days(5)));
    assert!(matches!(events[0], Event::Expired { .. }), "{events:?}");
    assert_eq!(lapsed.call().unwrap().selected(id(1), false), [].into());
    let told = lapsed.publish("p", &events[0], &demander());
    let told: wire::SolutionDisposed = told[0].read().unwrap();
    assert_eq!(told.disposition(), wire::Disposition::Lapsed);
    assert_eq!(told.task_ids, Vec::<String>::new());
}

#[test]
fn a_selection_waits_for_a_solvers_node_that_is_cut_off() {
    let asked = did(opened(), vec![select_until(1, 3, None)]);
    let end = Day::of(later()).plus_days(3).end();
    let context = timer(10, end);
    let (waiting, events) = after(asked, &context);
    let [Event::ExpiryWaits { again, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert!(*again > context.now);
    assert_eq!(waiting.call().unwrap().selected(id(1), false).len(), 1);
    let in_time = Command::Agree {
        solution: id(1),
        tasks: [id(1)].into(),
        region: Region::ZJ,
        signed_at: end,
    };
    let agreed = did(waiting.clone(), vec![in_time]);
    assert_eq!(
        agreed.call().unwrap().matches().len(),
        1,
        "its word was in time"
    );
    let late = Command::Agree {
        solution: id(1),
        tasks: [id(1)].into(),
        region: Region::ZJ,
        signed_at: end + Duration::NANOSECOND,
    };
    assert_eq!(waiting.decide(late, &demander()), Ok(vec![]));
    let (over, _) = after(waiting, &timer(20, end + Duration::SECOND));
    assert_eq!(over.call().unwrap().selected(id(1), false).len(), 0);
}

#[test]
fn an_intent_ends_with_its_last_day_and_with_it_the_place_in_the_pool() {
    let mut commands = vec![select_until(1, 3, Some(60)), agree(1, &[1])];
    commands.extend([2, 3].map(|n| Command::Shortlist(id(n), reason("入围"))));
    commands.push(Command::ProposeReserve {
        supplement: text("补充"),
        situation: None,
    });
    let mut pooled = did(opened(), commands);
    let director = Actor::person("director", Role::Director, Region::JS);
    let audit = Command::AuditReserve { returned: None };
    for event in pooled
        .decide(audit, &context(Region::JS, director, later()))
        .unwrap()
    {
        pooled.evolve(&event);
    }
    assert!(pooled.call().unwrap().pool_status().is_some());
    let (left, events) = after(pooled, &timer(62, START));
    assert!(matches!(events.last(), Some(Event::PoolReduced { .. })));
    assert_eq!(left.call().unwrap().pool_status(), None);
    let mut now = demander();
    now.now += Duration::days(62);
    assert!(
        left.decide(select(1, 2), &now).is_ok(),
        "the demand stays valid"
    );
}

#[test]
fn what_remains_of_a_solution_is_told_with_what_ended() {
    let mut commands = matched(1, 1);
    commands.push(select_until(2, 3, None));
    let both = did(opened(), commands);
    let (narrowed, events) = after(both, &timer(5, later() + Duration::days(5)));
    let told = narrowed.publish("p", &events[0], &demander());
    let told: wire::SolutionDisposed = told[0].read().unwrap();
    assert_eq!(told.task_ids, [id::<TaskId>(1).to_string()]);
    assert_eq!(told.agreed_task_ids, told.task_ids);
    assert_eq!(told.answer_until, "");
    let left = Word {
        answer_until: None,
        ..word(&[1])
    };
    let mut steps = then(SolutionCommand::Select(home(), word(&[1, 2])));
    steps.push(SolutionCommand::Narrow(home(), left.clone()));
    assert_eq!(*stage(&solved(steps.clone())), Stage::Intent(left.clone()));
    let again = solved(steps).decide(SolutionCommand::Narrow(home(), left), &solver());
    assert_eq!(again, Ok(vec![]), "a repeat");
}

#[test]
fn the_solvers_word_is_in_time_by_its_own_clock() {
    let selected = solved(then(SolutionCommand::Select(home(), word(&[1]))));
    let mut late = solver();
    late.now = Day::of(START).plus_days(14).end();
    assert!(
        selected
            .decide(SolutionCommand::ConfirmIntent(Bars::default()), &late)
            .is_ok()
    );
    late.now += Duration::NANOSECOND;
    let refused = selected.decide(SolutionCommand::ConfirmIntent(Bars::default()), &late);
    assert_eq!(rule(refused), rules::LAST_DAYS.code);
}

#[test]
fn the_last_days_of_a_selection_are_in_order() {
    for (answer, valid) in [(0, None), (3, Some(2))] {
        let refused = opened().decide(select_until(1, answer, valid), &demander());
        assert_eq!(rule(refused), rules::LAST_DAYS.code, "{answer} {valid:?}");
    }
    let usual = opened().decide(select(1, 1), &demander()).unwrap();
    let [Event::Selected { answer_until, .. }] = usual.as_slice() else {
        panic!("{usual:?}")
    };
    assert_eq!(*answer_until, Day::of(later()).plus_days(14));
}

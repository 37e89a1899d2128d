//! One task is revised, the rest stays. [Art. 12]

use evidence::Digest;
use regulation::SolutionId;

use super::{files::file, later::*, *};

fn two_tasks() -> Content {
    let mut content = content();
    let mut second = content.record.tasks[0].clone();
    second.id = uuid::Uuid::from_u128(8).into();
    second.title = "中试放大".parse().unwrap();
    content.record.tasks.push(second);
    content
}

fn open() -> Demand {
    let demand = after(vec![
        (Role::UnitMember, Command::Write(Box::new(two_tasks()))),
        (Role::UnitMember, submit()),
        (Role::Officer, accept()),
        (Role::System, publish()),
    ]);
    and(
        demand,
        Role::UnitMember,
        Command::Attach(Box::new(file(5, 1))),
    )
}

/// Revises the first task after `change`.
fn revise(change: impl FnOnce(&mut Revise)) -> Command {
    let mut task = record().tasks.remove(0);
    task.indicators = "分散度不高于 1.1".parse().unwrap();
    let mut wanted = Revise {
        task,
        reason: "揭榜方普遍反映指标过宽".parse().unwrap(),
        words: [].into(),
        selected: Some([].into()),
        names: standing().names,
    };
    change(&mut wanted);
    Command::Revise(Box::new(wanted))
}

/// The posting's word on the proposal of that number.
fn answer(number: usize, refused_because: Option<&str>) -> Command {
    Command::AnswerRevision(Answer {
        number,
        refused_because: refused_because.map(|text| text.parse().unwrap()),
    })
}

fn refused(command: Command) -> Refusal {
    let answer = open().decide(command, &context(Role::UnitMember));
    answer.unwrap_err().into()
}

fn solver(n: u128) -> SolutionId {
    uuid::Uuid::from_u128(n).into()
}

#[test]
fn a_revision_is_numbered_and_leaves_everything_else_as_it_was() {
    let before = open();
    let pending = and(before.clone(), Role::UnitMember, revise(|_| {}));
    let revised = and(pending, Role::System, answer(1, None));
    let (old, new) = (before.0.unwrap(), revised.0.clone().unwrap());
    let (was, is) = (&old.content.record, &new.content.record);
    assert_eq!((&was.title, &was.mission), (&is.title, &is.mission));
    assert_eq!(was.tasks[1], is.tasks[1]);
    assert_eq!(is.tasks[0].indicators.as_str(), "分散度不高于 1.1");
    assert_eq!((was.tasks[0].revision, is.tasks[0].revision), (1, 2));
    assert_eq!(new.revisions.len(), 1);
    assert_eq!(new.revisions[0].task, was.tasks[0]);
    // The same again is done already; something else counts on.
    let member = context(Role::UnitMember);
    assert_eq!(revised.decide(revise(|_| {}), &member), Ok(vec![]));
    let replace = revise(|wanted| {
        wanted.task.title = "替代树脂路线".parse().unwrap();
        wanted.task.content = "非氟树脂".parse().unwrap();
    });
    let again = and(revised, Role::UnitMember, replace);
    let again = and(again, Role::System, answer(2, None));
    assert_eq!(again.0.unwrap().content.record.tasks[0].revision, 3);
}

#[test]
fn a_revision_is_told_on_the_node_alone_and_says_nothing_private() {
    let member = context(Role::UnitMember);
    let mut demand = open();
    let events = demand.decide(revise(|_| {}), &member).unwrap();
    demand.evolve(&events[0]);
    let messages = demand.publish("d", &events[0], &member);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].scope, Scope::Node);
    let told: wire::TaskRevised = messages[0].read().unwrap();
    assert_eq!((told.task.unwrap().revision, told.number), (2, 1));
    let text = String::from_utf8_lossy(&messages[0].body).into_owned();
    let reason = "揭榜方普遍反映指标过宽";
    for private in ["PRIVATE", reason, &UNIT.to_string()] {
        assert!(!text.contains(private), "{private}");
    }
}

#[test]
fn only_a_published_demands_own_task_is_revised_by_its_demander() {
    let member = context(Role::UnitMember);
    for demand in [drafted(content()), submitted(), accepted()] {
        let refusal: Refusal = demand.decide(revise(|_| {}), &member).unwrap_err().into();
        assert_eq!(refusal.rule, rules::LIFECYCLE);
    }
    let mut other = context(Role::UnitMember);
    other.actor.unit = Some(UnitId(uuid::Uuid::from_u128(2)));
    assert_eq!(
        open().decide(revise(|_| {}), &other),
        Err(Rejection::NotOwn)
    );
    let unknown = revise(|wanted| wanted.task.id = uuid::Uuid::from_u128(99).into());
    assert_eq!(refused(unknown).rule, rules::FROZEN);
}

#[test]
fn what_is_offered_in_all_stays_within_the_investment() {
    let fen = |fen| Money::from_fen(fen).unwrap();
    // The other task offers 3 of the 20 million.
    let most = revise(|wanted| wanted.task.offered = fen(1_700_000_000));
    assert!(open().decide(most, &context(Role::UnitMember)).is_ok());
    let more = revise(|wanted| wanted.task.offered = fen(1_700_000_001));
    assert_eq!(refused(more).rule, rules::OFFERED_FUNDS);
}

#[test]
fn a_revised_text_gives_the_demander_away_as_little_as_the_first() {
    let named = revise(|wanted| wanted.task.content = "与星河微电子产线对接".parse().unwrap());
    let refusal = refused(named);
    assert_eq!(refusal.rule, rules::ANONYMOUS);
    assert!(
        refusal.message.contains("tasks[0].content 第 2 字"),
        "{}",
        refusal.message
    );
    let contact = revise(|wanted| wanted.task.title = "请找王敏".parse().unwrap());
    assert_eq!(refused(contact).rule, rules::ANONYMOUS);
}

#[test]
fn a_task_with_a_selected_solver_is_revised_with_the_word_of_each() {
    let selected = |wanted: &mut Revise| {
        wanted.selected = Some([solver(1), solver(2)].into());
        wanted.task.mode = Mode::Racing { solvers_max: 2 };
    };
    let word = Digest([5; 32]);
    for words in [
        vec![],
        vec![(solver(1), word)],
        // Another's word, and one in a file that nobody added.
        vec![(solver(1), word), (solver(3), word)],
        vec![(solver(1), word), (solver(2), Digest([6; 32]))],
    ] {
        let command = revise(|wanted| {
            selected(wanted);
            wanted.words = words.into_iter().collect();
        });
        assert_eq!(refused(command).rule, rules::SOLVER_WORD);
    }
    let command = revise(|wanted| {
        selected(wanted);
        wanted.words = [(solver(1), word), (solver(2), word), (solver(3), word)].into();
    });
    let member = context(Role::UnitMember);
    let mut demand = open();
    let events = demand.decide(command, &member).unwrap();
    demand.evolve(&events[0]);
    let told: wire::TaskRevised = demand.publish("d", &events[0], &member)[0].read().unwrap();
    let agreed = [solver(1), solver(2)].map(|id| id.to_string());
    assert_eq!(told.agreed_solution_ids, agreed);
}

#[test]
fn a_revised_task_has_room_for_everyone_who_was_selected() {
    let command = revise(|wanted| {
        wanted.selected = Some([solver(1), solver(2)].into());
        wanted.words = [(solver(1), Digest([5; 32])), (solver(2), Digest([5; 32]))].into();
    });
    assert_eq!(refused(command).rule, rules::SOLVERS_FIT);
}

#[test]
fn a_revision_waits_for_the_posting_and_one_that_it_does_not_take_is_shown_and_changes_nothing() {
    let member = context(Role::UnitMember);
    let before = open();
    let pending = and(before.clone(), Role::UnitMember, revise(|_| {}));
    let tasks = |demand: &Demand| demand.0.as_ref().unwrap().content.record.tasks.clone();
    assert_eq!(tasks(&pending), tasks(&before));
    // The same again is pending already; another has to wait.
    assert_eq!(pending.decide(revise(|_| {}), &member), Ok(vec![]));
    let other = revise(|wanted| wanted.task.indicators = "分散度不高于 1.0".parse().unwrap());
    let refusal: Refusal = pending.decide(other.clone(), &member).unwrap_err().into();
    assert_eq!(refusal.rule, rules::ONE_REVISION);
    // A word on something else is nothing.
    assert_eq!(
        pending.decide(answer(2, None), &context(Role::System)),
        Ok(vec![])
    );
    let not_taken = and(pending, Role::System, answer(1, Some("该任务已选定揭榜方")));
    assert_eq!(tasks(&not_taken), tasks(&before));
    let case = not_taken.0.as_ref().unwrap();
    assert_eq!((case.proposal.as_ref(), case.revisions.len()), (None, 0));
    assert_eq!(case.refused[0].because.as_str(), "该任务已选定揭榜方");
    // What comes next is another proposal, of the same revision.
    let again = and(not_taken, Role::UnitMember, other);
    assert_eq!(
        again.decide(answer(1, None), &context(Role::System)),
        Ok(vec![])
    );
    let taken = and(again, Role::System, answer(2, None));
    assert_eq!(tasks(&taken)[0].revision, 2);
}

#[test]
fn without_a_posting_nothing_is_revised_and_after_a_withdrawal_its_word_is_nothing() {
    let early = revise(|wanted| wanted.selected = None);
    let refusal = refused(early);
    assert_eq!(refusal.rule, rules::LIFECYCLE);
    assert!(refusal.message.contains("对接尚未开放"), "{refusal}");
    let pending = and(open(), Role::UnitMember, revise(|_| {}));
    let ask = Command::Withdraw(Some("项目调整".parse().unwrap()));
    let asked = and(pending, Role::UnitMember, ask);
    let gone = and(asked, Role::Director, Command::Withdraw(None));
    assert_eq!(gone.0.as_ref().unwrap().proposal, None);
    assert_eq!(
        gone.decide(answer(1, None), &context(Role::System)),
        Ok(vec![])
    );
}

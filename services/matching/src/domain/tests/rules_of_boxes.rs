//! What a box on the hub takes once, from whom, and what it leaves sealed. [Art. 6, 11]

use journal::Aggregate as _;
use proto::matching::v1 as wire;

use super::{
    rules_of_the_hub::{did, give, heard, listed, receive, secretariat},
    *,
};
use crate::{
    domain::{
        forum::{self, Outcome},
        posting::reserve::{PoolChange, Status},
        words::{BoxCommand, BoxEvent, FeedbackCommand},
    },
    notice::Notice,
};

fn context() -> Context {
    secretariat(START)
}

fn nothing(solution_box: &SolutionBox, command: BoxCommand) {
    let decided = solution_box.decide(command.clone(), &context());
    assert_eq!(decided, Ok(vec![]), "{command:?}");
}

fn feed_back(n: u128) -> BoxCommand {
    BoxCommand::FeedBack {
        feedback: id(n),
        cut_off: START,
    }
}

fn withdraw(n: u128) -> BoxCommand {
    BoxCommand::Withdraw {
        solution: id(n),
        region: Region::ZJ,
    }
}

fn revise(n: u128, revision: i32) -> BoxCommand {
    BoxCommand::ReviseTask {
        task: Box::new(Task {
            revision,
            ..task(n, Mode::Challenge)
        }),
        region: Region::JS,
    }
}

fn closed(solution_box: SolutionBox) -> SolutionBox {
    did(solution_box, BoxCommand::Close { region: Region::JS })
}

#[test]
fn a_box_is_listed_once_and_feeds_nothing_back_before() {
    let other = BoxListing {
        home: Region::AH,
        ..listed().listing.unwrap()
    };
    nothing(&listed(), BoxCommand::List(Box::new(other)));
    let early = did(SolutionBox::default(), receive(1, Region::ZJ, START));
    nothing(&early, feed_back(5));
}

#[test]
fn what_was_taken_back_comes_neither_again_nor_anew() {
    let gone = did(did(listed(), receive(1, Region::ZJ, START)), withdraw(1));
    nothing(&gone, withdraw(1));
    let anew = BoxCommand::Receive {
        dossier: Box::new(Dossier {
            revision: 2,
            ..dossier(1, SOLVER, &[1])
        }),
        region: Region::ZJ,
        signed_at: START,
    };
    nothing(&gone, anew);
    let unknown = listed().decide(withdraw(9), &context());
    assert_eq!(unknown, Err(Rejection::UnknownSolution));
    let events = gone.decide(revise(1, 2), &context()).unwrap();
    let told = gone.publish("b", &events[0], &context());
    let revised = told
        .iter()
        .filter(|told| told.read::<wire::SolutionTaskRevised>().is_some());
    assert_eq!(revised.count(), 0, "it is nothing to who took it back");
}

#[test]
fn a_task_is_revised_where_it_is_known_and_otherwise_than_it_is() {
    let unknown = listed().decide(revise(9, 2), &context());
    assert_eq!(rule(unknown), rules::TASKS_OF_ENTRY.code);
    nothing(&listed(), revise(1, 1));
    nothing(&closed(listed()), revise(1, 2));
}

#[test]
fn a_box_is_closed_once_and_only_what_waited_lapses_by_the_hubs_word() {
    let fed = did(did(listed(), receive(1, Region::ZJ, START)), feed_back(5));
    let waiting = did(fed, receive(2, Region::ZJ, START));
    let close = BoxCommand::Close { region: Region::JS };
    let events = waiting.decide(close.clone(), &context()).unwrap();
    let lapsed = [solution_id(2)].into();
    assert_eq!(events, [BoxEvent::Closed { lapsed }]);
    let closed = closed(waiting);
    nothing(&closed, close);
    nothing(&closed, feed_back(6));
}

#[test]
fn the_place_in_the_pool_is_the_homes_word_told_once() {
    let reserve = |region| BoxCommand::Reserve {
        change: PoolChange {
            entry: id(1),
            status: Status::PartlyMatched,
            matched: [id(1)].into(),
        },
        region,
    };
    let forged = listed().decide(reserve(Region::ZJ), &context());
    assert_eq!(rule(forged), rules::ORIGIN.code);
    let known = did(listed(), reserve(Region::JS));
    nothing(&known, reserve(Region::JS));
}

#[test]
fn a_box_is_on_the_hub() {
    let mut elsewhere = context();
    elsewhere.node = Region::JS;
    let refused = SolutionBox::default().decide(feed_back(1), &elsewhere);
    assert_eq!(rule(refused), rules::AT_HUB.code);
}

fn ask(n: u128, region: Region) -> BoxCommand {
    BoxCommand::Ask(id(n), text("由谁提供？"), region)
}

fn answer(n: u128, with: &str) -> BoxCommand {
    let answer = forum::Command::Answer(id(n), Outcome::Answered(text(with)));
    BoxCommand::Forum(answer, Region::JS)
}

#[test]
fn a_question_is_its_first_askers_and_has_one_answer() {
    let asked = did(listed(), ask(1, Region::ZJ));
    nothing(&asked, ask(1, Region::ZJ));
    let other = asked.decide(ask(1, Region::SH), &context());
    assert_eq!(rule(other), rules::ORIGIN.code);
    let unknown = asked.decide(answer(2, "由需求方提供。"), &context());
    assert_eq!(rule(unknown), rules::QUESTIONS.code);
    let answered = did(asked, answer(1, "由需求方提供。"));
    nothing(&answered, answer(1, "另一答复。"));
}

#[test]
fn whoever_asks_of_a_withdrawn_demand_hears_that_nobody_answers() {
    let outcome = |closed: &SolutionBox, question: u128| {
        let known = closed.forum.questions[&id::<QuestionId>(question)].clone();
        known.outcome
    };
    let answered = did(did(listed(), ask(1, Region::ZJ)), answer(1, "自行准备。"));
    let open = did(answered, ask(2, Region::SH));
    let closed = closed(open);
    assert_eq!(
        outcome(&closed, 1),
        Some(Outcome::Answered(text("自行准备。")))
    );
    assert_eq!(outcome(&closed, 2), Some(Outcome::Withheld));
    let late = did(closed, ask(3, Region::ZJ));
    assert_eq!(outcome(&late, 3), Some(Outcome::Withheld));
    nothing(&late, ask(3, Region::ZJ));
    assert!(
        !listed().forum.questions.contains_key(&id::<QuestionId>(3)),
        "nothing of an open one"
    );
    let open = did(listed(), ask(4, Region::ZJ));
    assert_eq!(outcome(&open, 4), None);
}

#[test]
fn a_roadshow_is_as_it_was_last_released_and_a_name_is_told_once() {
    let announce = |sequence| {
        let notice = Notice {
            meeting: id(8),
            slot: super::rules_of_meetings::slot(3, "线上"),
            sequence,
            cancelled: false,
            minutes: None,
            registering: None,
        };
        let command = forum::Command::Announce(Box::new(notice));
        BoxCommand::Forum(command, Region::JS)
    };
    let known = did(listed(), announce(2));
    nothing(&known, announce(2));
    nothing(&known, announce(1));
    let name = || BoxCommand::Forum(forum::Command::Name(DEMANDER), Region::JS);
    nothing(&did(known, name()), name());
}

#[test]
fn a_waiver_excuses_whom_it_names_and_the_hub_waits_for_nobody_of_its_own() {
    let after = START + time::Duration::SECOND;
    let now = START + time::Duration::HOUR;
    let mut regions = vec![
        (Region::JS, after),
        (Region::ZJ, after),
        (Region::HUB, START),
    ];
    let round = FeedbackRound::default();
    let without = [Region::SH];
    let missing = round.decide(give(START, &without), &heard(now, &regions));
    assert_eq!(missing, Err(Rejection::NotHeard(vec![Region::AH])));
    regions.extend([(Region::SH, after), (Region::AH, after)]);
    let given = round.decide(give(START, &[]), &heard(now, &regions));
    let mut round = FeedbackRound::default();
    for event in given.unwrap() {
        round.evolve(&event);
    }
    let again: FeedbackCommand = give(START, &[]);
    assert_eq!(round.decide(again, &heard(now, &regions)), Ok(vec![]));
}

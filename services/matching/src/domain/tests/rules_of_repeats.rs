//! What was said or done before changes nothing, and what comes late changes nothing either.

use journal::Aggregate as _;
use time::Duration;

use super::{
    rules_of_dialogue::{asked, gone, names, officer},
    rules_of_meetings::slot,
    rules_of_postings::{demander, did, feedback, later, open, opened, owner, select},
    rules_of_solutions::{
        call, content, did as solved, home, solver, stage, submit, submitted, then, word,
    },
    *,
};
use crate::domain::{
    posting::{
        Command, Event, Owner, Posting, Standing,
        questions::{self, Release},
    },
    words::{BoxCommand, DialogueCommand, ListCommand, QuestionCommand, SolutionCommand as Solve},
};

#[test]
fn a_posting_is_published_once_and_keeps_the_record_that_was() {
    let owned = did(
        Posting::default(),
        vec![Command::RecordOwner(Box::new(owner()))],
    );
    let record = |owner: Owner| Command::RecordOwner(Box::new(owner));
    let moved = Owner {
        contact: None,
        ..owner()
    };
    assert_eq!(owned.decide(record(owner()), &officer()), Ok(vec![]));
    assert_eq!(
        owned
            .decide(record(moved.clone()), &officer())
            .unwrap()
            .len(),
        1
    );
    assert_eq!(open().decide(record(moved), &officer()), Ok(vec![]));
    assert_eq!(
        open().decide(Command::List(listing()), &officer()),
        Ok(vec![])
    );
    let unknown = Posting::default().decide(Command::DeclineAffiliates, &officer());
    assert_eq!(unknown, Err(Rejection::UnknownSolution));
}

#[test]
fn the_demanders_people_are_looked_for_as_its_names_are() {
    let answer = |with: &str| {
        Command::Question(questions::Command::Answer {
            question: id(1),
            answer: text(with),
            names: names(),
        })
    };
    let posting = gone(opened(), vec![asked()]).0;
    for leak in ["请找欧阳明远", "请电13800138000", "在星河微电子"] {
        let refused = posting.decide(answer(leak), &demander());
        assert_eq!(rule(refused), rules::NEUTRAL.code, "{leak}");
    }
    assert!(
        posting
            .decide(answer("由需求方提供。"), &demander())
            .is_ok()
    );
}

#[test]
fn a_solution_comes_again_only_as_a_newer_version_from_its_own_home() {
    let again = feedback(6, vec![dossier(1, id(0x51), &[1, 2])]);
    assert_eq!(opened().decide(again, &officer()), Ok(vec![]));
    let newer = Dossier {
        revision: 2,
        ..dossier(1, id(0x51), &[1, 2])
    };
    let elsewhere = Command::Receive {
        feedback: id(6),
        cut_off: START,
        solutions: vec![(newer, Region::AH)],
    };
    assert_eq!(opened().decide(elsewhere, &officer()), Ok(vec![]));
}

#[test]
fn solutions_are_opened_and_disposed_of_by_the_demander_and_not_what_is_gone() {
    let open_it = |n| Command::OpenSolution(id(n), Some(START));
    let shortlist = |why| Command::Shortlist(id(1), reason(why));
    let decline = Command::Decline(id(1), reason("指标不足"));
    for (posting, command) in [
        (open(), open_it(1)),
        (opened(), shortlist("入围")),
        (opened(), decline),
    ] {
        let foreign = posting.decide(command.clone(), &officer());
        assert_eq!(rule(foreign), rules::OWN.code, "{command:?}");
    }
    assert_eq!(
        rule(open().decide(open_it(4), &demander())),
        rules::AFFILIATE.code
    );
    let gone = did(opened(), vec![Command::WithdrawSolution(id(1))]);
    assert_eq!(
        rule(gone.decide(open_it(1), &demander())),
        rules::LIFECYCLE.code
    );
    let listed = did(opened(), vec![shortlist("入围")]);
    assert_eq!(listed.decide(shortlist("入围"), &demander()), Ok(vec![]));
    assert_eq!(
        rule(listed.decide(shortlist("另有理由"), &demander())),
        rules::LIFECYCLE.code
    );
}

#[test]
fn a_word_that_was_only_asked_for_is_no_agreement_and_the_first_selection_has_its_day() {
    let asked = did(opened(), vec![select(1, 1)]);
    let call = asked.call().unwrap();
    assert_eq!(call.selected(id(1), true), [].into());
    assert_eq!(call.selected(id(1), false), [id(1)].into());
    let mut days_later = demander();
    days_later.now += Duration::days(5);
    let both = gone(asked, vec![(select(2, 2), days_later)]).0;
    let first = both.call().unwrap().selected_on;
    assert_eq!(first, Some(Day::of(later())));
}

#[test]
fn a_selection_that_ran_out_leaves_the_others_and_its_next_look_comes_later_each_time() {
    let until = |task: u128, days| Command::Select {
        task: id(task),
        solution: id(1),
        reason: reason("最优"),
        answer_until: Some(Day::of(later()).plus_days(days)),
        valid_until: None,
        bars: Bars::default(),
    };
    let both = did(opened(), vec![until(1, 3), until(2, 9)]);
    let selected = Event::Selected {
        task: id(2),
        solution: id(1),
        reason: text("最优"),
        answer_until: Day::of(later()).plus_days(9),
        valid_until: None,
        on: None,
    };
    let told = both.publish("p", &selected, &demander());
    let told: proto::matching::v1::SolutionDisposed = told[0].read().unwrap();
    assert_eq!(
        told.answer_until,
        Day::of(later()).plus_days(3).to_string(),
        "the first that falls due"
    );
    let mut timer = context(Region::JS, Actor::system(Region::JS), later());
    timer.now += Duration::days(5);
    timer.heard = [(Region::ZJ, timer.now)].into();
    let one = gone(both.clone(), vec![(Command::LapseOverdue, timer.clone())]).0;
    let call = one.call().unwrap();
    assert_eq!(call.picks.len(), 1, "nobody is left for the other task");
    assert_eq!(call.received[&id(1)].standing, Standing::Opened);
    let end = Day::of(later()).plus_days(3).end();
    for waited in [Duration::MINUTE, Duration::days(1)] {
        timer.now = end + waited;
        timer.heard.clear();
        let events = both.decide(Command::LapseOverdue, &timer).unwrap();
        let [Event::ExpiryWaits { again, .. }] = events.as_slice() else {
            panic!("{events:?}")
        };
        assert_eq!(*again, timer.now + waited.max(Duration::minutes(5)));
    }
}

#[test]
fn questions_are_forwarded_answered_and_released_once() {
    let (forward, context) = asked();
    let question = |command| Command::Question(command);
    let answer = question(questions::Command::Answer {
        question: id(1),
        answer: text("由需求方提供。"),
        names: names(),
    });
    let release = |release| question(questions::Command::Release(id(1), release));
    let answered = gone(
        opened(),
        vec![(forward.clone(), context), (answer.clone(), demander())],
    )
    .0;
    assert_eq!(answered.decide(forward, &officer()), Ok(vec![]));
    assert_eq!(answered.decide(answer, &demander()), Ok(vec![]));
    let released = gone(answered, vec![(release(Release::Publish), officer())]).0;
    for other in [
        Release::Return(text("请补充")),
        Release::Withhold(text("与任务无关")),
    ] {
        assert_eq!(
            rule(released.decide(release(other), &officer())),
            rules::QUESTIONS.code
        );
    }
}

#[test]
fn a_solvers_own_steps_are_taken_once_and_in_their_order() {
    let refused = |solution: &Solution, command| rule(solution.decide(command, &solver()));
    let write = |tasks: &[u128]| Solve::Write {
        call: call(),
        content: Box::new(content(tasks)),
    };
    let withdraw = || Solve::Withdraw { reason: None };
    let none = Solution::default().decide(submit(), &solver());
    assert_eq!(none, Err(Rejection::UnknownSolution));
    let draft = solved(vec![write(&[1])]);
    assert_eq!(draft.decide(write(&[1]), &solver()), Ok(vec![]));
    assert_eq!(refused(&draft, write(&[9])), rules::TASKS_OF_ENTRY.code);
    let shortlist = || Solve::Shortlist(home(), text("入围"));
    assert_eq!(refused(&draft, shortlist()), rules::LIFECYCLE.code);
    let by_hub = draft.decide(Solve::Lapse(None, text("需求已撤回")), &solver());
    assert_eq!(by_hub, Ok(vec![]), "nobody knows of a draft");
    let events = draft.decide(withdraw(), &solver()).unwrap();
    assert_eq!(draft.publish("s", &events[0], &solver()), []);
    let discarded = solved(vec![write(&[1]), withdraw()]);
    assert_eq!(discarded.decide(withdraw(), &solver()), Ok(vec![]));
    assert_eq!(refused(&discarded, submit()), rules::LIFECYCLE.code);
    let declined = solved(then(Solve::Decline(home(), text("不采用"))));
    assert_eq!(refused(&declined, withdraw()), rules::LIFECYCLE.code);
}

#[test]
fn what_a_solver_hears_twice_or_too_late_changes_nothing() {
    let select = || Solve::Select(home(), word(&[1]));
    let confirm = || Solve::ConfirmIntent(Bars::default());
    let mut steps = then(select());
    steps.push(confirm());
    let (selected, intent) = (solved(then(select())), solved(steps));
    assert_eq!(intent.decide(confirm(), &solver()), Ok(vec![]));
    for late in [
        Solve::Shortlist(home(), text("入围")),
        Solve::Decline(home(), text("不采用")),
        Solve::Narrow(home(), word(&[2])),
        Solve::NoteRevised(id(1)),
    ] {
        assert_eq!(
            selected.decide(late.clone(), &solver()),
            Ok(vec![]),
            "{late:?}"
        );
    }
    let shortlisted = solved(then(Solve::Shortlist(home(), text("入围"))));
    for late in [
        Solve::Shortlist(home(), text("另有理由")),
        Solve::Narrow(home(), word(&[1])),
    ] {
        assert_eq!(shortlisted.decide(late, &solver()), Ok(vec![]));
    }
    let revised = solved(then(Solve::NoteRevised(id(1))));
    assert_eq!(
        revised.decide(Solve::NoteRevised(id(1)), &solver()),
        Ok(vec![])
    );
    assert!(matches!(stage(&selected), Stage::Selected(_)));
}

#[test]
fn an_invitation_is_as_it_was_last_told_and_keeps_its_answer() {
    let tell = |sequence, cancelled: Option<&str>| {
        let telling = Telling {
            slot: slot(3, "线上"),
            sequence,
            cancelled: cancelled.map(text),
            minutes: None,
        };
        Solve::Dialogue(DialogueCommand::Tell(home(), id(8), Box::new(telling)))
    };
    let answer = |accepted| {
        Solve::Dialogue(DialogueCommand::Answer {
            meeting: id(8),
            accepted,
            note: None,
        })
    };
    let learn = || Solve::Dialogue(DialogueCommand::Learn(home(), DEMANDER));
    let mut steps = then(tell(1, None));
    steps.extend([answer(true), learn(), tell(2, None)]);
    let accepted = solved(steps.clone());
    let standing = &accepted.0.as_ref().unwrap().meetings[&id::<MeetingId>(8)].standing;
    assert!(matches!(standing, InvitationStanding::Accepted(_)));
    for repeated in [
        tell(2, None),
        tell(1, Some("另有安排")),
        answer(true),
        learn(),
    ] {
        assert_eq!(accepted.decide(repeated, &solver()), Ok(vec![]));
    }
    steps.push(tell(3, Some("另有安排")));
    let off = solved(steps).decide(answer(false), &solver());
    assert_eq!(rule(off), rules::MEETINGS.code);
}

#[test]
fn a_dossier_names_its_holder_among_the_team() {
    let solution = solved(submitted());
    let case = solution.0.unwrap();
    let dossier = crate::publish::dossier(id(1), &case, START, salt(1));
    assert!(dossier.team.contains(&SOLVER) && dossier.team.len() == 2);
}

#[test]
fn a_question_has_one_outcome_and_a_list_one_adoption() {
    let ask = QuestionCommand::Ask {
        blind_id: blind(),
        open: true,
        text: text("指标如何测？"),
        names: vec![],
    };
    let mut question = Question::default();
    let withhold = || QuestionCommand::Conclude(Reply::Withheld);
    for command in [ask, withhold()] {
        for event in question.decide(command, &solver()).unwrap() {
            question.evolve(&event);
        }
    }
    assert_eq!(question.decide(withhold(), &solver()), Ok(vec![]));
    let hub = context(Region::HUB, Actor::system(Region::HUB), START);
    let adopt = |number: &str| ListCommand::Adopt {
        document_number: number.into(),
        year: 2024,
        demands: BTreeMap::new(),
    };
    let mut list = PublishedList::default();
    for event in list.decide(adopt("8号"), &hub).unwrap() {
        list.evolve(&event);
    }
    assert_eq!(list.decide(adopt("9号"), &hub), Ok(vec![]));
    let elsewhere = SolutionBox::default().decide(BoxCommand::Tell, &solver());
    assert_eq!(rule(elsewhere), rules::AT_HUB.code);
}

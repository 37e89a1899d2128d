//! Questions, meetings and who learns the demander. [Art. 10, 11]

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience as To, Message, Scope},
};
use time::Duration;

use super::{
    rules_of_postings::{demander, later, open, opened},
    rules_of_solutions::{did as solved, home, solver, submitted, then},
    *,
};
use crate::domain::{
    forum,
    posting::{
        Command, Event, Posting, disclosure,
        meetings::{self, MeetingStanding},
        questions::{self, InquiryStanding, Release},
    },
    words::{BoxCommand, DialogueCommand, QuestionCommand, SolutionCommand},
};

const NAME: &str = "苏州星河微电子有限公司";

fn names() -> Vec<String> {
    vec![NAME.to_owned()]
}

fn person(name: &str, role: Role, now: OffsetDateTime) -> Context {
    context(Region::JS, Actor::person(name, role, Region::JS), now)
}

fn officer() -> Context {
    person("officer", Role::Officer, later())
}

fn gone(mut posting: Posting, steps: Vec<(Command, Context)>) -> (Posting, Vec<Message>) {
    let mut told = Vec::new();
    for (command, context) in steps {
        for event in posting.decide(command, &context).unwrap() {
            posting.evolve(&event);
            told.extend(posting.publish("p", &event, &context));
        }
    }
    (posting, told)
}

fn question(command: questions::Command) -> Command {
    Command::Question(command)
}

fn asked() -> (Command, Context) {
    let forward = questions::Command::Forward(id(1), text("验证平台由谁提供？"));
    (question(forward), officer())
}

fn answer(with: &str) -> Command {
    question(questions::Command::Answer {
        question: id(1),
        answer: text(with),
        names: names(),
    })
}

fn release(release: Release) -> Command {
    question(questions::Command::Release(id(1), release))
}

#[test]
fn an_answer_is_written_by_the_demander_released_by_somebody_else_and_told_to_the_hub() {
    let steps = vec![asked(), (answer("由需求方提供。"), demander())];
    let (answered, told) = gone(opened(), steps.clone());
    assert_eq!(told, [], "nothing before its release");
    assert_eq!(
        rule(answered.decide(answer("由需求方提供。"), &officer())),
        rules::OWN.code
    );
    let publish = release(Release::Publish);
    let same = person("member", Role::Officer, later());
    assert_eq!(
        rule(answered.decide(publish.clone(), &same)),
        rules::RELEASED_BY_ANOTHER.code
    );
    assert_eq!(
        rule(answered.decide(publish.clone(), &demander())),
        rules::OWN.code
    );
    let (released, told) = gone(answered, vec![(publish.clone(), officer())]);
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    let told: wire::AnswerReleased = told[0].read().unwrap();
    assert_eq!(told.answer, "由需求方提供。");
    assert_eq!(released.decide(publish, &officer()), Ok(vec![]), "a repeat");
    assert_eq!(
        rule(released.decide(answer("由解决方提供。"), &demander())),
        rules::QUESTIONS.code,
        "what was released stays"
    );
}

#[test]
fn an_answer_that_gives_the_demander_away_is_refused_with_the_place() {
    let (open, _) = gone(opened(), vec![asked()]);
    let refused = open.decide(
        answer("在星河微电子的产线，苏州星河微电子验证"),
        &demander(),
    );
    let refusal = Refusal::from(refused.unwrap_err());
    assert_eq!(refusal.rule.code, rules::NEUTRAL.code);
    assert!(
        refusal
            .values
            .iter()
            .any(|(name, value)| *name == "at" && value == "11")
    );
    let guess = questions::Command::Forward(id(1), text("是苏州星河微电子吗？"));
    let (guessed, _) = gone(opened(), vec![(question(guess), officer())]);
    assert_eq!(
        rule(guessed.decide(answer("不便说明。"), &demander())),
        rules::NEUTRAL.code,
        "an answer would confirm the guess"
    );
    let withhold = release(Release::Withhold(text("猜测需求方")));
    let (_, told) = gone(guessed, vec![(withhold, officer())]);
    let told: wire::AnswerReleased = told[0].read().unwrap();
    assert_eq!(told.answer, "", "the reason stays here");
}

#[test]
fn an_answer_that_is_given_back_waits_for_another() {
    let back = release(Release::Return(text("请补充指标")));
    let steps = vec![asked(), (answer("待定。"), demander()), (back, officer())];
    let (returned, told) = gone(opened(), steps);
    assert_eq!(told, []);
    let inquiry = &returned.call().unwrap().questions[&id::<QuestionId>(1)];
    assert!(matches!(
        &inquiry.standing,
        InquiryStanding::Open { returned: Some(_) }
    ));
    let unanswered = returned.decide(release(Release::Publish), &officer());
    assert_eq!(rule(unanswered), rules::RELEASED_BY_ANOTHER.code);
}

#[test]
fn a_question_leaves_its_home_without_its_asker() {
    let ask = |with: &str, open| QuestionCommand::Ask {
        blind_id: blind(),
        open,
        text: text(with),
        names: vec!["浙江大学".into()],
    };
    let none = Question::default();
    let closed = none.decide(ask("指标如何测？", false), &solver());
    assert_eq!(rule(closed), rules::CALL_OPEN.code);
    let named = none.decide(ask("浙江大学可否参加？", true), &solver());
    assert_eq!(rule(named), rules::NEUTRAL.code);
    let events = none.decide(ask("指标如何测？", true), &solver()).unwrap();
    let mut posed = none;
    posed.evolve(&events[0]);
    let told = posed.publish("q", &events[0], &solver());
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    let text = String::from_utf8_lossy(&told[0].body);
    assert!(!text.contains(&SOLVER.to_string()));
    let reply = QuestionCommand::Conclude(Reply::Withheld);
    assert_eq!(Question::default().decide(reply, &solver()), Ok(vec![]));
}

fn slot(days: i64, venue: &str) -> Slot {
    let starts_at = later() + Duration::days(days);
    let ends_at = starts_at + Duration::hours(2);
    Slot::new(starts_at, ends_at, text(venue), text("技术路线")).unwrap()
}

fn arrange(with: Option<u128>, days: i64, venue: &str) -> Command {
    Command::Meeting(meetings::Command::Arrange {
        meeting: id(8),
        with: with.map(id),
        slot: Box::new(slot(days, venue)),
        names: names(),
    })
}

fn accept(accepted: bool) -> Command {
    Command::Meeting(meetings::Command::Answer {
        meeting: id(8),
        solution: id(1),
        region: Region::ZJ,
        accepted,
        note: None,
    })
}

fn minute(minutes: &str) -> Command {
    Command::Meeting(meetings::Command::Minute {
        meeting: id(8),
        minutes: text(minutes),
        names: names(),
    })
}

fn demander_on(days: i64) -> Context {
    let mut context = demander();
    context.now += Duration::days(days);
    context
}

fn accepted() -> Posting {
    let invited = (arrange(Some(1), 3, "线上会议室"), demander());
    gone(opened(), vec![invited, (accept(true), officer())]).0
}

#[test]
fn a_solver_is_invited_to_what_was_read_and_lies_ahead_at_a_neutral_place() {
    let refused = |posting: Posting, command| rule(posting.decide(command, &demander()));
    let invite = |days, venue| arrange(Some(1), days, venue);
    assert_eq!(refused(open(), invite(3, "线上")), rules::DISPOSITION.code);
    assert_eq!(refused(opened(), invite(0, "线上")), rules::MEETINGS.code);
    assert_eq!(
        refused(opened(), invite(3, "苏州星河微电子二楼")),
        rules::NEUTRAL.code
    );
    assert_eq!(
        refused(opened(), arrange(Some(4), 3, "线上")),
        rules::LIFECYCLE.code,
        "an affiliate"
    );
    assert_eq!(
        rule(opened().decide(invite(3, "线上"), &officer())),
        rules::OWN.code
    );
    let (_, told) = gone(opened(), vec![(invite(3, "线上"), demander())]);
    assert_eq!(told[0].scope, Scope::Share(To::One(Region::ZJ)));
    assert!(told[0].read::<wire::MeetingTold>().is_some());
}

#[test]
fn minutes_are_of_a_meeting_that_was_accepted_and_has_begun() {
    let invited = gone(opened(), vec![(arrange(Some(1), 3, "线上"), demander())]).0;
    let on_time = demander_on(3);
    assert_eq!(
        rule(invited.decide(minute("共识"), &on_time)),
        rules::MEETINGS.code
    );
    assert_eq!(
        rule(accepted().decide(minute("共识"), &demander())),
        rules::MEETINGS.code
    );
    let named = accepted().decide(minute("与苏州星河微电子达成共识"), &on_time);
    assert_eq!(rule(named), rules::NEUTRAL.code);
    let (held, told) = gone(accepted(), vec![(minute("共识"), on_time.clone())]);
    let told: wire::MeetingTold = told[0].read().unwrap();
    assert_eq!((told.minutes.as_str(), told.sequence), ("共识", 1));
    let cancel = Command::Meeting(meetings::Command::Cancel {
        meeting: id(8),
        reason: text("冲突"),
        names: names(),
    });
    assert_eq!(rule(held.decide(cancel, &on_time)), rules::MEETINGS.code);
}

#[test]
fn an_invitation_is_answered_by_the_solvers_home_alone() {
    let invited = gone(opened(), vec![(arrange(Some(1), 3, "线上"), demander())]).0;
    for (solution, region) in [(1, Region::AH), (2, Region::ZJ)] {
        let forged = Command::Meeting(meetings::Command::Answer {
            meeting: id(8),
            solution: id(solution),
            region,
            accepted: true,
            note: None,
        });
        assert_eq!(rule(invited.decide(forged, &officer())), rules::ORIGIN.code);
    }
}

#[test]
fn a_roadshow_is_announced_by_somebody_else_and_so_are_its_minutes() {
    let proposed = gone(opened(), vec![(arrange(None, 3, "线上直播"), demander())]);
    assert_eq!(proposed.1, [], "nothing before its release");
    let release = |refused| Command::Meeting(meetings::Command::Release(id(8), refused));
    let same = person("member", Role::Director, later());
    assert_eq!(
        rule(proposed.0.decide(release(None), &same)),
        rules::RELEASED_BY_ANOTHER.code
    );
    let (announced, told) = gone(proposed.0, vec![(release(None), officer())]);
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    assert!(told[0].read::<wire::RoadshowReleased>().is_some());
    let (minuted, told) = gone(announced, vec![(minute("三家路演"), demander_on(3))]);
    assert_eq!(told, []);
    let (held, told) = gone(minuted, vec![(release(None), officer())]);
    let told: wire::RoadshowReleased = told[0].read().unwrap();
    assert_eq!(told.roadshow.unwrap().minutes, "三家路演");
    let meeting = &held.call().unwrap().meetings[&id::<MeetingId>(8)];
    assert!(matches!(meeting.standing, MeetingStanding::Held(_)));
    let nothing = held.decide(release(None), &officer());
    assert_eq!(rule(nothing), rules::RELEASED_BY_ANOTHER.code);
}

fn disclose() -> Command {
    let word = text("本公司同意向该解决方公开身份。");
    Command::Disclosure(disclosure::Command::Disclose(id(8), word))
}

#[test]
fn the_demander_is_told_at_an_accepted_one_to_one_to_that_solvers_node_alone() {
    let on_time = demander_on(3);
    let refused = |posting: &Posting, context: &Context| rule(posting.decide(disclose(), context));
    assert_eq!(
        refused(&accepted(), &demander()),
        rules::ANONYMOUS.code,
        "before it"
    );
    let invited = gone(opened(), vec![(arrange(Some(1), 3, "线上"), demander())]).0;
    assert_eq!(
        refused(&invited, &on_time),
        rules::ANONYMOUS.code,
        "not accepted"
    );
    let roadshow = gone(opened(), vec![(arrange(None, 3, "线上"), demander())]).0;
    assert_eq!(
        refused(&roadshow, &on_time),
        rules::ANONYMOUS.code,
        "not one to one"
    );
    let mut foreign = officer();
    foreign.now = on_time.now;
    assert_eq!(
        refused(&accepted(), &foreign),
        rules::OWN.code,
        "the demander's word"
    );
    let withdrawn = gone(
        accepted(),
        vec![(Command::WithdrawSolution(id(1)), officer())],
    )
    .0;
    assert_eq!(refused(&withdrawn, &on_time), rules::LIFECYCLE.code);

    let (told_one, told) = gone(accepted(), vec![(disclose(), on_time.clone())]);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].scope, Scope::Share(To::One(Region::ZJ)));
    let disclosed: wire::DemanderDisclosed = told[0].read().unwrap();
    assert_eq!(disclosed.demander_unit_id, DEMANDER.to_string());
    let call = told_one.call().unwrap();
    assert!(call.knows(id(1)) && !call.knows(id(2)) && !call.is_named());
    assert_eq!(call.disclosures[0].given_by, "member");
    assert_eq!(told_one.decide(disclose(), &on_time), Ok(vec![]), "once");
    let named = minute("与苏州星河微电子达成共识");
    assert!(
        told_one.decide(named, &on_time).is_ok(),
        "who was told may read it"
    );
}

#[test]
fn an_earlier_naming_has_a_reason_and_somebody_elses_approval() {
    let propose = |solution: Option<u128>| {
        let reason = text("需现场踏勘产线");
        Command::Disclosure(disclosure::Command::ProposeNaming(solution.map(id), reason))
    };
    let decide = |refused| Command::Disclosure(disclosure::Command::DecideNaming(refused));
    let director = person("director", Role::Director, later());
    let nothing = opened().decide(decide(None), &director);
    assert_eq!(rule(nothing), rules::ANONYMOUS.code);
    let (proposed, told) = gone(opened(), vec![(propose(Some(2)), demander())]);
    assert_eq!(told, [], "nothing before the approval");
    let same = person("member", Role::Director, later());
    assert_eq!(
        rule(proposed.decide(decide(None), &same)),
        rules::RELEASED_BY_ANOTHER.code
    );
    assert_eq!(
        rule(proposed.decide(decide(None), &officer())),
        rules::OWN.code
    );
    assert_eq!(
        rule(proposed.decide(propose(None), &demander())),
        rules::ANONYMOUS.code,
        "one wish at a time"
    );
    let refuse = decide(Some(text("理由不足")));
    let (refused, told) = gone(proposed.clone(), vec![(refuse, director.clone())]);
    assert_eq!(
        (told.len(), refused.call().unwrap().knows(id(2))),
        (0, false)
    );
    let (one, told) = gone(proposed, vec![(decide(None), director.clone())]);
    assert_eq!(told[0].scope, Scope::Share(To::One(Region::ZJ)));
    let disclosure = &one.call().unwrap().disclosures[0];
    assert_eq!(disclosure.approved_by.as_deref(), Some("director"));
    let (all, told) = gone(
        one,
        vec![(propose(None), demander()), (decide(None), director)],
    );
    assert_eq!(told[0].scope, Scope::Share(To::HUB));
    assert!(told[0].read::<wire::NamingApproved>().is_some());
    assert!(all.call().unwrap().is_named());
}

#[test]
fn a_solver_believes_its_own_counterpart_alone_about_meetings_and_names() {
    let telling = |sequence| {
        Box::new(Telling {
            slot: slot(3, "线上"),
            sequence,
            cancelled: None,
            minutes: None,
        })
    };
    let tell = |from, sequence| {
        SolutionCommand::Dialogue(DialogueCommand::Tell(from, id(8), telling(sequence)))
    };
    let learn = |from| SolutionCommand::Dialogue(DialogueCommand::Learn(from, DEMANDER));
    let other = Counterpart {
        home: Region::AH,
        posting: id(77),
    };
    let known = then(tell(home(), 0));
    for forged in [tell(other, 1), learn(other)] {
        assert_eq!(
            rule(solved(known.clone()).decide(forged, &solver())),
            rules::ORIGIN.code
        );
    }
    let draft = solved(vec![submitted().remove(0)]);
    assert_eq!(
        rule(draft.decide(learn(home()), &solver())),
        rules::LIFECYCLE.code
    );
    let answer = SolutionCommand::Dialogue(DialogueCommand::Answer {
        meeting: id(8),
        accepted: true,
        note: None,
    });
    let mut late = solver();
    late.now = later() + Duration::days(3);
    let begun = solved(known.clone()).decide(answer.clone(), &late);
    assert_eq!(rule(begun), rules::MEETINGS.code);
    let stranger = context(Region::ZJ, member(id(0x99), Region::ZJ), START);
    let foreign = solved(known.clone()).decide(answer.clone(), &stranger);
    assert_eq!(rule(foreign), rules::OWN.code);
    let unknown = solved(submitted()).decide(answer.clone(), &solver());
    assert_eq!(rule(unknown), rules::MEETINGS.code);
    let mut steps = known;
    steps.extend([answer, learn(home())]);
    let case = solved(steps).0.unwrap();
    assert_eq!(case.demander, Some(DEMANDER));
    assert!(matches!(
        case.meetings[&id::<MeetingId>(8)].standing,
        InvitationStanding::Accepted(_)
    ));
}

#[test]
fn the_hub_tells_all_at_the_end_of_the_day_and_believes_the_demands_home_alone() {
    let entry = Entry {
        blind_id: blind(),
        number: "2024-0001".parse().unwrap(),
        record: record(vec![task(1, Mode::Challenge)]),
    };
    let list = BoxCommand::List(Box::new(BoxListing {
        demand: demand(),
        home: Region::JS,
        entry,
        listing: listing(),
    }));
    let ask = BoxCommand::Ask(id(1), text("由谁提供？"), Region::ZJ);
    let outcome = forum::Outcome::Answered(text("由需求方提供。"));
    let answer = |region| {
        let command = forum::Command::Answer(id(1), outcome.clone());
        BoxCommand::Forum(command, region)
    };
    let hub = context(Region::HUB, Actor::system(Region::HUB), START);
    let mut forum = SolutionBox::default();
    let mut told = Vec::new();
    for command in [list, ask, answer(Region::JS)] {
        for event in forum.decide(command, &hub).unwrap() {
            forum.evolve(&event);
            told.extend(forum.publish(&blind().to_string(), &event, &hub));
        }
    }
    assert_eq!(
        rule(forum.decide(answer(Region::ZJ), &hub)),
        rules::ORIGIN.code
    );
    let public = |told: &[Message]| {
        let to_all = told.iter().filter(|m| m.scope == Scope::Share(To::All));
        to_all.count()
    };
    assert_eq!(public(&told), 0, "not at once: the hour would tell");
    let alarm = forum.alarms().remove(0);
    assert_eq!(alarm.due, Day::of(START).end());
    let events = forum.decide(alarm.command, &hub).unwrap();
    forum.evolve(&events[0]);
    let told = forum.publish(&blind().to_string(), &events[0], &hub);
    let answered: wire::QuestionAnswered = told[0].read().unwrap();
    assert_eq!(told[0].scope, Scope::Share(To::All));
    assert_eq!(answered.answer, "由需求方提供。");
    assert_eq!(forum.alarms(), [], "once");
}

#[test]
fn a_closed_posting_takes_what_was_under_way_and_nothing_else() {
    let (closed, _) = gone(accepted(), vec![(Command::Close, officer())]);
    let (ask, _) = asked();
    assert_eq!(closed.decide(ask, &officer()), Ok(vec![]));
    assert_eq!(closed.decide(accept(false), &officer()), Ok(vec![]));
    assert_eq!(
        rule(closed.decide(disclose(), &demander_on(3))),
        rules::CALL_OPEN.code
    );
    let events: Vec<Event> = Vec::new();
    assert_eq!(closed.decide(Command::LapseOverdue, &officer()), Ok(events));
}

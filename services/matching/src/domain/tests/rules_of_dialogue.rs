//! Questions, and what all are answered. [Art. 10, 11]

use journal::Aggregate as _;
use proto::{
    matching::v1 as wire,
    message::{Audience as To, Message, Scope},
};

use super::{
    rules_of_postings::{demander, later, opened},
    rules_of_solutions::solver,
    *,
};
use crate::domain::{
    forum,
    posting::{
        Command, Posting,
        questions::{self, InquiryStanding, Release},
    },
    words::{BoxCommand, QuestionCommand},
};

const NAME: &str = "苏州星河微电子有限公司";

pub(super) fn names() -> Vec<String> {
    vec![NAME.to_owned()]
}

pub(super) fn person(name: &str, role: Role, now: OffsetDateTime) -> Context {
    context(Region::JS, Actor::person(name, role, Region::JS), now)
}

pub(super) fn officer() -> Context {
    person("officer", Role::Officer, later())
}

pub(super) fn gone(
    mut posting: Posting,
    steps: Vec<(Command, Context)>,
) -> (Posting, Vec<Message>) {
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

pub(super) fn asked() -> (Command, Context) {
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
            .any(|(name, value)| *name == "at" && value == "2")
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

//! A department's pre-review, each rule by a case that it decides.

use proto::evaluation::v1::{DemandNotRecommended, DemandRecommended};
use regulation::{Actor, Refusal, Region, Role};

use super::*;
use crate::domain::{rules, sample};

fn as_role(person: &str, role: Role) -> Context {
    Context {
        actor: Actor::person(person, role, Region::SH),
        ..sample::context(Region::SH)
    }
}

fn officer() -> Context {
    as_role("li", Role::Officer)
}

fn director() -> Context {
    as_role("zhou", Role::Director)
}

fn begin() -> PreReviewCommand {
    let record = Box::new(sample::record("光刻胶", "集成电路"));
    PreReviewCommand::Begin { record }
}

fn opinion(failed: &[&str]) -> Opinion {
    let checks = CHECKS.iter().map(|(key, _)| {
        let passed = !failed.contains(key);
        ((*key).to_owned(), Finding { passed, note: None })
    });
    Opinion {
        checks: checks.collect(),
        opinion: "任务明确".parse().unwrap(),
        recommend: failed.is_empty(),
    }
}

fn place(place: u32) -> PreReviewCommand {
    let place = NonZeroU32::new(place).unwrap();
    PreReviewCommand::Recommend { place }
}

fn decline() -> PreReviewCommand {
    let comments = "指标不明确".parse().unwrap();
    PreReviewCommand::Decline { comments }
}

fn given(steps: &[(PreReviewCommand, Context)]) -> PreReview {
    let mut review = PreReview::default();
    for (command, context) in steps {
        for event in review.decide(command.clone(), context).unwrap() {
            review.evolve(&event);
        }
    }
    review
}

fn prepared() -> PreReview {
    given(&[
        (begin(), officer()),
        (PreReviewCommand::Prepare(opinion(&[])), officer()),
    ])
}

fn after(review: &PreReview, command: PreReviewCommand) -> (PreReview, Vec<Message>) {
    let mut review = review.clone();
    let events = review.decide(command, &director()).unwrap();
    let mut told = Vec::new();
    for event in &events {
        review.evolve(event);
        told.extend(review.publish("d", event, &director()));
    }
    (review, told)
}

#[test]
fn a_director_recommends_what_an_officer_prepared_and_the_hub_hears_the_place_only() {
    let (review, told) = after(&prepared(), place(3));
    assert!(matches!(review, PreReview::Recommended { .. }));
    let [message] = &told[..] else { panic!() };
    let said: DemandRecommended = message.read().unwrap();
    assert!(said.recommended && said.place == 3);
    let text = String::from_utf8_lossy(&message.body);
    assert!(!text.contains("任务明确") && !text.contains("li") && !text.contains("zhou"));
    assert_eq!(review.decide(place(3), &director()), Ok(vec![]));
}

#[test]
fn nobody_decides_what_they_prepared_themselves() {
    let same = as_role("li", Role::Director);
    for command in [place(1), decline()] {
        let refused = prepared().decide(command, &same).unwrap_err();
        assert_eq!(refused, PreReviewRejection::SamePerson);
        assert_eq!(Refusal::from(refused).rule, rules::TWO_PEOPLE);
    }
    let unprepared = given(&[(begin(), officer())]);
    assert_eq!(
        unprepared.decide(place(1), &director()),
        Err(PreReviewRejection::NotPrepared)
    );
}

#[test]
fn every_item_is_checked_once_and_what_failed_one_is_not_recommended() {
    let pending = given(&[(begin(), officer())]);
    let mut short = opinion(&[]);
    short.checks.remove("tasks");
    short.checks.insert(
        "weather".to_owned(),
        Finding {
            passed: true,
            note: None,
        },
    );
    let refused = pending.decide(PreReviewCommand::Prepare(short), &officer());
    let Err(PreReviewRejection::Checks(items)) = refused else {
        panic!()
    };
    assert_eq!(items, ["对外揭榜任务及考核指标明确", "weather"]);
    let mut bold = opinion(&["cross_region"]);
    bold.recommend = true;
    let refused = pending.decide(PreReviewCommand::Prepare(bold), &officer());
    assert!(matches!(refused, Err(PreReviewRejection::Failed(_))));
    let failed = given(&[
        (begin(), officer()),
        (
            PreReviewCommand::Prepare(opinion(&["cross_region"])),
            officer(),
        ),
    ]);
    let refused = failed.decide(place(1), &director()).unwrap_err();
    let refusal = Refusal::from(refused);
    assert!(
        refusal.message.contains("需要跨区域协同解决"),
        "{}",
        refusal.message
    );
}

#[test]
fn what_is_not_recommended_comes_back_with_comments_and_may_be_looked_at_again() {
    let (review, told) = after(&prepared(), decline());
    let [to_hub, home] = &told[..] else { panic!() };
    let said: DemandRecommended = to_hub.read().unwrap();
    assert!(!said.recommended && said.place == 0);
    assert!(!String::from_utf8_lossy(&to_hub.body).contains("指标不明确"));
    let said: DemandNotRecommended = home.read().unwrap();
    assert_eq!(said.comments, ["指标不明确"]);
    assert_eq!(home.scope, proto::message::Scope::Node);
    assert_eq!(
        review.decide(place(1), &director()),
        Err(PreReviewRejection::Decided)
    );
    assert_eq!(review.decide(begin(), &officer()).unwrap().len(), 1);
}

#[test]
fn hearing_of_the_same_demand_again_disturbs_neither_the_director_nor_a_round() {
    let recommended = after(&prepared(), place(1)).0;
    for review in [prepared(), recommended.clone()] {
        assert_eq!(review.decide(begin(), &officer()), Ok(vec![]));
    }
    let judged = after(&recommended, PreReviewCommand::Judge).0;
    assert!(matches!(judged, PreReview::Judged { .. }));
    assert_eq!(judged.decide(begin(), &officer()).unwrap().len(), 1);
}

#[test]
fn what_was_taken_back_is_neither_prepared_nor_recommended() {
    let gone = after(&prepared(), PreReviewCommand::Withdraw).0;
    let again = PreReviewCommand::Prepare(opinion(&[]));
    assert_eq!(
        gone.decide(again, &officer()),
        Err(PreReviewRejection::Decided)
    );
    assert_eq!(
        gone.decide(place(1), &director()),
        Err(PreReviewRejection::Decided)
    );
    assert_eq!(gone.decide(begin(), &officer()), Ok(vec![]));
    assert_eq!(
        PreReview::Unknown.decide(place(1), &director()),
        Err(PreReviewRejection::NotHere)
    );
}

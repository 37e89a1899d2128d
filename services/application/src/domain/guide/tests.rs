//! A guide from its draft to its being in force, and what is refused on the way.

use std::{collections::BTreeMap, sync::Arc};

use regulation::{Actor, Policy, Refusal, Region, Role, YRD_2024_1};
use time::macros::datetime;

use super::*;
use crate::domain::{
    PublishedGuide,
    check::sample::guideline,
    published_guide::{InForce, Publish},
    rules,
};

const DRAFTED: OffsetDateTime = datetime!(2024-10-15 10:00 +8);

fn at(now: OffsetDateTime) -> Context {
    Context {
        now,
        actor: Actor::person("secretary", Role::Secretariat, Region::HUB),
        node: Region::HUB,
        policy: Some(Arc::new(Policy::parse(YRD_2024_1).unwrap())),
        heard: BTreeMap::new(),
    }
}

fn give(guide: &mut Guide, command: Command, context: &Context) {
    for event in guide.decide(command, context).unwrap() {
        guide.evolve(&event);
    }
}

fn refused(guide: &Guide, command: Command, context: &Context) -> &'static str {
    let rejection = guide.decide(command, context).unwrap_err();
    Refusal::from(rejection).rule.code
}

/// A draft, after a change.
fn drafted(change: impl FnOnce(&mut Content)) -> Guide {
    let mut content = Content {
        guideline: guideline(),
        compilation: "五位专家研究编制".parse().ok(),
    };
    change(&mut content);
    let mut guide = Guide::default();
    give(&mut guide, Command::Write(Box::new(content)), &at(DRAFTED));
    guide
}

fn propose() -> Command {
    Command::Propose {
        id: "guide".into(),
        in_pool: guideline().demands().collect(),
    }
}

fn publish(document: Document) -> Command {
    Command::Publish {
        decision: "decision".into(),
        number: "长三角联攻〔2024〕2号".parse().unwrap(),
        document,
    }
}

#[test]
fn only_a_guide_that_experts_helped_to_compile_goes_before_the_members() {
    let without = drafted(|content| content.compilation = None);
    assert_eq!(
        refused(&without, propose(), &at(DRAFTED)),
        rules::GUIDE_EXPERTS.code
    );
    let with = drafted(|_| ()).decide(propose(), &at(DRAFTED)).unwrap();
    assert!(matches!(with[..], [Event::Proposed(_)]), "{with:?}");
}

#[test]
fn a_guide_goes_before_the_members_with_topics_and_days_left_to_apply() {
    let no_topics = drafted(|content| content.guideline.topics.clear());
    assert_eq!(
        refused(&no_topics, propose(), &at(DRAFTED)),
        rules::GUIDE_WINDOW.code
    );
    let backwards = drafted(|content| content.guideline.from = "2025-01-01".parse().unwrap());
    assert_eq!(
        refused(&backwards, propose(), &at(DRAFTED)),
        rules::GUIDE_WINDOW.code
    );
    let last_day = datetime!(2024-12-31 23:59 +8);
    let over = datetime!(2025-01-01 00:00 +8);
    assert!(drafted(|_| ()).decide(propose(), &at(last_day)).is_ok());
    assert_eq!(
        refused(&drafted(|_| ()), propose(), &at(over)),
        rules::GUIDE_WINDOW.code
    );
}

#[test]
fn what_comes_into_force_is_what_the_members_decided_on() {
    let mut guide = drafted(|_| ());
    give(&mut guide, propose(), &at(DRAFTED));
    let mut other = guideline();
    other.one_live = false;
    let other = Document::new(record::guide_proposal("guide", &other)).unwrap();
    assert_eq!(
        refused(&guide, publish(other), &at(DRAFTED)),
        rules::GUIDE_AS_DECIDED.code
    );
    let same = Document::new(record::guide_proposal("guide", &guideline())).unwrap();
    give(&mut guide, publish(same), &at(DRAFTED));
    let stage = guide.0.unwrap().stage;
    assert!(matches!(stage, Stage::Published { .. }), "{stage:?}");
}

#[test]
fn a_guide_in_force_is_told_again_but_never_changed() {
    let told = |guide: Guideline| {
        Publish(Box::new(InForce {
            guide,
            decision: "decision".into(),
            number: "长三角联攻〔2024〕2号".parse().unwrap(),
            at: DRAFTED,
        }))
    };
    let mut known = PublishedGuide::default();
    for event in known.decide(told(guideline()), &at(DRAFTED)).unwrap() {
        known.evolve(&event);
    }
    assert_eq!(known.decide(told(guideline()), &at(DRAFTED)), Ok(vec![]));
    let mut other = guideline();
    other.ceiling = None;
    let rejection = known.decide(told(other), &at(DRAFTED)).unwrap_err();
    assert_eq!(Refusal::from(rejection).rule, rules::GUIDE_AS_DECIDED);
}

#[test]
fn a_guide_is_written_and_proposed_on_the_hub_while_it_is_a_draft_for_what_is_supported() {
    let write = |change: fn(&mut Content)| {
        let mut content = drafted(|_| ()).0.unwrap().content;
        change(&mut content);
        Command::Write(Box::new(content))
    };
    let elsewhere = Context {
        node: Region::ZJ,
        ..at(DRAFTED)
    };
    let nothing = Guide::default();
    assert_eq!(
        refused(&nothing, write(|_| ()), &elsewhere),
        rules::HUB_ONLY.code
    );
    let unknown = |content: &mut Content| {
        content.guideline.topics[0].field = "量子通信".parse().unwrap();
    };
    assert_eq!(
        refused(&nothing, write(unknown), &at(DRAFTED)),
        rules::GUIDE_FIELD.code
    );
    let mut guide = drafted(|_| ());
    assert_eq!(guide.decide(write(|_| ()), &at(DRAFTED)), Ok(vec![]));
    let not_in_pool = Command::Propose {
        id: "guide".into(),
        in_pool: BTreeSet::new(),
    };
    assert_eq!(
        refused(&guide, not_in_pool, &at(DRAFTED)),
        rules::GUIDE_POOL.code
    );
    give(&mut guide, propose(), &at(DRAFTED));
    assert_eq!(guide.decide(propose(), &at(DRAFTED)), Ok(vec![]));
    assert_eq!(
        refused(&guide, write(|_| ()), &at(DRAFTED)),
        rules::LIFECYCLE.code
    );
    let reason = "申报期限过短".parse().unwrap();
    give(&mut guide, Command::Return { reason }, &at(DRAFTED));
    // What was returned is written again, be it as it was, before it is proposed again.
    assert_eq!(
        refused(&guide, propose(), &at(DRAFTED)),
        rules::LIFECYCLE.code
    );
    give(&mut guide, write(|_| ()), &at(DRAFTED));
    assert_eq!(guide.0.as_ref().unwrap().stage, Stage::Draft);
}

#[test]
fn a_guide_comes_into_force_once_by_one_decision() {
    let document = || Document::new(record::guide_proposal("guide", &guideline())).unwrap();
    let mut guide = drafted(|_| ());
    assert_eq!(
        refused(&guide, publish(document()), &at(DRAFTED)),
        rules::LIFECYCLE.code
    );
    give(&mut guide, propose(), &at(DRAFTED));
    give(&mut guide, publish(document()), &at(DRAFTED));
    assert_eq!(guide.decide(publish(document()), &at(DRAFTED)), Ok(vec![]));
    let Command::Publish {
        number, document, ..
    } = publish(document())
    else {
        panic!()
    };
    let other = Command::Publish {
        decision: "another".into(),
        number,
        document,
    };
    assert_eq!(refused(&guide, other, &at(DRAFTED)), rules::LIFECYCLE.code);
}

//! Each rule of profiles, with a case that it refuses and that passes without it.

use proto::{
    message::{Audience, Scope},
    registry::v1 as wire,
};
use regulation::Actor;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::domain::item::{ItemKind, Year};

fn unit() -> UnitId {
    UnitId(Uuid::from_u128(1))
}

fn context(role: Role, of: Option<UnitId>) -> Context {
    let actor = Actor::person("somebody", role, Region::JS);
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor: Actor { unit: of, ..actor },
        node: Region::JS,
        policy: None,
        heard: [].into(),
    }
}

fn officer() -> Context {
    context(Role::Officer, None)
}

fn item(nth: usize, summary: &str) -> Item {
    Item {
        name: Name {
            kind: ItemKind::Patent,
            year: Year::try_from(2020).unwrap(),
            title: format!("一种光刻胶 {nth}").parse().unwrap(),
        },
        keywords: ["光刻胶".parse().unwrap()].into(),
        summary: summary.parse().ok(),
    }
}

fn command(change: Change) -> Command {
    Command {
        unit: unit(),
        unit_here: true,
        change,
    }
}

fn add(items: Vec<Item>) -> Command {
    command(Change::Add(items))
}

fn content(items: usize) -> Content {
    let items = (0..items).map(|nth| item(nth, "摘要"));
    Content::new(["集成电路".parse().unwrap()].into(), [].into(), items)
}

fn replace(items: usize) -> Command {
    command(Change::Replace(Box::new(content(items))))
}

fn after(mut profile: Capability, command: Command) -> (Capability, Vec<Event>) {
    let events = profile.decide(command, &officer()).unwrap();
    for event in &events {
        profile.evolve(event);
    }
    (profile, events)
}

#[test]
fn a_profile_is_kept_by_its_unit_or_an_officer_and_nobody_else() {
    let asked_by = |role, of| Capability::default().decide(replace(1), &context(role, of));
    let other = UnitId(Uuid::from_u128(2));
    assert!(asked_by(Role::Officer, None).is_ok());
    assert!(asked_by(Role::UnitMember, Some(unit())).is_ok());
    assert_eq!(
        asked_by(Role::UnitMember, Some(other)),
        Err(Rejection::NotOwn)
    );
    assert_eq!(asked_by(Role::Expert, Some(unit())), Err(Rejection::NotOwn));
    let refusal = Refusal::from(Rejection::NotOwn);
    assert_eq!(refusal.rule.code, "registry.own-profile");
    assert_eq!(refusal.kind, RefusalKind::Forbidden);
}

#[test]
fn only_an_active_unit_of_this_node_has_a_profile_here() {
    let elsewhere = Command {
        unit_here: false,
        ..replace(1)
    };
    assert_eq!(
        Capability::default().decide(elsewhere, &officer()),
        Err(Rejection::UnitNotHere(unit()))
    );
}

#[test]
fn a_profile_has_no_more_items_than_it_may() {
    let max = Content::ITEMS_MAX;
    let (full, _) = after(Capability::default(), replace(max));
    assert_eq!(
        Capability::default().decide(replace(max + 1), &officer()),
        Err(Rejection::TooMany(max + 1))
    );
    assert_eq!(
        full.decide(add(vec![item(max, "")]), &officer()),
        Err(Rejection::TooMany(max + 1))
    );
    // One that is there can be replaced all the same.
    let (full, events) = after(full, add(vec![item(0, "改过")]));
    assert!(matches!(&events[..], [Event::ItemsAdded { replaced, .. }] if replaced.len() == 1));
    assert_eq!(full.content().items().len(), max);
    assert_eq!(
        Refusal::from(Rejection::TooMany(101)).rule.code,
        "registry.profile-size"
    );
}

#[test]
fn the_same_again_changes_nothing() {
    let (kept, _) = after(Capability::default(), replace(3));
    assert_eq!(kept.decide(replace(3), &officer()), Ok(vec![]));
    let again = (0..3).rev().map(|nth| item(nth, "摘要")).collect();
    assert_eq!(kept.decide(add(again), &officer()), Ok(vec![]));
}

#[test]
fn added_items_leave_the_rest_as_it_was() {
    let (kept, _) = after(Capability::default(), replace(2));
    let (kept, events) = after(kept, add(vec![item(7, ""), item(1, "改过"), item(7, "")]));
    let [Event::ItemsAdded { new, replaced, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!((new.len(), replaced.len()), (1, 1));
    let kept = kept.content();
    assert_eq!(
        kept.items(),
        [item(0, "摘要"), item(1, "改过"), item(7, "")]
    );
    assert_eq!(kept.fields, content(0).fields);
}

#[test]
fn all_hear_the_whole_profile_and_nobody_who_kept_it() {
    let (kept, events) = after(Capability::default(), replace(2));
    let told = kept.publish(&unit().to_string(), &events[0], &officer());
    let [message] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(message.scope, Scope::Share(Audience::All));
    let profile = message.read::<wire::ProfileRecorded>().unwrap().profile;
    let profile = profile.unwrap();
    assert_eq!(profile.unit_id, unit().to_string());
    assert_eq!((profile.region.as_str(), profile.items.len()), ("js", 2));
    assert_eq!(profile.items[0].title, "一种光刻胶 0");
    assert!(!String::from_utf8_lossy(&message.body).contains("somebody"));
}

#[test]
fn the_largest_profile_fits_into_a_message() {
    let long = |nth: usize| Item {
        name: Name {
            title: format!("{nth:03}{}", "字".repeat(297)).parse().unwrap(),
            ..item(nth, "").name
        },
        keywords: (0..Item::KEYWORDS_MAX)
            .map(|nth| format!("{nth}{}", "字".repeat(39)).parse().unwrap())
            .collect(),
        summary: "字".repeat(500).parse().ok(),
    };
    let words = |nth: usize| format!("{nth:02}{}", "字".repeat(30)).parse().unwrap();
    let keywords = |nth: usize| format!("{nth:02}{}", "字".repeat(38)).parse().unwrap();
    let content = Content::new(
        (0..100).map(words).collect(),
        (0..100).map(keywords).collect(),
        (0..Content::ITEMS_MAX).map(long),
    );
    let change = Change::Replace(Box::new(content));
    let (kept, events) = after(Capability::default(), command(change));
    let told = kept.publish(&unit().to_string(), &events[0], &officer());
    assert!(told[0].body.len() < 512 << 10, "{}", told[0].body.len());
}

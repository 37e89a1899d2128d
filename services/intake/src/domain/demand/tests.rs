//! Each rule of intake, with a case that it refuses and that passes without it.

use std::sync::Arc;

use proptest::prelude::*;
use proto::{
    intake::v1 as wire,
    message::{Audience, Scope},
};
use regulation::{Actor, Money, Policy, Refusal, Region, Role};
use time::macros::datetime;

use super::*;
use crate::{
    domain::{Answer, Programme, Revise, Standing, Submission, attachment, rules},
    record::{Goal, Mode, Record, Task},
};

const UNIT: UnitId = UnitId(uuid::Uuid::from_u128(1));

pub(crate) fn record() -> Record {
    Record {
        title: "高端光刻胶树脂".parse().unwrap(),
        field: "集成电路".parse().unwrap(),
        mission: "突破树脂合成工艺".parse().unwrap(),
        goals: [Goal::KeyTechnology].into(),
        tasks: vec![Task {
            id: uuid::Uuid::from_u128(7).into(),
            title: "树脂合成".parse().unwrap(),
            content: "分子量分布控制".parse().unwrap(),
            indicators: "分散度不高于 1.2".parse().unwrap(),
            offered: Money::from_fen(300_000_000).unwrap(),
            mode: Mode::Challenge,
            revision: 1,
        }],
        investment: Money::from_fen(2_000_000_000).unwrap(),
        months: 30,
        milestones: vec![],
    }
}

pub(super) fn content() -> Content {
    Content {
        record: record(),
        programme: Programme::Joint,
        cross_region_reason: Some("检测能力在外省".parse().unwrap()),
        nothing_classified: true,
        private_note: Some("PRIVATE-NOTE".parse().unwrap()),
        contact: Some("王敏 PRIVATE-CONTACT".parse().unwrap()),
        duration_reason: None,
        milestones_reason: None,
        figures: vec![],
    }
}

pub(super) fn standing() -> Standing {
    Standing {
        active_here: true,
        backbone_fields: vec!["集成电路".parse().unwrap()],
        barred: None,
        affiliates: vec![],
        names: vec!["江苏星河微电子科技有限公司".into()],
    }
}

/// Accepted, with nothing to confirm.
pub(super) fn accept() -> Command {
    Command::Accept(Box::default())
}

pub(super) fn barred() -> chassis::Barred {
    chassis::Barred {
        until: "2025-09-01".parse().unwrap(),
        record: "CR-7".into(),
    }
}

/// Handed in by a unit of good standing.
pub(super) fn submit() -> Command {
    Command::Submit(Box::new(Submission {
        standing: standing(),
        similar: vec![],
    }))
}

pub(super) fn context(role: Role) -> Context {
    let mut actor = Actor::person(format!("{role:?}"), role, Region::JS);
    actor.unit = (role == Role::UnitMember).then_some(UNIT);
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor,
        node: Region::JS,
        policy: Some(Arc::new(Policy::parse(regulation::YRD_2023_1).unwrap())),
        heard: [].into(),
    }
}

pub(super) fn after(commands: Vec<(Role, Command)>) -> Demand {
    let mut demand = Demand::default();
    for (role, command) in commands {
        for event in demand.decide(command, &context(role)).unwrap() {
            demand.evolve(&event);
        }
    }
    demand
}

pub(super) fn drafted(content: Content) -> Demand {
    after(vec![(Role::UnitMember, Command::Write(Box::new(content)))])
}

pub(super) fn submitted() -> Demand {
    after(vec![
        (Role::UnitMember, Command::Write(Box::new(content()))),
        (Role::UnitMember, submit()),
    ])
}

/// Submits after `change`, which breaks exactly one rule.
fn refusal(change: impl FnOnce(&mut Content, &mut Standing)) -> Refusal {
    let (mut content, mut standing) = (content(), standing());
    change(&mut content, &mut standing);
    drafted(content)
        .decide(
            Command::Submit(Box::new(Submission {
                standing,
                similar: vec![],
            })),
            &context(Role::UnitMember),
        )
        .unwrap_err()
        .into()
}

#[test]
fn a_complete_demand_is_accepted_and_told_to_the_hub_without_its_demander() {
    let demand = submitted();
    let officer = context(Role::Officer);
    let events = demand.decide(accept(), &officer).unwrap();
    let mut accepted = demand.clone();
    accepted.evolve(&events[0]);
    let messages = accepted.publish("d", &events[0], &officer);
    let told = messages
        .iter()
        .find_map(proto::message::Message::read::<wire::DemandAccepted>)
        .unwrap();
    assert_eq!(told.record.unwrap().title, "高端光刻胶树脂");
    for message in messages {
        let text = String::from_utf8_lossy(&message.body).into_owned();
        assert!(
            !text.contains("PRIVATE-NOTE"),
            "{} tells the note",
            message.kind
        );
        if message.scope == Scope::Share(Audience::HUB) {
            assert!(!text.contains("PRIVATE"), "{} leaks", message.kind);
            assert!(
                !text.contains(&UNIT.to_string()),
                "{} names the demander",
                message.kind
            );
        } else {
            // What matching publishes on this node is looked through for it.
            assert_eq!(message.scope, Scope::Node);
            let owner: wire::DemandOwnerRecorded = message.read().unwrap();
            assert_eq!(owner.contact, "王敏 PRIVATE-CONTACT");
        }
    }
}

#[test]
fn every_rule_of_the_content_refuses_by_its_own_name() {
    let money = |fen| Money::from_fen(fen).unwrap();
    let bad_credit = refusal(|_, s| s.barred = Some(barred()));
    assert_eq!(bad_credit.rule, rules::NOT_BARRED);
    assert!(bad_credit.message.contains("2025-09-01"), "{bad_credit}");
    assert_eq!(bad_credit.values["credit_record"], "CR-7");
    assert_eq!(refusal(|_, s| s.active_here = false).rule, rules::BACKBONE);
    assert_eq!(
        refusal(|_, s| s.backbone_fields.clear()).rule,
        rules::BACKBONE
    );
    assert_eq!(
        refusal(|c, _| c.record.field = "新材料".parse().unwrap()).rule,
        rules::FIELD
    );
    assert_eq!(
        refusal(|c, _| c.record.goals.clear()).rule,
        rules::SCENARIO_GOAL
    );
    assert_eq!(
        refusal(|c, _| c.record.tasks.clear()).rule,
        rules::EXTERNAL_TASK
    );
    assert_eq!(
        refusal(|c, _| c.record.investment = money(299_999_999)).rule,
        rules::OFFERED_FUNDS
    );
    assert_eq!(
        refusal(|c, _| c.cross_region_reason = None).rule,
        rules::CROSS_REGION
    );
    assert_eq!(
        refusal(|c, _| c.nothing_classified = false).rule,
        rules::NOTHING_CLASSIFIED
    );
    assert_eq!(
        refusal(|c, _| c.record.months = 37).rule,
        rules::BREAKTHROUGH
    );
    let milestones = |c: &mut Content, _: &mut Standing| {
        c.record.milestones = vec!["中试".parse().unwrap()];
    };
    assert_eq!(refusal(milestones).rule, rules::MILESTONES);
    // 生物医药 goes by milestones without a word. [Art. 4]
    let (mut pharma, mut good) = (content(), standing());
    pharma.record.field = "生物医药".parse().unwrap();
    pharma.record.milestones = vec!["中试".parse().unwrap()];
    good.backbone_fields = vec!["生物医药".parse().unwrap()];
    let submission = Submission {
        standing: good,
        similar: vec![],
    };
    let submit = Command::Submit(Box::new(submission));
    let taken = drafted(pharma).decide(submit, &context(Role::UnitMember));
    assert!(taken.is_ok(), "{taken:?}");
    let named = refusal(|c, _| c.record.mission = "为星河微电子攻关".parse().unwrap());
    assert_eq!(named.rule, rules::ANONYMOUS);
    assert_eq!(
        refusal(|c, _| c.record.mission = "找 PRIVATE 联系人王敏".parse().unwrap()).rule,
        rules::ANONYMOUS
    );
    assert!(
        named.message.contains("mission 第 2 字起“星河微"),
        "{}",
        named.message
    );
}

#[test]
fn offered_funds_may_reach_the_investment_exactly() {
    let mut exact = content();
    exact.record.investment = Money::from_fen(300_000_000).unwrap();
    let demand = drafted(exact);
    assert!(demand.decide(submit(), &context(Role::UnitMember)).is_ok());
}

#[test]
fn without_a_policy_in_force_new_demands_are_refused_with_exactly_that_message() {
    let mut late = context(Role::UnitMember);
    late.policy = None;
    let refusal: Refusal = Demand::default()
        .decide(Command::Write(Box::new(content())), &late)
        .unwrap_err()
        .into();
    assert_eq!(refusal.rule, rules::POLICY_IN_FORCE);
    let drafted = drafted(content());
    let refusal: Refusal = drafted.decide(submit(), &late).unwrap_err().into();
    assert_eq!(refusal.rule, rules::POLICY_IN_FORCE);
    let accepted: Refusal = submitted().decide(accept(), &late).unwrap_err().into();
    assert_eq!(accepted.rule, rules::POLICY_IN_FORCE);
}

#[test]
fn another_units_member_can_neither_write_submit_nor_withdraw() {
    let mut other = context(Role::UnitMember);
    other.actor.unit = Some(UnitId(uuid::Uuid::from_u128(2)));
    let mut changed = content();
    changed.record.months = 25;
    for command in [
        Command::Write(Box::new(changed)),
        submit(),
        Command::Withdraw(None),
    ] {
        let refused = drafted(content()).decide(command, &other).unwrap_err();
        assert_eq!(refused, Rejection::NotOwn);
        assert_eq!(Refusal::from(refused).rule, rules::OWN_DEMAND);
    }
}

#[test]
fn a_published_demand_is_rewritten_by_nobody() {
    let mut changed = content();
    changed.record.mission = "另一任务".parse().unwrap();
    let answer = later::published().decide(
        Command::Write(Box::new(changed)),
        &context(Role::UnitMember),
    );
    let refusal: Refusal = answer.unwrap_err().into();
    assert_eq!(refusal.rule, rules::FROZEN);
}

mod departures;
mod figures;
mod files;
mod histories;
mod later;
mod revisions;
mod shown;
mod versions;

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
    domain::{Programme, Standing, rules},
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

fn content() -> Content {
    Content {
        record: record(),
        programme: Programme::Joint,
        cross_region_reason: Some("检测能力在外省".parse().unwrap()),
        nothing_classified: true,
        private_note: Some("PRIVATE-NOTE".parse().unwrap()),
        contact: Some("PRIVATE-CONTACT".parse().unwrap()),
        duration_reason: None,
    }
}

fn standing() -> Standing {
    Standing {
        active_here: true,
        backbone_fields: vec!["集成电路".parse().unwrap()],
        barred: false,
        affiliates: vec![],
        names: vec!["江苏星河微电子科技有限公司".into()],
    }
}

fn context(role: Role) -> Context {
    let mut actor = Actor::person("someone", role, Region::JS);
    actor.unit = (role == Role::UnitMember).then_some(UNIT);
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor,
        node: Region::JS,
        policy: Some(Arc::new(Policy::parse(regulation::YRD_2023_1).unwrap())),
        heard: [].into(),
    }
}

fn after(commands: Vec<(Role, Command)>) -> Demand {
    let mut demand = Demand::default();
    for (role, command) in commands {
        for event in demand.decide(command, &context(role)).unwrap() {
            demand.evolve(&event);
        }
    }
    demand
}

fn drafted(content: Content) -> Demand {
    after(vec![(Role::UnitMember, Command::Write(Box::new(content)))])
}

fn submitted() -> Demand {
    after(vec![
        (Role::UnitMember, Command::Write(Box::new(content()))),
        (Role::UnitMember, Command::Submit(Box::new(standing()))),
    ])
}

/// Submits after `change`, which breaks exactly one rule.
fn refusal(change: impl FnOnce(&mut Content, &mut Standing)) -> Refusal {
    let (mut content, mut standing) = (content(), standing());
    change(&mut content, &mut standing);
    drafted(content)
        .decide(
            Command::Submit(Box::new(standing)),
            &context(Role::UnitMember),
        )
        .unwrap_err()
        .into()
}

#[test]
fn a_complete_demand_is_accepted_and_told_to_the_hub_without_its_demander() {
    let demand = submitted();
    let officer = context(Role::Officer);
    let events = demand.decide(Command::Accept, &officer).unwrap();
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
        assert!(!text.contains("PRIVATE"), "{} leaks", message.kind);
        if message.scope == Scope::Share(Audience::HUB) {
            assert!(
                !text.contains(&UNIT.to_string()),
                "{} names the demander",
                message.kind
            );
        } else {
            assert_eq!(message.scope, Scope::Node);
        }
    }
}

#[test]
fn a_local_programmes_demand_never_leaves_its_region() {
    let mut local = content();
    local.programme = Programme::Local;
    let demand = after(vec![
        (Role::UnitMember, Command::Write(Box::new(local))),
        (Role::UnitMember, Command::Submit(Box::new(standing()))),
    ]);
    let officer = context(Role::Officer);
    let events = demand.decide(Command::Accept, &officer).unwrap();
    assert!(
        demand
            .publish("d", &events[0], &officer)
            .iter()
            .all(|m| m.scope == Scope::Node)
    );
}

#[test]
fn every_rule_of_the_content_refuses_by_its_own_name() {
    let money = |fen| Money::from_fen(fen).unwrap();
    assert_eq!(refusal(|_, s| s.barred = true).rule, rules::NOT_BARRED);
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
    let named = refusal(|c, _| c.record.mission = "为星河微电子攻关".parse().unwrap());
    assert_eq!(named.rule, rules::ANONYMOUS);
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
    assert!(
        demand
            .decide(
                Command::Submit(Box::new(standing())),
                &context(Role::UnitMember)
            )
            .is_ok()
    );
}

#[test]
fn unusual_months_need_a_reason_and_are_approved_by_who_accepts() {
    let mut long = content();
    long.record.months = 48;
    long.duration_reason = Some("临床周期长".parse().unwrap());
    let demand = after(vec![
        (Role::UnitMember, Command::Write(Box::new(long))),
        (Role::UnitMember, Command::Submit(Box::new(standing()))),
        (Role::Officer, Command::Accept),
    ]);
    let departure = demand.0.unwrap().duration_departure.unwrap();
    assert_eq!(departure.rule, rules::BREAKTHROUGH.code);
    assert_eq!(departure.approved_by.as_deref(), Some("someone"));
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
    let refusal: Refusal = drafted
        .decide(Command::Submit(Box::new(standing())), &late)
        .unwrap_err()
        .into();
    assert_eq!(refusal.rule, rules::POLICY_IN_FORCE);
    let accepted: Refusal = submitted()
        .decide(Command::Accept, &late)
        .unwrap_err()
        .into();
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
        Command::Submit(Box::new(standing())),
        Command::Withdraw(None),
    ] {
        assert_eq!(
            drafted(content()).decide(command, &other),
            Err(Rejection::NotOwn)
        );
    }
}

#[test]
fn who_heard_of_a_demand_hears_of_its_withdrawal_and_nobody_else() {
    let steps = |accepted: bool| {
        let mut steps = vec![
            (Role::UnitMember, Command::Write(Box::new(content()))),
            (Role::UnitMember, Command::Submit(Box::new(standing()))),
        ];
        steps.extend(accepted.then_some((Role::Officer, Command::Accept)));
        after(steps)
    };
    let told = |mut demand: Demand| {
        let member = context(Role::UnitMember);
        let events = demand.decide(Command::Withdraw(None), &member).unwrap();
        demand.evolve(&events[0]);
        let messages = demand.publish("d", &events[0], &member);
        messages.into_iter().map(|m| m.scope).collect::<Vec<_>>()
    };
    assert_eq!(told(steps(false)), []);
    assert_eq!(
        told(steps(true)),
        [Scope::Node, Scope::Share(Audience::HUB)]
    );
}

#[test]
fn a_published_demand_is_withdrawn_by_a_director_with_a_reason_only() {
    let published = after(vec![
        (Role::UnitMember, Command::Write(Box::new(content()))),
        (Role::UnitMember, Command::Submit(Box::new(standing()))),
        (Role::Officer, Command::Accept),
        (
            Role::System,
            Command::Publish {
                blind_id: BlindId(uuid::Uuid::nil()),
                public_number: "2024-0001".into(),
            },
        ),
    ]);
    let reason: Option<Text> = Some("项目调整".parse().unwrap());
    for (role, reason) in [(Role::UnitMember, reason.clone()), (Role::Director, None)] {
        let answer = published.decide(Command::Withdraw(reason), &context(role));
        assert_eq!(answer, Err(Rejection::WithdrawalNeedsDirector));
    }
    assert!(
        published
            .decide(Command::Withdraw(reason), &context(Role::Director))
            .is_ok()
    );
}

#[test]
fn who_is_not_listed_may_enter_the_next_round() {
    let not_listed = after(vec![
        (Role::UnitMember, Command::Write(Box::new(content()))),
        (Role::UnitMember, Command::Submit(Box::new(standing()))),
        (Role::Officer, Command::Accept),
        (
            Role::System,
            Command::Judge {
                listed: false,
                comments: vec!["指标不清".into()],
            },
        ),
    ]);
    assert!(matches!(
        not_listed.0.as_ref().map(|case| &case.stage),
        Some(Stage::NotShortlisted { comments }) if comments == &["指标不清"]
    ));
    assert_eq!(
        not_listed
            .decide(Command::Accept, &context(Role::Officer))
            .unwrap()
            .len(),
        1
    );
}

fn any_command() -> impl Strategy<Value = (Role, Command)> {
    let commands = prop_oneof![
        Just(Command::Write(Box::new(content()))),
        Just(Command::Submit(Box::new(standing()))),
        Just(Command::Return("补充".parse().unwrap())),
        Just(Command::Accept),
        Just(Command::Withdraw(None)),
        Just(Command::Withdraw(Some("调整".parse().unwrap()))),
        any::<bool>().prop_map(|listed| Command::Judge {
            listed,
            comments: vec![]
        }),
        Just(Command::Publish {
            blind_id: BlindId(uuid::Uuid::nil()),
            public_number: "1".into()
        }),
    ];
    let roles = prop_oneof![
        Just(Role::UnitMember),
        Just(Role::Officer),
        Just(Role::Director),
        Just(Role::System)
    ];
    (roles, commands)
}

proptest! {
    #[test]
    fn no_history_leaves_the_withdrawn_state_and_a_repeat_changes_nothing(
        commands in prop::collection::vec(any_command(), 1..30)
    ) {
        let mut demand = Demand::default();
        for (role, command) in commands {
            let withdrawn =
                matches!(&demand.0, Some(Case { stage: Stage::Withdrawn { .. }, .. }));
            let Ok(events) = demand.decide(command.clone(), &context(role)) else { continue };
            prop_assert!(!withdrawn || events.is_empty());
            for event in &events {
                demand.evolve(event);
            }
            // Whatever was done is either done already or no longer possible; never done twice,
            // but for what a new round asks anew.
            let again = demand.decide(command, &context(role));
            prop_assert!(again.is_err() || again == Ok(vec![]), "{again:?}");
        }
    }
}

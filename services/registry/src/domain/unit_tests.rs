//! Each rule of units, with a case that it refuses and that passes without it.

use std::sync::Arc;

use proto::{
    message::{Audience, Scope},
    registry::v1 as wire,
};
use regulation::{Actor, CreditCode, Policy, Refusal, RefusalKind, Role, UnitIdentity};
use time::macros::datetime;

use super::*;
use crate::domain::rules;

#[path = "unit_backbone_tests.rs"]
mod backbone;

fn code(division: &str) -> CreditCode {
    CreditCode::with_check(&format!("91{division}MA1ABCDE2")).unwrap()
}

fn details(division: &str) -> Box<Details> {
    let code = code(division);
    Box::new(Details {
        identity: code.into(),
        seat: Some(Division::of(&code).unwrap()),
        profile: profile(),
    })
}

fn profile() -> Profile {
    Profile {
        size: None,
        branch_of: None,
        name: "江苏星河微电子科技有限公司".parse().unwrap(),
        short_names: ["银汉芯".parse().unwrap()].into(),
        kind: Kind::Enterprise,
        affiliates: BTreeSet::new(),
        fields: [field()].into(),
        keywords: ["光刻胶".parse().unwrap()].into(),
    }
}

fn field() -> Field {
    "集成电路".parse().unwrap()
}

fn context(person: &str, role: Role) -> Context {
    Context {
        now: datetime!(2024-09-02 09:00 +8),
        actor: Actor::person(person, role, Region::JS),
        node: Region::JS,
        policy: Some(Arc::new(Policy::parse(regulation::YRD_2023_1).unwrap())),
        heard: [].into(),
    }
}

fn officer() -> Context {
    context("officer", Role::Officer)
}

fn director() -> Context {
    context("director", Role::Director)
}

fn after(commands: Vec<(Context, Command)>) -> Unit {
    let mut unit = Unit::default();
    for (context, command) in commands {
        for event in unit.decide(command, &context).unwrap() {
            unit.evolve(&event);
        }
    }
    unit
}

fn registered() -> Unit {
    after(vec![(officer(), Command::Register(details("320500")))])
}

fn proposed() -> Unit {
    after(vec![
        (officer(), Command::Register(details("320500"))),
        (officer(), Command::ProposeBackbone(field())),
    ])
}

fn entry(unit: &Unit) -> &Entry {
    match unit {
        Unit::Here(entry) => entry,
        other => panic!("{other:?}"),
    }
}

fn rejection(unit: &Unit, command: Command, context: &Context) -> Rejection {
    unit.decide(command, context).unwrap_err()
}

#[test]
fn a_unit_is_registered_once_and_an_identical_repeat_changes_nothing() {
    let unit = registered();
    let again = Command::Register(details("320500"));
    assert_eq!(unit.decide(again, &officer()), Ok(vec![]));
    let mut other = details("320500");
    other.profile.name = "另一家公司".parse().unwrap();
    let refused = rejection(&unit, Command::Register(other), &officer());
    assert_eq!(refused, Rejection::Exists(Region::JS));
    assert_eq!(Refusal::from(refused).kind, RefusalKind::Exists);
}

/// Another node says, so many seconds after the officer's registration here, that it has it.
fn note(region: Region, seconds: i64) -> Command {
    let at = Signed::at(officer().now + time::Duration::seconds(seconds));
    Command::NoteElsewhere { region, at }
}

#[test]
fn a_unit_of_another_node_is_not_registered_a_second_time() {
    let nodes = vec![
        (officer(), note(Region::ZJ, 2)),
        (officer(), note(Region::SH, 1)),
    ];
    let unit = after(nodes);
    let register = Command::Register(details("110108"));
    assert_eq!(
        rejection(&unit, register, &officer()),
        Rejection::Exists(Region::SH)
    );
    assert_eq!(unit.decide(note(Region::ZJ, 9), &officer()), Ok(vec![]));
}

#[test]
fn of_two_registrations_the_earliest_signed_one_counts_on_every_node() {
    let commands = || vec![(officer(), Command::Register(details("110108")))];
    let with = |region, seconds| {
        let mut all = commands();
        all.push((officer(), note(region, seconds)));
        after(all)
    };
    // At the same moment the first by name counts: js before zj, ah before js.
    for (region, seconds, counts_at) in [
        (Region::SH, 1, None),
        (Region::SH, -1, Some(Region::SH)),
        (Region::ZJ, 0, None),
        (Region::AH, 0, Some(Region::AH)),
    ] {
        let unit = with(region, seconds);
        assert_eq!(entry(&unit).counts_at(), counts_at, "{region} {seconds}");
        let revised = unit.decide(Command::Revise(Box::new(renamed())), &officer());
        match counts_at {
            None => assert!(revised.is_ok()),
            Some(other) => {
                let refused = revised.unwrap_err();
                assert_eq!(refused, Rejection::CountsElsewhere(other));
                assert_eq!(Refusal::from(refused).rule, rules::EARLIEST);
            }
        }
        assert_eq!(unit.decide(note(region, 5), &officer()), Ok(vec![]));
    }
}

#[test]
fn affiliates_are_said_by_the_unit_or_an_officer_and_taken_back_by_an_officer() {
    let unit = registered();
    let (own, other) = (
        details("320500").identity.unit_id(),
        UnitId(uuid::Uuid::from_u128(2)),
    );
    let member = |id| Context {
        actor: Actor {
            unit: Some(id),
            ..Actor::person("member", Role::UnitMember, Region::JS)
        },
        ..officer()
    };
    let declare = |affiliate| Command::DeclareAffiliate(affiliate);
    let refused = rejection(&unit, declare(own), &member(own));
    assert_eq!(refused, Rejection::OwnAffiliate);
    let refused = rejection(&unit, declare(own), &member(other));
    assert_eq!(refused, Rejection::NotOwn);
    let mut declared = unit.clone();
    for by in [member(own), officer()] {
        for event in declared.decide(declare(other), &by).unwrap() {
            let told = publish::unit("u", entry(&declared), &event);
            declared.evolve(&event);
            assert_eq!(told.len(), 1);
        }
    }
    let again = declared.decide(declare(other), &officer());
    assert_eq!(again, Ok(vec![]));
    assert!(publish::public("u", entry(&declared)).affiliate_unit_ids == [other.to_string()]);
    // What is replaced of the profile leaves what was declared.
    let revised = Command::Revise(Box::new(renamed()));
    for event in declared.decide(revised, &officer()).unwrap() {
        declared.evolve(&event);
    }
    assert_eq!(entry(&declared).affiliates(), [other].into());
    let remove = Command::RemoveAffiliate {
        affiliate: other,
        reason: "股权已转让".parse().unwrap(),
    };
    for event in declared.decide(remove.clone(), &officer()).unwrap() {
        declared.evolve(&event);
    }
    assert_eq!(entry(&declared).affiliates(), BTreeSet::new());
    assert_eq!(declared.decide(remove, &officer()), Ok(vec![]));
}

fn renamed() -> Profile {
    Profile {
        name: "江苏星河半导体有限公司".parse().unwrap(),
        ..profile()
    }
}

#[test]
fn a_unit_of_a_member_is_registered_where_it_sits_and_others_as_guests() {
    let register =
        |division| Unit::default().decide(Command::Register(details(division)), &officer());
    assert_eq!(
        register("310115"),
        Err(Rejection::SeatElsewhere(Region::SH))
    );
    let guest = |events: Vec<Event>| match &events[..] {
        [Event::Registered { guest, .. }] => *guest,
        other => panic!("{other:?}"),
    };
    assert!(!guest(register("320500").unwrap()));
    assert!(guest(register("110108").unwrap()));
    let mut abroad = details("110108");
    abroad.identity = UnitIdentity::guest("DE", "Amtsgericht München", "HRB 1").unwrap();
    abroad.seat = None;
    let command = Command::Register(abroad);
    assert!(guest(Unit::default().decide(command, &officer()).unwrap()));
}

#[test]
fn the_coordination_node_registers_no_units() {
    let mut hub = officer();
    hub.node = Region::HUB;
    let command = Command::Register(details("110108"));
    assert_eq!(
        rejection(&Unit::default(), command, &hub),
        Rejection::NoRegion
    );
}

#[test]
fn nothing_is_done_with_an_inactive_unit_until_it_is_active_again() {
    let mut unit = proposed();
    let reason = || Command::Deactivate("已注销".parse().unwrap());
    for event in unit.decide(reason(), &director()).unwrap() {
        unit.evolve(&event);
    }
    assert_eq!(unit.decide(reason(), &director()), Ok(vec![]));
    for command in [
        Command::ProposeBackbone(field()),
        Command::ConfirmBackbone(field()),
        Command::Revise(Box::new(profile())),
        Command::WithdrawBackbone {
            field: field(),
            reason: "不再符合条件".parse().unwrap(),
        },
        Command::RemoveAffiliate {
            affiliate: UnitId(uuid::Uuid::from_u128(2)),
            reason: "股权已转让".parse().unwrap(),
        },
    ] {
        assert_eq!(rejection(&unit, command, &director()), Rejection::Inactive);
    }
    for event in unit.decide(Command::Reactivate, &director()).unwrap() {
        unit.evolve(&event);
    }
    assert_eq!(unit.decide(Command::Reactivate, &director()), Ok(vec![]));
    assert!(entry(&unit).is_active());
}

#[test]
fn a_unit_can_be_renamed() {
    let unit = registered();
    let renamed = Box::new(renamed());
    let events = unit.decide(Command::Revise(renamed.clone()), &officer());
    assert_eq!(events, Ok(vec![Event::Revised(renamed)]));
    let same = Command::Revise(Box::new(profile()));
    assert_eq!(unit.decide(same, &officer()), Ok(vec![]));
}

#[test]
fn what_is_not_registered_here_can_only_be_registered() {
    let elsewhere = after(vec![(officer(), note(Region::SH, 0))]);
    for unit in [Unit::default(), elsewhere] {
        for command in [
            Command::ProposeBackbone(field()),
            Command::ConfirmBackbone(field()),
            Command::Revise(Box::new(profile())),
            Command::Reactivate,
        ] {
            let refused = rejection(&unit, command, &officer());
            assert_eq!(Refusal::from(refused).kind, RefusalKind::NotFound);
        }
    }
}

#[test]
fn all_hear_public_facts_only_and_a_qualification_only_once_confirmed() {
    let mut unit = registered();
    let commands = [
        (officer(), Command::ProposeBackbone(field())),
        (director(), Command::ConfirmBackbone(field())),
    ];
    let mut told = Vec::new();
    for (context, command) in commands {
        for event in unit.decide(command, &context).unwrap() {
            unit.evolve(&event);
            told.push(unit.publish("u", &event, &context));
        }
    }
    assert_eq!(told[0], []);
    let message = &told[1][0];
    assert_eq!(message.scope, Scope::Share(Audience::All));
    let public = message.read::<wire::UnitRecorded>().unwrap().unit.unwrap();
    assert_eq!(public.backbone_fields, ["集成电路"]);
    assert_eq!(public.region, "js");
    assert!(public.active && !public.guest);
    let body = String::from_utf8_lossy(&message.body).into_owned();
    for private in ["银汉芯", "officer", "director"] {
        assert!(!body.contains(private), "{private}");
    }
    assert_eq!(public.name, "江苏星河微电子科技有限公司");
}

#[test]
fn all_hear_how_large_a_unit_is_and_whose_branch() {
    let whole = UnitId(uuid::Uuid::from_u128(9));
    let mut details = details("320500");
    details.profile.size = Some(Size::Small);
    details.profile.branch_of = Some(whole);
    let unit = after(vec![(officer(), Command::Register(details))]);
    let recorded = crate::publish::public("u", entry(&unit));
    assert_eq!(recorded.size(), proto::registry::v1::UnitSize::Small);
    assert_eq!(recorded.branch_of_unit_id, whole.to_string());
}

#[test]
fn a_table_moves_no_unit_to_another_seat() {
    let mut moved = details("320500");
    moved.profile = renamed();
    let import = |details: &Details| Command::Import {
        details: Box::new(details.clone()),
        replace: true,
        unsaid: BTreeSet::new(),
    };
    let revised = registered().decide(import(&moved), &officer());
    assert_eq!(revised.unwrap().len(), 1);
    moved.seat = Some("320600".parse().unwrap());
    let refused = rejection(&registered(), import(&moved), &officer());
    assert_eq!(refused, Rejection::Exists(Region::JS));
}

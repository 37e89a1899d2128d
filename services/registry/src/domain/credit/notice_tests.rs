//! Each rule of a notice at the home of whom a record is about.

use regulation::{Actor, Refusal, UnitId};
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::domain::credit::{BarredAct, Misconduct, Subject, rules};

const UNIT: UnitId = UnitId(Uuid::from_u128(1));
const START: OffsetDateTime = datetime!(2024-09-02 09:00 +8);

fn announced() -> Announced {
    Announced {
        region: Region::SH,
        subject: Subject::Unit(UNIT),
        misconduct: Misconduct::Obstruction,
        acts: [BarredAct::Intake].into(),
        on: Day::of(START),
        appeal_until: Day::of(START).plus_days(30),
    }
}

fn at(now: OffsetDateTime, role: Role, unit: Option<UnitId>) -> Context {
    let actor = Actor {
        unit,
        ..Actor::person("li", role, Region::JS)
    };
    Context {
        now,
        actor,
        node: Region::JS,
        policy: None,
        heard: [].into(),
    }
}

fn member() -> Context {
    at(START, Role::UnitMember, Some(UNIT))
}

fn after(commands: Vec<Command>) -> CreditNotice {
    let mut notice = CreditNotice::default();
    for command in commands {
        for event in notice.decide(command, &member()).unwrap() {
            notice.evolve(&event);
        }
    }
    notice
}

fn told() -> Command {
    Command::Tell(Box::new(announced()))
}

fn appeal() -> Command {
    Command::Appeal("并无此事".parse().unwrap())
}

fn end(outcome: Outcome) -> Command {
    Command::Conclude {
        from: Region::SH,
        outcome,
    }
}

fn refused(notice: &CreditNotice, command: Command, context: &Context) -> Refusal {
    notice.decide(command, context).unwrap_err().into()
}

#[test]
fn what_is_told_again_changes_nothing_and_nobody_tells_something_else_under_its_name() {
    let notice = after(vec![told()]);
    assert_eq!(notice.decide(told(), &member()), Ok(vec![]));
    let mut other = announced();
    other.region = Region::ZJ;
    let by = refused(&notice, Command::Tell(Box::new(other)), &member());
    assert_eq!(by.rule, rules::HOME);
    let unknown = refused(&CreditNotice::default(), appeal(), &member());
    assert_eq!(unknown.rule, rules::LIFECYCLE);
}

#[test]
fn the_unit_itself_or_an_officer_appeals_once() {
    let notice = after(vec![told()]);
    let stranger = at(START, Role::UnitMember, Some(UnitId(Uuid::from_u128(2))));
    assert_eq!(
        refused(&notice, appeal(), &stranger).rule,
        rules::OWN_APPEAL
    );
    for by in [member(), at(START, Role::Officer, None)] {
        assert_eq!(notice.decide(appeal(), &by).unwrap().len(), 1);
    }
    let appealed = after(vec![told(), appeal()]);
    assert_eq!(appealed.decide(appeal(), &member()), Ok(vec![]));
    let other = Command::Appeal("另有证据".parse().unwrap());
    assert_eq!(refused(&appealed, other, &member()).rule, rules::LIFECYCLE);
}

#[test]
fn an_appeal_is_in_time_until_the_end_of_the_last_day_and_before_it_is_decided() {
    let notice = after(vec![told()]);
    let last = datetime!(2024-10-02 23:59:59 +8);
    let context = |now| at(now, Role::UnitMember, Some(UNIT));
    assert!(notice.decide(appeal(), &context(last)).is_ok());
    let late = last + time::Duration::SECOND;
    let refusal = refused(&notice, appeal(), &context(late));
    assert_eq!(refusal.rule, rules::APPEAL_PERIOD);
    let ended = after(vec![told(), end(Outcome::Effective)]);
    assert_eq!(refused(&ended, appeal(), &member()).rule, rules::LIFECYCLE);
}

#[test]
fn only_the_records_home_says_how_it_ended_and_what_is_over_stays_over() {
    use Outcome::{Effective, Expired, Revoked};
    let notice = after(vec![told()]);
    let command = Command::Conclude {
        from: Region::ZJ,
        outcome: Revoked,
    };
    assert_eq!(refused(&notice, command, &member()).rule, rules::HOME);
    for (known, says, follows) in [
        (vec![], Effective, true),
        (vec![], Revoked, true),
        (vec![], Expired, false),
        (vec![Effective], Revoked, true),
        (vec![Effective], Expired, true),
        (vec![Revoked], Effective, false),
        (vec![Effective, Expired], Revoked, false),
    ] {
        let before = [told()].into_iter().chain(known.iter().copied().map(end));
        let notice = after(before.collect());
        let decided = notice.decide(end(says), &member());
        assert_eq!(
            decided.is_ok_and(|events| events.len() == 1),
            follows,
            "{known:?} {says:?}"
        );
        if let Some(last) = known.last() {
            assert_eq!(notice.decide(end(*last), &member()), Ok(vec![]));
        }
    }
}

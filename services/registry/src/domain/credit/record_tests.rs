//! Each rule of credit records, with a case that it refuses and that passes without it; and what
//! holds over random histories.

use std::sync::Arc;

use proto::{
    message::{Audience, Scope},
    registry::v1 as wire,
};
use regulation::{Actor, PersonKey, Policy, Refusal, RefusalKind, Role, UnitId};
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::domain::credit::{BarredAct, Evidence, Misconduct, Subject, rules};

/// The day on which everything begins.
pub(super) const START: OffsetDateTime = datetime!(2024-09-02 09:00 +8);
/// Where whom it is about is at home.
const ELSEWHERE: Region = Region::JS;

pub(super) fn charge() -> Charge {
    Charge {
        subject: Subject::Unit(UnitId(Uuid::from_u128(1))),
        misconduct: Misconduct::BreachOfContract,
        case_reference: "沪联攻合同 2024-07".parse().unwrap(),
        evidence: vec![Evidence {
            digest: evidence::Digest::of_document(b"minutes"),
            description: "中期检查记录，记有王某某的陈述".parse().unwrap(),
        }],
        acts: [BarredAct::Intake, BarredAct::Application].into(),
    }
}

fn about_person() -> Charge {
    let key = PersonKey::from_bytes([7; 32]);
    let through = UnitId(Uuid::from_u128(1));
    Charge {
        subject: Subject::Person { key, through },
        ..charge()
    }
}

pub(super) fn context(person: &str, role: Role, now: OffsetDateTime) -> Context {
    Context {
        now,
        actor: Actor::person(person, role, Region::SH),
        node: Region::SH,
        policy: Some(Arc::new(Policy::parse(regulation::YRD_2023_1).unwrap())),
        heard: [(ELSEWHERE, now)].into(),
    }
}

pub(super) fn officer() -> Context {
    context("officer", Role::Officer, START)
}

fn director(person: &str) -> Context {
    context(person, Role::Director, START)
}

pub(super) fn propose(charge: Charge) -> Command {
    Command::Propose {
        charge: Box::new(charge),
        told_region: Some(ELSEWHERE),
    }
}

pub(super) fn text() -> Text {
    "经复核".parse().unwrap()
}

pub(super) fn appeal(at: OffsetDateTime) -> Command {
    Command::Appeal {
        from: ELSEWHERE,
        appeal: Appeal {
            at,
            grounds: "并无违约".parse().unwrap(),
        },
    }
}

/// The record after the commands, with what was told on the way.
fn after_all(commands: Vec<(Context, Command)>) -> (CreditRecord, Vec<Message>) {
    let (mut record, mut told) = (CreditRecord::default(), Vec::new());
    for (context, command) in commands {
        for event in record.decide(command, &context).unwrap() {
            record.evolve(&event);
            told.extend(record.publish("r", &event, &context));
        }
    }
    (record, told)
}

fn notified() -> Vec<(Context, Command)> {
    vec![
        (officer(), propose(charge())),
        (director("director"), Command::Notify),
    ]
}

fn appealed() -> Vec<(Context, Command)> {
    let mut commands = notified();
    commands.push((context("system", Role::System, START), appeal(START)));
    commands
}

/// The first instant after the time to appeal: thirty days after the second of September.
const OVER: OffsetDateTime = datetime!(2024-10-03 00:00 +8);

fn settled() -> Vec<(Context, Command)> {
    let mut commands = notified();
    commands.push((context("system", Role::System, OVER), Command::Settle));
    commands
}

fn stage(commands: Vec<(Context, Command)>) -> Stage {
    after_all(commands).0.0.unwrap().stage
}

fn rejection(commands: Vec<(Context, Command)>, by: &Context, command: Command) -> Rejection {
    after_all(commands).0.decide(command, by).unwrap_err()
}

#[test]
fn a_record_without_evidence_is_refused() {
    let mut bare = charge();
    bare.evidence.clear();
    let refused = rejection(vec![], &officer(), propose(bare));
    assert_eq!(refused, Rejection::NoEvidence);
    assert_eq!(Refusal::from(refused).rule, rules::EVIDENCE);
}

#[test]
fn only_departments_of_full_members_make_records_and_only_under_a_policy() {
    for node in [Region::HUB, "gd".parse().unwrap()] {
        let other = Context { node, ..officer() };
        let refused = rejection(vec![], &other, propose(charge()));
        assert_eq!(refused, Rejection::NotMember, "{node}");
        assert_eq!(Refusal::from(refused).rule, rules::MEMBERS);
    }
    let without = Context {
        policy: None,
        ..officer()
    };
    let refused = rejection(vec![], &without, propose(charge()));
    assert_eq!(refused, Rejection::NoPolicy);
    assert_eq!(Refusal::from(refused).rule, rules::POLICY);
}

#[test]
fn whom_nobody_can_tell_gets_no_record() {
    let command = Command::Propose {
        charge: Box::new(charge()),
        told_region: None,
    };
    let refused = rejection(vec![], &officer(), command);
    assert_eq!(refused, Rejection::UnknownSubject);
}

#[test]
fn who_proposed_neither_tells_nor_declines_and_who_told_does_not_decide() {
    let proposed = vec![(officer(), propose(charge()))];
    let same = director("officer");
    for command in [Command::Notify, Command::Decline(text())] {
        let refused = rejection(proposed.clone(), &same, command);
        assert_eq!(refused, Rejection::SamePerson);
        assert_eq!(Refusal::from(refused).kind, RefusalKind::Forbidden);
    }
    for person in ["officer", "director"] {
        for command in [Command::Uphold(text()), Command::Revoke(text())] {
            let refused = rejection(appealed(), &director(person), command);
            assert_eq!(refused, Rejection::SamePerson, "{person}");
        }
        let refused = rejection(settled(), &director(person), Command::Revoke(text()));
        assert_eq!(refused, Rejection::SamePerson, "{person}");
    }
}

#[test]
fn a_proposal_that_a_director_declines_is_over_and_nobody_is_told() {
    let (record, told) = after_all(vec![
        (officer(), propose(charge())),
        (director("director"), Command::Decline(text())),
    ]);
    assert!(record.0.as_ref().unwrap().stage.is_final());
    assert_eq!(told, []);
    let refused = record.decide(Command::Notify, &director("other"));
    assert!(matches!(refused, Err(Rejection::WrongStage { .. })));
}

#[test]
fn without_an_appeal_a_record_takes_effect_when_the_time_is_over_and_not_before() {
    let mut early = notified();
    let last_moment = OVER - Duration::microseconds(1);
    early.push((
        context("system", Role::System, last_moment),
        Command::Settle,
    ));
    assert!(matches!(stage(early), Stage::Notified { .. }));
    let Stage::Effective { effect, upheld, .. } = stage(settled()) else {
        panic!("it took no effect")
    };
    assert_eq!(upheld, None);
    assert_eq!(effect.from, "2024-10-03".parse().unwrap());
    assert_eq!(effect.until, "2027-10-02".parse().unwrap());
    let alarms = after_all(notified()).0.alarms();
    assert_eq!((alarms.len(), alarms[0].due), (1, OVER));
}

#[test]
fn nobody_is_taken_to_be_silent_who_could_not_be_heard() {
    let mut deaf = context("system", Role::System, OVER);
    deaf.heard = [(ELSEWHERE, OVER - Duration::SECOND)].into();
    let mut held = notified();
    held.push((deaf.clone(), Command::Settle));
    held.push((deaf, Command::Settle));
    let Stage::Notified { look_at, looks, .. } = stage(held.clone()) else {
        panic!("it was settled")
    };
    assert_eq!((looks, look_at), (2, OVER + PAUSE_MIN * 2));
    // The appeal that was on its way still counts: by the time that its home signed.
    held.push((context("system", Role::System, OVER), appeal(START)));
    assert!(matches!(stage(held), Stage::Appealed { .. }));
}

#[test]
fn an_appeal_counts_in_time_and_from_the_home_of_whom_it_is_about_alone() {
    let system = context("system", Role::System, OVER);
    let late = rejection(notified(), &system, appeal(OVER));
    assert!(matches!(late, Rejection::AppealLate(_)));
    let in_time = OVER - Duration::microseconds(1);
    let (record, _) = after_all(notified());
    assert!(record.decide(appeal(in_time), &system).is_ok());
    let Command::Appeal { appeal: what, .. } = appeal(START) else {
        panic!("no appeal")
    };
    let forged = Command::Appeal {
        from: Region::ZJ,
        appeal: what,
    };
    let refused = rejection(notified(), &system, forged);
    assert_eq!(refused, Rejection::NotTheirs);
    assert_eq!(Refusal::from(refused).rule, rules::HOME);
    let (record, _) = after_all(appealed());
    assert_eq!(record.decide(appeal(START), &system), Ok(vec![]));
}

#[test]
fn an_appeal_is_upheld_or_revoked_by_a_third_person() {
    let mut upheld = appealed();
    upheld.push((director("third"), Command::Uphold(text())));
    let Stage::Effective { effect, upheld, .. } = stage(upheld) else {
        panic!("it took no effect")
    };
    assert_eq!(effect.from, Day::of(START));
    assert_eq!(upheld.unwrap().1.by, "third");
    let mut revoked = appealed();
    revoked.push((director("third"), Command::Revoke(text())));
    let (record, told) = after_all(revoked);
    let revoked = record.0.unwrap();
    assert!(revoked.stage.is_final());
    assert_eq!(revoked.ended(), None);
    // What never had effect is nobody's business but theirs.
    assert_eq!(told.len(), 2);
    assert!(
        told.iter()
            .all(|message| message.scope == Scope::Share(Audience::One(ELSEWHERE)))
    );
}

#[test]
fn a_record_without_an_appeal_is_not_upheld_and_an_unheard_of_one_is_unknown() {
    let refused = rejection(notified(), &director("third"), Command::Uphold(text()));
    assert!(matches!(refused, Rejection::WrongStage { .. }));
    let refused = rejection(vec![], &director("third"), Command::Notify);
    assert_eq!(Refusal::from(refused).kind, RefusalKind::NotFound);
}

#[test]
fn a_record_runs_out_by_itself_on_the_day_after_its_last() {
    let over = datetime!(2027-10-03 00:00 +8);
    let (record, _) = after_all(settled());
    let alarms = record.alarms();
    assert_eq!((alarms.len(), alarms[0].due), (1, over));
    let early = context("system", Role::System, over - Duration::microseconds(1));
    assert_eq!(record.decide(Command::Expire, &early), Ok(vec![]));
    let mut expired = settled();
    expired.push((context("system", Role::System, over), Command::Expire));
    let (record, told) = after_all(expired);
    assert!(record.0.unwrap().stage.is_final());
    let last = told
        .iter()
        .rev()
        .find_map(Message::read::<wire::CreditRecordEffective>)
        .unwrap();
    assert_eq!(last.ended(), wire::CreditEnd::Expired);
    assert!(!last.barring && last.until.is_empty());
}

#[test]
fn all_hear_a_kind_and_dates_and_nobody_hears_evidence_case_accounts_or_a_persons_unit() {
    let mut commands = vec![
        (officer(), propose(about_person())),
        (director("director"), Command::Notify),
        (context("system", Role::System, START), appeal(START)),
        (director("third"), Command::Uphold(text())),
        (director("fourth"), Command::Revoke(text())),
    ];
    let (_, told) = after_all(std::mem::take(&mut commands));
    let kinds: Vec<_> = told.iter().map(|message| message.kind).collect();
    assert_eq!(
        kinds,
        [
            "registry.credit.notified",
            "registry.credit.effective",
            "registry.credit.concluded",
            "registry.credit.effective",
            "registry.credit.concluded",
        ]
    );
    let digest = evidence::Digest::of_document(b"minutes");
    for message in &told {
        let text = String::from_utf8_lossy(&message.body);
        for private in [
            "王某某",
            "检查",
            "沪联攻合同",
            "officer",
            "director",
            "third",
            "经复核",
            "并无违约",
            &digest.to_string(),
        ] {
            assert!(!text.contains(private), "{private} in {}", message.kind);
        }
        assert!(
            !message
                .body
                .windows(32)
                .any(|part| part == digest.as_bytes())
        );
        let unit = UnitId(Uuid::from_u128(1)).to_string();
        let to_all = message.scope == Scope::Share(Audience::All);
        assert_eq!(to_all, message.kind == "registry.credit.effective");
        assert!(!to_all || !text.contains(&unit));
        assert!(!to_all || text.contains(&"07".repeat(32)));
    }
}

#[test]
fn proposed_again_it_is_the_same_and_before_its_time_nothing_is_settled() {
    let proposed = vec![(officer(), propose(charge()))];
    let record = after_all(proposed.clone()).0;
    assert_eq!(record.decide(propose(charge()), &officer()), Ok(vec![]));
    let refused = rejection(proposed, &officer(), propose(about_person()));
    assert_eq!(Refusal::from(refused).rule, rules::LIFECYCLE);
    let early = context("system", Role::System, OVER - time::Duration::SECOND);
    let record = after_all(notified()).0;
    assert_eq!(record.decide(Command::Settle, &early), Ok(vec![]));
}

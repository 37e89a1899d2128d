//! Files of a demand: when, how many, and that they stay.

use chassis::attachments::FileKind;
use evidence::Digest;

use super::{later::*, *};
use crate::domain::Attachment;

pub(super) fn file(n: u8, bytes: u64) -> Attachment {
    Attachment {
        digest: Digest([n; 32]),
        name: "PRIVATE 星河方案.pdf".parse().unwrap(),
        kind: FileKind::Pdf,
        bytes,
        cleaned: false,
        at: datetime!(2024-09-02 09:00 +8),
    }
}

fn attach(n: u8, bytes: u64) -> Command {
    Command::Attach(Box::new(file(n, bytes)))
}

#[test]
fn a_demand_has_so_many_files_and_bytes_and_no_more() {
    let mut full = drafted(content());
    for n in 0..u8::try_from(attachment::FILES_MAX).unwrap() {
        full = and(full, Role::UnitMember, attach(n, 1));
    }
    let member = context(Role::UnitMember);
    let refusal: Refusal = full.decide(attach(99, 1), &member).unwrap_err().into();
    assert_eq!(refusal.rule, rules::ATTACHMENTS);
    // The same one again is there already.
    assert_eq!(full.decide(attach(3, 1), &member), Ok(vec![]));
    let heavy = and(
        drafted(content()),
        Role::UnitMember,
        attach(1, attachment::BYTES_MAX),
    );
    let refusal: Refusal = heavy.decide(attach(2, 1), &member).unwrap_err().into();
    assert_eq!(refusal.rule, rules::ATTACHMENTS);
}

#[test]
fn files_come_while_it_is_written_or_published_and_go_only_while_it_is_written() {
    let member = context(Role::UnitMember);
    let open = [
        drafted(content()),
        published(),
        and(accepted(), Role::System, judge(1, false)),
    ];
    for demand in open {
        assert_eq!(demand.decide(attach(1, 1), &member).unwrap().len(), 1);
    }
    for demand in [submitted(), accepted()] {
        let refusal: Refusal = demand.decide(attach(1, 1), &member).unwrap_err().into();
        assert_eq!(refusal.rule, rules::LIFECYCLE);
    }
    let detach = || Command::Detach(Digest([1; 32]));
    let with = and(drafted(content()), Role::UnitMember, attach(1, 1));
    let without = and(with, Role::UnitMember, detach());
    assert_eq!(without.0.as_ref().unwrap().attachments, []);
    assert_eq!(without.decide(detach(), &member), Ok(vec![]));
    let kept = and(published(), Role::UnitMember, attach(1, 1));
    let refusal: Refusal = kept.decide(detach(), &member).unwrap_err().into();
    assert_eq!(refusal.rule, rules::LIFECYCLE);
}

#[test]
fn only_the_demander_adds_and_takes_files() {
    let mut other = context(Role::UnitMember);
    other.actor.unit = Some(UnitId(uuid::Uuid::from_u128(2)));
    for command in [attach(1, 1), Command::Detach(Digest([1; 32]))] {
        assert_eq!(
            drafted(content()).decide(command, &other),
            Err(Rejection::NotOwn)
        );
    }
}

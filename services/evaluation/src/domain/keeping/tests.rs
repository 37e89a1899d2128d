//! A member's seed and shares, each rule by a case that it decides.

use super::*;
use crate::domain::sample;

fn asked() -> Asked {
    Asked {
        draw: draws::draw_id(sample::round()).unwrap(),
        purpose: Purpose::Evaluation,
        members: [Region::SH, Region::JS, Region::ZJ].into(),
    }
}

fn given(commands: &[KeepingCommand]) -> SeedKeeping {
    let mut keeping = SeedKeeping::default();
    for command in commands {
        let context = sample::context(Region::SH);
        for event in keeping.decide(command.clone(), &context).unwrap() {
            keeping.evolve(&event);
        }
    }
    keeping
}

fn decide(
    keeping: &SeedKeeping,
    command: KeepingCommand,
) -> Result<Vec<KeepingEvent>, KeepingRejection> {
    keeping.decide(command, &sample::context(Region::SH))
}

fn committed() -> Vec<KeepingCommand> {
    let secret = Uuid::from_u128(5);
    vec![
        KeepingCommand::Ask(asked()),
        KeepingCommand::Commit { secret },
    ]
}

fn frozen(byte: u8) -> InputDigest {
    InputDigest::from([byte; 32])
}

fn reveal(byte: u8) -> KeepingCommand {
    KeepingCommand::Reveal {
        frozen: frozen(byte),
        members: asked().members,
    }
}

fn share(byte: u8) -> Share {
    Share::new(1, [byte; 32]).unwrap()
}

#[test]
fn a_seed_is_made_once_and_shown_only_when_the_input_is_frozen() {
    let keeping = given(&committed());
    let (commitment, shares) = keeping.dealt(Region::SH).unwrap();
    assert_eq!(shares.len(), 2);
    assert!(!shares.contains_key(&Region::SH));
    let seed = *keeping.seed().unwrap();
    assert_eq!(
        commitment,
        SeedCommitment::to(&seed, Region::SH, &asked().draw)
    );
    let again = KeepingCommand::Commit {
        secret: Uuid::from_u128(6),
    };
    assert_eq!(decide(&keeping, again), Ok(vec![]));
    let told = keeping.publish(
        &sample::round().to_string(),
        &KeepingEvent::Committed { seed },
        &sample::context(Region::SH),
    );
    let secret = seed.bytes();
    assert_eq!(told.len(), 3);
    for message in &told {
        let shown = message.body.windows(32).any(|bytes| bytes == secret);
        assert!(!shown, "{}", message.kind);
    }
    let events = decide(&keeping, reveal(1)).unwrap();
    assert_eq!(events.last(), Some(&KeepingEvent::Revealed));
}

#[test]
fn something_else_frozen_opens_nothing() {
    let mut steps = committed();
    steps.push(reveal(1));
    let keeping = given(&steps);
    assert_eq!(decide(&keeping, reveal(1)), Ok(vec![]));
    assert_eq!(
        decide(&keeping, reveal(2)),
        Err(KeepingRejection::NotFrozen)
    );
    let asked_only = given(&[KeepingCommand::Ask(asked())]);
    assert_eq!(
        decide(&asked_only, reveal(1)),
        Err(KeepingRejection::NotCommitted)
    );
}

#[test]
fn a_share_is_opened_after_the_freeze_only_and_for_what_was_frozen() {
    let keep = KeepingCommand::Keep {
        dealer: Region::JS,
        share: share(9),
    };
    let open = |byte| KeepingCommand::OpenShare {
        dealer: Region::JS,
        frozen: frozen(byte),
    };
    let mut steps = committed();
    steps.push(keep.clone());
    let keeping = given(&steps);
    assert_eq!(decide(&keeping, open(1)), Err(KeepingRejection::NotFrozen));
    steps.push(reveal(1));
    let keeping = given(&steps);
    assert_eq!(decide(&keeping, open(2)), Err(KeepingRejection::NotFrozen));
    let opened = KeepingEvent::ShareOpened { dealer: Region::JS };
    assert_eq!(
        decide(&keeping, open(1)).unwrap().last(),
        Some(&opened.clone())
    );
    // It comes late: it is opened as soon as it is there.
    let mut steps = committed();
    steps.extend([reveal(1), open(1)]);
    let keeping = given(&steps);
    assert_eq!(decide(&keeping, keep).unwrap().last(), Some(&opened));
}

#[test]
fn a_share_that_is_kept_is_not_replaced_by_another() {
    let keep = |byte| KeepingCommand::Keep {
        dealer: Region::JS,
        share: share(byte),
    };
    let keeping = given(&[keep(1)]);
    assert_eq!(decide(&keeping, keep(1)), Ok(vec![]));
    assert_eq!(
        decide(&keeping, keep(2)),
        Err(KeepingRejection::AnotherShare(Region::JS))
    );
}

#[test]
fn a_member_commits_to_one_draw_of_a_round() {
    let keeping = given(&committed());
    let same = KeepingCommand::Ask(asked());
    assert_eq!(decide(&keeping, same), Ok(vec![]));
    let other = KeepingCommand::Ask(Asked {
        draw: "another/2".parse().unwrap(),
        ..asked()
    });
    assert_eq!(decide(&keeping, other), Err(KeepingRejection::AnotherDraw));
}

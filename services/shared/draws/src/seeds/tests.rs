//! The members' part in a draw on the hub, each rule by a case that it decides.

use panel::{SeedFault, deal};
use proto::message::{Audience, Incoming, Message, Scope};
use regulation::{Actor, Refusal, Role};
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;
use crate::{Purpose, SeedRejection, heard, rules};

const MEMBERS: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];

fn context() -> Context {
    Context {
        now: OffsetDateTime::UNIX_EPOCH,
        actor: Actor::person("wang", Role::Secretariat, Region::HUB),
        node: Region::HUB,
        policy: None,
        heard: BTreeMap::new(),
    }
}

fn reason() -> Text {
    "该节点断网".parse().unwrap()
}

fn draw() -> DrawId {
    draw_id("round").unwrap()
}

fn seed(member: Region) -> Seed {
    Seed::from([member.as_str().as_bytes()[0]; 32])
}

/// A member's word on its seed, with shares of `dealt`.
fn word(members: &[Region], member: Region, dealt: Seed) -> Word {
    let holders = holders(&members.iter().copied().collect(), member);
    let shares = deal(&dealt, &holders).into_iter().map(|(holder, share)| {
        let commitment = share.commitment(member, holder, &draw());
        (holder, Digest(commitment))
    });
    Word {
        commitment: SeedCommitment::to(&seed(member), member, &draw()),
        shares: shares.collect(),
    }
}

fn input() -> InputDigest {
    InputDigest::from([7; 32])
}

/// Every member has committed, and the pool is frozen.
fn frozen(members: &[Region], dealt: impl Fn(Region) -> Seed) -> Opening {
    let own = Seed::from([1; 32]);
    let all = members.iter().copied().collect();
    let mut gathering = Gathering::open(draw(), all, own).unwrap();
    for member in members {
        let told = Heard::Commitment(word(members, *member, dealt(*member)));
        for fact in gathering.heard(*member, &told).unwrap() {
            gathering.evolve(&fact);
        }
    }
    gathering.freeze(input()).unwrap()
}

fn share_of(region: Region, holder: Region, dealt: Seed) -> Heard {
    let holders = holders(&MEMBERS.into(), region);
    Heard::Share {
        of: region,
        share: deal(&dealt, &holders)[&holder],
    }
}

/// The shares of Anhui's seed are asked for.
fn recovering(dealt: Seed) -> Opening {
    let opening = frozen(&MEMBERS, |member| {
        if member == Region::AH {
            dealt
        } else {
            seed(member)
        }
    });
    let facts = opening.recover(Region::AH, reason(), &context()).unwrap();
    opening.after(&facts)
}

#[test]
fn nothing_is_opened_before_the_freeze() {
    let own = Seed::from([1; 32]);
    let gathering = Gathering::open(draw(), MEMBERS.into(), own).unwrap();
    let early = Heard::Seed {
        seed: seed(Region::SH),
        frozen: input(),
    };
    let refused = gathering.heard(Region::SH, &early).unwrap_err();
    assert_eq!(refused, SeedRejection::NotFrozen);
    assert_eq!(Refusal::from(refused).rule, rules::SEED_SHARES);
}

#[test]
fn after_the_freeze_a_commitment_is_heard_again_but_not_another_one() {
    let opening = frozen(&MEMBERS, seed);
    let same = Heard::Commitment(word(&MEMBERS, Region::SH, seed(Region::SH)));
    assert_eq!(opening.heard(Region::SH, &same), Ok(vec![]));
    let other = Heard::Commitment(word(&MEMBERS, Region::JS, seed(Region::JS)));
    let already = SeedFault::Already(Region::SH).into();
    assert_eq!(opening.heard(Region::SH, &other), Err(already));
}

#[test]
fn where_nobody_keeps_enough_shares_a_seed_is_gone_without_at_once() {
    let two = [Region::SH, Region::JS];
    let opening = frozen(&two, seed);
    let region = Region::SH;
    let refused = opening.recover(region, reason(), &context()).unwrap_err();
    assert_eq!(refused, SeedRejection::NoShares { region });
    assert_eq!(Refusal::from(refused).rule, rules::SEED_RECOVERY);
    let facts = opening.waive(region, reason(), &context()).unwrap();
    assert!(!opening.after(&facts).missing().contains(&region));
}

#[test]
fn a_seed_is_not_gone_without_before_the_others_shares_were_asked_for() {
    let opening = frozen(&MEMBERS, seed);
    let region = Region::AH;
    let refused = opening.waive(region, reason(), &context()).unwrap_err();
    assert_eq!(refused, SeedRejection::RecoverFirst { region });
    assert_eq!(Refusal::from(refused).rule, rules::SEED_RECOVERY);
}

#[test]
fn shares_that_are_not_dealt_to_every_other_member_are_refused() {
    let own = Seed::from([1; 32]);
    let gathering = Gathering::open(draw(), MEMBERS.into(), own).unwrap();
    let mut told = word(&MEMBERS, Region::SH, seed(Region::SH));
    told.shares.pop_first();
    let refused = gathering.heard(Region::SH, &Heard::Commitment(told));
    let refused = refused.unwrap_err();
    let region = Region::SH;
    assert_eq!(refused, SeedRejection::OtherShares { region });
    assert_eq!(Refusal::from(refused).rule, rules::SEED_SHARES);
}

#[test]
fn an_open_seed_is_neither_recovered_nor_gone_without() {
    let opening = frozen(&MEMBERS, seed);
    let region = Region::SH;
    let told = Heard::Seed {
        seed: seed(region),
        frozen: input(),
    };
    let facts = opening.heard(region, &told).unwrap();
    let opening = opening.after(&facts);
    let withheld = Err(SeedRejection::NotWithheld { region });
    assert_eq!(opening.recover(region, reason(), &context()), withheld);
    assert_eq!(opening.waive(region, reason(), &context()), withheld);
}

#[test]
fn too_few_shares_open_nothing_and_show_no_fault_and_each_counts_once() {
    let opening = recovering(seed(Region::AH));
    let first = share_of(Region::AH, Region::SH, seed(Region::AH));
    let facts = opening.heard(Region::SH, &first).unwrap();
    assert_eq!(facts.len(), 1);
    let opening = opening.after(&facts);
    assert!(opening.story.faults.is_empty());
    assert_eq!(opening.heard(Region::SH, &first), Ok(vec![]));
    let second = share_of(Region::AH, Region::ZJ, seed(Region::AH));
    let facts = opening.heard(Region::ZJ, &second).unwrap();
    let opening = opening.after(&facts);
    assert_eq!(opening.randomness.seeds()[&Region::AH], seed(Region::AH));
}

#[test]
fn shares_of_another_seed_than_the_one_committed_to_are_shown_and_open_nothing() {
    let other = Seed::from([9; 32]);
    let mut opening = recovering(other);
    for holder in [Region::SH, Region::ZJ] {
        let told = share_of(Region::AH, holder, other);
        let facts = opening.heard(holder, &told).unwrap();
        opening = opening.after(&facts);
    }
    assert!(opening.story.faults[&Region::AH].contains("承诺不符"));
    assert!(opening.missing().contains(&Region::AH));
}

#[test]
fn a_word_is_heard_only_by_those_whose_draw_it_is_about() {
    let event = proto::evaluation::v1::SeedRevealed {
        round_id: "round".to_owned(),
        seed: vec![1; 32],
        input_digest: input().to_hex(),
        purpose: Purpose::Review.to_wire().into(),
    };
    let told = Message::share(Audience::HUB, "round", &event);
    let message = Incoming {
        id: Uuid::from_u128(1),
        origin: Region::SH,
        scope: Scope::Share(Audience::HUB),
        kind: told.kind.to_owned(),
        aggregate: told.aggregate,
        at: OffsetDateTime::UNIX_EPOCH,
        body: told.body,
        traceparent: None,
    };
    assert_eq!(heard(&message, Purpose::Evaluation), Ok(None));
    assert!(heard(&message, Purpose::Review).unwrap().is_some());
}

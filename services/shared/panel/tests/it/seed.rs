//! The seed protocol: commit, freeze, reveal.

use panel::{Committing, DrawId, InputDigest, Revealing, Seed, SeedCommitment, SeedFault};
use regulation::Region;

fn draw_id() -> DrawId {
    "round-1/1".parse().unwrap()
}

fn seed(byte: u8) -> Seed {
    Seed::from([byte; 32])
}

fn input(byte: u8) -> InputDigest {
    InputDigest::from([byte; 32])
}

fn commitment(byte: u8, region: Region) -> SeedCommitment {
    SeedCommitment::to(&seed(byte), region, &draw_id())
}

fn committed() -> Committing {
    let mut committing = Committing::open(draw_id(), [Region::SH, Region::JS].into()).unwrap();
    committing
        .commit(Region::SH, commitment(1, Region::SH))
        .unwrap();
    committing
        .commit(Region::JS, commitment(2, Region::JS))
        .unwrap();
    committing
}

fn revealed(digest: InputDigest) -> Revealing {
    let mut revealing = committed().freeze(digest).unwrap();
    revealing.reveal(Region::SH, seed(1)).unwrap();
    revealing.reveal(Region::JS, seed(2)).unwrap();
    revealing
}

#[test]
fn the_input_is_frozen_only_after_every_member_has_committed() {
    let mut committing = Committing::open(draw_id(), [Region::SH, Region::JS].into()).unwrap();
    committing
        .commit(Region::SH, commitment(1, Region::SH))
        .unwrap();
    assert_eq!(
        committing.freeze(input(0)),
        Err(SeedFault::Missing([Region::JS].into()))
    );
    assert_eq!(
        Committing::open(draw_id(), [].into()),
        Err(SeedFault::NoMembers)
    );
}

#[test]
fn a_commitment_stands_and_comes_from_members_only() {
    let mut committing = committed();
    assert_eq!(
        committing.commit(Region::SH, commitment(1, Region::SH)),
        Ok(())
    );
    let other = commitment(9, Region::SH);
    assert_eq!(
        committing.commit(Region::SH, other),
        Err(SeedFault::Already(Region::SH))
    );
    assert_eq!(
        committing.commit(Region::AH, other),
        Err(SeedFault::NotAMember(Region::AH))
    );
}

#[test]
fn an_opened_seed_matches_its_commitment() {
    let mut revealing = committed().freeze(input(0)).unwrap();
    assert_eq!(
        revealing.reveal(Region::SH, seed(2)),
        Err(SeedFault::Mismatch(Region::SH))
    );
    assert_eq!(
        revealing.reveal(Region::AH, seed(1)),
        Err(SeedFault::NotAMember(Region::AH))
    );
    assert_eq!(revealing.reveal(Region::SH, seed(1)), Ok(()));
    assert_eq!(
        revealing.combine(),
        Err(SeedFault::Missing([Region::JS].into()))
    );
}

#[test]
fn a_commitment_binds_seed_region_and_draw() {
    let base = commitment(1, Region::SH);
    assert_ne!(base, commitment(2, Region::SH));
    assert_ne!(base, commitment(1, Region::JS));
    assert_ne!(
        base,
        SeedCommitment::to(&seed(1), Region::SH, &"round-1/2".parse().unwrap())
    );
    assert_eq!(
        base.to_hex(),
        "d4be6436379c7784414d03c14d628c55b0f543f0f2e1037e623e31bc90ef88e4"
    );
}

#[test]
fn the_combined_seed_depends_on_every_seed_and_the_input_but_not_on_who_was_first() {
    let base = revealed(input(0)).combine().unwrap();
    let mut turned = committed().freeze(input(0)).unwrap();
    turned.reveal(Region::JS, seed(2)).unwrap();
    turned.reveal(Region::SH, seed(1)).unwrap();
    assert_eq!(turned.combine(), Ok(base));
    assert_ne!(revealed(input(1)).combine(), Ok(base));

    let mut other = Committing::open(draw_id(), [Region::SH, Region::JS].into()).unwrap();
    other.commit(Region::SH, commitment(1, Region::SH)).unwrap();
    other.commit(Region::JS, commitment(3, Region::JS)).unwrap();
    let mut other = other.freeze(input(0)).unwrap();
    other.reveal(Region::SH, seed(1)).unwrap();
    other.reveal(Region::JS, seed(3)).unwrap();
    assert_ne!(other.combine(), Ok(base));
    assert_eq!(
        base.to_hex(),
        "635e42597fe91ecc7786841c8ee67c342ec85de900a492172a3ce8192d79311e"
    );
}

#[test]
fn a_published_record_with_another_seed_is_found_out() {
    let record = serde_json::to_string(&revealed(input(0))).unwrap();
    let read: Revealing = serde_json::from_str(&record).unwrap();
    assert_eq!(read.combine(), revealed(input(0)).combine());
    let forged = record.replace(&seed(2).to_hex(), &seed(3).to_hex());
    let read: Revealing = serde_json::from_str(&forged).unwrap();
    assert_eq!(read.combine(), Err(SeedFault::Mismatch(Region::JS)));
}

#[test]
fn a_closed_seed_does_not_show_in_debug_output() {
    assert_eq!(format!("{:?}", seed(1)), "Seed(..)");
    assert!("zz".parse::<Seed>().is_err());
}

#[test]
fn a_step_that_is_refused_says_in_chinese_whose_word_is_missing() {
    let missing = committed().freeze(input(0)).unwrap().combine().unwrap_err();
    let refusal = regulation::Refusal::from(missing);
    assert_eq!(refusal.message, "尚缺江苏、上海的种子或承诺");
}

#[test]
fn a_member_that_did_not_commit_is_gone_without_and_one_that_did_is_not() {
    let mut committing = Committing::open(draw_id(), [Region::SH, Region::JS].into()).unwrap();
    committing
        .commit(Region::SH, commitment(1, Region::SH))
        .unwrap();
    assert_eq!(
        committing.without(Region::SH),
        Err(SeedFault::Already(Region::SH))
    );
    assert_eq!(
        committing.without(Region::ZJ),
        Err(SeedFault::NotAMember(Region::ZJ))
    );
    committing.without(Region::JS).unwrap();
    assert!(committing.missing().is_empty());
    let mut alone = Committing::open(draw_id(), [Region::SH].into()).unwrap();
    assert_eq!(alone.without(Region::SH), Err(SeedFault::NoMembers));
}

#[test]
fn a_withheld_seed_that_nobody_could_open_is_shown_and_the_others_decide() {
    let mut revealing = committed().freeze(input(0)).unwrap();
    revealing.reveal(Region::SH, seed(1)).unwrap();
    assert_eq!(
        revealing.withhold(Region::SH),
        Err(SeedFault::Already(Region::SH))
    );
    assert!(revealing.combine().is_err());
    revealing.withhold(Region::JS).unwrap();
    assert!(revealing.missing().is_empty());
    let kept = serde_json::to_string(&revealing).unwrap();
    assert!(kept.contains("withheld"), "{kept}");
    let again: Revealing = serde_json::from_str(&kept).unwrap();
    assert!(again.combine().is_ok());
    assert_ne!(again.combine(), revealed(input(0)).combine());
    let late = revealing.reveal(Region::JS, seed(2));
    assert_eq!(late, Err(SeedFault::Already(Region::JS)));
    let mut nobody = committed().freeze(input(0)).unwrap();
    nobody.withhold(Region::JS).unwrap();
    assert_eq!(nobody.withhold(Region::SH), Err(SeedFault::NoMembers));
}

//! Where a draw's randomness comes from, and what can be done when a member withholds its part.

use panel::{DrawRecord, InputDigest, Share};

use super::*;

fn frozen() -> EvaluationRound {
    then(gathered(1, 1), draw(pool(8)))
}

/// All but one member have opened their seeds.
fn withheld(region: Region) -> EvaluationRound {
    let others = HOMES.into_iter().filter(|home| *home != region);
    others.fold(frozen(), |round, home| {
        let seed = seed_of(&round, home);
        then(round, seed)
    })
}

fn reason() -> Text {
    "该节点断网".parse().unwrap()
}

fn recover(region: Region) -> RoundCommand {
    let reason = reason();
    RoundCommand::RecoverSeed { region, reason }
}

fn waive_seed(region: Region) -> RoundCommand {
    let reason = reason();
    RoundCommand::WaiveSeed { region, reason }
}

fn share(of: Region, holder: Region) -> RoundCommand {
    let dealt = panel::deal(&member_seed(of), &holders(&HOMES.into(), of));
    told_share(holder, of, dealt[&holder])
}

fn told_share(origin: Region, of: Region, share: Share) -> RoundCommand {
    let heard = Heard::Share { of, share };
    RoundCommand::NoteSeeds { origin, heard }
}

fn told_seed(origin: Region, seed: Seed, frozen: InputDigest) -> RoundCommand {
    let heard = Heard::Seed { seed, frozen };
    RoundCommand::NoteSeeds { origin, heard }
}

#[test]
fn nothing_is_frozen_before_every_member_has_committed_and_nothing_drawn_before_all_seeds_are_open()
{
    let three = HOMES[..3]
        .iter()
        .fold(opened(1, 1), |round, home| then(round, commitment(*home)));
    let refused = decide(&three, draw(pool(8)));
    let waited_for = panel::SeedFault::Missing(BTreeSet::from([HOMES[3]]));
    assert_eq!(
        refused.map(drop),
        Err(RoundRejection::Seed(waited_for.into()))
    );
    assert_eq!(three.seeds_awaited(), BTreeSet::from([HOMES[3]]));
    let round = withheld(Region::AH);
    assert!(round.table().is_none());
    assert_eq!(round.seeds_awaited(), BTreeSet::from([Region::AH]));
    let seed = seed_of(&round, Region::AH);
    assert!(matches!(then(round, seed), EvaluationRound::Drawn(_)));
}

#[test]
fn a_commitment_stands_and_comes_from_members_that_deal_shares_to_all_others() {
    let round = then(opened(1, 1), commitment(Region::SH));
    assert!(decide(&round, commitment(Region::SH)).unwrap().is_empty());
    let other = RoundCommand::NoteSeeds {
        origin: Region::SH,
        heard: Heard::Commitment(word(Region::JS)),
    };
    assert!(matches!(
        decide(&round, other),
        Err(RoundRejection::Seed(SeedRejection::Fault(
            panel::SeedFault::Already(_)
        )))
    ));
    let linked: Region = "gd".parse().unwrap();
    assert!(matches!(
        decide(&round, commitment(linked)),
        Err(RoundRejection::Seed(SeedRejection::Fault(
            panel::SeedFault::NotAMember(_)
        )))
    ));
    let mut short = word(Region::JS);
    short.shares.pop_first();
    let short = RoundCommand::NoteSeeds {
        origin: Region::JS,
        heard: Heard::Commitment(short),
    };
    let region = Region::JS;
    assert_eq!(
        decide(&round, short).map(drop),
        Err(RoundRejection::Seed(SeedRejection::OtherShares { region }))
    );
}

#[test]
fn a_seed_that_is_not_what_was_committed_to_is_shown_and_waited_for() {
    let round = frozen();
    let EvaluationRound::Frozen(state) = &round else {
        panic!()
    };
    let frozen = state.input.digest();
    let false_seed = told_seed(Region::SH, Seed::from([1; 32]), frozen);
    let shown = then(round.clone(), false_seed);
    let EvaluationRound::Frozen(state) = &shown else {
        panic!()
    };
    assert!(state.seeds.story.faults[&Region::SH].contains("承诺不符"));
    assert!(shown.seeds_awaited().contains(&Region::SH));
    let another = InputDigest::from([1; 32]);
    let for_another = told_seed(Region::SH, member_seed(Region::SH), another);
    let shown = then(round, for_another);
    assert!(shown.seeds_awaited().contains(&Region::SH));
}

#[test]
fn a_withheld_seed_is_opened_by_the_others_shares() {
    let region = Region::AH;
    let round = withheld(region);
    let early = decide(&round, share(region, Region::SH));
    assert_eq!(
        early.map(drop),
        Err(RoundRejection::Seed(SeedRejection::NotWithheld { region }))
    );
    let round = then(round, recover(region));
    assert!(decide(&round, recover(region)).unwrap().is_empty());
    let round = then(round, share(region, Region::SH));
    assert!(round.table().is_none());
    let round = then(round, share(region, Region::ZJ));
    let table = round.table().unwrap();
    assert!(table.seeds.story.recoveries[&region].opened);
    assert_eq!(table.seeds.randomness.seeds()[&region], member_seed(region));
    // The same as if it had opened it itself.
    let own = withheld(region);
    let seed = seed_of(&own, region);
    let own = then(own, seed);
    assert_eq!(own.table().unwrap().panels, table.panels);
    assert!(
        decide(&round, share(region, Region::JS))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_false_share_is_shown_and_counts_for_nothing() {
    let region = Region::AH;
    let round = then(withheld(region), recover(region));
    let false_share = told_share(Region::SH, region, Share::new(1, [1; 32]).unwrap());
    let round = then(round, false_share);
    let EvaluationRound::Frozen(state) = &round else {
        panic!()
    };
    assert!(state.seeds.story.faults[&region].contains("上海"));
    assert!(state.seeds.story.recoveries[&region].shares.is_empty());
    let dealt = panel::deal(&member_seed(region), &holders(&HOMES.into(), region));
    let swapped = told_share(Region::SH, region, dealt[&Region::ZJ]);
    let round = then(round, swapped);
    assert!(round.table().is_none());
}

#[test]
fn shares_are_asked_for_only_of_a_seed_that_is_withheld() {
    let region = Region::SH;
    assert_eq!(
        decide(&withheld(Region::AH), recover(region)).map(drop),
        Err(RoundRejection::Seed(SeedRejection::NotWithheld { region }))
    );
    assert!(matches!(
        decide(&gathered(1, 1), recover(region)),
        Err(RoundRejection::WrongState { .. })
    ));
}

#[test]
fn it_goes_on_without_a_seed_by_name_and_only_after_the_shares_were_asked_for() {
    let region = Region::AH;
    let round = withheld(region);
    assert_eq!(
        decide(&round, waive_seed(region)).map(drop),
        Err(RoundRejection::Seed(SeedRejection::RecoverFirst { region }))
    );
    let round = then(then(round, recover(region)), waive_seed(region));
    let table = round.table().unwrap();
    assert_eq!(table.seeds.story.waived[&region].reason, reason());
    assert_eq!(table.seeds.randomness.withheld(), &BTreeSet::from([region]));
    assert!(decide(&round, waive_seed(region)).is_err());
}

#[test]
fn it_goes_on_without_a_member_that_never_committed_but_not_without_one_that_did() {
    let region = Region::AH;
    let three = HOMES[..3]
        .iter()
        .fold(opened(1, 1), |round, home| then(round, commitment(*home)));
    let sh = Region::SH;
    assert_eq!(
        decide(&three, waive_seed(sh)).map(drop),
        Err(RoundRejection::Seed(SeedRejection::NotWithheld {
            region: sh
        }))
    );
    let round = then(three, waive_seed(region));
    assert!(decide(&round, commitment(region)).unwrap().is_empty());
    let round = then(round, draw(pool(8)));
    assert!(!round.seeds_awaited().contains(&region));
}

/// The record as it is published.
fn record() -> (EvaluationRound, DrawRecord) {
    let round = frozen();
    let EvaluationRound::Frozen(state) = &round else {
        panic!()
    };
    let input = state.input.clone();
    let mut round = round.clone();
    let mut drawing = None;
    for home in HOMES {
        for event in decide(&round, seed_of(&round, home)).unwrap() {
            if let RoundEvent::Drawn(found) = &event {
                drawing = Some(found.clone());
            }
            round.evolve(&event);
        }
    }
    let struck = members(&round, 1)[0];
    let round = then(round, answer(1, &[struck]));
    let drawing = drawing.unwrap();
    let record = DrawRecord {
        input,
        randomness: drawing.randomness,
        draw: drawing.draw,
        followed: round.table().unwrap().followed.clone(),
    };
    (round, record)
}

#[test]
fn a_draw_and_who_followed_are_made_again_from_the_record_alone() {
    let (round, record) = record();
    let text = serde_json::to_string(&record).unwrap();
    let read: DrawRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(read.verify().unwrap(), round.table().unwrap().panels);
    assert_eq!(read.followed.len(), 1);
    let mut other = read.clone();
    let kept = other.followed[0].panel.experts.pop_first().unwrap();
    other.followed[0].panel.experts.insert(kept.clone());
    assert!(other.verify().is_ok());
    other.followed[0].panel.experts.remove(&kept);
    assert_eq!(other.verify(), Err(panel::RecordFault::Followed(0)));
    let mut other = read;
    other.draw.total_affinity += 1;
    assert!(matches!(other.verify(), Err(panel::RecordFault::Draw(_))));
}

#[test]
fn the_record_names_nobody_and_no_region_that_sent_a_demand() {
    let (round, record) = record();
    let text = serde_json::to_string(&record).unwrap();
    for (expert, seated) in &round.table().unwrap().roster {
        for name in [
            expert.to_string(),
            seated.employer.to_string(),
            seated.person.to_string(),
        ] {
            assert!(!text.contains(&name), "{name}");
        }
    }
    assert!(!text.contains(&sample::demand(1).to_string()));
    assert!(!text.contains("lead_region\":\"sh"), "{text}");
    let mask = round.setup().unwrap().mask.0.to_string();
    assert!(!text.contains(&mask));
}

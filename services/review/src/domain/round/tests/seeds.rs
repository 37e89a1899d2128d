//! Where a draw's randomness comes from, and what the record of the draw says.

use panel::{DrawRecord, SeedFault};

use super::*;

fn waive(region: Region) -> RoundCommand {
    let reason = reason();
    RoundCommand::WaiveSeed { region, reason }
}

fn recover(region: Region) -> RoundCommand {
    let reason = reason();
    RoundCommand::RecoverSeed { region, reason }
}

fn share(of: Region, origin: Region) -> RoundCommand {
    let dealt = panel::deal(&member_seed(of), &holders(&HOMES.into(), of));
    let share = dealt[&origin];
    let heard = Heard::Share { of, share };
    RoundCommand::NoteSeeds { origin, heard }
}

#[test]
fn nothing_is_frozen_before_every_member_has_committed_and_nothing_drawn_before_all_seeds_are_open()
{
    let open = then(ReviewRound::Unknown, open(opening(1, 1)));
    let three = HOMES[..3]
        .iter()
        .fold(open, |round, home| then(round, commitment(*home)));
    let refused = decide(&three, draw(pool(8))).map(drop);
    let missing = SeedFault::Missing(BTreeSet::from([HOMES[3]]));
    assert_eq!(refused, Err(RoundRejection::Seed(missing.into())));
    let round = all_but_one(then(three, commitment(HOMES[3])), ground(pool(8)));
    assert!(round.table().is_none());
    assert_eq!(round.seeds().unwrap().missing(), BTreeSet::from([HOMES[3]]));
    let last = seed_of(&round, HOMES[3]);
    assert!(matches!(then(round, last), ReviewRound::Drawn(_)));
}

#[test]
fn members_are_asked_for_a_seed_for_a_review_and_told_what_is_frozen() {
    let asked = told(&ReviewRound::Unknown, open(opening(1, 1)), &context());
    let [asked] = &asked[..] else { panic!() };
    let asked: proto::review::v1::SeedsRequested = asked.read().unwrap();
    let asked = asked.request.unwrap();
    assert_eq!(asked.purpose(), proto::evaluation::v1::DrawPurpose::Review);
    assert_eq!(asked.members.len(), 5);
    let frozen = told(&opened(1, 1), draw(pool(8)), &context());
    let [frozen] = &frozen[..] else { panic!() };
    let frozen: proto::review::v1::SeedRevealRequested = frozen.read().unwrap();
    assert_eq!(frozen.request.unwrap().input_digest.len(), 64);
}

#[test]
fn a_withheld_seed_is_opened_by_the_others_shares_or_gone_without_by_name() {
    let region = HOMES[3];
    let round = all_but_one(opened(1, 1), ground(pool(8)));
    assert_eq!(
        refused(&round, waive(region), &context()),
        draws::rules::SEED_RECOVERY.code
    );
    let round = then(round, recover(region));
    let asked = told(
        &all_but_one(opened(1, 1), ground(pool(8))),
        recover(region),
        &context(),
    );
    assert_eq!(asked.len(), 1);
    let opened = [Region::SH, Region::ZJ]
        .into_iter()
        .fold(round.clone(), |round, holder| {
            then(round, share(region, holder))
        });
    let table = opened.table().unwrap();
    assert_eq!(table.seeds.randomness.seeds()[&region], member_seed(region));
    let without = then(round, waive(region));
    let table = without.table().unwrap();
    assert_eq!(table.seeds.story.waived[&region].reason, reason());
}

#[test]
fn a_seed_is_waived_before_the_freeze_only_where_none_was_committed_to() {
    let open = then(ReviewRound::Unknown, open(opening(1, 1)));
    let round = then(open, commitment(Region::SH));
    assert_eq!(
        refused(&round, waive(Region::SH), &context()),
        draws::rules::SEED_RECOVERY.code
    );
    let round = HOMES[1..]
        .iter()
        .fold(round, |round, home| then(round, waive(*home)));
    assert!(round.seeds().unwrap().missing().is_empty());
    assert!(decide(&round, commitment(HOMES[1])).unwrap().is_empty());
}

/// A round in which somebody was followed, with the record of its draw as it is published.
fn record() -> (ReviewRound, DrawRecord) {
    let mut round = all_but_one(opened(2, 1), ground(pool(12)));
    let ReviewRound::Frozen(frozen) = &round else {
        panic!("not frozen")
    };
    let input = frozen.pool.input.clone();
    let mut drawing = None;
    for event in decide(&round, seed_of(&round, HOMES[3])).unwrap() {
        if let RoundEvent::Drawn(found) = &event {
            drawing = Some(found.clone());
        }
        round.evolve(&event);
    }
    let (sheet, seat) = seats(&round).remove(0);
    let round = then(round, conflict(sheet, &seat));
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
fn anyone_makes_the_draw_and_who_followed_again_from_the_record_alone() {
    let (round, record) = record();
    let text = serde_json::to_string(&record).unwrap();
    let read: DrawRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(read.verify().unwrap(), round.table().unwrap().panels);
    assert_eq!(read.followed.len(), 1);
    let mut other = read;
    other.draw.total_affinity += 1;
    assert!(matches!(other.verify(), Err(panel::RecordFault::Draw(_))));
}

#[test]
fn the_record_names_neither_experts_nor_units_nor_applications() {
    let (round, record) = record();
    let text = serde_json::to_string(&record).unwrap();
    let setup = round.setup().unwrap();
    let mut names = vec![setup.mask.0.to_string()];
    for (application, entry) in &setup.batch {
        names.push(application.to_string());
        names.push(entry.package.lead().to_string());
    }
    for (expert, seated) in &round.table().unwrap().roster {
        names.push(expert.to_string());
        names.push(seated.employer.to_string());
        names.push(seated.person.to_string());
    }
    for name in names {
        assert!(!text.contains(&name), "{name}");
    }
}

//! A round's rules, each by a case that it decides.

mod opening;
mod proposal;
mod random;
mod seeds;
mod sheets;

use draws::{Word, draw_id, holders};
use evidence::Digest;
use panel::{Seed, SeedCommitment};
use regulation::{Day, Field, Refusal, Role};
use time::Duration;

use super::*;
use crate::domain::{Blindness, Origin, Profile, rules, sample};

const HOMES: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
const NONE: BTreeSet<ApplicationId> = BTreeSet::new();

fn field() -> Field {
    "集成电路".parse().unwrap()
}

fn opening(applications: u128, places: u32) -> Opening {
    let places = Places {
        number: places,
        reason: "年度安排".parse().unwrap(),
    };
    let batch = (1..=applications).map(|n| (sample::application(n), sample::entry(n, Region::SH)));
    Opening {
        round: sample::round(),
        year: 2024,
        held: 0,
        opened: 0,
        departure: None,
        places: BTreeMap::from([(field(), places)]),
        panel_size: Some(3),
        alternates: Some(2),
        deadline: sample::deadline(),
        blindness: Blindness::Open,
        batch: batch.collect(),
        ceilings: BTreeMap::from([(sample::guide(), Some(sample::fen(250_000_000)))]),
        seed: Seed::from([5; 32]),
        mask: Digest([6; 32]),
    }
}

fn open(opening: Opening) -> RoundCommand {
    RoundCommand::Open(Box::new(opening))
}

/// Expert n sits in one of four regions and works for unit n.
fn pool(experts: u8) -> BTreeMap<ExpertId, Profile> {
    let profile = |n: u8| sample::profile(n, HOMES[usize::from(n) % 4], n.into());
    (1..=experts)
        .map(|n| (sample::expert(n.into()), profile(n)))
        .collect()
}

fn ground(pool: BTreeMap<ExpertId, Profile>) -> Ground {
    Ground {
        pool,
        ..Ground::default()
    }
}

/// Freezes a pool in which nobody is barred.
fn draw(pool: BTreeMap<ExpertId, Profile>) -> RoundCommand {
    RoundCommand::Draw(Box::new(ground(pool)))
}

fn member_seed(region: Region) -> Seed {
    Seed::from([region.as_str().as_bytes()[0]; 32])
}

/// What a member's node tells when it is asked for its seed.
fn commitment(origin: Region) -> RoundCommand {
    let draw = draw_id(sample::round()).unwrap();
    let seed = member_seed(origin);
    let dealt = panel::deal(&seed, &holders(&HOMES.into(), origin));
    let shares = dealt.iter().map(|(holder, share)| {
        let commitment = share.commitment(origin, *holder, &draw);
        (*holder, Digest(commitment))
    });
    let word = Word {
        commitment: SeedCommitment::to(&seed, origin, &draw),
        shares: shares.collect(),
    };
    let heard = Heard::Commitment(word);
    RoundCommand::NoteSeeds { origin, heard }
}

/// A member's seed, for what is frozen.
fn seed_of(round: &ReviewRound, origin: Region) -> RoundCommand {
    let ReviewRound::Frozen(frozen) = round else {
        panic!("not frozen")
    };
    let heard = Heard::Seed {
        seed: member_seed(origin),
        frozen: frozen.pool.input.digest(),
    };
    RoundCommand::NoteSeeds { origin, heard }
}

/// Freezes the ground, and opens every seed but the last.
fn all_but_one(round: ReviewRound, ground: Ground) -> ReviewRound {
    let frozen = then(round, RoundCommand::Draw(Box::new(ground)));
    HOMES[..3].iter().fold(frozen, |round, home| {
        let seed = seed_of(&round, *home);
        then(round, seed)
    })
}

/// Freezes the ground, opens every seed, and draws.
fn drawn_from(round: ReviewRound, ground: Ground) -> ReviewRound {
    let round = all_but_one(round, ground);
    let last = seed_of(&round, HOMES[3]);
    then(round, last)
}

fn context() -> Context {
    let heard = HOMES.map(|region| (region, sample::deadline().end()));
    Context {
        heard: heard.into(),
        ..sample::context(Region::HUB)
    }
}

/// Another person than [`context`]'s.
fn other() -> Context {
    let actor = sample::as_person("sun", Role::Secretariat, Region::HUB).actor;
    Context { actor, ..context() }
}

fn after_deadline() -> Context {
    Context {
        now: sample::deadline().end() + Duration::hours(9),
        ..context()
    }
}

fn decide(round: &ReviewRound, command: RoundCommand) -> Result<Vec<RoundEvent>, RoundRejection> {
    round.decide(command, &context())
}

/// The code of the rule by which a command is refused.
fn refused(round: &ReviewRound, command: RoundCommand, context: &Context) -> &'static str {
    Refusal::from(round.decide(command, context).unwrap_err())
        .rule
        .code
}

fn then(round: ReviewRound, command: RoundCommand) -> ReviewRound {
    then_in(round, command, &context())
}

fn then_in(mut round: ReviewRound, command: RoundCommand, context: &Context) -> ReviewRound {
    for event in round.decide(command, context).unwrap() {
        // Through JSON, as the journal keeps it.
        let kept = serde_json::to_string(&event).unwrap();
        round.evolve(&serde_json::from_str(&kept).unwrap());
    }
    let kept = serde_json::to_string(&round).unwrap();
    serde_json::from_str(&kept).unwrap()
}

/// A round to which every member has committed a seed.
fn gathered(opening: Opening) -> ReviewRound {
    let round = then(ReviewRound::Unknown, open(opening));
    HOMES
        .iter()
        .fold(round, |round, home| then(round, commitment(*home)))
}

fn opened(applications: u128, places: u32) -> ReviewRound {
    gathered(opening(applications, places))
}

fn drawn(applications: u128, experts: u8) -> ReviewRound {
    drawn_from(opened(applications, 1), ground(pool(experts)))
}

fn seats(round: &ReviewRound) -> Vec<(SheetId, Seat)> {
    let seats = &round.table().unwrap().seats;
    seats.iter().map(|(id, seat)| (*id, seat.clone())).collect()
}

fn complete(sheet: SheetId, seat: &Seat, points: u32) -> RoundCommand {
    RoundCommand::NoteCompleted {
        sheet,
        origin: seat.region,
        opinion: Ok(sample::opinion(points)),
        at: sample::now(),
    }
}

fn conflict(sheet: SheetId, seat: &Seat) -> RoundCommand {
    RoundCommand::NoteConflict {
        sheet,
        origin: seat.region,
        after_opening: false,
    }
}

/// Every open sheet is handed in, with points by application.
fn all_complete(round: ReviewRound, points: impl Fn(ApplicationId) -> u32) -> ReviewRound {
    seats(&round)
        .into_iter()
        .filter(|(_, seat)| seat.state == SeatState::Invited)
        .fold(round, |round, (sheet, seat)| {
            then(round, complete(sheet, &seat, points(seat.application)))
        })
}

/// The first application is the best, the next one ten points behind it, and so on.
fn by_number(application: ApplicationId) -> u32 {
    let number = (1..=9).find(|n| sample::application(*n) == application);
    100 - 10 * u32::try_from(number.unwrap()).unwrap()
}

fn close() -> RoundCommand {
    RoundCommand::Close { withdrawn: NONE }
}

/// A closed round with this many applications and places.
fn closed(applications: u128, places: u32) -> ReviewRound {
    let round = drawn_from(opened(applications, places), ground(pool(12)));
    then(all_complete(round, by_number), close())
}

fn reason() -> Text {
    "评审组复核意见".parse().unwrap()
}

fn told(before: &ReviewRound, command: RoundCommand, context: &Context) -> Vec<Message> {
    let mut round = before.clone();
    let events = before.decide(command, context).unwrap();
    let told = events.iter().flat_map(|event| {
        round.evolve(event);
        round.publish("", event, context)
    });
    told.collect()
}

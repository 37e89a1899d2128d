//! Who is struck, when, and how the reason opens.

use regulation::Region;

use super::*;
use crate::domain::sample;

fn owner(demander: u128, affiliates: &[u128]) -> Owner {
    Owner {
        demander: sample::unit(demander),
        affiliates: affiliates.iter().map(|unit| sample::unit(*unit)).collect(),
        record: sample::record("高端光刻胶", "集成电路"),
    }
}

fn draw(named: &[(u128, u128)]) -> Draw {
    Draw {
        demand: sample::demand(1),
        named: named
            .iter()
            .map(|(expert, employer)| (sample::expert(*expert), sample::unit(*employer)))
            .collect(),
        message: Uuid::from_u128(77),
    }
}

fn given(commands: Vec<ScreeningCommand>) -> (Screening, Vec<ScreeningEvent>) {
    let mut screening = Screening::default();
    let mut last = Vec::new();
    for command in commands {
        last = screening
            .decide(command, &sample::context(Region::SH))
            .unwrap();
        for event in &last {
            screening.evolve(event);
        }
    }
    (screening, last)
}

fn record_owner(owner: Owner) -> ScreeningCommand {
    ScreeningCommand::RecordOwner {
        owner: Box::new(owner),
        secret: Uuid::from_u128(99),
    }
}

fn screen(draw: Draw) -> ScreeningCommand {
    ScreeningCommand::Screen {
        round: sample::round(),
        draw,
    }
}

fn struck(events: &[ScreeningEvent]) -> Vec<ExpertId> {
    let strikes = events.iter().flat_map(|event| match event {
        ScreeningEvent::Screened { screened, .. } => screened.strikes.clone(),
        _ => vec![],
    });
    strikes.map(|strike| strike.expert).collect()
}

#[test]
fn experts_of_the_demander_and_of_its_affiliates_are_struck_and_no_others() {
    let (_, events) = given(vec![
        record_owner(owner(10, &[11])),
        screen(draw(&[(1, 10), (2, 11), (3, 12)])),
    ]);
    assert_eq!(struck(&events), vec![sample::expert(1), sample::expert(2)]);
}

#[test]
fn a_draw_that_comes_before_the_demander_is_known_is_answered_later() {
    let (_, held) = given(vec![screen(draw(&[(1, 10)]))]);
    assert!(matches!(held[..], [ScreeningEvent::Held { .. }]));
    let (_, events) = given(vec![screen(draw(&[(1, 10)])), record_owner(owner(10, &[]))]);
    assert_eq!(struck(&events), vec![sample::expert(1)]);
}

#[test]
fn a_draw_is_answered_once_and_another_one_for_the_round_is_refused() {
    let first = vec![
        record_owner(owner(10, &[])),
        screen(draw(&[(1, 10), (2, 12)])),
    ];
    let (screening, _) = given(first);
    let context = sample::context(Region::SH);
    let again = screen(draw(&[(1, 10), (2, 12)]));
    assert_eq!(screening.decide(again, &context), Ok(vec![]));
    let other = screen(draw(&[(2, 12)]));
    assert_eq!(screening.decide(other, &context), Err(AnotherDraw));
    assert_eq!(Refusal::from(AnotherDraw).rule, rules::CONFLICT);
}

#[test]
fn the_reason_opens_with_its_salt_and_the_salt_needs_what_never_left_home() {
    let strike_with = |secret| {
        strike(sample::round(), &draw(&[(1, 10)]), &owner(10, &[]), secret)
            .strikes
            .remove(0)
    };
    let strike = strike_with(Uuid::from_u128(99));
    let opens = evidence::opens(
        &strike.commitment,
        strike.salt.as_bytes(),
        strike.content.as_bytes(),
    );
    assert!(opens && strike.content.contains(&sample::unit(10).to_string()));
    assert_ne!(strike.salt, strike_with(Uuid::from_u128(98)).salt);
}

#[test]
fn what_the_hub_was_told_is_kept_once_no_ballot_counts_any_more() {
    let strikes = BTreeMap::from([(sample::expert(1), Digest([1; 32]))]);
    let conclude = |strikes: &BTreeMap<ExpertId, Digest>| ScreeningCommand::Conclude {
        round: sample::round(),
        strikes: strikes.clone(),
    };
    let (screening, _) = given(vec![
        record_owner(owner(10, &[])),
        screen(draw(&[(1, 10)])),
        conclude(&strikes),
    ]);
    let Screening::Known { concluded, .. } = &screening else {
        panic!()
    };
    assert_eq!(concluded[&sample::round()], strikes);
    // What was said first stands.
    let context = sample::context(Region::SH);
    assert_eq!(
        screening.decide(conclude(&BTreeMap::new()), &context),
        Ok(vec![])
    );
}

#[test]
fn another_draw_of_the_same_round_is_refused_whether_or_not_the_demander_is_known() {
    let context = sample::context(Region::SH);
    let other = || screen(draw(&[(1, 1), (9, 9)]));
    let (waiting, _) = given(vec![screen(draw(&[(1, 1), (2, 2)]))]);
    let again = screen(Draw {
        message: Uuid::from_u128(78),
        ..draw(&[(1, 1), (2, 2)])
    });
    assert_eq!(waiting.decide(again, &context), Ok(vec![]));
    assert_eq!(waiting.decide(other(), &context), Err(AnotherDraw));
}

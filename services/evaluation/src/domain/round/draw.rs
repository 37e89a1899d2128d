//! The draw: the pool frozen once everybody has committed to a seed; drawn when all seeds are open;
//! all of it on record.

use std::collections::{BTreeMap, BTreeSet};

use draws::{Frozen, Origin, Person, Profile, fit, frozen_pool, named};
use panel::{CombinedSeed, DrawInput, ExpertKey, Proposal, Revealing};
use regulation::{ExpertId, PersonKey, Region};

use super::{Drawing, EvaluationRound, Freezing, RoundEvent, RoundRejection, Setup};

/// What a draw is made from.
pub(super) struct Made<'a> {
    pub(super) input: &'a DrawInput,
    pub(super) people: &'a BTreeMap<ExpertKey, Person>,
}

/// Freezes the pool; draws at once where no seed is waited for.
pub(super) fn freeze(
    round: &EvaluationRound,
    pool: &BTreeMap<ExpertId, Profile>,
    barred: &BTreeSet<PersonKey>,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let EvaluationRound::Open(gathering) = round else {
        return Err(RoundRejection::WrongState {
            needed: "已开启、尚未抽取专家",
        });
    };
    let setup = &gathering.setup;
    let (input, people) = frozen(setup, pool, barred)?;
    let seeds = gathering.seeds.freeze(input.digest())?;
    // Whether panels can be filled does not hang on the seed, which decides among equals only: who
    // can do something about it hears it now.
    panel::draw(&input, &CombinedSeed::from([0; 32]))?;
    let mut events = vec![RoundEvent::Frozen(Box::new(Freezing {
        input: input.clone(),
        people: people.clone(),
        seeds: seeds.clone(),
    }))];
    let made = Made {
        input: &input,
        people: &people,
    };
    events.extend(draw(&made, &seeds.randomness)?);
    Ok(events)
}

/// The draw, if every seed is open that is waited for.
pub(super) fn draw(
    made: &Made<'_>,
    randomness: &Revealing,
) -> Result<Option<RoundEvent>, RoundRejection> {
    if !randomness.missing().is_empty() {
        return Ok(None);
    }
    let input = made.input;
    let draw = panel::draw(input, &randomness.combine()?)?;
    let named = named(input, &draw, made.people)?.ok_or(RoundRejection::Numbers)?;
    Ok(Some(RoundEvent::Drawn(Box::new(Drawing {
        named,
        draw,
        randomness: randomness.clone(),
    }))))
}

/// The pool as the draw sees it: experts whom a department invited and whom no credit record bars,
/// each person once, by who fits which demand. Everybody and everything by pseudonym, and no demand
/// with its region. [Art. 9, 10, 20]
fn frozen(
    setup: &Setup,
    pool: &BTreeMap<ExpertId, Profile>,
    barred: &BTreeSet<PersonKey>,
) -> Result<(DrawInput, BTreeMap<ExpertKey, Person>), RoundRejection> {
    let mut proposals = Vec::new();
    for entry in setup.batch.values() {
        proposals.push((setup.proposal_key(entry.demand)?, &entry.record));
    }
    let free = pool.iter().filter(|(_, profile)| {
        profile.active && profile.origin == Origin::Invited && !barred.contains(&profile.person)
    });
    let Frozen { candidates, people } = frozen_pool(setup.mask, free, |profile| {
        let fits = proposals.iter().filter_map(|(key, record)| {
            let fit = fit(profile, record.field(), |keyword| record.mentions(keyword))?;
            Some((key.clone(), fit))
        });
        fits.collect()
    })?;
    if candidates.is_empty() {
        return Err(RoundRejection::NobodyInvited);
    }
    // The limits set no cap on a demand's own region, so the draw need not know it.
    let proposals = proposals.into_iter().map(|(key, _)| Proposal {
        key,
        lead_region: Region::HUB,
    });
    let input = DrawInput::new(
        draws::draw_id(setup.round)?,
        setup.limits,
        proposals.collect(),
        candidates,
        BTreeSet::new(),
    )?;
    Ok((input, people))
}

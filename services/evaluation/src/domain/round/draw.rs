//! The draw: the pool frozen once everybody has committed to a seed; drawn when all seeds are open;
//! all of it on record.

use std::collections::{BTreeMap, BTreeSet};

use panel::{Candidate, CombinedSeed, DrawInput, ExpertKey, Proposal, Revealing};
use regulation::{ExpertId, Region};

use super::{
    super::{Profile, draw_id, fit},
    Drawing, EvaluationRound, Freezing, Person, RoundEvent, RoundRejection, Seated, Setup,
};

/// What a draw is made from.
pub(super) struct Made<'a> {
    pub(super) input: &'a DrawInput,
    pub(super) people: &'a BTreeMap<ExpertKey, Person>,
}

/// Freezes the pool; draws at once where no seed is waited for.
pub(super) fn freeze(
    round: &EvaluationRound,
    pool: &BTreeMap<ExpertId, Profile>,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let EvaluationRound::Open(gathering) = round else {
        return Err(RoundRejection::WrongState {
            needed: "已开启、尚未抽取专家",
        });
    };
    let setup = &gathering.setup;
    let (input, people) = frozen(setup, pool)?;
    let mut randomness = gathering.seeds.clone().freeze(input.digest())?;
    // Whether panels can be filled does not hang on the seed, which decides among equals only: who
    // can do something about it hears it now.
    panel::draw(&input, &CombinedSeed::from([0; 32]))?;
    randomness.reveal(Region::HUB, setup.seed)?;
    let mut events = vec![RoundEvent::Frozen(Box::new(Freezing {
        input: input.clone(),
        people: people.clone(),
        randomness: randomness.clone(),
    }))];
    let made = Made {
        input: &input,
        people: &people,
    };
    events.extend(draw(&made, &randomness)?);
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
    let keys: BTreeSet<_> = draw
        .panels
        .0
        .values()
        .flat_map(|panel| panel.experts.iter().chain(&panel.alternates))
        .collect();
    let mut named_keys = BTreeMap::new();
    let mut roster = BTreeMap::new();
    for key in &keys {
        let person = made.people.get(*key).ok_or(RoundRejection::Numbers)?;
        named_keys.insert((*key).clone(), person.expert);
        roster.insert(person.expert, person.seated.clone());
    }
    let candidates = input.candidates().values();
    let named = DrawInput::new(
        input.draw_id().clone(),
        *input.limits(),
        input.proposals().values().cloned().collect(),
        candidates
            .filter(|c| keys.contains(&c.key))
            .cloned()
            .collect(),
        BTreeSet::new(),
    )?;
    Ok(Some(RoundEvent::Drawn(Box::new(Drawing {
        named,
        draw,
        randomness: randomness.clone(),
        keys: named_keys,
        roster,
    }))))
}

/// The pool as the draw sees it: experts whom a department invited, each person once, by who fits
/// which demand. Everybody and everything by pseudonym, and no demand with its region. [Art. 9, 10]
fn frozen(
    setup: &Setup,
    pool: &BTreeMap<ExpertId, Profile>,
) -> Result<(DrawInput, BTreeMap<ExpertKey, Person>), RoundRejection> {
    let mut proposals = BTreeMap::new();
    for demand in setup.batch.keys() {
        proposals.insert(*demand, setup.proposal_key(*demand)?);
    }
    let mut persons = BTreeSet::new();
    let mut candidates = Vec::new();
    let mut people = BTreeMap::new();
    for (expert, profile) in pool.iter().filter(|(_, p)| p.active && p.invited) {
        if !persons.insert(&profile.person) {
            continue;
        }
        let mut affinity = BTreeMap::new();
        for (demand, key) in &proposals {
            let entry = setup.batch.get(demand);
            if let Some(fit) = entry.and_then(|entry| fit(profile, &entry.record)) {
                affinity.insert(key.clone(), fit);
            }
        }
        if affinity.is_empty() {
            continue;
        }
        let key = setup.expert_key(*expert)?;
        candidates.push(Candidate {
            key: key.clone(),
            region: profile.region,
            employer: setup.employer_key(profile.employer, profile.region)?,
            load: 0,
            affinity,
        });
        let seated = Seated {
            person: profile.person.clone(),
            region: profile.region,
            employer: profile.employer,
        };
        let person = Person {
            expert: *expert,
            seated,
        };
        people.insert(key, person);
    }
    // The limits set no cap on a demand's own region, so the draw need not know it.
    let proposals = proposals.into_values().map(|key| Proposal {
        key,
        lead_region: Region::HUB,
    });
    let input = DrawInput::new(
        draw_id(setup.round)?,
        setup.limits,
        proposals.collect(),
        candidates,
        BTreeSet::new(),
    )?;
    Ok((input, people))
}

//! The draw: the pool frozen, the seed opened, every panel filled, all of it on record.

use std::collections::{BTreeMap, BTreeSet};

use panel::{Candidate, Committing, DrawId, DrawInput, Proposal, Revealing, SeedCommitment};
use regulation::{ExpertId, Region};

use super::{
    super::{Profile, fit},
    Drawing, EvaluationRound, RoundEvent, RoundRejection, Seated, Setup,
};

pub(super) fn draw(
    round: &EvaluationRound,
    pool: &BTreeMap<ExpertId, Profile>,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let EvaluationRound::Open(setup) = round else {
        return Err(RoundRejection::WrongState {
            needed: "已开启、尚未抽取专家",
        });
    };
    let input = frozen(setup, pool)?;
    let randomness = open_seed(setup, &input)?;
    let draw = panel::draw(&input, &randomness.combine()?)?;
    let keys: BTreeSet<_> = draw
        .panels
        .0
        .values()
        .flat_map(|panel| panel.experts.iter().chain(&panel.alternates))
        .collect();
    let mut roster = BTreeMap::new();
    for key in &keys {
        let expert: ExpertId = key.as_str().parse().map_err(|_| RoundRejection::Numbers)?;
        let profile = pool.get(&expert).ok_or(RoundRejection::Numbers)?;
        let seated = Seated {
            person: profile.person.clone(),
            region: profile.region,
            employer: profile.employer,
        };
        roster.insert(expert, seated);
    }
    let named = DrawInput::new(
        input.draw_id().clone(),
        *input.limits(),
        input.proposals().values().cloned().collect(),
        input
            .candidates()
            .values()
            .filter(|c| keys.contains(&c.key))
            .cloned()
            .collect(),
        BTreeSet::new(),
    )?;
    Ok(vec![RoundEvent::Drawn(Box::new(Drawing {
        input,
        named,
        draw,
        randomness,
        roster,
    }))])
}

fn draw_id(setup: &Setup) -> Result<DrawId, RoundRejection> {
    Ok(format!("{}/1", setup.round).parse()?)
}

/// The pool as the draw sees it: experts whom a department invited, each person once, by who fits
/// which demand.
fn frozen(setup: &Setup, pool: &BTreeMap<ExpertId, Profile>) -> Result<DrawInput, RoundRejection> {
    let mut proposals = Vec::new();
    for entry in setup.batch.values() {
        let key = entry.demand.to_string().parse()?;
        proposals.push(Proposal {
            key,
            lead_region: entry.region,
        });
    }
    let mut people = BTreeSet::new();
    let mut candidates = Vec::new();
    for (expert, profile) in pool.iter().filter(|(_, p)| p.active && p.invited) {
        if !people.insert(&profile.person) {
            continue;
        }
        let mut affinity = BTreeMap::new();
        for entry in setup.batch.values() {
            if let Some(fit) = fit(profile, &entry.record) {
                affinity.insert(entry.demand.to_string().parse()?, fit);
            }
        }
        if affinity.is_empty() {
            continue;
        }
        candidates.push(Candidate {
            key: expert.to_string().parse()?,
            region: profile.region,
            // A branch in another region is an employer of its own to the draw.
            employer: format!("{}@{}", profile.employer, profile.region).parse()?,
            load: 0,
            affinity,
        });
    }
    Ok(DrawInput::new(
        draw_id(setup)?,
        setup.limits,
        proposals,
        candidates,
        BTreeSet::new(),
    )?)
}

/// The hub committed to its seed when it opened the round, before the pool was frozen.
fn open_seed(setup: &Setup, input: &DrawInput) -> Result<Revealing, RoundRejection> {
    let draw = draw_id(setup)?;
    let commitment = SeedCommitment::to(&setup.seed, Region::HUB, &draw);
    let mut committing = Committing::open(draw, BTreeSet::from([Region::HUB]))?;
    committing.commit(Region::HUB, commitment)?;
    let mut revealing = committing.freeze(input.digest())?;
    revealing.reveal(Region::HUB, setup.seed)?;
    Ok(revealing)
}

/// What the hub is committed to while the seed is secret.
pub fn seed_commitment(setup: &Setup) -> Option<SeedCommitment> {
    Some(SeedCommitment::to(
        &setup.seed,
        Region::HUB,
        &draw_id(setup).ok()?,
    ))
}

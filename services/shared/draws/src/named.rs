//! The frozen pool by pseudonyms, and of it who was named.

use std::collections::{BTreeMap, BTreeSet};

use panel::{Affinity, Candidate, Draw, DrawInput, ExpertKey, InputFault, InvalidKey, ProposalKey};
use regulation::{ExpertId, PersonKey, Region, UnitId};
use serde::{Deserialize, Serialize};

use crate::{Mask, Profile};

/// An expert who was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seated {
    /// The person.
    pub person: PersonKey,
    /// The node that hosts them.
    pub region: Region,
    /// Where they work.
    pub employer: UnitId,
}

/// A candidate of the frozen pool, by what is needed to invite them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The expert.
    pub expert: ExpertId,
    /// What is needed.
    pub seated: Seated,
}

/// A pool as a draw sees it.
#[derive(Debug, Clone, Default)]
pub struct Frozen {
    /// Everybody who fits something.
    pub candidates: Vec<Candidate>,
    /// Who they are.
    pub people: BTreeMap<ExpertKey, Person>,
}

/// Puts a pool behind its pseudonyms: each person once, and only who fits a proposal. `fit` says how
/// well.
///
/// # Errors
/// Never for ids.
pub fn frozen_pool<'a>(
    mask: Mask,
    pool: impl IntoIterator<Item = (&'a ExpertId, &'a Profile)>,
    fit: impl Fn(&Profile) -> BTreeMap<ProposalKey, Affinity>,
) -> Result<Frozen, InvalidKey> {
    let mut persons = BTreeSet::new();
    let mut frozen = Frozen::default();
    for (expert, profile) in pool {
        if !persons.insert(&profile.person) {
            continue;
        }
        let affinity = fit(profile);
        if affinity.is_empty() {
            continue;
        }
        let key = mask.expert(*expert)?;
        frozen.candidates.push(Candidate {
            key: key.clone(),
            region: profile.region,
            employer: mask.employer(profile.employer, profile.region)?,
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
        frozen.people.insert(key, person);
    }
    Ok(frozen)
}

/// Members and alternates of all panels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The part of the frozen input by which others follow.
    pub input: DrawInput,
    /// Who was named, by pseudonym.
    pub keys: BTreeMap<ExpertKey, ExpertId>,
    /// Who was named, by what is needed to invite them.
    pub roster: BTreeMap<ExpertId, Seated>,
}

/// Whom a draw named; `None` where it names somebody who is not in the pool.
///
/// # Errors
/// Never for a draw of this input.
pub fn named(
    input: &DrawInput,
    draw: &Draw,
    people: &BTreeMap<ExpertKey, Person>,
) -> Result<Option<Named>, InputFault> {
    let panels = draw.panels.0.values();
    let named: BTreeSet<_> = panels
        .flat_map(|panel| panel.experts.iter().chain(&panel.alternates))
        .collect();
    let mut keys = BTreeMap::new();
    let mut roster = BTreeMap::new();
    for key in &named {
        let Some(person) = people.get(*key) else {
            return Ok(None);
        };
        keys.insert((*key).clone(), person.expert);
        roster.insert(person.expert, person.seated.clone());
    }
    let candidates = input.candidates().values();
    let conflicts = input.conflicts().iter();
    let input = DrawInput::new(
        input.draw_id().clone(),
        *input.limits(),
        input.proposals().values().cloned().collect(),
        candidates
            .filter(|candidate| named.contains(&candidate.key))
            .cloned()
            .collect(),
        conflicts
            .filter(|conflict| named.contains(&conflict.candidate))
            .cloned()
            .collect(),
    )?;
    Ok(Some(Named {
        input,
        keys,
        roster,
    }))
}

//! The draw: conflicts kept out and the pool frozen once everybody has committed to a seed; drawn when
//! all seeds are open; all of it on record. [Art. 15]

use std::collections::{BTreeMap, BTreeSet};

use draws::{Origin, Person, Profile, fit, frozen_pool, named};
use panel::{CombinedSeed, Conflict, DrawInput, ExpertKey, Proposal, ProposalKey, Revealing};
use regulation::{
    ApplicationId, BlindId, ExpertId, PersonKey, UnitId, check, rules::REVIEW_ROUNDS_PER_YEAR,
};

use super::{
    super::Entry, Drawing, Freezing, ReviewRound, RoundEvent, RoundRejection, Setup, seats,
};

/// What a draw is made from besides the round.
#[derive(Debug, Clone, Default)]
pub struct Ground {
    /// Everybody in the pool.
    pub pool: BTreeMap<ExpertId, Profile>,
    /// Of them, whom a credit record bars from judging today.
    pub barred: BTreeSet<PersonKey>,
    /// For each unit that applies, the units that are affiliated with it.
    pub affiliates: BTreeMap<UnitId, BTreeSet<UnitId>>,
    /// By published demand: whose ballots it was judged by.
    pub evaluators: BTreeMap<BlindId, BTreeSet<PersonKey>>,
    /// Applications of the batch that were taken back.
    pub withdrawn: BTreeSet<ApplicationId>,
}

/// Who may not review which application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// By application: its units and whoever is affiliated with them.
    pub barred: BTreeMap<ApplicationId, BTreeSet<UnitId>>,
    /// Everybody who applies in this round: they compete with all of it.
    pub applicants: BTreeSet<PersonKey>,
    /// By application: who evaluated the demand that it answers, where they may not review it.
    pub evaluators: BTreeMap<ApplicationId, BTreeSet<PersonKey>>,
}

impl Conflicts {
    /// What the batch comes to, by what is known of affiliates and evaluators.
    pub fn of<'a>(
        setup: &Setup,
        batch: impl IntoIterator<Item = (&'a ApplicationId, &'a Entry)>,
        ground: &Ground,
    ) -> Self {
        let mut conflicts = Self::default();
        for (application, entry) in batch {
            let package = &entry.package;
            let units = package.units();
            let related = units.iter().filter_map(|unit| ground.affiliates.get(unit));
            let barred = units.iter().chain(related.flatten()).copied();
            conflicts.barred.insert(*application, barred.collect());
            conflicts
                .applicants
                .extend(package.people().iter().cloned());
            let evaluators = package
                .demand()
                .and_then(|demand| ground.evaluators.get(&demand));
            if let Some(evaluators) = evaluators.filter(|_| !setup.evaluators_may_review) {
                conflicts
                    .evaluators
                    .insert(*application, evaluators.clone());
            }
        }
        conflicts
    }

    /// Whether this expert may not review this application.
    pub fn against(&self, application: ApplicationId, expert: &Profile) -> bool {
        let employer = self
            .barred
            .get(&application)
            .is_some_and(|barred| barred.contains(&expert.employer));
        let evaluators = self.evaluators.get(&application);
        employer
            || self.applicants.contains(&expert.person)
            || evaluators.is_some_and(|people| people.contains(&expert.person))
    }
}

/// Freezes the pool; draws at once where no seed is waited for.
pub(super) fn freeze(
    round: &ReviewRound,
    ground: &Ground,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let ReviewRound::Open(gathering) = round else {
        return Err(RoundRejection::WrongState {
            needed: "已开启、尚未抽取专家",
        });
    };
    let setup = &gathering.setup;
    let departure = setup.departure.as_ref();
    check(REVIEW_ROUNDS_PER_YEAR, departure.is_none(), departure)
        .map_err(|refusal| RoundRejection::TooMany(Box::new(refusal)))?;
    let batch: BTreeMap<_, _> = setup
        .batch
        .iter()
        .filter(|(application, _)| !ground.withdrawn.contains(application))
        .collect();
    if batch.is_empty() {
        return Err(RoundRejection::EmptyBatch);
    }
    let pairs = batch.iter().map(|(id, entry)| (*id, *entry));
    let conflicts = Conflicts::of(setup, pairs, ground);
    let (input, people) = frozen(setup, &batch, ground, &conflicts)?;
    let seeds = gathering.seeds.freeze(input.digest())?;
    // Whether panels can be filled does not hang on the seed, which decides among equals only: who
    // can do something about it hears it now.
    panel::draw(&input, &CombinedSeed::from([0; 32]))?;
    let pool = Freezing {
        input,
        people,
        seeds,
        barred: conflicts.barred,
    };
    let drawn = draw(setup, &pool, &pool.seeds.randomness)?;
    let mut events = vec![RoundEvent::Frozen(Box::new(pool))];
    events.extend(drawn);
    Ok(events)
}

/// The draw with its invitations, if every seed is open that is waited for.
pub(super) fn draw(
    setup: &Setup,
    pool: &Freezing,
    randomness: &Revealing,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    if !randomness.missing().is_empty() {
        return Ok(vec![]);
    }
    let draw = panel::draw(&pool.input, &randomness.combine()?)?;
    let named = named(&pool.input, &draw, &pool.people)?.ok_or(RoundRejection::Numbers)?;
    let mut invited = Vec::new();
    for application in pool.barred.keys() {
        let panel = draw.panels.get(&setup.proposal_key(*application)?);
        let panel = panel.ok_or(RoundRejection::Numbers)?;
        let asked = BTreeMap::new();
        let keys = &named.keys;
        invited.extend(seats::invitations(
            setup.round,
            *application,
            panel,
            keys,
            &asked,
        )?);
    }
    let mut events = vec![RoundEvent::Drawn(Box::new(Drawing {
        named,
        draw,
        randomness: randomness.clone(),
    }))];
    events.extend(invited);
    Ok(events)
}

/// The pool as the draw sees it: experts of the national pool whom no credit record bars, each person
/// once, by who fits which application; and who must not review which. Everybody and everything by
/// pseudonym. [Art. 15, 20]
fn frozen(
    setup: &Setup,
    batch: &BTreeMap<&ApplicationId, &Entry>,
    ground: &Ground,
    conflicts: &Conflicts,
) -> Result<(DrawInput, BTreeMap<ExpertKey, Person>), RoundRejection> {
    let mut keys: Vec<(ProposalKey, ApplicationId, &Entry)> = Vec::new();
    for (application, entry) in batch {
        keys.push((setup.proposal_key(**application)?, **application, entry));
    }
    let free = ground.pool.iter().filter(|(_, profile)| {
        let national = profile.origin == Origin::NationalPool;
        profile.active && national && !ground.barred.contains(&profile.person)
    });
    let pool = frozen_pool(setup.mask, free, |profile| {
        let fits = keys.iter().filter_map(|(key, _, entry)| {
            let package = &entry.package;
            let fit = fit(profile, package.field(), |keyword| {
                package.mentions(keyword)
            })?;
            Some((key.clone(), fit))
        });
        fits.collect()
    })?;
    if pool.candidates.is_empty() {
        return Err(RoundRejection::NobodyInPool);
    }
    let mut against = BTreeSet::new();
    for candidate in &pool.candidates {
        let person = pool.people.get(&candidate.key);
        let profile = person.and_then(|person| ground.pool.get(&person.expert));
        let profile = profile.ok_or(RoundRejection::Numbers)?;
        for (key, application, _) in &keys {
            if candidate.affinity.contains_key(key) && conflicts.against(*application, profile) {
                against.insert(Conflict {
                    proposal: key.clone(),
                    candidate: candidate.key.clone(),
                });
            }
        }
    }
    let proposals = keys.into_iter().map(|(key, _, entry)| Proposal {
        key,
        lead_region: entry.region,
    });
    let input = DrawInput::new(
        draws::draw_id(setup.round)?,
        setup.limits,
        proposals.collect(),
        pool.candidates,
        against,
    )?;
    Ok((input, pool.people))
}

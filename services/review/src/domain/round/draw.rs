//! The draw: the pool frozen, conflicts kept out, the seed opened, every panel filled, all of it on
//! record. [Art. 15]

use std::collections::{BTreeMap, BTreeSet};

use panel::{
    Candidate, Committing, Conflict, DrawId, DrawInput, Proposal, ProposalKey, Revealing,
    SeedCommitment,
};
use regulation::{
    ApplicationId, ExpertId, PersonKey, Region, UnitId, check, rules::REVIEW_ROUNDS_PER_YEAR,
};

use super::{
    super::{Entry, Profile, fit},
    Drawing, ReviewRound, RoundEvent, RoundRejection, Seated, Setup, seats,
};

/// Who may not review which application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// By application: its units and whoever is affiliated with them.
    pub barred: BTreeMap<ApplicationId, BTreeSet<UnitId>>,
    /// Everybody who applies in this round: they compete with all of it.
    pub applicants: BTreeSet<PersonKey>,
}

impl Conflicts {
    /// What the batch and the known affiliates come to.
    pub fn of<'a>(
        batch: impl IntoIterator<Item = (&'a ApplicationId, &'a Entry)>,
        affiliates: &BTreeMap<UnitId, BTreeSet<UnitId>>,
    ) -> Self {
        let mut conflicts = Self::default();
        for (application, entry) in batch {
            let units = entry.package.units();
            let related = units.iter().filter_map(|unit| affiliates.get(unit));
            let barred = units.iter().chain(related.flatten()).copied();
            conflicts.barred.insert(*application, barred.collect());
            let people = entry.package.people().iter().cloned();
            conflicts.applicants.extend(people);
        }
        conflicts
    }

    /// Whether this expert may not review this application.
    pub fn against(&self, application: ApplicationId, expert: &Profile) -> bool {
        let employer = self
            .barred
            .get(&application)
            .is_some_and(|barred| barred.contains(&expert.employer));
        employer || self.applicants.contains(&expert.person)
    }
}

pub(super) fn draw(
    round: &ReviewRound,
    pool: &BTreeMap<ExpertId, Profile>,
    affiliates: &BTreeMap<UnitId, BTreeSet<UnitId>>,
    withdrawn: &BTreeSet<ApplicationId>,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let ReviewRound::Open(setup) = round else {
        return Err(RoundRejection::WrongState {
            needed: "已开启、尚未抽取专家",
        });
    };
    let departure = setup.departure.as_ref();
    check(REVIEW_ROUNDS_PER_YEAR, departure.is_none(), departure)
        .map_err(|refusal| RoundRejection::TooMany(Box::new(refusal)))?;
    let batch: BTreeMap<_, _> = setup
        .batch
        .iter()
        .filter(|(application, _)| !withdrawn.contains(application))
        .collect();
    if batch.is_empty() {
        return Err(RoundRejection::EmptyBatch);
    }
    let conflicts = Conflicts::of(batch.iter().map(|(id, entry)| (*id, *entry)), affiliates);
    let input = frozen(setup, &batch, pool, &conflicts)?;
    let randomness = open_seed(setup, &input)?;
    let draw = panel::draw(&input, &randomness.combine()?)?;
    let (named, roster) = named(&input, &draw, pool)?;
    let drawing = Drawing {
        input,
        named,
        draw,
        randomness,
        roster,
        barred: conflicts.barred,
    };
    let mut events = Vec::new();
    for (application, panel) in &drawing.draw.panels.0 {
        let application = application.as_str().parse();
        let application = application.map_err(|_| RoundRejection::Numbers)?;
        events.extend(seats::invitations(
            setup.round,
            application,
            panel,
            &BTreeMap::new(),
        )?);
    }
    events.insert(0, RoundEvent::Drawn(Box::new(drawing)));
    Ok(events)
}

/// Members and alternates of all panels: the part of the input by which others follow, and what is
/// needed to invite them.
fn named(
    input: &DrawInput,
    draw: &panel::Draw,
    pool: &BTreeMap<ExpertId, Profile>,
) -> Result<(DrawInput, BTreeMap<ExpertId, Seated>), RoundRejection> {
    let panels = draw.panels.0.values();
    let keys: BTreeSet<_> = panels
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
    let candidates = input.candidates().values();
    let conflicts = input.conflicts().iter();
    let named = DrawInput::new(
        input.draw_id().clone(),
        *input.limits(),
        input.proposals().values().cloned().collect(),
        candidates
            .filter(|candidate| keys.contains(&candidate.key))
            .cloned()
            .collect(),
        conflicts
            .filter(|conflict| keys.contains(&conflict.candidate))
            .cloned()
            .collect(),
    )?;
    Ok((named, roster))
}

fn draw_id(setup: &Setup) -> Result<DrawId, RoundRejection> {
    Ok(format!("{}/1", setup.round).parse()?)
}

/// The pool as the draw sees it: experts of the national pool, each person once, by who fits which
/// application; and who must not review which.
fn frozen(
    setup: &Setup,
    batch: &BTreeMap<&ApplicationId, &Entry>,
    pool: &BTreeMap<ExpertId, Profile>,
    conflicts: &Conflicts,
) -> Result<DrawInput, RoundRejection> {
    let mut proposals = Vec::new();
    for (application, entry) in batch {
        proposals.push(Proposal {
            key: application.to_string().parse()?,
            lead_region: entry.region,
        });
    }
    let mut people = BTreeSet::new();
    let mut candidates = Vec::new();
    let mut against = BTreeSet::new();
    for (expert, profile) in pool.iter().filter(|(_, p)| p.active && p.national) {
        if !people.insert(&profile.person) {
            continue;
        }
        let candidate = candidate(*expert, profile, batch)?;
        for application in batch.keys() {
            let proposal: ProposalKey = application.to_string().parse()?;
            let barred = conflicts.against(**application, profile);
            if barred && candidate.affinity.contains_key(&proposal) {
                against.insert(Conflict {
                    proposal,
                    candidate: candidate.key.clone(),
                });
            }
        }
        if !candidate.affinity.is_empty() {
            candidates.push(candidate);
        }
    }
    let id = draw_id(setup)?;
    Ok(DrawInput::new(
        id,
        setup.limits,
        proposals,
        candidates,
        against,
    )?)
}

fn candidate(
    expert: ExpertId,
    profile: &Profile,
    batch: &BTreeMap<&ApplicationId, &Entry>,
) -> Result<Candidate, RoundRejection> {
    let mut affinity = BTreeMap::new();
    for (application, entry) in batch {
        if let Some(fit) = fit(profile, &entry.package) {
            affinity.insert(application.to_string().parse()?, fit);
        }
    }
    Ok(Candidate {
        key: expert.to_string().parse()?,
        region: profile.region,
        // A branch in another region is an employer of its own to the draw.
        employer: format!("{}@{}", profile.employer, profile.region).parse()?,
        load: 0,
        affinity,
    })
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
    let draw = draw_id(setup).ok()?;
    Some(SeedCommitment::to(&setup.seed, Region::HUB, &draw))
}

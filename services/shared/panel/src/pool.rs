//! Who may be drawn for what, at what cost, and whether a seat is still free for him.

use std::collections::{BTreeMap, BTreeSet};

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use regulation::Region;
use serde::{Deserialize, Serialize};

use crate::{
    Affinity, Candidate, CombinedSeed, DrawInput, EmployerKey, ExpertKey, Limits, Proposal,
    ProposalKey, RegionsMin,
};

/// One of the limits that a panel keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Somebody is a candidate for the proposal at all.
    Candidates,
    /// The least fit.
    AffinityFloor,
    /// No conflict of interest.
    Conflict,
    /// The most proposals an expert has at once.
    Load,
    /// The most experts of one employer on a panel.
    Employer,
    /// From how many regions a panel comes at least.
    Regions,
    /// The most experts from the lead's own region.
    OwnRegion,
}

impl Limit {
    /// The limit in Chinese, as a refusal names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Candidates => "候选专家人数",
            Self::AffinityFloor => "专业匹配度下限",
            Self::Conflict => "利益冲突回避",
            Self::Load => "专家评审任务上限",
            Self::Employer => "同一单位专家人数上限",
            Self::Regions => "专家组至少来自两个地区",
            Self::OwnRegion => "牵头方所在地区专家人数上限",
        }
    }
}

/// A point of affinity weighs more than all tie-breaks of the largest draw together.
const AFFINITY_SHIFT: u32 = 64 + 20;
const _: () = assert!(
    DrawInput::PROPOSALS_MAX as u128 * DrawInput::PANEL_MAX as u128 <= 1 << (AFFINITY_SHIFT - 64)
);

/// A proposal and an expert who may be drawn for it.
pub(crate) struct Pair<'a> {
    pub(crate) expert: &'a Candidate,
    /// The expert's place among all candidates.
    pub(crate) index: usize,
    /// What is missing to the best fit, and below that 64 seeded bits that decide among equals.
    pub(crate) cost: i128,
}

/// For every proposal the experts who may be drawn, in the order of their keys.
pub(crate) fn admitted<'a>(
    input: &'a DrawInput,
    seed: &CombinedSeed,
) -> BTreeMap<&'a ProposalKey, Vec<Pair<'a>>> {
    let limits = input.limits();
    let conflicts: BTreeSet<_> = input
        .conflicts()
        .iter()
        .map(|c| (&c.proposal, &c.candidate))
        .collect();
    let mut pairs: BTreeMap<&ProposalKey, Vec<Pair<'_>>> = input
        .proposals()
        .keys()
        .map(|key| (key, Vec::new()))
        .collect();
    for (index, expert) in input.candidates().values().enumerate() {
        if expert.load >= limits.max_load {
            continue;
        }
        for (proposal, affinity) in &expert.affinity {
            if *affinity < limits.affinity_floor || conflicts.contains(&(proposal, &expert.key)) {
                continue;
            }
            if let Some(pairs) = pairs.get_mut(proposal) {
                let missing = Affinity::MAX.points() - affinity.points();
                pairs.push(Pair {
                    expert,
                    index,
                    cost: i128::from(missing) << AFFINITY_SHIFT,
                });
            }
        }
    }
    // One stream, in canonical order: the same bits on every machine.
    let mut rng = ChaCha20Rng::from_seed(*seed.bytes());
    for pair in pairs.values_mut().flatten() {
        pair.cost += i128::from(rng.next_u64());
    }
    pairs
}

/// The seats of one panel while they are being filled.
#[derive(Clone)]
pub(crate) struct Room<'a> {
    limits: Limits,
    lead_region: Region,
    taken: u32,
    by_region: BTreeMap<Region, u32>,
    by_employer: BTreeMap<&'a EmployerKey, u32>,
}

impl<'a> Room<'a> {
    pub(crate) fn new(limits: Limits, proposal: &Proposal) -> Self {
        Self {
            limits,
            lead_region: proposal.lead_region,
            taken: 0,
            by_region: BTreeMap::new(),
            by_employer: BTreeMap::new(),
        }
    }

    pub(crate) fn seated(
        limits: Limits,
        proposal: &Proposal,
        experts: impl IntoIterator<Item = &'a Candidate>,
    ) -> Self {
        let mut room = Self::new(limits, proposal);
        for expert in experts {
            room.seat(expert);
        }
        room
    }

    pub(crate) fn taken(&self) -> u32 {
        self.taken
    }

    pub(crate) fn is_full(&self) -> bool {
        self.taken >= self.limits.panel_size
    }

    /// Which limit speaks against this expert taking the next seat.
    pub(crate) fn against(&self, expert: &Candidate) -> Option<Limit> {
        let employer = self.by_employer.get(&expert.employer).copied().unwrap_or(0);
        if employer >= self.limits.max_per_employer {
            return Some(Limit::Employer);
        }
        let region = self.by_region.get(&expert.region).copied().unwrap_or(0);
        if region >= region_cap(&self.limits, self.lead_region, expert.region) {
            let own = expert.region == self.lead_region && region >= self.limits.own_region_cap;
            return Some(if own {
                Limit::OwnRegion
            } else {
                Limit::Regions
            });
        }
        None
    }

    pub(crate) fn seat(&mut self, expert: &'a Candidate) {
        self.taken += 1;
        *self.by_region.entry(expert.region).or_default() += 1;
        *self.by_employer.entry(&expert.employer).or_default() += 1;
    }

    /// Fills the seats in the given order. The limits lie one within the other (employer, region,
    /// panel), so whoever comes first takes nothing away from the number of seats filled, and in
    /// the order of cost the panel is the cheapest.
    pub(crate) fn fill(&mut self, experts: impl IntoIterator<Item = &'a Candidate>) {
        for expert in experts {
            if self.is_full() {
                break;
            }
            if self.against(expert).is_none() {
                self.seat(expert);
            }
        }
    }
}

/// The most experts of one region on a panel: the lead's own region has its cap, and none may hold
/// all seats where two regions are asked for.
pub(crate) fn region_cap(limits: &Limits, lead_region: Region, region: Region) -> u32 {
    let spread = match limits.regions_min {
        RegionsMin::One => limits.panel_size,
        RegionsMin::Two => limits.panel_size.saturating_sub(1),
    };
    if region == lead_region {
        spread.min(limits.own_region_cap)
    } else {
        spread
    }
}

/// Looks experts up by key; keys that are no candidates are passed over.
pub(crate) fn candidates<'a>(
    input: &'a DrawInput,
    keys: impl IntoIterator<Item = &'a ExpertKey>,
) -> impl Iterator<Item = &'a Candidate> {
    keys.into_iter()
        .filter_map(|key| input.candidates().get(key))
}

//! Checking what was published, without trust in whoever drew.

use std::collections::BTreeMap;

use crate::{
    Candidate, CombinedSeed, Conflict, Draw, DrawInput, ExpertKey, Limit, Panel, Panels, Proposal,
    ProposalKey,
    draw::members,
    pool::{Pair, Room, admitted, candidates, region_cap},
};

/// What is wrong with a published draw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It was made from another input.
    #[error("the draw was not made from this input")]
    Input,
    /// It was made with another seed.
    #[error("the draw was not made with this seed")]
    Seed,
    /// A proposal has no panel.
    #[error("{0} has no panel")]
    NoPanel(ProposalKey),
    /// A panel belongs to no proposal of the input.
    #[error("{0} is no proposal of this draw")]
    NoProposal(ProposalKey),
    /// A panel is short or over-full.
    #[error("{proposal} has {size} experts")]
    Size {
        /// The proposal.
        proposal: ProposalKey,
        /// How many sit there.
        size: usize,
    },
    /// A member, or an alternate, breaks a limit.
    #[error("{expert} on {proposal} breaks {limit:?}")]
    Limit {
        /// The proposal.
        proposal: ProposalKey,
        /// The expert.
        expert: ExpertKey,
        /// The limit.
        limit: Limit,
    },
    /// Somebody sits on more panels than the load limit allows.
    #[error("{0} has too many proposals")]
    Load(ExpertKey),
    /// Somebody is an alternate twice, or besides being a member, or although struck; or there are
    /// more alternates than named by the limits; or somebody struck sits on the panel.
    #[error("{expert} is named wrongly on {proposal}")]
    Named {
        /// The proposal.
        proposal: ProposalKey,
        /// The expert.
        expert: ExpertKey,
    },
    /// The stated total is not the sum of the members' fit.
    #[error("the members' fit adds up to {0}")]
    Total(u64),
    /// Somebody has a price although his load is not spent: the proof does not hold.
    #[error("{0} has a price but is free")]
    Price(ExpertKey),
    /// At the published prices another panel is better for this proposal.
    #[error("the panel of {0} is not the best")]
    NotBest(ProposalKey),
    /// Drawing again gives another result.
    #[error("drawing again gives another result")]
    Differs,
}

/// Checks a draw: every limit, that no better one exists (by the published prices, in one pass),
/// and that drawing again gives the same.
///
/// # Errors
/// Every [`Fault`] that was found.
pub fn verify(input: &DrawInput, seed: &CombinedSeed, published: &Draw) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    if published.draw != *input.draw_id() || published.input != input.digest() {
        faults.push(Fault::Input);
    }
    if published.seed != *seed {
        faults.push(Fault::Seed);
    }
    faults.extend(check(input, &published.panels).err().unwrap_or_default());
    faults.extend(not_the_best(input, seed, published));
    if crate::draw(input, seed).as_ref() != Ok(published) {
        faults.push(Fault::Differs);
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// Checks panels as they stand, after replacements too: every limit.
///
/// # Errors
/// Every [`Fault`] that was found.
pub fn check(input: &DrawInput, panels: &Panels) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    for key in panels
        .0
        .keys()
        .filter(|key| !input.proposals().contains_key(key))
    {
        faults.push(Fault::NoProposal(key.clone()));
    }
    for proposal in input.proposals().values() {
        match panels.get(&proposal.key) {
            Some(panel) => faults.extend(broken(input, proposal, panel)),
            None => faults.push(Fault::NoPanel(proposal.key.clone())),
        }
    }
    for (expert, load) in loads(panels) {
        let before = input.candidates().get(expert).map_or(0, |c| c.load);
        if before.saturating_add(load) > input.limits().max_load {
            faults.push(Fault::Load(expert.clone()));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn loads(panels: &Panels) -> BTreeMap<&ExpertKey, u32> {
    let mut loads = BTreeMap::new();
    for expert in panels.0.values().flat_map(|panel| &panel.experts) {
        *loads.entry(expert).or_default() += 1;
    }
    loads
}

fn broken(input: &DrawInput, proposal: &Proposal, panel: &Panel) -> Vec<Fault> {
    let limits = input.limits();
    let at = |expert: &ExpertKey, limit| Fault::Limit {
        proposal: proposal.key.clone(),
        expert: expert.clone(),
        limit,
    };
    let mut faults = Vec::new();
    if panel.experts.len() != limits.panel_size as usize {
        faults.push(Fault::Size {
            proposal: proposal.key.clone(),
            size: panel.experts.len(),
        });
    }
    for expert in panel.experts.iter().chain(&panel.alternates) {
        faults.extend(unfit(input, proposal, expert).map(|limit| at(expert, limit)));
    }
    let mut employers: BTreeMap<_, u32> = BTreeMap::new();
    let mut regions: BTreeMap<_, u32> = BTreeMap::new();
    for expert in members(input, panel) {
        let employer = employers.entry(&expert.employer).or_default();
        *employer += 1;
        if *employer > limits.max_per_employer {
            faults.push(at(&expert.key, Limit::Employer));
        }
        let region = regions.entry(expert.region).or_default();
        *region += 1;
        if expert.region == proposal.lead_region && *region > limits.own_region_cap {
            faults.push(at(&expert.key, Limit::OwnRegion));
        } else if *region > region_cap(limits, proposal.lead_region, expert.region) {
            faults.push(at(&expert.key, Limit::Regions));
        }
    }
    faults.extend(misnamed(proposal, panel, limits.alternates as usize));
    faults
}

fn unfit(input: &DrawInput, proposal: &Proposal, expert: &ExpertKey) -> Option<Limit> {
    let affinity = input
        .candidates()
        .get(expert)
        .and_then(|candidate| candidate.affinity.get(&proposal.key));
    let Some(affinity) = affinity else {
        return Some(Limit::Candidates);
    };
    if *affinity < input.limits().affinity_floor {
        return Some(Limit::AffinityFloor);
    }
    let conflict = Conflict {
        proposal: proposal.key.clone(),
        candidate: expert.clone(),
    };
    input
        .conflicts()
        .contains(&conflict)
        .then_some(Limit::Conflict)
}

fn misnamed(proposal: &Proposal, panel: &Panel, alternates_max: usize) -> Vec<Fault> {
    let named = |expert: &ExpertKey| Fault::Named {
        proposal: proposal.key.clone(),
        expert: expert.clone(),
    };
    let mut faults: Vec<Fault> = panel
        .experts
        .intersection(&panel.struck)
        .map(named)
        .collect();
    for (i, expert) in panel.alternates.iter().enumerate() {
        let twice = panel.alternates[..i].contains(expert);
        let elsewhere = panel.experts.contains(expert) || panel.struck.contains(expert);
        if twice || elsewhere || i >= alternates_max {
            faults.push(named(expert));
        }
    }
    faults
}

/// Linear-programming duality: if only those whose load is spent have a price, and each panel is the
/// cheapest for its proposal once prices are added, then no other draw is cheaper altogether.
fn not_the_best(input: &DrawInput, seed: &CombinedSeed, published: &Draw) -> Vec<Fault> {
    let mut faults = Vec::new();
    let loads = loads(&published.panels);
    for expert in published.prices.keys() {
        let before = input.candidates().get(expert).map_or(0, |c| c.load);
        let load = loads.get(expert).copied().unwrap_or(0);
        if before.saturating_add(load) < input.limits().max_load {
            faults.push(Fault::Price(expert.clone()));
        }
    }
    let price = |expert: &Candidate| {
        let price = published.prices.get(&expert.key).map_or(0, |price| price.0);
        i128::try_from(price).unwrap_or(i128::MAX)
    };
    let mut total: u64 = 0;
    for (key, pairs) in admitted(input, seed) {
        let (Some(proposal), Some(panel)) = (input.proposals().get(key), published.panels.get(key))
        else {
            continue;
        };
        let fit = candidates(input, &panel.experts).filter_map(|expert| expert.affinity.get(key));
        total += fit
            .map(|affinity| u64::from(affinity.points()))
            .sum::<u64>();
        if priced(&pairs, price, panel) != Some(cheapest(input, proposal, &pairs, price)) {
            faults.push(Fault::NotBest(key.clone()));
        }
    }
    if total != published.total_affinity {
        faults.push(Fault::Total(total));
    }
    faults
}

/// What a panel costs at the prices; nothing when somebody on it may not be drawn.
fn priced(pairs: &[Pair<'_>], price: impl Fn(&Candidate) -> i128, panel: &Panel) -> Option<i128> {
    let on_it = || {
        pairs
            .iter()
            .filter(|pair| panel.experts.contains(&pair.expert.key))
    };
    let sum = on_it().fold(0_i128, |sum, pair| {
        sum.saturating_add(pair.cost)
            .saturating_add(price(pair.expert))
    });
    (on_it().count() == panel.experts.len()).then_some(sum)
}

/// What the cheapest panel within the limits costs at the prices.
fn cheapest(
    input: &DrawInput,
    proposal: &Proposal,
    pairs: &[Pair<'_>],
    price: impl Fn(&Candidate) -> i128,
) -> i128 {
    let mut offers: Vec<(i128, &Candidate)> = pairs
        .iter()
        .map(|pair| (pair.cost.saturating_add(price(pair.expert)), pair.expert))
        .collect();
    offers.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
    let mut room = Room::new(*input.limits(), proposal);
    let mut sum = 0_i128;
    for (cost, expert) in offers {
        if room.is_full() {
            break;
        }
        if room.against(expert).is_none() {
            room.seat(expert);
            sum = sum.saturating_add(cost);
        }
    }
    sum
}

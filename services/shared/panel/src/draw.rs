//! The draw: every panel filled so that all of them together fit best, ties broken by the seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Candidate, CombinedSeed, DrawId, DrawInput, DrawRefused, ExpertKey, InputDigest, Limits,
    Proposal, ProposalKey, Unfilled,
    flow::Network,
    pool::{Pair, Room, admitted, candidates, region_cap},
    refused,
};

/// What one more turn of a fully loaded expert would be worth to the draw, in the draw's own cost
/// units (a point of affinity is 2^84, below it tie-break bits). Written as a decimal string.
///
/// The prices prove that the draw is the best: with them added to the costs, every panel is the
/// cheapest for its proposal by itself, and only those whose load is spent have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price(pub u128);

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// The experts of one proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// Who sits on the panel.
    pub experts: BTreeSet<ExpertKey>,
    /// Who follows, in this order.
    pub alternates: Vec<ExpertKey>,
    /// Who was named and is out: struck for conflict, refused, or silent.
    pub struck: BTreeSet<ExpertKey>,
}

/// All panels of a draw as they stand, by proposal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Panels(pub BTreeMap<ProposalKey, Panel>);

impl Panels {
    /// The panel of a proposal.
    pub fn get(&self, proposal: &ProposalKey) -> Option<&Panel> {
        self.0.get(proposal)
    }

    /// On how many panels of this draw an expert sits.
    pub fn load(&self, expert: &ExpertKey) -> u32 {
        self.0
            .values()
            .map(|panel| u32::from(panel.experts.contains(expert)))
            .sum()
    }
}

/// A finished draw, as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Which draw.
    pub draw: DrawId,
    /// The frozen input it was made from.
    pub input: InputDigest,
    /// The seed that decided among equals.
    pub seed: CombinedSeed,
    /// The panels as drawn.
    pub panels: Panels,
    /// Sum of the fit of everyone drawn; no other draw within the limits has more.
    pub total_affinity: u64,
    /// Proof of that: the price of everyone whose load is spent and who would be wanted elsewhere.
    pub prices: BTreeMap<ExpertKey, Price>,
}

/// Draws a full panel and its alternates for every proposal: the greatest total fit that the limits
/// allow, ties broken by the seed. The same input and seed give the same draw on every machine.
///
/// # Errors
/// [`DrawRefused`] names each proposal that cannot be filled and the limit that stands against it.
pub fn draw(input: &DrawInput, seed: &CombinedSeed) -> Result<Draw, DrawRefused> {
    let pairs = admitted(input, seed);
    refused::each_alone(input, &pairs)?;
    let mut roster = Roster::new(input, &pairs);
    roster.fill(input)?;
    let mut chosen: BTreeMap<&ProposalKey, Vec<&Candidate>> = BTreeMap::new();
    let mut load: BTreeMap<&ExpertKey, u32> = BTreeMap::new();
    let mut total_affinity = 0;
    for seat in &roster.seats {
        if roster.network.carries(seat.arc) {
            chosen.entry(seat.proposal).or_default().push(seat.expert);
            *load.entry(&seat.expert.key).or_default() += 1;
            total_affinity += seat
                .expert
                .affinity
                .get(seat.proposal)
                .map_or(0, |a| u64::from(a.points()));
        }
    }
    let limits = *input.limits();
    let is_free = |expert: &Candidate| {
        let here = load.get(&expert.key).copied().unwrap_or(0);
        expert.load.saturating_add(here) < limits.max_load
    };
    let mut panels = Panels::default();
    for (key, experts) in chosen {
        let (Some(proposal), Some(pairs)) = (input.proposals().get(key), pairs.get(key)) else {
            continue;
        };
        let panel = Panel {
            experts: experts.iter().map(|e| e.key.clone()).collect(),
            alternates: alternates(limits, proposal, &experts, pairs, is_free),
            struck: BTreeSet::new(),
        };
        panels.0.insert(key.clone(), panel);
    }
    Ok(Draw {
        draw: input.draw_id().clone(),
        input: input.digest(),
        seed: *seed,
        panels,
        total_affinity,
        prices: roster.prices(input),
    })
}

/// Names the alternates: by fit, then by the seed. Those without whom a member could not be
/// followed within the limits come before the others when there is not room for all.
fn alternates(
    limits: Limits,
    proposal: &Proposal,
    panel: &[&Candidate],
    pairs: &[Pair<'_>],
    is_free: impl Fn(&Candidate) -> bool,
) -> Vec<ExpertKey> {
    let mut rest: Vec<&Pair<'_>> = pairs
        .iter()
        .filter(|pair| is_free(pair.expert) && !panel.iter().any(|e| e.key == pair.expert.key))
        .collect();
    rest.sort_by_key(|pair| pair.cost);
    let mut needed = BTreeSet::new();
    let mut useful = BTreeSet::new();
    for member in panel {
        let others = panel
            .iter()
            .copied()
            .filter(|other| other.key != member.key);
        let room = Room::seated(limits, proposal, others);
        let mut follow = (0..rest.len()).filter(|&i| room.against(rest[i].expert).is_none());
        needed.extend(follow.next());
        useful.extend(follow);
    }
    let wanted = limits.alternates as usize;
    let mut named: Vec<usize> = needed.iter().copied().take(wanted).collect();
    let more = useful
        .difference(&needed)
        .copied()
        .take(wanted - named.len());
    named.extend(more.collect::<Vec<_>>());
    named.sort_unstable();
    named
        .into_iter()
        .map(|i| rest[i].expert.key.clone())
        .collect()
}

struct Seat<'a> {
    proposal: &'a ProposalKey,
    expert: &'a Candidate,
    arc: usize,
}

/// The network proposal → region → employer → expert → sink of one draw.
struct Roster<'a> {
    network: Network,
    sink: usize,
    proposals: Vec<(&'a ProposalKey, usize)>,
    experts: Vec<usize>,
    seats: Vec<Seat<'a>>,
}

impl<'a> Roster<'a> {
    fn new(input: &'a DrawInput, pairs: &BTreeMap<&'a ProposalKey, Vec<Pair<'a>>>) -> Self {
        let mut network = Network::default();
        let sink = network.node();
        let limits = input.limits();
        let experts: Vec<usize> = input
            .candidates()
            .values()
            .map(|expert| {
                let node = network.node();
                network.arc(node, sink, limits.max_load.saturating_sub(expert.load), 0);
                node
            })
            .collect();
        let mut roster = Self {
            network,
            sink,
            proposals: Vec::new(),
            experts,
            seats: Vec::new(),
        };
        for proposal in input.proposals().values() {
            let pairs = pairs.get(&proposal.key).map_or(&[][..], Vec::as_slice);
            roster.add(limits, proposal, pairs);
        }
        roster
    }

    fn add(&mut self, limits: &Limits, proposal: &'a Proposal, pairs: &[Pair<'a>]) {
        let network = &mut self.network;
        let source = network.node();
        self.proposals.push((&proposal.key, source));
        let mut regions = BTreeMap::new();
        let mut employers = BTreeMap::new();
        for pair in pairs {
            let expert = pair.expert;
            let region = *regions.entry(expert.region).or_insert_with(|| {
                let node = network.node();
                let cap = region_cap(limits, proposal.lead_region, expert.region);
                network.arc(source, node, cap, 0);
                node
            });
            let employer = *employers.entry(&expert.employer).or_insert_with(|| {
                let node = network.node();
                network.arc(region, node, limits.max_per_employer, 0);
                node
            });
            let arc = network.arc(employer, self.experts[pair.index], 1, pair.cost);
            self.seats.push(Seat {
                proposal: &proposal.key,
                expert,
                arc,
            });
        }
    }

    fn fill(&mut self, input: &DrawInput) -> Result<(), DrawRefused> {
        let needed = input.limits().panel_size;
        for &(proposal, source) in &self.proposals {
            for found in 0..needed {
                if !self.network.push(source, self.sink) {
                    let rivals = self
                        .proposals
                        .iter()
                        .filter(|(key, node)| *key != proposal && self.network.reached(*node));
                    let rivals = rivals.map(|(key, _)| (*key).clone()).collect();
                    return Err(Unfilled::contested(proposal, found, needed, rivals).into());
                }
            }
        }
        Ok(())
    }

    fn prices(&self, input: &DrawInput) -> BTreeMap<ExpertKey, Price> {
        let nodes = input.candidates().keys().zip(&self.experts);
        nodes
            .filter_map(|(key, &node)| {
                let below = self.network.potential(self.sink) - self.network.potential(node);
                let price = u128::try_from(below).ok().filter(|price| *price > 0)?;
                Some((key.clone(), Price(price)))
            })
            .collect()
    }
}

/// The members of a panel as candidates of the input.
pub(crate) fn members<'a>(
    input: &'a DrawInput,
    panel: &'a Panel,
) -> impl Iterator<Item = &'a Candidate> {
    candidates(input, &panel.experts)
}

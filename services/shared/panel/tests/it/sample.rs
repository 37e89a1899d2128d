//! Small inputs, written by hand or generated.

use std::collections::{BTreeMap, BTreeSet};

use panel::{
    Affinity, Candidate, CombinedSeed, Conflict, Draw, DrawInput, ExpertKey, Limits, Panel,
    Proposal, ProposalKey, RegionsMin,
};
use proptest::prelude::*;
use regulation::Region;

pub(crate) const REGIONS: [Region; 4] = [Region::AH, Region::JS, Region::SH, Region::ZJ];

/// Limits that bind nobody but by the panel's size.
pub(crate) fn loose(panel_size: u32) -> Limits {
    Limits {
        panel_size,
        alternates: 2,
        max_load: 100,
        affinity_floor: affinity(0),
        regions_min: RegionsMin::One,
        max_per_employer: panel_size,
        own_region_cap: panel_size,
    }
}

pub(crate) fn affinity(points: u32) -> Affinity {
    Affinity::try_from(points).unwrap()
}

pub(crate) fn expert(key: &str) -> ExpertKey {
    key.parse().unwrap()
}

pub(crate) fn proposal(key: &str) -> ProposalKey {
    key.parse().unwrap()
}

pub(crate) fn experts(keys: &[&str]) -> BTreeSet<ExpertKey> {
    keys.iter().map(|key| expert(key)).collect()
}

pub(crate) fn seed(byte: u8) -> CombinedSeed {
    CombinedSeed::from([byte; 32])
}

pub(crate) fn candidate(
    key: &str,
    region: Region,
    employer: &str,
    fits: &[(&str, u32)],
) -> Candidate {
    Candidate {
        key: expert(key),
        region,
        employer: employer.parse().unwrap(),
        load: 0,
        affinity: fits
            .iter()
            .map(|(key, points)| (proposal(key), affinity(*points)))
            .collect(),
    }
}

pub(crate) fn conflict(proposal_key: &str, candidate_key: &str) -> Conflict {
    Conflict {
        proposal: proposal(proposal_key),
        candidate: expert(candidate_key),
    }
}

pub(crate) fn input(
    limits: Limits,
    proposals: &[(&str, Region)],
    candidates: &[Candidate],
    conflicts: &[Conflict],
) -> DrawInput {
    let proposals = proposals
        .iter()
        .map(|(key, lead_region)| Proposal {
            key: proposal(key),
            lead_region: *lead_region,
        })
        .collect();
    DrawInput::new(
        "round-1/1".parse().unwrap(),
        limits,
        proposals,
        candidates.to_vec(),
        conflicts.iter().cloned().collect(),
    )
    .unwrap()
}

pub(crate) fn panel_of<'a>(draw: &'a Draw, key: &str) -> &'a Panel {
    draw.panels.get(&proposal(key)).unwrap()
}

/// One proposal `p` led from Shanghai and, by falling fit, two experts of Shanghai at one
/// employer, then one each of Shanghai, Jiangsu and Zhejiang.
pub(crate) fn five() -> Vec<Candidate> {
    vec![
        candidate("a", Region::SH, "fudan", &[("p", 9_000)]),
        candidate("b", Region::SH, "fudan", &[("p", 8_000)]),
        candidate("c", Region::SH, "sjtu", &[("p", 7_000)]),
        candidate("d", Region::JS, "nju", &[("p", 6_000)]),
        candidate("e", Region::ZJ, "zju", &[("p", 5_000)]),
    ]
}

/// The parts of an input before they are put into canonical order.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) limits: Limits,
    pub(crate) proposals: Vec<Proposal>,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) conflicts: BTreeSet<Conflict>,
}

impl Parts {
    pub(crate) fn input(&self) -> DrawInput {
        let Self {
            limits,
            proposals,
            candidates,
            conflicts,
        } = self.clone();
        DrawInput::new(
            "r/1".parse().unwrap(),
            limits,
            proposals,
            candidates,
            conflicts,
        )
        .unwrap()
    }
}

/// Tiny inputs in which every limit binds now and then; few different fits, so that ties are many.
pub(crate) fn parts() -> impl Strategy<Value = Parts> {
    (2_u32..=3, 1_usize..=3, 3_usize..=8).prop_flat_map(|(k, proposals, experts)| {
        let limits = (0_u32..3, 1_u32..3, 0_u32..300, 1_u8..=2, 1..=k, 0..=k);
        let limits =
            limits.prop_map(
                move |(alternates, load, floor, regions, employer, own)| Limits {
                    panel_size: k,
                    alternates,
                    max_load: load,
                    affinity_floor: affinity(floor),
                    regions_min: regions.try_into().unwrap(),
                    max_per_employer: employer,
                    own_region_cap: own,
                },
            );
        let fits = prop::collection::vec(prop::option::weighted(0.9, 0_u32..8), proposals);
        let candidate = (0_usize..3, 0_usize..2, 0_u32..2, fits);
        let candidates = prop::collection::vec(candidate, experts);
        let leads = prop::collection::vec(0_usize..3, proposals);
        let pairs = prop::collection::vec((0..proposals, 0..experts), 0..4);
        (limits, leads, candidates, pairs).prop_map(|(limits, leads, candidates, pairs)| Parts {
            limits,
            proposals: (0..)
                .zip(&leads)
                .map(|(i, lead)| made_proposal(i, *lead))
                .collect(),
            candidates: (0..)
                .zip(candidates)
                .map(|(i, c)| made_candidate(i, c))
                .collect(),
            conflicts: pairs
                .into_iter()
                .map(|(p, e)| conflict(&format!("p{p}"), &format!("e{e}")))
                .collect(),
        })
    })
}

fn made_proposal(number: usize, lead: usize) -> Proposal {
    Proposal {
        key: proposal(&format!("p{number}")),
        lead_region: REGIONS[lead],
    }
}

fn made_candidate(
    number: usize,
    (region, employer, load, fits): (usize, usize, u32, Vec<Option<u32>>),
) -> Candidate {
    let fits = (0..)
        .zip(fits)
        .filter_map(|(p, fit): (usize, _)| Some((p, fit?)));
    let affinity: BTreeMap<_, _> = fits
        .map(|(p, fit)| (proposal(&format!("p{p}")), affinity(fit * 100)))
        .collect();
    Candidate {
        key: expert(&format!("e{number}")),
        region: REGIONS[region],
        employer: format!("{}-{employer}", REGIONS[region]).parse().unwrap(),
        load,
        affinity,
    }
}

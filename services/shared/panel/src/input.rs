//! What a draw is made from: proposals, candidates with their expertise, conflicts, limits; checked
//! once, in one canonical order, with one digest.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use regulation::Region;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    DrawId, EmployerKey, ExpertKey, InvalidSeed, ProposalKey,
    seed::{Parts, bytes32},
};

const INPUT_DOMAIN: &[u8] = b"jiebang/panel/draw-input/v1";

bytes32! {
    /// The digest of a frozen [`DrawInput`]: everything that can change the outcome is in it.
    InputDigest,
}

impl fmt::Debug for InputDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// How well an expert's field fits a proposal: 0 (not at all) to 10,000 (entirely).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Affinity(u16);

impl Affinity {
    /// The best fit there is.
    pub const MAX: Self = Self(10_000);

    /// The fit in ten-thousandths.
    pub fn points(self) -> u32 {
        u32::from(self.0)
    }
}

impl TryFrom<u32> for Affinity {
    type Error = InputFault;

    fn try_from(points: u32) -> Result<Self, InputFault> {
        match u16::try_from(points) {
            Ok(points) if points <= Self::MAX.0 => Ok(Self(points)),
            _ => Err(InputFault::Affinity(points)),
        }
    }
}

impl From<Affinity> for u32 {
    fn from(affinity: Affinity) -> Self {
        affinity.points()
    }
}

/// From how many regions a panel comes at least. Two is "no region holds them all", which a flow
/// can keep; more is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum RegionsMin {
    /// No demand on regions.
    One,
    /// At least two regions.
    Two,
}

impl TryFrom<u8> for RegionsMin {
    type Error = InputFault;

    fn try_from(regions: u8) -> Result<Self, InputFault> {
        match regions {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            other => Err(InputFault::RegionsMin(other)),
        }
    }
}

impl From<RegionsMin> for u8 {
    fn from(regions: RegionsMin) -> Self {
        match regions {
            RegionsMin::One => 1,
            RegionsMin::Two => 2,
        }
    }
}

/// What every panel has to keep; numbers of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Experts on a panel.
    pub panel_size: u32,
    /// Alternates named for each panel.
    pub alternates: u32,
    /// Proposals an expert may have at once, those of other rounds included.
    pub max_load: u32,
    /// Least fit between an expert and a proposal.
    pub affinity_floor: Affinity,
    /// From how many regions a panel comes at least.
    pub regions_min: RegionsMin,
    /// Most experts of one employer on a panel.
    pub max_per_employer: u32,
    /// Most experts from the region of the proposal's lead on a panel.
    pub own_region_cap: u32,
}

/// What a panel is drawn for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub key: ProposalKey,
    /// Where its lead, or demander, sits.
    pub lead_region: Region,
}

/// An expert who could be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The expert's pseudonym.
    pub key: ExpertKey,
    /// The region he is registered in.
    pub region: Region,
    /// Where he works.
    pub employer: EmployerKey,
    /// Proposals he has already, from other draws.
    pub load: u32,
    /// His fit by proposal; for one that is not named here he cannot be drawn.
    pub affinity: BTreeMap<ProposalKey, Affinity>,
}

/// This candidate must not judge this proposal, whatever the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conflict {
    /// The proposal.
    pub proposal: ProposalKey,
    /// The candidate.
    pub candidate: ExpertKey,
}

/// What is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputFault {
    /// Not within 0 to 10,000.
    #[error("an affinity lies between 0 and 10000, not {0}")]
    Affinity(u32),
    /// Only one or two regions can be asked for.
    #[error("a panel can be asked to come from 1 or 2 regions, not {0}")]
    RegionsMin(u8),
    /// A panel has 1 to [`DrawInput::PANEL_MAX`] experts, and two regions need two.
    #[error("not a possible panel size: {0}")]
    PanelSize(u32),
    /// An employer's limit of none leaves no panel.
    #[error("at least one expert of an employer must be allowed")]
    PerEmployer,
    /// Nothing to draw for, or more than [`DrawInput::PROPOSALS_MAX`].
    #[error("not a possible number of proposals: {0}")]
    Proposals(usize),
    /// More than [`DrawInput::CANDIDATES_MAX`].
    #[error("too many candidates: {0}")]
    Candidates(usize),
    /// Two proposals have one key.
    #[error("proposal {0} is there twice")]
    ProposalTwice(ProposalKey),
    /// Two candidates have one key.
    #[error("candidate {0} is there twice")]
    CandidateTwice(ExpertKey),
    /// A conflict or a fit names a proposal that is not in the draw.
    #[error("there is no proposal {0}")]
    NoProposal(ProposalKey),
    /// A conflict names a candidate that is not in the draw.
    #[error("there is no candidate {0}")]
    NoCandidate(ExpertKey),
    /// An employer's branches in several regions need keys of their own.
    #[error("employer {0} lies in two regions")]
    EmployerInTwoRegions(EmployerKey),
}

/// Everything a draw depends on but the seed. Built once, it is the same whatever order its parts
/// were handed in, and always valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parcel", into = "Parcel")]
pub struct DrawInput {
    draw: DrawId,
    limits: Limits,
    proposals: BTreeMap<ProposalKey, Proposal>,
    candidates: BTreeMap<ExpertKey, Candidate>,
    conflicts: BTreeSet<Conflict>,
}

/// The form in which an input is stored and published.
#[derive(Serialize, Deserialize)]
struct Parcel {
    draw: DrawId,
    limits: Limits,
    proposals: Vec<Proposal>,
    candidates: Vec<Candidate>,
    conflicts: BTreeSet<Conflict>,
}

impl TryFrom<Parcel> for DrawInput {
    type Error = InputFault;

    fn try_from(parcel: Parcel) -> Result<Self, InputFault> {
        let Parcel {
            draw,
            limits,
            proposals,
            candidates,
            conflicts,
        } = parcel;
        Self::new(draw, limits, proposals, candidates, conflicts)
    }
}

impl From<DrawInput> for Parcel {
    fn from(input: DrawInput) -> Self {
        Self {
            draw: input.draw,
            limits: input.limits,
            proposals: input.proposals.into_values().collect(),
            candidates: input.candidates.into_values().collect(),
            conflicts: input.conflicts,
        }
    }
}

impl DrawInput {
    /// Most experts on a panel.
    pub const PANEL_MAX: u32 = 50;
    /// Most proposals in one draw.
    pub const PROPOSALS_MAX: usize = 20_000;
    /// Most candidates in one draw.
    pub const CANDIDATES_MAX: usize = 200_000;

    /// Checks the parts and brings them into canonical order.
    ///
    /// # Errors
    /// The first [`InputFault`].
    pub fn new(
        draw: DrawId,
        limits: Limits,
        proposals: Vec<Proposal>,
        candidates: Vec<Candidate>,
        conflicts: BTreeSet<Conflict>,
    ) -> Result<Self, InputFault> {
        check_limits(limits)?;
        if !(1..=Self::PROPOSALS_MAX).contains(&proposals.len()) {
            return Err(InputFault::Proposals(proposals.len()));
        }
        if candidates.len() > Self::CANDIDATES_MAX {
            return Err(InputFault::Candidates(candidates.len()));
        }
        let mut input = Self {
            draw,
            limits,
            proposals: BTreeMap::new(),
            candidates: BTreeMap::new(),
            conflicts: BTreeSet::new(),
        };
        for proposal in proposals {
            if let Some(twice) = input.proposals.insert(proposal.key.clone(), proposal) {
                return Err(InputFault::ProposalTwice(twice.key));
            }
        }
        input.add_candidates(candidates)?;
        input.add_conflicts(conflicts)?;
        Ok(input)
    }

    fn add_candidates(&mut self, candidates: Vec<Candidate>) -> Result<(), InputFault> {
        let mut employers: BTreeMap<EmployerKey, Region> = BTreeMap::new();
        for candidate in candidates {
            let region = *employers
                .entry(candidate.employer.clone())
                .or_insert(candidate.region);
            if region != candidate.region {
                return Err(InputFault::EmployerInTwoRegions(candidate.employer));
            }
            if let Some(unknown) = candidate
                .affinity
                .keys()
                .find(|key| !self.proposals.contains_key(key))
            {
                return Err(InputFault::NoProposal(unknown.clone()));
            }
            if let Some(twice) = self.candidates.insert(candidate.key.clone(), candidate) {
                return Err(InputFault::CandidateTwice(twice.key));
            }
        }
        Ok(())
    }

    fn add_conflicts(&mut self, conflicts: BTreeSet<Conflict>) -> Result<(), InputFault> {
        for conflict in &conflicts {
            if !self.proposals.contains_key(&conflict.proposal) {
                return Err(InputFault::NoProposal(conflict.proposal.clone()));
            }
            if !self.candidates.contains_key(&conflict.candidate) {
                return Err(InputFault::NoCandidate(conflict.candidate.clone()));
            }
        }
        self.conflicts = conflicts;
        Ok(())
    }

    /// Which draw this is.
    pub fn draw_id(&self) -> &DrawId {
        &self.draw
    }

    /// What every panel has to keep.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The proposals, by key.
    pub fn proposals(&self) -> &BTreeMap<ProposalKey, Proposal> {
        &self.proposals
    }

    /// The candidates, by key.
    pub fn candidates(&self) -> &BTreeMap<ExpertKey, Candidate> {
        &self.candidates
    }

    /// The conflicts.
    pub fn conflicts(&self) -> &BTreeSet<Conflict> {
        &self.conflicts
    }

    /// The digest that is frozen before any seed is opened: over every part in canonical order,
    /// each with its length, so independent of any document format.
    pub fn digest(&self) -> InputDigest {
        let limits = &self.limits;
        let mut parts = Parts::new(INPUT_DOMAIN)
            .bytes(self.draw.as_str().as_bytes())
            .number(limits.panel_size.into())
            .number(limits.alternates.into())
            .number(limits.max_load.into())
            .number(limits.affinity_floor.points().into())
            .number(u8::from(limits.regions_min).into())
            .number(limits.max_per_employer.into())
            .number(limits.own_region_cap.into())
            .number(self.proposals.len() as u64);
        for proposal in self.proposals.values() {
            parts = parts
                .bytes(proposal.key.as_str().as_bytes())
                .bytes(proposal.lead_region.as_str().as_bytes());
        }
        parts = parts.number(self.candidates.len() as u64);
        for candidate in self.candidates.values() {
            parts = parts
                .bytes(candidate.key.as_str().as_bytes())
                .bytes(candidate.region.as_str().as_bytes())
                .bytes(candidate.employer.as_str().as_bytes())
                .number(candidate.load.into())
                .number(candidate.affinity.len() as u64);
            for (proposal, affinity) in &candidate.affinity {
                parts = parts
                    .bytes(proposal.as_str().as_bytes())
                    .number(affinity.points().into());
            }
        }
        parts = parts.number(self.conflicts.len() as u64);
        for conflict in &self.conflicts {
            parts = parts
                .bytes(conflict.proposal.as_str().as_bytes())
                .bytes(conflict.candidate.as_str().as_bytes());
        }
        InputDigest::from(parts.finish())
    }
}

fn check_limits(limits: Limits) -> Result<(), InputFault> {
    let least = u32::from(u8::from(limits.regions_min));
    if !(least..=DrawInput::PANEL_MAX).contains(&limits.panel_size) {
        return Err(InputFault::PanelSize(limits.panel_size));
    }
    if limits.max_per_employer == 0 {
        return Err(InputFault::PerEmployer);
    }
    Ok(())
}

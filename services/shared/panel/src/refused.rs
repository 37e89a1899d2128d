//! Why a draw is refused: which proposal cannot get its panel, and which limit stands against it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use regulation::{Refusal, Rule};
use serde::{Deserialize, Serialize};

use crate::{
    Candidate, Conflict, DrawInput, Limit, Limits, Proposal, ProposalKey, RegionsMin,
    pool::{Pair, Room},
};

/// What every panel keeps: size, fit, load, employers, regions.
pub const PANEL_LIMITS: Rule = Rule::ours(
    "panel.limits",
    "专家组应满足人数、专业匹配、任务量、单位和地区的限制，达不到时不得抽取",
);

/// One proposal whose panel stays short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfilled {
    /// The proposal.
    pub proposal: ProposalKey,
    /// The limit that leaves too few.
    pub limit: Limit,
    /// How many seats can be filled.
    pub found: u32,
    /// How many a panel has.
    pub needed: u32,
    /// The proposals that compete for the same experts; empty when the proposal falls short alone.
    pub rivals: BTreeSet<ProposalKey>,
}

impl Unfilled {
    pub(crate) fn contested(
        proposal: &ProposalKey,
        found: u32,
        needed: u32,
        rivals: BTreeSet<ProposalKey>,
    ) -> Self {
        Self {
            proposal: proposal.clone(),
            limit: Limit::Load,
            found,
            needed,
            rivals,
        }
    }
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            proposal,
            limit,
            found,
            needed,
            rivals,
        } = self;
        write!(
            f,
            "{proposal}需要专家{needed}名，受“{}”所限只能安排{found}名",
            limit.name()
        )?;
        if rivals.is_empty() {
            Ok(())
        } else {
            write!(f, "（与另外{}项争用同一批专家）", rivals.len())
        }
    }
}

/// No draw: at least one proposal cannot get a full panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("panels cannot be filled: {unfilled:?}")]
pub struct DrawRefused {
    /// Every proposal that falls short by itself; or, when each could be filled alone, the first
    /// for which no expert is left.
    pub unfilled: Vec<Unfilled>,
}

impl From<Unfilled> for DrawRefused {
    fn from(unfilled: Unfilled) -> Self {
        Self {
            unfilled: vec![unfilled],
        }
    }
}

impl From<DrawRefused> for Refusal {
    fn from(refused: DrawRefused) -> Self {
        let sentences: Vec<String> = refused.unfilled.iter().map(ToString::to_string).collect();
        Self::new(
            PANEL_LIMITS,
            format!("专家组无法抽齐：{}", sentences.join("；")),
            "请补充候选专家，或经批准调整抽取参数后重新抽取",
        )
        .with("unfilled", refused.unfilled.len())
    }
}

/// Holds every proposal by itself against the limits, as if no other wanted its experts.
pub(crate) fn each_alone(
    input: &DrawInput,
    pairs: &BTreeMap<&ProposalKey, Vec<Pair<'_>>>,
) -> Result<(), DrawRefused> {
    let is_short = |proposal: &&Proposal| {
        let mut room = Room::new(*input.limits(), proposal);
        room.fill(
            pairs
                .get(&proposal.key)
                .into_iter()
                .flatten()
                .map(|pair| pair.expert),
        );
        !room.is_full()
    };
    let short = input.proposals().values().filter(is_short);
    let unfilled: Vec<Unfilled> = short
        .filter_map(|proposal| alone(input, proposal))
        .collect();
    if unfilled.is_empty() {
        Ok(())
    } else {
        Err(DrawRefused { unfilled })
    }
}

/// Adds one limit after the other and names the first that leaves too few.
fn alone(input: &DrawInput, proposal: &Proposal) -> Option<Unfilled> {
    let limits = *input.limits();
    let needed = limits.panel_size;
    let short = |limit, found| {
        let proposal = proposal.key.clone();
        (found < needed).then(|| Unfilled {
            proposal,
            limit,
            found,
            needed,
            rivals: BTreeSet::new(),
        })
    };
    let count = |list: &[&Candidate]| u32::try_from(list.len()).unwrap_or(u32::MAX);

    let mut left: Vec<_> = input
        .candidates()
        .values()
        .filter(|c| c.affinity.contains_key(&proposal.key))
        .collect();
    if let Some(unfilled) = short(Limit::Candidates, count(&left)) {
        return Some(unfilled);
    }
    left.retain(|c| {
        c.affinity
            .get(&proposal.key)
            .is_some_and(|a| *a >= limits.affinity_floor)
    });
    if let Some(unfilled) = short(Limit::AffinityFloor, count(&left)) {
        return Some(unfilled);
    }
    left.retain(|c| {
        let conflict = Conflict {
            proposal: proposal.key.clone(),
            candidate: c.key.clone(),
        };
        !input.conflicts().contains(&conflict)
    });
    if let Some(unfilled) = short(Limit::Conflict, count(&left)) {
        return Some(unfilled);
    }
    left.retain(|c| c.load < limits.max_load);
    if let Some(unfilled) = short(Limit::Load, count(&left)) {
        return Some(unfilled);
    }
    let any_region = Limits {
        regions_min: RegionsMin::One,
        own_region_cap: needed,
        ..limits
    };
    let any_own = Limits {
        own_region_cap: needed,
        ..limits
    };
    let steps = [
        (Limit::Employer, any_region),
        (Limit::Regions, any_own),
        (Limit::OwnRegion, limits),
    ];
    steps.into_iter().find_map(|(limit, limits)| {
        let mut room = Room::new(limits, proposal);
        room.fill(left.iter().copied());
        short(limit, room.taken())
    })
}

//! Where every member's seed stands, as people may see it.

use std::collections::{BTreeMap, BTreeSet};

use panel::SeedCommitment;
use proto::evaluation::v1 as wire;
use regulation::Region;

use crate::{Gathering, Opening, Story};

/// How far a draw's randomness has come.
#[derive(Debug, Clone, Copy)]
pub enum Course<'a> {
    /// Members commit.
    Gathering(&'a Gathering),
    /// Seeds are being opened, or are open.
    Opening(&'a Opening),
}

impl Course<'_> {
    fn story(&self) -> &Story {
        match self {
            Self::Gathering(gathering) => &gathering.story,
            Self::Opening(opening) => &opening.story,
        }
    }

    fn commitments(&self) -> &BTreeMap<Region, SeedCommitment> {
        match self {
            Self::Gathering(gathering) => gathering.committing.commitments(),
            Self::Opening(opening) => opening.randomness.commitments(),
        }
    }

    /// The members whose seed is waited for: its commitment before the freeze, itself afterwards.
    pub fn missing(&self) -> BTreeSet<Region> {
        match self {
            Self::Gathering(gathering) => gathering.missing(),
            Self::Opening(opening) => opening.missing(),
        }
    }

    /// What the hub is committed to, hex.
    pub fn commitment_of_the_hub(&self) -> Option<String> {
        Some(self.commitments().get(&Region::HUB)?.to_hex())
    }

    fn state(&self, region: Region) -> wire::SeedState {
        let story = self.story();
        let opening = match self {
            Self::Gathering(_) => None,
            Self::Opening(opening) => Some(&opening.randomness),
        };
        let is_open = opening.is_some_and(|seeds| seeds.seeds().contains_key(&region));
        let recovery = story.recoveries.get(&region);
        if story.waived.contains_key(&region) {
            wire::SeedState::Waived
        } else if is_open && recovery.is_some_and(|recovery| recovery.opened) {
            wire::SeedState::Recovered
        } else if is_open {
            wire::SeedState::Revealed
        } else if !self.commitments().contains_key(&region) {
            wire::SeedState::Awaited
        } else if opening.is_some() {
            wire::SeedState::Withheld
        } else {
            wire::SeedState::Committed
        }
    }

    fn member(&self, region: Region) -> wire::MemberSeed {
        let story = self.story();
        let commitment = self.commitments().get(&region);
        let needed = story.shares_needed(region).unwrap_or_default();
        let mut view = wire::MemberSeed {
            region: region.to_string(),
            state: self.state(region).into(),
            commitment: commitment.map(SeedCommitment::to_hex).unwrap_or_default(),
            fault: story.faults.get(&region).cloned().unwrap_or_default(),
            shares_needed: i32::try_from(needed).unwrap_or(i32::MAX),
            ..Default::default()
        };
        if let Some(recovery) = story.recoveries.get(&region) {
            view.shares_from = recovery.shares.keys().map(ToString::to_string).collect();
            view.by.clone_from(&recovery.asked.by);
            view.reason = recovery.asked.reason.to_string();
        }
        if let Some(waiver) = story.waived.get(&region) {
            view.by.clone_from(&waiver.by);
            view.reason = waiver.reason.to_string();
        }
        view
    }
}

/// Every member's seed; nothing of a round that has none.
pub fn view(round: impl ToString, course: Option<Course<'_>>) -> wire::Seeds {
    let mut view = wire::Seeds {
        round_id: round.to_string(),
        ..Default::default()
    };
    let Some(course) = course else {
        return view;
    };
    let asked: Vec<_> = match course {
        Course::Gathering(gathering) => gathering.committing.members().iter().collect(),
        Course::Opening(opening) => {
            view.input_digest = opening.randomness.input().to_hex();
            opening.randomness.commitments().keys().collect()
        }
    };
    let waived = course.story().waived.keys();
    let regions: BTreeSet<_> = asked.into_iter().chain(waived).copied().collect();
    view.members = regions
        .into_iter()
        .map(|region| course.member(region))
        .collect();
    let missing = course.missing();
    view.waiting_for = missing.iter().map(ToString::to_string).collect();
    view
}

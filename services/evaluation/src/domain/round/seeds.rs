//! Where a draw's randomness comes from: members commit, the pool is frozen, seeds are opened; what
//! is withheld is opened by the others' shares, and only then gone without.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use panel::{InputDigest, Revealing, Seed, SeedCommitment, SeedFault, Share, shares_needed};
use regulation::{Context, Region, Text};
use serde::{Deserialize, Serialize};

use super::{
    super::{draw_id, holders},
    EvaluationRound, Frozen, Gathering, RoundEvent, RoundRejection, Waiver,
    draw::{Made, draw},
};

/// A member's word before the freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// What binds it to its seed.
    pub commitment: SeedCommitment,
    /// What binds it to the shares that the others keep.
    pub shares: BTreeMap<Region, Digest>,
}

/// A seed that the others' shares are to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// Who asked for it, and why.
    pub asked: Waiver,
    /// The shares that are in, by who kept them.
    pub shares: BTreeMap<Region, Share>,
    /// Whether they opened it.
    pub opened: bool,
}

/// What happened to seeds besides being opened by their members.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedStory {
    /// What binds members to their shares.
    pub seals: BTreeMap<Region, BTreeMap<Region, Digest>>,
    /// Who is gone without.
    pub waived: BTreeMap<Region, Waiver>,
    /// Whose seeds the others' shares are to open.
    pub recoveries: BTreeMap<Region, Recovery>,
    /// What is wrong with a seed or a share, in Chinese.
    pub faults: BTreeMap<Region, String>,
}

impl SeedStory {
    /// How many shares open a member's seed; none where nobody keeps enough of them.
    pub fn shares_needed(&self, region: Region) -> Option<usize> {
        shares_needed(self.seals.get(&region)?.len())
    }
}

fn frozen(round: &EvaluationRound) -> Result<&Frozen, RoundRejection> {
    match round {
        EvaluationRound::Frozen(frozen) => Ok(frozen),
        _ => Err(RoundRejection::WrongState {
            needed: "名单已固定、正在公开种子",
        }),
    }
}

/// A fact about a seed, and the draw if it was the last one that was waited for.
fn then_draw(
    frozen: &Frozen,
    fact: RoundEvent,
    randomness: &Revealing,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let made = Made {
        input: &frozen.input,
        people: &frozen.people,
    };
    let mut events = vec![fact];
    events.extend(draw(&made, randomness)?);
    Ok(events)
}

/// A member commits to its seed.
pub(super) fn note_commitment(
    round: &EvaluationRound,
    region: Region,
    word: Word,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let gathering: &Gathering = match round {
        EvaluationRound::Open(gathering) => gathering,
        // It went on without this member, or the same is told again.
        EvaluationRound::Frozen(frozen) => {
            let known = frozen.randomness.commitments().get(&region);
            let stands = known.is_none_or(|before| *before == word.commitment);
            return if stands {
                Ok(vec![])
            } else {
                Err(SeedFault::Already(region).into())
            };
        }
        EvaluationRound::Unknown => {
            return Err(RoundRejection::WrongState {
                needed: "已开启"
            });
        }
        _ => return Ok(vec![]),
    };
    if gathering.story.waived.contains_key(&region) {
        return Ok(vec![]);
    }
    let known = gathering.seeds.commitments().get(&region);
    if known == Some(&word.commitment) {
        return Ok(vec![]);
    }
    gathering.seeds.clone().commit(region, word.commitment)?;
    let mut asked = gathering.seeds.members().clone();
    asked.extend(gathering.story.waived.keys());
    if !shares_are_for(&asked, region, &word.shares) {
        return Err(RoundRejection::OtherShares { region });
    }
    Ok(vec![RoundEvent::SeedCommitted { region, word }])
}

/// A member opens its seed.
pub(super) fn note_seed(
    round: &EvaluationRound,
    region: Region,
    seed: Seed,
    told: InputDigest,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let frozen = match round {
        EvaluationRound::Frozen(frozen) => frozen,
        EvaluationRound::Unknown | EvaluationRound::Open(_) => frozen(round)?,
        // Drawn already, with it or without.
        _ => return Ok(vec![]),
    };
    if !frozen.randomness.missing().contains(&region) {
        return Ok(vec![]);
    }
    let faulty = |fault: &str| {
        let fault = fault.to_owned();
        Ok(vec![RoundEvent::SeedFaulty { region, fault }])
    };
    if told != frozen.input.digest() {
        return faulty("所附名单摘要与固定的名单不符");
    }
    let mut randomness = frozen.randomness.clone();
    match randomness.reveal(region, seed) {
        Ok(()) => then_draw(frozen, RoundEvent::SeedOpened { region, seed }, &randomness),
        Err(SeedFault::Mismatch(_)) => faulty("公开的种子与其承诺不符"),
        Err(fault) => Err(fault.into()),
    }
}

/// Asks the others for their shares of a seed that is withheld.
pub(super) fn recover(
    round: &EvaluationRound,
    region: Region,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let frozen = frozen(round)?;
    if frozen.story.recoveries.contains_key(&region) {
        return Ok(vec![]);
    }
    if !frozen.randomness.missing().contains(&region) {
        return Err(RoundRejection::NotWithheld { region });
    }
    if frozen.story.shares_needed(region).is_none() {
        return Err(RoundRejection::NoShares { region });
    }
    let waiver = Waiver {
        by: context.actor.person.clone(),
        reason,
    };
    Ok(vec![RoundEvent::RecoveryAsked { region, waiver }])
}

/// A member's share of another one's seed.
pub(super) fn note_share(
    round: &EvaluationRound,
    holder: Region,
    region: Region,
    share: Share,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let frozen = match round {
        EvaluationRound::Frozen(frozen) => frozen,
        EvaluationRound::Unknown | EvaluationRound::Open(_) => frozen(round)?,
        _ => return Ok(vec![]),
    };
    let story = &frozen.story;
    let recovery = story
        .recoveries
        .get(&region)
        .ok_or(RoundRejection::NotWithheld { region })?;
    if !frozen.randomness.missing().contains(&region) || recovery.shares.contains_key(&holder) {
        return Ok(vec![]);
    }
    let faulty = |fault: String| Ok(vec![RoundEvent::SeedFaulty { region, fault }]);
    let sealed = story
        .seals
        .get(&region)
        .and_then(|seals| seals.get(&holder));
    let draw_id = draw_id(frozen.setup.round)?;
    if sealed != Some(&Digest(share.commitment(region, holder, &draw_id))) {
        return faulty(format!("{}提供的份额与登记的摘要不符", holder.name()));
    }
    let opened = RoundEvent::ShareOpened {
        region,
        holder,
        share,
    };
    let mut shares = recovery.shares.clone();
    shares.insert(holder, share);
    if story
        .shares_needed(region)
        .is_none_or(|needed| shares.len() < needed)
    {
        return Ok(vec![opened]);
    }
    let seed = panel::join(shares.values());
    let mut randomness = frozen.randomness.clone();
    if randomness.reveal(region, seed).is_err() {
        let fault = "各方份额合成的种子与其承诺不符".to_owned();
        return Ok(vec![opened, RoundEvent::SeedFaulty { region, fault }]);
    }
    let fact = RoundEvent::SeedRecovered { region, seed };
    let mut events = vec![opened];
    events.extend(then_draw(frozen, fact, &randomness)?);
    Ok(events)
}

/// Goes on without a member's seed.
pub(super) fn waive(
    round: &EvaluationRound,
    region: Region,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let waiver = Waiver {
        by: context.actor.person.clone(),
        reason,
    };
    let fact = RoundEvent::SeedWaived { region, waiver };
    if let EvaluationRound::Open(gathering) = round {
        if gathering.story.waived.contains_key(&region) {
            return Ok(vec![]);
        }
        if !gathering.seeds.missing().contains(&region) {
            return Err(RoundRejection::NotWithheld { region });
        }
        gathering.seeds.clone().without(region)?;
        return Ok(vec![fact]);
    }
    let frozen = frozen(round)?;
    if frozen.story.waived.contains_key(&region) {
        return Ok(vec![]);
    }
    if !frozen.randomness.missing().contains(&region) {
        return Err(RoundRejection::NotWithheld { region });
    }
    let recoverable = frozen.story.shares_needed(region).is_some();
    if recoverable && !frozen.story.recoveries.contains_key(&region) {
        return Err(RoundRejection::RecoverFirst { region });
    }
    let mut randomness = frozen.randomness.clone();
    randomness.withhold(region)?;
    then_draw(frozen, fact, &randomness)
}

impl EvaluationRound {
    /// The members whose seed is waited for: its commitment before the freeze, itself afterwards.
    pub fn seeds_awaited(&self) -> BTreeSet<Region> {
        match self {
            Self::Open(gathering) => gathering.seeds.missing(),
            Self::Frozen(frozen) => frozen.randomness.missing(),
            _ => BTreeSet::new(),
        }
    }
}

/// Whether a member deals its shares to whom everybody expects it to.
fn shares_are_for(
    members: &BTreeSet<Region>,
    dealer: Region,
    shares: &BTreeMap<Region, Digest>,
) -> bool {
    let holders = holders(members, dealer);
    let expected = shares_needed(holders.len()).map_or_else(BTreeSet::new, |_| holders);
    shares.keys().eq(expected.iter())
}

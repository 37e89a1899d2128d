//! Where a draw's randomness comes from: members commit, the pool is frozen, seeds are opened; what
//! is withheld is opened by the others' shares, and only then gone without.

use draws::{Fact, Heard};
use regulation::{Context, Region, Text};

use super::{Frozen, ReviewRound, RoundEvent, RoundRejection, draw::draw};

fn frozen(round: &ReviewRound) -> Result<&Frozen, RoundRejection> {
    match round {
        ReviewRound::Frozen(frozen) => Ok(frozen),
        _ => Err(RoundRejection::WrongState {
            needed: "名单已固定、正在公开种子",
        }),
    }
}

fn events(facts: Vec<Fact>) -> Vec<RoundEvent> {
    facts.into_iter().map(RoundEvent::Seed).collect()
}

/// Facts about seeds, and the draw if the last one that was waited for is open.
fn then_draw(frozen: &Frozen, facts: Vec<Fact>) -> Result<Vec<RoundEvent>, RoundRejection> {
    if facts.is_empty() {
        return Ok(vec![]);
    }
    let seeds = frozen.pool.seeds.after(&facts);
    let drawn = draw(&frozen.setup, &frozen.pool, &seeds.randomness)?;
    let mut events = events(facts);
    events.extend(drawn);
    Ok(events)
}

/// A member says something of seeds.
pub(super) fn heard(
    round: &ReviewRound,
    origin: Region,
    heard: &Heard,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        ReviewRound::Unknown => Err(RoundRejection::WrongState {
            needed: "已开启"
        }),
        ReviewRound::Open(gathering) => Ok(events(gathering.seeds.heard(origin, heard)?)),
        ReviewRound::Frozen(frozen) => then_draw(frozen, frozen.pool.seeds.heard(origin, heard)?),
        // Drawn already, with it or without.
        _ => Ok(vec![]),
    }
}

/// Asks the others for their shares of a seed that is withheld.
pub(super) fn recover(
    round: &ReviewRound,
    region: Region,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    Ok(events(
        frozen(round)?.pool.seeds.recover(region, reason, context)?,
    ))
}

/// Goes on without a member's seed.
pub(super) fn waive(
    round: &ReviewRound,
    region: Region,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    if let ReviewRound::Open(gathering) = round {
        return Ok(events(gathering.seeds.waive(region, reason, context)?));
    }
    let frozen = frozen(round)?;
    then_draw(frozen, frozen.pool.seeds.waive(region, reason, context)?)
}

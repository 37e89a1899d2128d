//! Where a draw's randomness comes from: members commit, the pool is frozen, seeds are opened; what
//! is withheld is opened by the others' shares, and only then gone without.

use draws::{Fact, Heard};
use regulation::{Context, Region, Text};

use super::{
    EvaluationRound, Frozen, RoundEvent, RoundRejection,
    draw::{Made, draw},
};

fn frozen(round: &EvaluationRound) -> Result<&Frozen, RoundRejection> {
    match round {
        EvaluationRound::Frozen(frozen) => Ok(frozen),
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
    let made = Made {
        input: &frozen.input,
        people: &frozen.people,
    };
    let drawn = draw(&made, &frozen.seeds.after(&facts).randomness)?;
    let mut events = events(facts);
    events.extend(drawn);
    Ok(events)
}

/// A member says something of seeds.
pub(super) fn heard(
    round: &EvaluationRound,
    origin: Region,
    heard: &Heard,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    match round {
        EvaluationRound::Unknown => Err(RoundRejection::WrongState {
            needed: "已开启"
        }),
        EvaluationRound::Open(gathering) => Ok(events(gathering.seeds.heard(origin, heard)?)),
        EvaluationRound::Frozen(frozen) => then_draw(frozen, frozen.seeds.heard(origin, heard)?),
        // Drawn already, with it or without.
        _ => Ok(vec![]),
    }
}

/// Asks the others for their shares of a seed that is withheld.
pub(super) fn recover(
    round: &EvaluationRound,
    region: Region,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    Ok(events(
        frozen(round)?.seeds.recover(region, reason, context)?,
    ))
}

/// Goes on without a member's seed.
pub(super) fn waive(
    round: &EvaluationRound,
    region: Region,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    if let EvaluationRound::Open(gathering) = round {
        return Ok(events(gathering.seeds.waive(region, reason, context)?));
    }
    let frozen = frozen(round)?;
    then_draw(frozen, frozen.seeds.waive(region, reason, context)?)
}

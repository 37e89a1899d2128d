//! Invariant 10: a departure from what holds in principle has its reason and its approval.

use coordination::domain::decision::{JointDecision, Stage as DecisionStage};
use evaluation::domain::{EvaluationRound, SeatState, Waiver};
use intake::domain::{Demand, Stage, rules::BREAKTHROUGH};
use regulation::Departure;

use super::{Held, must};
use crate::news::Deed;

/// Months in which a breakthrough is to be expected in principle. [Art. 4]
const MONTHS: std::ops::RangeInclusive<u32> = 24..=36;

pub(super) fn look(deed: &Deed) -> Held {
    demand(deed)?;
    decision(deed)?;
    round(deed)
}

fn demand(deed: &Deed) -> Held {
    let Some((_, Demand(Some(case)))) = deed.states::<Demand>() else {
        return Ok(());
    };
    if !matches!(case.stage, Stage::Accepted | Stage::Published { .. }) {
        return Ok(());
    }
    let months = case.content.record.months;
    let approved = |departure: &Departure| {
        let by_another =
            departure.approved_by.is_some() && departure.approved_by != case.declared_by;
        by_another && !departure.reason.as_str().is_empty()
    };
    let mut departures = case.departures.iter();
    let departure = departures.find(|departure| departure.rule == BREAKTHROUGH.code);
    must(
        10,
        MONTHS.contains(&months) || departure.is_some_and(approved),
        || format!("{months} months were accepted without a reason and an approval"),
    )
}

fn decision(deed: &Deed) -> Held {
    let Some((_, JointDecision::Opened(decision))) = deed.states::<JointDecision>() else {
        return Ok(());
    };
    let DecisionStage::InForce {
        period, waiver, at, ..
    } = &decision.stage
    else {
        return Ok(());
    };
    must(10, *at > period.until.end(), || {
        format!("{} took force before the public had its time", deed.id)
    })?;
    let named = waiver
        .as_ref()
        .is_none_or(|waiver| waiver.by.person != "system");
    must(10, named, || {
        format!("nobody waived who was not heard for {}", deed.id)
    })
}

fn round(deed: &Deed) -> Held {
    let Some((_, round)) = deed.states::<EvaluationRound>() else {
        return Ok(());
    };
    let Some(table) = round.table() else {
        return Ok(());
    };
    let seats = table.seats.values().filter_map(|seat| match &seat.state {
        SeatState::Waived(waiver) => Some(waiver),
        _ => None,
    });
    let benches = table
        .benches
        .values()
        .filter_map(|bench| bench.waiver.as_ref());
    let all = seats.chain(benches).chain(table.regions_waived.values());
    let named = |waiver: &Waiver| waiver.by != "system" && !waiver.reason.as_str().is_empty();
    must(10, all.into_iter().all(named), || {
        format!("nobody answers for a waiver in round {}", deed.id)
    })
}

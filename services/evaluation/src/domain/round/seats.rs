//! From the draw to the last ballot: strikes, who follows, what was cast, what is gone without.

use std::collections::{BTreeMap, BTreeSet};

use evidence::Digest;
use panel::{ExpertKey, Panel, ProposalKey, ReplaceRefused};
use regulation::{BallotId, Context, DemandId, EvaluationRoundId, ExpertId, Region, Text};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    EvaluationRound, RoundEvent, RoundRejection, Seat, SeatState, Table, Waivable, Waiver,
};

/// The table while ballots may come in.
fn running(round: &EvaluationRound) -> Result<&Table, RoundRejection> {
    match round {
        EvaluationRound::Drawn(table) | EvaluationRound::Scoring(table) => Ok(table),
        _ => Err(RoundRejection::WrongState {
            needed: "已抽取专家、尚未关闭",
        }),
    }
}

/// The seat, if `origin` is the node that speaks for it.
pub(super) fn seat_of(
    table: &Table,
    ballot: BallotId,
    origin: Region,
) -> Result<&Seat, RoundRejection> {
    let seat = table
        .seats
        .get(&ballot)
        .ok_or(RoundRejection::NotDrawn { ballot })?;
    if seat.region != origin {
        return Err(RoundRejection::NotItsHome {
            home: seat.region,
            origin,
        });
    }
    Ok(seat)
}

/// The same round, demand and expert are always the same ballot.
fn ballot_id(round: EvaluationRoundId, demand: DemandId, expert: ExpertId) -> BallotId {
    let name = [demand.0.into_bytes(), expert.0.into_bytes()].concat();
    BallotId(Uuid::new_v5(&round.0, &name))
}

pub(super) fn answer(
    round: &EvaluationRound,
    demand: DemandId,
    origin: Region,
    strikes: BTreeMap<ExpertId, Digest>,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = match round.table() {
        Some(table) => table,
        None => running(round)?,
    };
    let unknown = || RoundRejection::NotInBatch { demand };
    let home = table.setup.batch.get(&demand).ok_or_else(unknown)?.region;
    if home != origin {
        return Err(RoundRejection::NotItsHome { home, origin });
    }
    let bench = table.benches.get(&demand).ok_or_else(unknown)?;
    if bench.answered {
        let same = bench.strikes == strikes;
        return if same {
            Ok(vec![])
        } else {
            Err(RoundRejection::AnsweredOtherwise { demand })
        };
    }
    if running(round).is_err() && bench.waiver.is_some() {
        // It went on without this answer.
        return Ok(vec![]);
    }
    running(round)?;
    let (panel, vacant) = follow(table, demand, strikes.keys())?;
    let mut events = vec![RoundEvent::Answered {
        demand,
        strikes,
        panel: panel.clone(),
        vacant,
    }];
    events.extend(invitations(table, demand, &panel)?);
    if table
        .benches
        .iter()
        .all(|(other, bench)| bench.answered || *other == demand)
    {
        events.push(RoundEvent::ScoringBegan);
    }
    Ok(events)
}

/// Asks everybody on the panel who has not been asked yet.
fn invitations(
    table: &Table,
    demand: DemandId,
    panel: &Panel,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let mut events = Vec::new();
    for key in &panel.experts {
        let expert: ExpertId = key.as_str().parse().map_err(|_| RoundRejection::Numbers)?;
        let ballot = ballot_id(table.setup.round, demand, expert);
        if !table.seats.contains_key(&ballot) {
            events.push(RoundEvent::Invited {
                ballot,
                demand,
                expert,
            });
        }
    }
    Ok(events)
}

/// The panel after some are struck, and how many seats stay empty.
fn follow<'a>(
    table: &Table,
    demand: DemandId,
    struck: impl Iterator<Item = &'a ExpertId>,
) -> Result<(Panel, u32), RoundRejection> {
    let proposal: ProposalKey = demand.to_string().parse()?;
    let struck = struck
        .map(|expert| Ok(expert.to_string().parse()?))
        .collect::<Result<Vec<ExpertKey>, RoundRejection>>()?;
    let replaced = table.panels.replacement(&table.named, &proposal, &struck);
    let (panel, short) = match replaced {
        Ok(replacement) => (replacement.panel, false),
        Err(ReplaceRefused::NoneLeft { passed_over, .. }) => {
            // Too few are left: whoever may sit does, and the empty seats are shown.
            let mut panel = table.panels.get(&proposal).cloned().ok_or_else(|| {
                RoundRejection::Replace(ReplaceRefused::NoPanel(proposal.clone()))
            })?;
            let struck: BTreeSet<_> = struck.into_iter().collect();
            let (stay, seated): (Vec<_>, Vec<_>) = std::mem::take(&mut panel.alternates)
                .into_iter()
                .filter(|key| !struck.contains(key))
                .partition(|key| passed_over.contains_key(key));
            panel.alternates = stay;
            panel.experts.retain(|key| !struck.contains(key));
            panel.experts.extend(seated);
            panel.struck.extend(struck);
            (panel, true)
        }
        Err(refused) => return Err(RoundRejection::Replace(refused)),
    };
    let seats = u32::try_from(panel.experts.len()).unwrap_or(u32::MAX);
    let vacant = if short {
        table.setup.limits.panel_size.saturating_sub(seats)
    } else {
        0
    };
    Ok((panel, vacant))
}

pub(super) fn note_cast(
    round: &EvaluationRound,
    ballot: BallotId,
    origin: Region,
    commitment: Digest,
    at: OffsetDateTime,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = round.table().ok_or(RoundRejection::NotDrawn { ballot })?;
    let seat = seat_of(table, ballot, origin)?;
    let known = matches!(&seat.state, SeatState::Cast { commitment: c, .. } if *c == commitment);
    if known {
        return Ok(vec![]);
    }
    running(round)?;
    match seat.state {
        SeatState::Invited | SeatState::Late { .. } | SeatState::Waived(_)
            if at <= table.setup.deadline.end() =>
        {
            Ok(vec![RoundEvent::BallotCast {
                ballot,
                commitment,
                at,
            }])
        }
        SeatState::Invited => Ok(vec![RoundEvent::BallotLate { ballot, at }]),
        SeatState::Late { .. } | SeatState::Waived(_) => Ok(vec![]),
        SeatState::Conflicted => Err(RoundRejection::InConflict { ballot }),
        SeatState::Cast { .. } | SeatState::Revealed(_) | SeatState::Faulty(_) => {
            Err(RoundRejection::CastTwice { ballot })
        }
    }
}

pub(super) fn note_conflict(
    round: &EvaluationRound,
    ballot: BallotId,
    origin: Region,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = round.table().ok_or(RoundRejection::NotDrawn { ballot })?;
    let seat = seat_of(table, ballot, origin)?;
    match seat.state {
        SeatState::Conflicted => return Ok(vec![]),
        SeatState::Invited | SeatState::Late { .. } | SeatState::Waived(_) => {}
        SeatState::Cast { .. } | SeatState::Revealed(_) | SeatState::Faulty(_) => {
            return Err(RoundRejection::CastTwice { ballot });
        }
    }
    running(round)?;
    let (panel, vacant) = follow(table, seat.demand, std::iter::once(&seat.expert))?;
    let mut events = vec![RoundEvent::ConflictNoted {
        ballot,
        panel: panel.clone(),
        vacant,
    }];
    events.extend(invitations(table, seat.demand, &panel)?);
    Ok(events)
}

pub(super) fn waive(
    round: &EvaluationRound,
    what: Waivable,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let (EvaluationRound::Drawn(table)
    | EvaluationRound::Scoring(table)
    | EvaluationRound::Closed { table, .. }) = round
    else {
        return Err(RoundRejection::WrongState {
            needed: "已抽取专家、尚未提出清单建议",
        });
    };
    let closed = matches!(round, EvaluationRound::Closed { .. });
    let waivable = match what {
        Waivable::Ballot(ballot) => {
            let seat = table
                .seats
                .get(&ballot)
                .ok_or(RoundRejection::NotDrawn { ballot })?;
            match seat.state {
                SeatState::Waived(_) => return Ok(vec![]),
                SeatState::Invited | SeatState::Late { .. } => true,
                // Cast, and its home does not open it.
                SeatState::Cast { .. } => closed,
                SeatState::Conflicted | SeatState::Revealed(_) | SeatState::Faulty(_) => false,
            }
        }
        Waivable::Demand(demand) => {
            let bench = table
                .benches
                .get(&demand)
                .ok_or(RoundRejection::NotInBatch { demand })?;
            if bench.waiver.is_some() {
                return Ok(vec![]);
            }
            !bench.answered || bench.vacant > 0
        }
        Waivable::Region(region) => {
            if table.regions_waived.contains_key(&region) {
                return Ok(vec![]);
            }
            true
        }
    };
    if !waivable {
        return Err(RoundRejection::NothingToWaive);
    }
    let waiver = Waiver {
        by: context.actor.person.clone(),
        reason,
    };
    Ok(vec![RoundEvent::Waived { what, waiver }])
}

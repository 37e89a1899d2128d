//! From the draw to the last ballot: strikes, who follows, what was cast, what is gone without.

use std::collections::BTreeMap;

use draws::Waiver;
use evidence::Digest;
use panel::{ExpertKey, Followed, Panel};
use regulation::{BallotId, Context, DemandId, EvaluationRoundId, ExpertId, Region, Text};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{EvaluationRound, RoundEvent, RoundRejection, Seat, SeatState, Table, Waivable};

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
    context: &Context,
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
    if running(round).is_err() {
        // It went on without this answer: waived, or of a demand that was taken back.
        return Ok(vec![]);
    }
    let (followed, vacant) = follow(table, demand, strikes.keys())?;
    let panel = followed.panel.clone();
    let mut events = vec![RoundEvent::Answered {
        demand,
        strikes,
        followed,
        vacant,
    }];
    events.extend(invitations(table, demand, &panel, context.now)?);
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
pub(super) fn invitations(
    table: &Table,
    demand: DemandId,
    panel: &Panel,
    at: OffsetDateTime,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let mut events = Vec::new();
    for key in &panel.experts {
        let expert = *table.keys.get(key).ok_or(RoundRejection::Numbers)?;
        let ballot = ballot_id(table.setup.round, demand, expert);
        if !table.seats.contains_key(&ballot) {
            events.push(RoundEvent::Invited {
                ballot,
                demand,
                expert,
                at,
            });
        }
    }
    Ok(events)
}

/// The panel after some are struck, and how many seats stay empty.
pub(super) fn follow<'a>(
    table: &Table,
    demand: DemandId,
    struck: impl IntoIterator<Item = &'a ExpertId>,
) -> Result<(Followed, u32), RoundRejection> {
    let proposal = table.setup.proposal_key(demand)?;
    let struck = struck
        .into_iter()
        .map(|expert| table.setup.mask.expert(*expert))
        .collect::<Result<Vec<ExpertKey>, _>>()?;
    let succession = table
        .panels
        .succession(&table.named, &proposal, &struck)
        .map_err(RoundRejection::Replace)?;
    let followed = Followed {
        proposal,
        struck: struck.into_iter().collect(),
        panel: succession.panel,
    };
    Ok((followed, succession.vacant))
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
    match seat.state {
        SeatState::Conflicted => Err(RoundRejection::InConflict { ballot }),
        SeatState::Barred => Err(RoundRejection::IsBarred { ballot }),
        SeatState::Cast { .. } | SeatState::Revealed(_) | SeatState::Faulty(_) => {
            Err(RoundRejection::CastTwice { ballot })
        }
        // It was closed without this ballot: waived, or of a demand that was taken back.
        _ if running(round).is_err() => Ok(vec![]),
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
        // Somebody else was asked in the meantime.
        SeatState::Late { .. } | SeatState::Waived(_) | SeatState::Replaced => Ok(vec![]),
    }
}

pub(super) fn note_conflict(
    round: &EvaluationRound,
    ballot: BallotId,
    origin: Region,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    drop_out(round, ballot, origin, context, |followed, vacant| {
        RoundEvent::ConflictNoted {
            ballot,
            followed,
            vacant,
        }
    })
}

pub(super) fn note_barred(
    round: &EvaluationRound,
    ballot: BallotId,
    origin: Region,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    drop_out(round, ballot, origin, context, |followed, vacant| {
        RoundEvent::BarredNoted {
            ballot,
            followed,
            vacant,
        }
    })
}

/// An expert drops out before casting, and the next is asked.
fn drop_out(
    round: &EvaluationRound,
    ballot: BallotId,
    origin: Region,
    context: &Context,
    fact: impl FnOnce(Followed, u32) -> RoundEvent,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = round.table().ok_or(RoundRejection::NotDrawn { ballot })?;
    let seat = seat_of(table, ballot, origin)?;
    match seat.state {
        SeatState::Conflicted | SeatState::Barred | SeatState::Replaced => return Ok(vec![]),
        SeatState::Invited | SeatState::Late { .. } | SeatState::Waived(_) => {}
        SeatState::Cast { .. } | SeatState::Revealed(_) | SeatState::Faulty(_) => {
            return Err(RoundRejection::CastTwice { ballot });
        }
    }
    if running(round).is_err() {
        return Ok(vec![]);
    }
    let (followed, vacant) = follow(table, seat.demand, [&seat.expert])?;
    let asked = invitations(table, seat.demand, &followed.panel, context.now)?;
    let mut events = vec![fact(followed, vacant)];
    events.extend(asked);
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
                SeatState::Conflicted
                | SeatState::Barred
                | SeatState::Replaced
                | SeatState::Revealed(_)
                | SeatState::Faulty(_) => false,
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
    let waiver = Waiver::of(reason, context);
    Ok(vec![RoundEvent::Waived { what, waiver }])
}

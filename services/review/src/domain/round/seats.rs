//! From the draw to the last sheet: what came in, who follows whom, what is gone without.

use std::collections::{BTreeMap, BTreeSet};

use draws::Waiver;
use panel::{ExpertKey, Followed, Panel};
use regulation::{ApplicationId, Context, ExpertId, Region, ReviewRoundId, SheetId, Text};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    super::Opinion, ReviewRound, RoundEvent, RoundRejection, Seat, SeatState, Table, Waivable,
};

/// The table while sheets may come in.
pub(super) fn running(round: &ReviewRound) -> Result<&Table, RoundRejection> {
    match round {
        ReviewRound::Drawn(table) | ReviewRound::Reviewing(table) => Ok(table),
        _ => Err(RoundRejection::WrongState {
            needed: "已抽取专家、尚未关闭",
        }),
    }
}

/// The seat, if `origin` is the node that speaks for it.
fn seat_of(round: &ReviewRound, sheet: SheetId, origin: Region) -> Result<&Seat, RoundRejection> {
    let seats = round.table().map(|table| &table.seats);
    let seat = seats
        .and_then(|seats| seats.get(&sheet))
        .ok_or(RoundRejection::NotDrawn { sheet })?;
    if seat.region != origin {
        return Err(RoundRejection::NotItsHome {
            home: seat.region,
            origin,
        });
    }
    Ok(seat)
}

/// The same round, application and expert are always the same sheet.
fn sheet_id(round: ReviewRoundId, application: ApplicationId, expert: ExpertId) -> SheetId {
    let name = [application.0.into_bytes(), expert.0.into_bytes()].concat();
    SheetId(Uuid::new_v5(&round.0, &name))
}

/// Asks everybody on the panel who has not been asked yet.
pub(super) fn invitations(
    round: ReviewRoundId,
    application: ApplicationId,
    panel: &Panel,
    keys: &BTreeMap<ExpertKey, ExpertId>,
    asked: &BTreeMap<SheetId, Seat>,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let mut events = Vec::new();
    for key in &panel.experts {
        let expert = *keys.get(key).ok_or(RoundRejection::Numbers)?;
        let sheet = sheet_id(round, application, expert);
        if !asked.contains_key(&sheet) {
            events.push(RoundEvent::Invited {
                sheet,
                application,
                expert,
            });
        }
    }
    Ok(events)
}

/// An application's panel after one expert left it, how many seats stay empty, and who is asked: the
/// next follows by the rule of the draw.
fn follow(
    table: &Table,
    seat: &Seat,
    fact: impl FnOnce(Followed, u32) -> RoundEvent,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let proposal = table.setup.proposal_key(seat.application)?;
    let gone = table.setup.mask.expert(seat.expert)?;
    let succession = table
        .panels
        .succession(&table.named, &proposal, std::slice::from_ref(&gone))
        .map_err(RoundRejection::Replace)?;
    let (round, application) = (table.setup.round, seat.application);
    let panel = &succession.panel;
    let asked = invitations(round, application, panel, &table.keys, &table.seats)?;
    let followed = Followed {
        proposal,
        struck: BTreeSet::from([gone]),
        panel: succession.panel,
    };
    let mut events = vec![fact(followed, succession.vacant)];
    events.extend(asked);
    Ok(events)
}

pub(super) fn note_completed(
    round: &ReviewRound,
    sheet: SheetId,
    origin: Region,
    opinion: Result<Opinion, String>,
    at: OffsetDateTime,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let seat = seat_of(round, sheet, origin)?;
    if let (
        SeatState::Completed {
            opinion: before, ..
        },
        Ok(now),
    ) = (&seat.state, &opinion)
        && before == now
    {
        return Ok(vec![]);
    }
    // The round goes on without this one, whatever it says.
    if let SeatState::Replaced(_) | SeatState::Faulty(_) = seat.state {
        return Ok(vec![]);
    }
    let table = running(round)?;
    match seat.state {
        SeatState::Conflicted { .. } => return Err(RoundRejection::InConflict { sheet }),
        SeatState::Barred => return Err(RoundRejection::IsBarred { sheet }),
        SeatState::Completed { .. } => return Err(RoundRejection::CompletedTwice { sheet }),
        _ => {}
    }
    if at > table.setup.deadline.end() {
        let known = !matches!(seat.state, SeatState::Invited);
        return Ok(if known {
            vec![]
        } else {
            vec![RoundEvent::SheetLate { sheet, at }]
        });
    }
    let faulty = |fault| Ok(vec![RoundEvent::SheetFaulty { sheet, fault }]);
    let opinion = match opinion {
        Ok(opinion) => opinion,
        Err(fault) => return faulty(fault),
    };
    let differing = opinion.marks.differs_from(&table.setup.criteria);
    if !differing.is_empty() {
        return faulty(format!("评审指标不齐或有多余：{}", differing.join("、")));
    }
    Ok(vec![RoundEvent::SheetCompleted { sheet, opinion, at }])
}

pub(super) fn note_conflict(
    round: &ReviewRound,
    sheet: SheetId,
    origin: Region,
    after_opening: bool,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    drop_out(round, sheet, origin, |followed, vacant| {
        RoundEvent::ConflictNoted {
            sheet,
            after_opening,
            followed,
            vacant,
        }
    })
}

pub(super) fn note_barred(
    round: &ReviewRound,
    sheet: SheetId,
    origin: Region,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    drop_out(round, sheet, origin, |followed, vacant| {
        RoundEvent::BarredNoted {
            sheet,
            followed,
            vacant,
        }
    })
}

/// An expert drops out before handing in, and the next is asked.
fn drop_out(
    round: &ReviewRound,
    sheet: SheetId,
    origin: Region,
    fact: impl FnOnce(Followed, u32) -> RoundEvent,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let seat = seat_of(round, sheet, origin)?;
    match seat.state {
        SeatState::Conflicted { .. } | SeatState::Barred | SeatState::Replaced(_) => Ok(vec![]),
        SeatState::Invited | SeatState::Late { .. } | SeatState::Waived(_) => {
            follow(running(round)?, seat, fact)
        }
        SeatState::Completed { .. } | SeatState::Faulty(_) => {
            Err(RoundRejection::CompletedTwice { sheet })
        }
    }
}

pub(super) fn replace(
    round: &ReviewRound,
    sheet: SheetId,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = running(round)?;
    let seat = table
        .seats
        .get(&sheet)
        .ok_or(RoundRejection::NotDrawn { sheet })?;
    match seat.state {
        SeatState::Replaced(_) => Ok(vec![]),
        SeatState::Invited | SeatState::Late { .. } | SeatState::Waived(_) => {
            let waiver = Waiver::of(reason, context);
            follow(table, seat, |followed, vacant| RoundEvent::Replaced {
                sheet,
                waiver,
                followed,
                vacant,
            })
        }
        SeatState::Completed { .. }
        | SeatState::Conflicted { .. }
        | SeatState::Barred
        | SeatState::Faulty(_) => Err(RoundRejection::NothingToWaive),
    }
}

pub(super) fn waive(
    round: &ReviewRound,
    what: Waivable,
    reason: Text,
    context: &Context,
) -> Result<Vec<RoundEvent>, RoundRejection> {
    let table = running(round)?;
    let waivable = match what {
        Waivable::Sheet(sheet) => {
            let seat = table
                .seats
                .get(&sheet)
                .ok_or(RoundRejection::NotDrawn { sheet })?;
            match seat.state {
                SeatState::Waived(_) => return Ok(vec![]),
                SeatState::Invited | SeatState::Late { .. } | SeatState::Faulty(_) => true,
                _ => false,
            }
        }
        Waivable::Application(application) => {
            let bench = table
                .benches
                .get(&application)
                .ok_or(RoundRejection::NotInBatch { application })?;
            if bench.waiver.is_some() {
                return Ok(vec![]);
            }
            bench.vacant > 0
        }
        Waivable::Region(region) => {
            if table.regions_waived.contains_key(&region) {
                return Ok(vec![]);
            }
            let speaks: BTreeSet<_> = table.seats.values().map(|seat| seat.region).collect();
            speaks.contains(&region)
        }
    };
    if !waivable {
        return Err(RoundRejection::NothingToWaive);
    }
    Ok(vec![RoundEvent::Waived {
        what,
        waiver: Waiver::of(reason, context),
    }])
}

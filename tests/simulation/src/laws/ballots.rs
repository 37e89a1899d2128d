//! Invariant 6: nobody scores something of their own employer, twice, or after the deadline by
//! their home's time. [Art. 9]

use std::collections::BTreeSet;

use ::intake::domain::Stage;
use evaluation::domain::{Ballot, EvaluationRound, Seat, SeatState, Table};
use regulation::{BallotId, DemandId, UnitId};

use super::{Held, must};
use crate::{
    news::Deed,
    people::{evaluation::rounds, intake},
    service::Name,
    world::World,
};

pub(super) fn look(world: &World, deed: &Deed) -> Held {
    if let Some((before, after)) = deed.states::<Ballot>() {
        cast_in_time(deed, before, after)?;
    }
    let Some((_, round)) = deed.states::<EvaluationRound>() else {
        return Ok(());
    };
    let Some(table) = round.table() else {
        return Ok(());
    };
    let mut scored = BTreeSet::new();
    for (ballot, seat) in &table.seats {
        if !matches!(seat.state, SeatState::Cast { .. } | SeatState::Revealed(_)) {
            continue;
        }
        let person = table.roster.get(&seat.expert).map(|seated| &seated.person);
        must(6, scored.insert((seat.demand, person)), || {
            format!("{} scores {} twice", seat.expert, seat.demand)
        })?;
        unbiased(world, table, seat)?;
        as_sealed(world, *ballot, seat)?;
    }
    Ok(())
}

fn cast_in_time(deed: &Deed, before: Option<&Ballot>, after: &Ballot) -> Held {
    let was_open = before.is_some_and(Ballot::is_open);
    let Ballot::Cast { invitation, .. } = after else {
        return Ok(());
    };
    must(6, deed.at <= invitation.deadline.end() || !was_open, || {
        format!("{} is cast at {}, after its deadline", deed.id, deed.at)
    })?;
    must(6, deed.actor.expert == Some(invitation.expert), || {
        format!("{} is cast by somebody who was not drawn", deed.id)
    })
}

/// The expert does not work for whom the demand's home knows as the demander or its affiliate.
fn unbiased(world: &World, table: &Table, seat: &Seat) -> Held {
    let Some(employer) = table.roster.get(&seat.expert).map(|seated| seated.employer) else {
        return must(6, false, || format!("{} was never named", seat.expert));
    };
    let close = |demander: UnitId, affiliates: &[UnitId]| {
        demander == employer || affiliates.contains(&employer)
    };
    let home = intake::demands(world).find(|(_, demand, _)| *demand == seat.demand);
    let case = home.and_then(|(_, _, demand)| demand.0.as_ref());
    let own = case.is_some_and(|case| close(case.demander, &case.affiliates));
    must(6, !own, || {
        format!(
            "{} scores {}, a demand of their own employer",
            seat.expert, seat.demand
        )
    })
}

/// The hub holds what the expert's home sealed.
fn as_sealed(world: &World, id: BallotId, seat: &Seat) -> Held {
    let ballot: Ballot = world.state(seat.region, Name::Evaluation, id);
    let same = ballot.sealed().is_some_and(|sealed| match &seat.state {
        SeatState::Cast { commitment, .. } => *commitment == sealed.commitment,
        SeatState::Revealed(sheet) => *sheet == sealed.sheet,
        _ => true,
    });
    must(6, same, || {
        format!("the hub counts another ballot than {id}")
    })
}

/// Whatever was cast in time has arrived, and counts, unless the hub had given up waiting by name, or
/// the demand was taken back: its round closes without it.
pub(super) fn settled(world: &World) -> Held {
    for (_, round) in rounds(world) {
        let Some(table) = round.table() else { continue };
        for (id, seat) in &table.seats {
            let ballot: Ballot = world.state(seat.region, Name::Evaluation, id);
            let (Ballot::Cast { invitation, sealed } | Ballot::Revealed { invitation, sealed }) =
                &ballot
            else {
                continue;
            };
            let lost = matches!(seat.state, SeatState::Invited | SeatState::Late { .. });
            let in_time = sealed.at <= invitation.deadline.end();
            let open = || !taken_back(world, seat.demand);
            must(7, !(lost && in_time && open()), || {
                format!("{id} was cast in time, and the hub waits for it")
            })?;
        }
    }
    Ok(())
}

fn taken_back(world: &World, demand: DemandId) -> bool {
    let mut all = intake::demands(world).filter(|(_, id, _)| *id == demand);
    all.any(|(_, _, state)| {
        let case = state.0.as_ref();
        case.is_some_and(|case| matches!(case.stage, Stage::Withdrawn { .. }))
    })
}

//! What the regions tell of their work, for the checklist, the delivery records and the figures:
//! each only of its own. [Art. 2, 3, 19]

use proto::{
    application::v1::{ApplicationSubmitted, ApplicationWithdrawn, ExaminationFollowed, UnitRole},
    matching::v1::{ReserveReported, SolutionFollowed},
    registry::v1::UnitRecorded,
    review::v1::ProjectEstablished,
};
use regulation::{SolutionId, UnitId};

use super::{
    AllocationRecorded, DemandAccepted, DemandWithdrawn, Incoming, PaymentConfirmed,
    ProjectActivated, ProjectWithdrawn, PublicEvent, Reaction, field, from_hub, noted,
};

pub(super) fn react(message: &Incoming) -> Reaction {
    match message.kind.as_str() {
        UnitRecorded::KIND => unit(message),
        DemandAccepted::KIND => noted::<DemandAccepted>(message),
        DemandWithdrawn::KIND => noted::<DemandWithdrawn>(message),
        ReserveReported::KIND => noted::<ReserveReported>(message),
        ApplicationSubmitted::KIND => submitted(message),
        ApplicationWithdrawn::KIND => noted::<ApplicationWithdrawn>(message),
        ExaminationFollowed::KIND => of_hub::<ExaminationFollowed>(message),
        ProjectEstablished::KIND => of_hub::<ProjectEstablished>(message),
        ProjectActivated::KIND => noted::<ProjectActivated>(message),
        ProjectWithdrawn::KIND => noted::<ProjectWithdrawn>(message),
        AllocationRecorded::KIND => noted::<AllocationRecorded>(message),
        PaymentConfirmed::KIND => noted::<PaymentConfirmed>(message),
        SolutionFollowed::KIND => followed(message),
        // Heartbeats are the chassis' business.
        _ => Ok(Vec::new()),
    }
}

fn of_hub<E: PublicEvent>(message: &Incoming) -> Reaction {
    from_hub(message)?;
    noted::<E>(message)
}

fn own(message: &Incoming, region: &str, of: &str) -> Reaction {
    if region == message.origin.as_str() {
        Ok(Vec::new())
    } else {
        let claim = format!("{} can't speak for {of} of {region:?}", message.origin);
        Err(message.unreadable(claim))
    }
}

fn unit(message: &Incoming) -> Reaction {
    let unit = message.read::<UnitRecorded>()?.unit;
    let unit = unit.ok_or_else(|| message.unreadable("no unit"))?;
    let _: UnitId = field(message, "unit_id", &unit.unit_id)?;
    own(message, &unit.region, "a unit")
}

fn submitted(message: &Incoming) -> Reaction {
    let package = message.read::<ApplicationSubmitted>()?.package;
    let package = package.ok_or_else(|| message.unreadable("no package"))?;
    let mut units = package.units.iter();
    let lead = units
        .find(|unit| unit.role() == UnitRole::Lead)
        .ok_or_else(|| message.unreadable("no lead"))?;
    own(message, &lead.region, "an application")
}

/// What became of a solution. Whether its holder is the teller's is looked at where it is kept.
fn followed(message: &Incoming) -> Reaction {
    let event: SolutionFollowed = message.read()?;
    let _: UnitId = field(message, "holder_unit_id", &event.holder_unit_id)?;
    let _: SolutionId = field(message, "solution_id", &event.solution_id)?;
    Ok(Vec::new())
}

#[cfg(test)]
mod tests;

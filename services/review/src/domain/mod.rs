//! The aggregates of review and their rules. Pure.

mod candidate;
mod evaluated;
mod guide;
mod opinion;
mod package;
mod round;
pub mod rules;
mod sheet;
mod unit;

#[cfg(test)]
pub(crate) mod sample;

pub use candidate::{Candidate, CandidateCommand, CandidateEvent, CandidateRejection, Entry};
pub use draws::{Origin, Profile, Waiver};
pub use evaluated::{Evaluated, EvaluatedCommand, EvaluatedEvent, EvaluatedRejection};
pub use guide::{Guide, GuideCommand, GuideEvent, GuideRejection};
pub use opinion::{InvalidOpinion, Opinion};
pub use package::{InvalidPackage, Package};
pub use round::{
    Bench, Conflicts, Drawing, Freezing, Frozen, Gathering, Grant, Ground, Opening, Outstanding,
    Places, Proposal, Ranking, ReviewRound, RoundCommand, RoundEvent, RoundRejection, Seat,
    SeatState, Setup, Standing, Table, Waivable,
};
pub use sheet::{
    Applicant, Blindness, Invitation, Sheet, SheetCommand, SheetEvent, SheetRejection, UnitRole,
    barred_mark,
};
pub use unit::{Unit, UnitCommand, UnitEvent, UnitRejection};

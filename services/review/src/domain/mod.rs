//! The aggregates of review and their rules. Pure.

mod candidate;
mod expert;
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
pub use expert::{Expert, ExpertCommand, ExpertEvent, ExpertRejection, Profile, fit};
pub use guide::{Guide, GuideCommand, GuideEvent, GuideRejection};
pub use opinion::{InvalidOpinion, Mark, Opinion};
pub use package::{InvalidPackage, Package};
pub use round::{
    Bench, Conflicts, Drawing, Grant, Opening, Outstanding, Places, Proposal, Ranking, ReviewRound,
    RoundCommand, RoundEvent, RoundRejection, Seat, SeatState, Seated, Setup, Standing, Table,
    Waivable, Waiver, project_id, seed_commitment,
};
pub use sheet::{
    Applicant, Blindness, Invitation, Sheet, SheetCommand, SheetEvent, SheetRejection, UnitRole,
    barred_mark,
};
pub use unit::{Unit, UnitCommand, UnitEvent, UnitRejection};

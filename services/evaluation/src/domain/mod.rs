//! The aggregates of evaluation and their rules. Pure.

mod ballot;
mod candidate;
mod expert;
mod record;
mod round;
pub mod rules;
mod screening;
mod sheet;

#[cfg(test)]
mod history;
#[cfg(test)]
pub(crate) mod sample;

pub use ballot::{Ballot, BallotCommand, BallotEvent, BallotRejection, Invitation, Sealed};
pub use candidate::{Candidate, CandidateCommand, CandidateEvent, CandidateRejection, Entry};
pub use expert::{Expert, ExpertCommand, ExpertEvent, ExpertRejection, Profile, fit};
pub use record::{InvalidRecord, Record};
pub use round::{
    Bench, Drawing, EvaluationRound, Opening, Outstanding, Proposal, Quota, RoundCommand,
    RoundEvent, RoundRejection, Seat, SeatState, Seated, Setup, Standing, Table, Waivable, Waiver,
    seed_commitment,
};
pub use screening::{
    AnotherDraw, Draw, Owner, Relation, Screened, Screening, ScreeningCommand, ScreeningEvent,
    Strike,
};
pub use sheet::{InvalidSheet, Mark, Sheet};

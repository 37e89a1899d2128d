//! The aggregates of evaluation and their rules. Pure.

mod ballot;
mod candidate;
mod keeping;
mod pre_review;
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
pub use candidate::{
    Candidate, CandidateCommand, CandidateEvent, CandidateRejection, Entry, Recommendation,
};
pub use draws::{Expert, Mark, Origin, Profile, Waiver};
pub use keeping::{Asked, KeepingCommand, KeepingEvent, KeepingRejection, Own, SeedKeeping};
pub use pre_review::{
    CHECKS, Finding, Opinion, PreReview, PreReviewCommand, PreReviewEvent, PreReviewRejection,
    Prepared, Ruling,
};
pub use record::{InvalidRecord, Record};
pub use round::{
    Bench, Chase, Drawing, EvaluationRound, Freezing, Frozen, Gathering, Opening, Outstanding,
    Proposal, Proposing, Quota, Reminder, ReturnedList, RoundCommand, RoundEvent, RoundRejection,
    Seat, SeatState, Setup, Standing, Table, Waivable,
};
pub use screening::{
    AnotherDraw, Draw, NotYetOpen, Owner, Relation, Screened, Screening, ScreeningCommand,
    ScreeningEvent, Strike,
};
pub use sheet::{InvalidSheet, Sheet};

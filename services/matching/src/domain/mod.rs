//! What this service owns, and its rules. Pure.

mod feedback_round;
mod listing;
pub mod posting;
mod published_list;
mod rejection;
pub mod rules;
mod solution;
mod solution_box;

pub use feedback_round::{FeedbackRound, Given, Waiver};
pub use listing::{Entry, FeedbackId, InvalidNumber, Listing, PublicNumber, Terms};
pub use posting::Posting;
pub use published_list::{List, Listed, Publication, Published, PublishedList};
pub use rejection::Rejection;
pub use solution::{CallFacts, Case, Content, Counterpart, Solution, Stage, TeamStanding, Word};
pub use solution_box::{BoxedSolution, Listed as BoxListing, SolutionBox, Waits};

/// Commands and events of the aggregates, by aggregate.
pub mod words {
    pub use super::{
        feedback_round::{Command as FeedbackCommand, Event as FeedbackEvent},
        published_list::{Command as ListCommand, Event as ListEvent},
        solution::{Command as SolutionCommand, Event as SolutionEvent},
        solution_box::{Command as BoxCommand, Event as BoxEvent},
    };
}

#[cfg(test)]
mod tests;

//! What this service owns, and its rules. Pure.

mod anonymous;
pub mod calendar_file;
pub mod dialogue;
pub mod digest;
mod feedback_round;
pub mod forum;
mod listing;
pub mod posting;
mod published_list;
mod question;
mod registration;
mod rejection;
pub mod rules;
mod solution;
mod solution_box;

pub use dialogue::{InvalidSlot, MeetingId, QuestionId, Registering, RegistrationId, Slot};
pub use feedback_round::{FeedbackRound, Given, Waiver};
pub use forum::Forum;
pub use listing::{Entry, FeedbackId, InvalidNumber, Listing, PublicNumber, Terms};
pub use posting::Posting;
pub use published_list::{List, Listed, Publication, Published, PublishedList};
pub use question::{Posed, Question, Reply};
pub use registration::{Filed, Registration, RoadshowFacts, Standing as RegistrationStanding};
pub use rejection::Rejection;
pub use solution::{
    Bars, CallFacts, Case, Content, Counterpart, Invitation, InvitationStanding, Solution, Stage,
    TeamStanding, Telling, Word,
};
pub use solution_box::{BoxedSolution, Listed as BoxListing, SolutionBox, Waits};

/// Commands and events of the aggregates, by aggregate.
pub mod words {
    pub use super::{
        feedback_round::{Command as FeedbackCommand, Event as FeedbackEvent},
        published_list::{Command as ListCommand, Event as ListEvent},
        question::{Command as QuestionCommand, Event as QuestionEvent},
        registration::{Command as RegistrationCommand, Event as RegistrationEvent},
        solution::{
            Command as SolutionCommand, DialogueCommand, DialogueEvent, Event as SolutionEvent,
        },
        solution_box::{Command as BoxCommand, Event as BoxEvent},
    };
}

#[cfg(test)]
mod tests;

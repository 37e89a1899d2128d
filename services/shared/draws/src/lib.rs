//! What a round of evaluation and one of review share around their draw: the pool of experts as the
//! hub knows it, the pseudonyms of a record, and the members' seeds that decide among equals.
//!
//! `panel` is the pure arithmetic of a draw; this is its course on the hub, with the messages that
//! come and go: members commit, the pool is frozen, seeds are opened, and what is withheld is opened
//! by the other members' shares. At the experts' homes it finds whom a credit record bars since.

mod door;
mod duty;
mod expert;
mod marks;
mod mask;
mod messages;
mod named;
mod refused;
pub mod rules;
mod seeds;
mod view;
mod words;

pub use door::{barred, barred_since, may_see, whose};
pub use duty::{Duty, DutyCommand, DutyEvent, Errand, called, credit, on_duty};
pub use expert::{
    Expert, ExpertCommand, ExpertEvent, ExpertRejection, Origin, Profile, fit, pool, pooled,
};
pub use marks::{InvalidMark, Mark, Marks};
pub use mask::Mask;
pub use messages::{Purpose, asked, frozen, heard, told};
pub use named::{Frozen, Named, Person, Seated, frozen_pool, named};
pub use refused::SeedRejection;
pub use seeds::{Fact, Gathering, Heard, Opening, Recovery, Story, Waiver, Word, draw_id, holders};
pub use view::{Course, view};
pub use words::{criteria, criterion, criterion_name, hundredths, int, timestamp, unheard};

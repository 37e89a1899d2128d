//! Drawing experts for panels and adding up what they say: conflicts kept out, limits kept, the
//! best use of everybody's expertise, verifiable randomness among equals. Pure: integers only, no
//! clock, no IO.
//!
//! A draw in the order it happens:
//! 1. every member hands in a [`SeedCommitment`] ([`Committing`]);
//! 2. pool, conflicts and expertise are frozen: a [`DrawInput`] and its [`InputDigest`];
//! 3. every member opens its [`Seed`] ([`Revealing`]), which gives the [`CombinedSeed`];
//! 4. [`draw`] fills every panel; anyone calls [`verify`] on what was published;
//! 5. whoever is struck, refuses or is silent is followed by the next ([`Panels::replacement`]).
//!
//! Afterwards [`aggregate`] turns ballots into a ranking and a cut at the quota.

pub mod aggregate;

mod draw;
mod flow;
mod input;
mod keys;
mod pool;
mod ratio;
mod record;
mod refused;
mod replace;
mod seed;
mod share;
mod verify;

pub use draw::{Draw, Panel, Panels, Price, draw};
pub use input::{
    Affinity, Candidate, Conflict, DrawInput, InputDigest, InputFault, Limits, Proposal, RegionsMin,
};
pub use keys::{CriterionKey, DrawId, EmployerKey, ExpertKey, FieldKey, InvalidKey, ProposalKey};
pub use pool::Limit;
pub use ratio::Ratio;
pub use record::{DrawRecord, Followed, RecordFault};
pub use refused::{DrawRefused, PANEL_LIMITS, Unfilled};
pub use replace::{ReplaceRefused, Replacement, Succession};
pub use seed::{
    CombinedSeed, Committing, InvalidSeed, Revealing, SEEDS, Seed, SeedCommitment, SeedFault,
};
pub use share::{NotAShare, Share, deal, join, shares_needed};
pub use verify::{Fault, check, verify};

//! The programme's vocabulary and its policy: regions, money, credit codes, rules, refusals and the
//! numbers of the regulation. Pure: no clock, no randomness, no IO.
//!
//! Everything else in the workspace stands on this crate, so it holds only what *all* services
//! share. What one service alone needs is defined in that service.

mod actor;
mod ids;
mod refusal;
mod region;
mod rule;

pub use actor::{Actor, Context, Role};
pub use ids::*;
pub use refusal::{Refusal, RefusalKind};
pub use region::{InvalidRegion, Region};
pub use rule::{Article, Rule, Source, Strength};

mod policy;
pub use policy::Policy;

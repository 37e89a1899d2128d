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

mod calendar;
mod field;
mod money;
pub mod policy;

pub use calendar::{Day, InvalidDay};
pub use field::{Field, InvalidField};
pub use money::{InvalidMoney, InvalidRatio, Money, Ratio};
pub use policy::{
    Bounds, Criterion, DecisionKind, InvalidBook, InvalidPolicy, Looser, Policy, PolicyBook,
    RegionalRules, ReportPeriod, UnknownPolicy, YRD_2023_1, YRD_2024_1, rules,
};

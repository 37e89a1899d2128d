//! The programme's vocabulary and its policy: regions, money, credit codes, rules, refusals and the
//! numbers of the regulation. Pure: no clock, no randomness, no IO.
//!
//! Everything else in the workspace stands on this crate, so it holds only what *all* services
//! share. What one service alone needs is defined in that service.

mod actor;
mod calendar;
mod credit_code;
mod departure;
mod field;
mod ids;
mod money;
mod policy;
mod refusal;
mod region;
mod rule;
mod text;
mod unit_identity;
mod verdict;

pub use actor::{Actor, Context, Role};
pub use calendar::{Calendar, CalendarFault, Day, Deadline, InvalidCalendar, InvalidDay};
pub use credit_code::{CreditCode, InvalidCreditCode};
pub use departure::{Departure, check};
pub use field::{Field, InvalidField};
pub use ids::*;
pub use money::{InvalidMoney, InvalidRatio, Money, Ratio};
pub use policy::{
    Amount, Bounds, Criterion, DecisionKind, InvalidBook, InvalidPolicy, InvalidRegionalRules,
    Looser, Policy, PolicyBook, Publication, Range, RegionalRules, ReportPeriod, Shown, Template,
    UnknownPolicy, YRD_2023_1, YRD_2024_1, rules,
};
pub use refusal::{Refusal, RefusalKind};
pub use region::{InvalidRegion, Region};
pub use rule::{Article, Rule, Source, Strength};
pub use text::{InvalidPersonKey, InvalidText, PersonKey, Text, Title};
pub use unit_identity::{Country, GuestIdentity, InvalidGuest, InvalidIdentity, UnitIdentity};
pub use verdict::{ChangedVerdict, Verdict, changed_verdicts};

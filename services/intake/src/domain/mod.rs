//! The demand and its rules. Pure.

mod content;
mod decide;
mod demand;
pub mod leak;
mod rejection;
pub mod rules;
mod words;

pub use content::{Content, Programme, Standing};
pub use demand::{Case, Demand, DurationDeparture, Stage};
pub use rejection::Rejection;
pub use words::{Command, Event};

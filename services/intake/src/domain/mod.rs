//! The demand and its rules. Pure.

mod demand;
pub mod leak;
mod rejection;
pub mod rules;

pub use demand::{
    Case, Command, Content, Demand, DurationDeparture, Event, Programme, Stage, Standing,
};
pub use rejection::Rejection;

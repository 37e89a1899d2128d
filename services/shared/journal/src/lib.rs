//! journal
mod aggregate;
pub use aggregate::{Aggregate, Alarm};

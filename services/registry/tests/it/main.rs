//! The registry against a real database: its doors as somebody finds them, and what it hears.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod experts;
mod house;
mod people;
mod standing;
mod units;

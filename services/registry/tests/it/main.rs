//! The registry against a real database: its doors as somebody finds them, and what it hears.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod administration;
mod barred;
mod credit;
mod credit_private;
mod experts;
mod exports;
mod filings;
mod house;
mod people;
mod race;
mod standing;
mod tables;
mod tables_bad;
mod two;
mod units;
mod upload;

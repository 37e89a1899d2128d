//! The fund service against real `PostgreSQL`.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod doors;
mod house;
mod journey;
mod ledger;
mod races;

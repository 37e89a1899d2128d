//! The application service of several nodes against real databases: what each says is carried to
//! the others as the border would, duplicates and forgeries included.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod appeal;
mod barred;
mod forgeries;
mod journey;
mod nodes;
mod pool;
mod steps;
mod views;

//! Intake at one node, against a real database and a real folder.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod files;
mod house;
mod life;
mod lists;
mod pictures;
mod similar;
mod staff;

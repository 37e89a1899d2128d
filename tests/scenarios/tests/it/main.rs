//! The whole way and its faults, on a whole federation of real processes.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod bad_input;
mod border;
mod browser;
mod common;
mod cut_off;
mod killed;
mod leak;
mod linked;
mod pages;
mod traced;
mod whole_way;

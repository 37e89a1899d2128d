//! Projects against a real database: a lead's node and others without any network, its doors as
//! somebody finds them, and what was told to whom.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod contract;
mod federation;
mod kept_out;
mod lists;
mod sample;

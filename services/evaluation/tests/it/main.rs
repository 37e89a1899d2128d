//! Evaluation against real databases: the hub and two homes or all of them, each through its own
//! doors, with every message carried as the border would.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod barring;
mod computation;
mod doors;
mod draws;
mod federation;
mod pre_reviews;
mod requests;
mod rounds;

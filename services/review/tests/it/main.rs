//! Review against real databases: the hub and two homes, each through its own doors, with every
//! message carried as the border would.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod doors;
mod federation;
mod messages;
mod requests;
mod rounds;
mod seeds;

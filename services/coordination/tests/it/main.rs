//! Coordination against a real database: a federation of five nodes without any network, its doors
//! as somebody finds them, and what crosses between them.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod assents;
mod decisions;
mod delivery;
mod federation;
mod figures;
mod kinds;
mod knowledge;
mod overview;
mod standing;
mod withdrawn;

//! The panel crate through its public face.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where its sample does not hold"
)]

mod aggregate;
mod limits;
mod optimal;
mod replace;
mod sample;
mod seed;
mod share;
mod verify;

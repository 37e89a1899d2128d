//! What proves, seen from outside: nothing altered, swapped, missing or doubled passes.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod cases;
mod decisions;
mod envelopes;
mod federation;
mod keys;
mod membership;
mod steps;

//! What proves, seen from outside: nothing altered, swapped, missing or doubled passes.

mod cases;
mod decisions;
mod envelopes;
mod federation;

//! The journal against a real `PostgreSQL`.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it can't go on, helpers included"
)]

mod commands;
mod history;
mod inbox;
mod outbox;
mod prune;
mod rights;
mod seals;
mod tally;
mod timers;
mod together;

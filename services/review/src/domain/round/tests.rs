//! A round.

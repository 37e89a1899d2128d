//! The matching service of three nodes against real `PostgreSQL`.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod catalogue;
mod course;
mod dialogue;
mod digest;
mod followed;
mod journey;
mod nodes;
mod open_to_all;
mod recommend;
mod refusals;
mod registration;
mod search;
mod started;
mod table;

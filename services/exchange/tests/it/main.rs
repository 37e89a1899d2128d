//! Exchanges as real processes, between real NATS servers and over real databases.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod cases;
mod config;
mod evidence_of;
mod faults;
mod flow;
mod heartbeats;
mod member;
mod node;
mod world;

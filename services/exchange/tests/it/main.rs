//! Exchanges as real processes, between real NATS servers and over real PostgreSQL.

mod cases;
mod evidence_of;
mod faults;
mod flow;
mod heartbeats;
mod member;
mod node;
mod world;

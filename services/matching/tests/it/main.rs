//! The matching service of three nodes against real `PostgreSQL`.

mod catalogue;
mod journey;
mod nodes;
mod refusals;

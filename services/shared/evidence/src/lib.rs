//! What proves: digests, hash chains, signatures, sealing, commitments, the border's envelope, and
//! verification that needs neither node nor network. Pure: time and randomness are handed in.

mod chain;
mod commitment;
mod digest;
mod person;

pub use chain::{BrokenLink, FactView, Fault, canonical, link, seal, verify_facts};
pub use commitment::{commit, opens};
pub use digest::{Digest, NotADigest};
pub use person::{PersonKey, person_key};

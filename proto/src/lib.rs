//! The published language: gRPC services, cross-service events, and the envelope they travel in.

pub mod events;
pub mod message;
pub mod names;

#[expect(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    clippy::allow_attributes,
    reason = "generated; documented in proto/"
)]
mod generated {
    include!("gen/mod.rs");
}

pub use generated::jiebang::*;

/// Every proto file of the published language, for reflection and for the enumeration tests.
pub const DESCRIPTORS: &[u8] = include_bytes!("gen/descriptors.bin");

//! A federation of whole nodes on this machine: real processes, real `PostgreSQL` and NATS,
//! wires that can be cut, a clock that can be moved. For tests, the demo and people.
//!
//! ```no_run
//! # async fn run() -> anyhow::Result<()> {
//! use federation::{Federation, Persona};
//! use regulation::{Region, Role};
//!
//! let federation = Federation::builder()
//!     .regions([Region::SH, Region::JS])
//!     .clock_starts("2024-09-02T01:00:00Z")
//!     .boot()
//!     .await?;
//! let officer = federation.token(&Persona::new(Region::SH, Role::Officer))?;
//! federation.cut(Region::JS)?;
//! federation.advance(30).await?;
//! federation.shutdown().await
//! # }
//! ```
//!
//! The services' binaries have to be built: they are looked for beside the running one.

mod admin;
mod boot;
mod calls;
mod clock;
mod config;
pub mod control;
mod describe;
mod directory;
mod federation;
mod files;
mod http;
mod jetstream;
mod join;
mod keys;
mod links;
mod manifest;
mod node;
mod parts;
mod personas;
mod plan;
mod ports;
mod process;
mod quiet;
mod record;
mod servers;
mod settings;
mod tls;

pub use boot::Builder;
pub use calls::bearing;
pub use clock::ClockMove;
pub use federation::Federation;
pub use join::Newcomer;
pub use manifest::{Manifest, NodeEntry, ServiceEntry};
pub use node::Node;
pub use parts::{PARTS, Part};
pub use personas::Persona;
pub use record::{Call, Record, Recorded};
pub use testkit::Durability;
pub use tls::Certificate;

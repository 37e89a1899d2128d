//! The process around a service: configuration, telemetry, lifecycle, gRPC, authorisation, the
//! relay, the consumer and the timers. A service brings its rules; this brings the rest, once.
//!
//! A service implements [`Service`] and its `main` is [`run`]. Its gRPC handlers take a request in
//! with [`caller::admit`], parse it, and hand the command to [`Desk::execute`].

pub mod access;
mod admin;
pub mod attachments;
pub mod caller;
pub mod client;
pub mod clock;
pub mod config;
mod desk;
mod facts;
mod forget;
mod gate;
mod heard;
mod holidays;
pub mod http;
mod inbound;
mod lifecycle;
mod page;
mod policy;
mod policy_change;
pub mod process;
mod run;
mod service;
pub mod staff;
pub mod standing;
pub mod status;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod token;
pub mod trace;
mod watermark;

pub use admin::Ready;
pub use caller::{Admitted, admit, admit_stream};
pub use desk::{Desk, loaded, stored};
pub use gate::GateLayer;
pub use inbound::{Inbound, Outcome};
pub use lifecycle::Lifecycle;
pub use page::Page;
pub use policy::{Policies, PolicyError};
pub use process::Process;
pub use run::{all_migrations, run};
pub use service::{Service, hears};
pub use standing::{Barred, Subject};

/// For a service that has no settings of its own.
#[derive(Debug, Clone, Copy, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

//! Messages between the services of a node and over the border: the only user of the NATS client.
//!
//! - [`Bus`]: a service's connection; [`Bus::publish`] and [`Bus::publish_batch`] out,
//!   [`Bus::hears`] → [`Consumer::run`] in. Delivered at least once, in each aggregate's order.
//! - [`topology`]: the one stream of a node and the consumers on it, read back after declaring.
//! - [`permissions`] and [`server`]: who may do what, rendered as the servers' configuration.
//! - [`ShareLink`], [`ShareAdmin`]: the exchange's connection to the hub's stream of envelopes.
//!
//! NATS moves, it does not prove: what counts as heard is what the inbox and the evidence say.

mod connection;
mod consume;
mod feed;
mod letter;
mod name;
pub mod permissions;
mod publish;
pub mod server;
mod share;
pub mod topology;

pub use connection::{Bus, BusConfig, ConnectError, TlsFiles};
pub use consume::{Consumer, Failure, Handler};
pub use letter::{Malformed, Outgoing};
pub use name::{InvalidName, Service};
pub use publish::PublishError;
pub use share::{Sealed, ShareAdmin, ShareConfig, ShareLink};
pub use topology::TopologyError;

//! Real servers for tests: a private `PostgreSQL`, NATS servers, a link that can be cut, and bounded
//! waiting.
//!
//! Everything a test starts is its child: it ends with the value, and at the latest with the
//! process, whatever kills that. Nothing depends on a server of the machine.
//!
//! One `PostgreSQL` serves a whole test run (`scripts/with-servers`), in which every test gets its own
//! [`database`]; a NATS server starts so quickly that every test gets its own ([`Nats::start`]).

mod database;
mod eventually;
mod link;
mod nats;
mod place;
mod postgres;
mod process;

pub use database::{Server, TestDatabase, database, postgres};
pub use eventually::eventually;
pub use link::Link;
pub use nats::{Nats, Site};
pub use place::{Place, free_port};
pub use postgres::{Durability, Postgres};

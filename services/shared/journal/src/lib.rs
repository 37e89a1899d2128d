//! Aggregates over `PostgreSQL`: load, decide, append, project, and in the same transaction outbox,
//! inbox, timers and answered requests; everything chained and sealed, so that it proves itself.
//!
//! A service writes its rules as [`Aggregate`]s, which are pure, and hands commands to
//! [`Journal::execute`] as [`Act`]s. [`Act::decide`] is all that the journal knows of a rule;
//! [`Act::play`] is the same for a simulation.
//!
//! Whoever writes an aggregate moves its state row first, and only from the version that was
//! decided on; the facts, messages and timers follow from that in the same statement. So a lost
//! race writes nothing, and nobody waits in a circle.

mod act;
mod aggregate;
mod append;
mod builder;
mod cases;
mod chain;
mod dead_letter;
mod error;
mod inbox;
mod journal;
mod outbox;
mod prune;
mod read;
mod schema;
mod seal;
mod timers;
mod together;
mod verify;

pub use act::{Act, Armed, Change, Decided, Fact, Held, Stored, Turn, Undecided};
pub use aggregate::{Aggregate, Alarm};
pub use append::Request;
pub use builder::{Ids, JournalBuilder, JournalConfig};
pub use cases::{Case, Cases};
pub use dead_letter::DeadLetter;
pub use error::JournalError;
pub use inbox::{Absorb, Applied};
pub use journal::{Done, Journal};
pub use outbox::{Outbox, OutboxRow};
pub use prune::{Keep, Pruned};
pub use read::{Loaded, Recorded};
pub use schema::{MIGRATIONS, connect, grant_app_role, migrate, migrations};
pub use seal::Head;
pub use timers::{Fired, RefusedTimer};
pub use verify::{Broken, Place, Report};

//! The whole federation in one process: the real rules of registry, intake, evaluation,
//! coordination and matching on five nodes, over a simulated transport, in random histories.
//!
//! Demands, rounds, lists, solutions, the pool; revisions and withdrawals; questions, roadshows,
//! one-to-ones and who is told who demands; credit records; decisions of every kind, and a linked
//! region whose node begins when one admits it. Half of the histories begin where a list is
//! published, so that they get further.
//!
//! A history follows from a seed alone. Random people do what is plausible and what is not; messages
//! are late, twice and out of step, ways are cut, processes die between what they did and what they
//! noted, clocks are off and jump. What must always hold is looked at after every step, and in the
//! end, when everything has arrived, whether all nodes agree.
//!
//! `cargo run -p simulation -- --seed 7 --verbose` tells one history, `--histories 100000` many.
//!
//! What is simulated is what services stand on, and only that: the journal's transaction (all or
//! nothing, one version after the other), outbox, inbox, dead letters and timers, the bus's order of
//! each aggregate, the border's numbered chain and its heartbeats, the chassis' gate and what it
//! keeps of heartbeats and policies. The services' own part is theirs: `decide`, `evolve`,
//! `publish`, `alarms` and `react` run as they are. Their doors do not; what a door looks up before
//! it gives a command is done by [`people`] in its place.

mod archive;
mod broken;
mod cast;
mod catalogue;
mod dice;
pub mod fault;
mod inbox;
mod kept;
mod laws;
mod news;
mod node;
mod people;
pub mod run;
mod service;
mod stages;
pub mod story;
mod temper;
mod timers;
mod transport;
mod words;
mod world;

pub use laws::Breach;
pub use stages::Stage;

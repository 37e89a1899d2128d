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
//! `cargo run -p simulation -- --seed 7 --verbose` tells one history, `--histories 100000` many,
//! `--seed 7 --shorten` the shortest form in which one still fails.
//!
//! # The invariants, where each is looked at, and what shows that it can fail
//!
//! "After each step" looks at everything that the step has written, said, sent or applied. Each
//! fault breaks transport, journal or a door's look-up on purpose; a test has each of them caught by
//! the invariant beside which it stands.
//!
//! | | after each step | at the end, when everything has arrived | caught, when broken |
//! |---|---|---|---|
//! | 1 who demands | `laws/anonymity`: what crosses; `laws/secrecy`: facts, states and messages of each node; `laws/disclosure`: who is told, when, on whose word; `laws/histories`: others' envelopes stay shut | `laws/secrecy`: all states of all nodes | `NodeMessagesCross`, `Unsealed`, `NoNames`, `Hasty`, `AtOnce`, `NamedInTitle` |
//! | 5 every member's assent | `laws/assents`: each full member's own word, given by its director at its own node, to this digest, before a decision has force | | `ForgedAssents`, `OtherDigest` |
//! | 6 who scores | `laws/ballots`: nobody their own employer's demand, nobody twice, nobody after the deadline by home's time, nobody who was not drawn, nothing but what was sealed | | `StrikesLost`, `TwiceScored`, `StoppedClock` |
//! | 7 agreement | `laws/delivery`: each message applied once, each aggregate's in order; `laws/histories`: what arrives is what was sent | `laws/delivery`: all applied, nothing aside; `laws/agreement`, `laws/revisions`, `laws/credit`, `laws/ballots`: hub and others know what each home says; `laws/histories`: all hold the same heads of all chains | `NoInbox`, `Overtaking`, `Loss`, `OutboxLost` |
//! | 8 a rewritten past | | `laws/histories`: whoever held it has noticed; nobody else is accused | `Credulous` |
//! | 9 solvers and pool | `laws/matches`: solvers a task, and the pool's status; `laws/disclosure`: places at a roadshow | | `NoVersions`, `PoolKept`, `Overfull` |
//! | 10 departures and musts | `laws/departures`: reason and approval, waivers by name, the public's time; `laws/credit`: whom a record bars, and that they were heard; `laws/revisions`: selected solvers' word; `laws/policies`: each case under the version of its day, and keeps it | `laws/credit`: whoever is barred is asked for nothing | `UnapprovedDepartures`, `EarlyForce`, `Unbarred`, `TakenAsHeard`, `WordsInvented`, `Retaken` |
//! | 11 two people, terminal states | `laws/hands`: backbone, pre-review, assent, approval, audit, and eleven kinds that stay where they end; `laws/credit`: three people a record; `laws/disclosure`: answers, roadshows, names | | `OneAccount`, `Restored` |
//!
//! 2, 3 and 4 concern services that are not simulated. One history in a hundred keeps the border's
//! real evidence ([`notary`]): signed and sealed envelopes, each node's file of each chain; in half
//! of those a region rewrites what it has said. `--coverage` tells what of the five services the
//! histories reach ([`coverage`]).
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
pub mod coverage;
mod dice;
pub mod fault;
mod inbox;
mod kept;
mod kinds;
mod laws;
mod needles;
mod news;
mod node;
mod notary;
mod people;
pub mod run;
mod service;
mod stages;
pub mod story;
mod tampered;
mod temper;
mod timers;
mod transport;
mod variants;
mod words;
mod world;

pub use laws::Breach;
pub use stages::Stage;

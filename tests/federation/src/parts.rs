//! Which services a node has, and what each of them needs, as data.

use anyhow::Context as _;

/// A process of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its name: of its binary, database, NATS user and configuration.
    pub name: &'static str,
    /// Whether it has a database of its own.
    pub database: bool,
    /// Whether it speaks over the node's NATS.
    pub nats: bool,
    /// What it listens on besides gRPC and its admin port, by the name of the setting.
    pub listens: &'static [&'static str],
}

const fn domain(name: &'static str) -> Part {
    Part {
        name,
        database: true,
        nats: true,
        listens: &[],
    }
}

/// The exchange's name: the border, whose links can be cut.
pub(crate) const EXCHANGE: &str = "exchange";
/// The registry's name: it knows people by a key that all registries share.
pub(crate) const REGISTRY: &str = "registry";
/// The intake's name: it keeps files.
pub(crate) const INTAKE: &str = "intake";
/// The console's name. It vouches for people, after a login; here the harness in its place.
pub(crate) const CONSOLE: &str = "console";
/// The telemetry service's name: it takes the traces of the others.
pub(crate) const TELEMETRY: &str = "telemetry";

/// Every process of a whole node.
pub const PARTS: &[Part] = &[
    domain(REGISTRY),
    domain(INTAKE),
    domain("evaluation"),
    domain("coordination"),
    domain("matching"),
    domain("application"),
    domain("review"),
    domain("project"),
    domain("fund"),
    Part {
        name: EXCHANGE,
        database: true,
        nats: true,
        listens: &["inbound"],
    },
    Part {
        name: CONSOLE,
        database: false,
        nats: false,
        listens: &["http"],
    },
    Part {
        name: TELEMETRY,
        database: false,
        nats: false,
        listens: &["ui", "gather"],
    },
];

impl Part {
    /// The part of this name.
    ///
    /// # Errors
    /// When a node has none.
    pub fn named(name: &str) -> anyhow::Result<Self> {
        let part = PARTS.iter().find(|part| part.name == name);
        part.copied()
            .with_context(|| format!("no service is called {name:?}"))
    }
}

//! What runs where: for people, tests and clients outside.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use regulation::Region;
use serde::{Deserialize, Serialize};

use crate::{files, parts::CONSOLE, tls::Certificate};

/// A running federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Everything of it is below.
    pub directory: PathBuf,
    /// Unix socket on which it takes orders, if it does.
    pub control: PathBuf,
    /// What all members know of each other: regions, public keys.
    pub members: PathBuf,
    /// The domain's clock is so many milliseconds ahead of the wall clock.
    pub clock_offset_ms: i64,
    /// The nodes.
    pub nodes: BTreeMap<Region, NodeEntry>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeEntry {
    /// Its keys, configurations, logs and data.
    pub directory: PathBuf,
    /// Its `PostgreSQL`, as superuser.
    pub postgres: String,
    /// Its NATS.
    pub nats: String,
    /// The same server's own figures, over HTTP.
    pub nats_monitor: String,
    /// Where the other members ask it: gRPC with mTLS.
    pub exchange: Option<SocketAddr>,
    /// Pages for people.
    pub console: Option<String>,
    /// Traces and their pages.
    pub telemetry: Option<String>,
    /// The node's certificate.
    pub certificate: Certificate,
    /// Its services.
    pub services: BTreeMap<String, ServiceEntry>,
}

/// A service of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEntry {
    /// gRPC, with health and reflection.
    pub grpc: SocketAddr,
    /// `/livez`, `/readyz` and `/metrics`.
    pub admin: SocketAddr,
    /// Process id, while it runs.
    pub pid: Option<u32>,
    /// All it said.
    pub log: PathBuf,
    /// Its configuration.
    pub config: PathBuf,
    /// Its database, as superuser.
    pub database: Option<String>,
}

impl Manifest {
    /// Reads one.
    ///
    /// # Errors
    /// When the file is not one.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading {}: is a federation up?", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not a manifest", path.display()))
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// When the place can't be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        files::public(path, &serde_json::to_string_pretty(self)?)
    }

    /// A node.
    ///
    /// # Errors
    /// When there is none of that region.
    pub fn node(&self, region: Region) -> anyhow::Result<&NodeEntry> {
        self.nodes
            .get(&region)
            .with_context(|| format!("there is no node {region}"))
    }
}

impl NodeEntry {
    /// File with the key of the node's console, which vouches for people.
    pub fn console_key(&self) -> PathBuf {
        self.directory.join("keys").join(format!("{CONSOLE}.pem"))
    }
}

//! Where everything of a node will be, before any of it is.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use regulation::Region;

use crate::{parts::Part, ports::Ports};

/// Addresses and directories of a node.
#[derive(Debug, Clone)]
pub(crate) struct NodePlan {
    pub(crate) region: Region,
    pub(crate) directory: PathBuf,
    pub(crate) postgres: SocketAddr,
    pub(crate) nats: SocketAddr,
    pub(crate) nats_monitor: SocketAddr,
    pub(crate) services: BTreeMap<String, ServicePlan>,
}

/// Addresses of a service.
#[derive(Debug, Clone)]
pub(crate) struct ServicePlan {
    pub(crate) part: Part,
    pub(crate) grpc: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) listens: BTreeMap<&'static str, SocketAddr>,
}

impl NodePlan {
    pub(crate) fn new(
        region: Region,
        federation: &Path,
        of: &[Part],
        ports: &mut Ports,
    ) -> anyhow::Result<Self> {
        let mut services = BTreeMap::new();
        for part in of {
            services.insert(part.name.to_owned(), ServicePlan::new(*part, ports)?);
        }
        Ok(Self {
            region,
            directory: federation.join(region.as_str()),
            postgres: ports.next()?,
            nats: ports.next()?,
            nats_monitor: ports.next()?,
            services,
        })
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.directory.join("keys")
    }

    /// Where intake keeps the demands' files.
    pub(crate) fn attachments(&self) -> PathBuf {
        self.directory.join("attachments")
    }

    pub(crate) fn config(&self, service: &str) -> PathBuf {
        self.directory
            .join("config")
            .join(format!("{service}.toml"))
    }

    pub(crate) fn log(&self, service: &str) -> PathBuf {
        self.directory.join("log").join(format!("{service}.log"))
    }

    /// Where a service listens besides gRPC; none if the node is without it.
    pub(crate) fn listens(&self, service: &str, setting: &str) -> Option<SocketAddr> {
        self.services.get(service)?.listens.get(setting).copied()
    }

    /// Address of the node's NATS server.
    pub(crate) fn nats_url(&self) -> String {
        let scheme = if self.region.is_hub() { "tls" } else { "nats" };
        format!("{scheme}://{}", self.nats)
    }

    /// Address of a database, as one of its users.
    pub(crate) fn database_url(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@{}/{database}", self.postgres)
    }
}

impl ServicePlan {
    fn new(part: Part, ports: &mut Ports) -> anyhow::Result<Self> {
        let mut listens = BTreeMap::new();
        for setting in part.listens {
            listens.insert(*setting, ports.next()?);
        }
        Ok(Self {
            part,
            grpc: ports.next()?,
            admin: ports.next()?,
            listens,
        })
    }
}

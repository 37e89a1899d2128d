//! A node as it runs: its two servers and its services.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::{Context as _, bail};
use regulation::Region;
use testkit::{Nats, Postgres, eventually};
use tokio::sync::Mutex;
use toml::Table;
use tonic::transport::{Channel, Endpoint};

use crate::{
    config::{Common, ProcessConfig},
    http,
    keys::NodeKeys,
    manifest::{NodeEntry, ServiceEntry},
    parts::{CONSOLE, EXCHANGE, TELEMETRY},
    plan::{NodePlan, ServicePlan},
    process::Process,
};

/// How long services may take until they are ready; with all of a federation's at once on a busy
/// machine.
const READY: Duration = Duration::from_mins(2);
/// How long a call of the harness may take.
const CALL: Duration = Duration::from_secs(10);

/// A node of the federation.
#[derive(Debug)]
pub struct Node {
    pub(crate) plan: NodePlan,
    pub(crate) keys: NodeKeys,
    // In the order of their ends: the services first, then what they lean on.
    pub(crate) services: BTreeMap<String, Service>,
    pub(crate) nats: Mutex<Nats>,
    pub(crate) postgres: Mutex<Postgres>,
}

/// A service of the node.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) plan: ServicePlan,
    pub(crate) channel: Channel,
    pub(crate) run: Mutex<Run>,
}

/// A service's process and what it is told at its next start.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) process: Process,
    pub(crate) config: ProcessConfig,
}

impl Service {
    fn new(
        node: (&NodePlan, &NodeKeys),
        plan: &ServicePlan,
        common: &Common,
        program: &Path,
        settings: Table,
    ) -> anyhow::Result<Self> {
        let (at, keys) = node;
        let name = plan.part.name;
        let config = ProcessConfig::new(common, at, keys, plan, settings);
        let path = at.config(name);
        config.write(&path)?;
        let arguments = vec!["--config".to_owned(), path.display().to_string()];
        let process = Process::new(
            format!("{name} of {}", at.region),
            program,
            arguments,
            at.log(name),
        );
        let endpoint = Endpoint::from_shared(format!("http://{}", plan.grpc))?;
        Ok(Self {
            plan: plan.clone(),
            channel: endpoint.timeout(CALL).connect_lazy(),
            run: Mutex::new(Run { process, config }),
        })
    }
}

impl Node {
    /// The node with these servers; its services do not run yet.
    pub(crate) fn new(
        (plan, keys): (NodePlan, NodeKeys),
        (postgres, nats): (Postgres, Nats),
        common: &Common,
        programs: &Path,
        settings: impl Fn(&ServicePlan) -> anyhow::Result<Table>,
    ) -> anyhow::Result<Self> {
        for directory in ["config", "log"] {
            std::fs::create_dir_all(plan.directory.join(directory))?;
        }
        let mut services = BTreeMap::new();
        for (name, service) in &plan.services {
            let program = programs.join(name);
            let own = settings(service)?;
            let service = Service::new((&plan, &keys), service, common, &program, own)?;
            services.insert(name.clone(), service);
        }
        Ok(Self {
            plan,
            keys,
            services,
            nats: Mutex::new(nats),
            postgres: Mutex::new(postgres),
        })
    }

    /// Which one it is.
    pub fn region(&self) -> Region {
        self.plan.region
    }

    pub(crate) fn service(&self, name: &str) -> anyhow::Result<&Service> {
        let found = self.services.get(name);
        found.with_context(|| format!("{} has no service {name:?}", self.region()))
    }

    /// Starts those services, and waits until they are ready.
    pub(crate) async fn start(&self, names: &[&str]) -> anyhow::Result<()> {
        for name in names {
            self.service(name)?.run.lock().await.process.start()?;
        }
        self.ready(names).await
    }

    /// Waits until those services are ready; says so at once if one ends instead.
    pub(crate) async fn ready(&self, names: &[&str]) -> anyhow::Result<()> {
        let mut waiting = names.to_vec();
        let look = async || match self.look(&mut waiting).await {
            Ok(false) => None,
            decided => Some(decided.map(drop)),
        };
        let seen = eventually(READY, look, "its services to be ready").await;
        let region = self.region();
        seen.with_context(|| format!("{region}: not ready: {}", waiting.join(", ")))?
    }

    /// Drops from `waiting` those that are ready; true if none is left.
    async fn look(&self, waiting: &mut Vec<&str>) -> anyhow::Result<bool> {
        for name in waiting.iter() {
            let process = &mut self.service(name)?.run.lock().await.process;
            if let Some(status) = process.ended() {
                bail!(
                    "{name} of {} ended ({status}):\n{}",
                    self.region(),
                    process.tail()
                );
            }
        }
        // One at a time: while sixty processes start, whoever asks them all takes their time.
        while let Some(name) = waiting.last() {
            if http::get(self.service(name)?.plan.admin, "/readyz")
                .await
                .is_none()
            {
                return Ok(false);
            }
            waiting.pop();
        }
        Ok(true)
    }

    /// What the manifest says of it.
    pub(crate) async fn entry(&self) -> NodeEntry {
        let mut services = BTreeMap::new();
        for (name, service) in &self.services {
            let database = service.plan.part.database;
            let entry = ServiceEntry {
                grpc: service.plan.grpc,
                admin: service.plan.admin,
                pid: service.run.lock().await.process.pid(),
                log: self.plan.log(name),
                config: self.plan.config(name),
                database: database.then(|| self.plan.database_url("postgres", name)),
            };
            services.insert(name.clone(), entry);
        }
        let page = |service, setting| {
            let address = self.plan.listens(service, setting)?;
            Some(format!("http://{address}/"))
        };
        NodeEntry {
            directory: self.plan.directory.clone(),
            postgres: self.plan.database_url("postgres", "postgres"),
            nats: self.plan.nats_url(),
            nats_monitor: format!("http://{}", self.plan.nats_monitor),
            exchange: self.plan.listens(EXCHANGE, "inbound"),
            console: page(CONSOLE, "http"),
            telemetry: page(TELEMETRY, "ui"),
            certificate: self.keys.certificate.clone(),
            services,
        }
    }
}

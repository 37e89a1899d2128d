//! A running federation, and what can be done to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use anyhow::Context as _;
use bus::{Bus, BusConfig, ShareConfig, ShareLink, TlsFiles};
use futures::future::join_all;
use regulation::Region;
use sqlx::{PgPool, postgres::PgPoolOptions};
use testkit::eventually;
use tonic::transport::Channel;

use crate::{
    Builder, Manifest, Node, Persona, Record, Recorded,
    directory::Directory,
    http,
    join::Joining,
    links::Links,
    parts::{self},
    ports::Ports,
};

/// How long connecting to the hub may take.
const CONNECTED: Duration = Duration::from_secs(10);

/// A federation of whole nodes, each service a process of its own. All of it ends with this value,
/// and at the latest with the process, whatever ends that.
#[derive(Debug)]
pub struct Federation {
    // In the order of their ends.
    pub(crate) nodes: BTreeMap<Region, Node>,
    pub(crate) links: Links,
    pub(crate) clock_offset_ms: AtomicI64,
    record: Option<Record>,
    pub(crate) joining: Joining,
    pub(crate) ports: Ports,
    pub(crate) directory: Directory,
}

impl Federation {
    /// Says what it is to be like; then [`Builder::boot`].
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        nodes: BTreeMap<Region, Node>,
        links: Links,
        joining: Joining,
        record: Option<Record>,
        (ports, directory): (Ports, Directory),
    ) -> Self {
        let clock_offset_ms = AtomicI64::new(joining.shared.common.clock_offset_ms);
        Self {
            nodes,
            links,
            clock_offset_ms,
            record,
            joining,
            ports,
            directory,
        }
    }

    /// Its regions, with the hub.
    pub fn regions(&self) -> impl Iterator<Item = Region> {
        self.nodes.keys().copied()
    }

    /// A node.
    ///
    /// # Errors
    /// When there is none of that region.
    pub fn node(&self, region: Region) -> anyhow::Result<&Node> {
        self.nodes
            .get(&region)
            .with_context(|| format!("there is no node {region}"))
    }

    /// A channel to a service; it connects when used, and again after a restart.
    ///
    /// # Errors
    /// When the node has no such service.
    pub fn channel(&self, region: Region, service: &str) -> anyhow::Result<Channel> {
        Ok(self.node(region)?.service(service)?.channel.clone())
    }

    /// The same, which records what goes through if the federation was booted so.
    ///
    /// # Errors
    /// When the node has no such service.
    pub fn recorded(&self, region: Region, service: &str) -> anyhow::Result<Recorded> {
        Ok(Recorded {
            channel: self.channel(region, service)?,
            region,
            service: service.to_owned(),
            record: self.record.clone(),
        })
    }

    /// What went through [`Federation::recorded`] channels, if it is recorded.
    pub fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// A token as the console of their node would give them.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn token(&self, persona: &Persona) -> anyhow::Result<String> {
        let keys = &self.node(persona.region())?.keys;
        persona.token(&keys.token(parts::CONSOLE))
    }

    /// A service's database, as superuser: to check what is there.
    ///
    /// # Errors
    /// When it can't be reached.
    pub async fn sql(&self, region: Region, service: &str) -> anyhow::Result<PgPool> {
        let url = self.node(region)?.plan.database_url("postgres", service);
        Ok(PgPoolOptions::new()
            .max_connections(2)
            .connect(&url)
            .await?)
    }

    /// All that a service said so far.
    ///
    /// # Errors
    /// When the node has no such service.
    pub async fn logs(&self, region: Region, service: &str) -> anyhow::Result<String> {
        let run = self.node(region)?.service(service)?.run.lock().await;
        Ok(std::fs::read_to_string(run.process.log())?)
    }

    /// A page of a node's console, as anybody finds it; the path begins with a slash.
    ///
    /// # Errors
    /// When the node has no console, or this says anything but 200.
    pub async fn page(&self, region: Region, path: &str) -> anyhow::Result<String> {
        let console = self.node(region)?.plan.listens(parts::CONSOLE, "http");
        let console = console.with_context(|| format!("{region} has no console"))?;
        let page = http::get(console, path).await;
        page.with_context(|| format!("no page {path} at {region}"))
    }

    /// What a node's pages of traces are made of: the Jaeger UI's API, or the UI itself.
    ///
    /// # Errors
    /// When the node has no telemetry, or this says anything but 200.
    pub async fn traces(&self, region: Region, path: &str) -> anyhow::Result<String> {
        let ui = self.node(region)?.plan.listens(parts::TELEMETRY, "ui");
        let ui = ui.with_context(|| format!("{region} has no telemetry"))?;
        let answer = http::get(ui, path).await;
        answer.with_context(|| format!("no {path} at {region}"))
    }

    /// What runs where.
    pub async fn manifest(&self) -> Manifest {
        let mut nodes = BTreeMap::new();
        for (region, node) in &self.nodes {
            nodes.insert(*region, node.entry().await);
        }
        Manifest {
            directory: self.directory.path().to_owned(),
            control: self.control(),
            members: crate::boot::members_file(&self.directory),
            clock_offset_ms: self.clock_offset_ms.load(Ordering::Relaxed),
            nodes,
        }
    }

    /// Where orders are taken, if anybody serves them.
    pub(crate) fn control(&self) -> PathBuf {
        self.directory.path().join("control.sock")
    }

    /// A second connection to the hub's stream in a region's name, with its own key: to say what
    /// its exchange never would.
    ///
    /// # Errors
    /// When there is no such node, or it can't connect.
    pub async fn usurp(&self, region: Region) -> anyhow::Result<ShareLink> {
        let keys = &self.node(region)?.keys;
        let tls = &keys.certificate;
        let config = ShareConfig {
            url: self.node(Region::HUB)?.plan.nats_url(),
            seed: std::fs::read_to_string(keys.member_seed())?.into(),
            tls: TlsFiles {
                ca: tls.ca_file.clone(),
                cert: tls.cert_file.clone(),
                key: tls.key_file.clone(),
            },
        };
        let link = ShareLink::connect(region, config).await?;
        let connected = async || link.is_connected().then_some(());
        eventually(CONNECTED, connected, "the hub to be reached").await?;
        Ok(link)
    }

    /// A connection to a node's own NATS as one of its services, to say what that would.
    ///
    /// # Errors
    /// When there is no such service, or the server is not reached.
    pub async fn speaks_as(&self, region: Region, service: &str) -> anyhow::Result<Bus> {
        let node = self.node(region)?;
        node.service(service)?;
        let tls = &node.keys.certificate;
        let bus = Bus::connect(BusConfig {
            url: node.plan.nats_url(),
            seed: std::fs::read_to_string(node.keys.nats_seed(service))?.into(),
            service: service.parse()?,
            region,
            tls: region.is_hub().then(|| TlsFiles {
                ca: tls.ca_file.clone(),
                cert: tls.cert_file.clone(),
                key: tls.key_file.clone(),
            }),
        })
        .await?;
        let connected = async || bus.is_connected().then_some(());
        eventually(CONNECTED, connected, "the node's NATS to be reached").await?;
        Ok(bus)
    }

    /// The regions that are cut off or frozen now.
    pub fn severed(&self) -> BTreeSet<Region> {
        self.links.severed()
    }

    /// Cuts a region off: from the hub's stream, and from every other region's inbound port, both
    /// ways.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn cut(&self, region: Region) -> anyhow::Result<()> {
        self.node(region)?;
        self.links.cut(region);
        Ok(())
    }

    /// The same, but its connections stay, and nothing comes through.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn freeze(&self, region: Region) -> anyhow::Result<()> {
        self.node(region)?;
        self.links.freeze(region);
        Ok(())
    }

    /// Undoes [`Federation::cut`] and [`Federation::freeze`].
    ///
    /// # Errors
    /// When there is no such node.
    pub fn heal(&self, region: Region) -> anyhow::Result<()> {
        self.node(region)?;
        self.links.heal(region);
        Ok(())
    }

    /// Holds everything between a region and the others back for so long, one way.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn delay(&self, region: Region, one_way: Duration) -> anyhow::Result<()> {
        self.node(region)?;
        self.links.delay(region, one_way);
        Ok(())
    }

    /// `kill -9` of a service; nothing if it does not run.
    ///
    /// # Errors
    /// When the node has no such service.
    pub async fn kill(&self, region: Region, service: &str) -> anyhow::Result<()> {
        self.node(region)?
            .service(service)?
            .run
            .lock()
            .await
            .process
            .kill()
    }

    /// Starts a service again, ending it in good order if it runs, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not end in good order, or not get ready.
    pub async fn restart(&self, region: Region, service: &str) -> anyhow::Result<()> {
        let node = self.node(region)?;
        node.service(service)?
            .run
            .lock()
            .await
            .process
            .stop()
            .await?;
        node.start(&[service]).await
    }

    /// `kill -9` of a node's `PostgreSQL`.
    ///
    /// # Errors
    /// When the system refuses.
    pub async fn kill_postgres(&self, region: Region) -> anyhow::Result<()> {
        self.node(region)?.postgres.lock().await.kill()
    }

    /// Starts a node's `PostgreSQL` again on its data, ending it first if it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_postgres(&self, region: Region) -> anyhow::Result<()> {
        self.node(region)?.postgres.lock().await.restart().await
    }

    /// `kill -9` of a node's NATS; the hub's carries the stream of envelopes too.
    ///
    /// # Errors
    /// When it does not run, or the system refuses.
    pub async fn kill_nats(&self, region: Region) -> anyhow::Result<()> {
        self.node(region)?.nats.lock().await.kill()
    }

    /// Starts a node's NATS again on its data, ending it first if it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_nats(&self, region: Region) -> anyhow::Result<()> {
        self.node(region)?.nats.lock().await.restart().await
    }

    /// Ends everything in good order.
    ///
    /// # Errors
    /// Names every service that had ended before, did not end when asked to, or says that it
    /// failed. Everything has ended all the same.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        let services = self.nodes.values().flat_map(|node| node.services.values());
        let stops = services.map(async |service| service.run.lock().await.process.stop().await);
        let mut faults: Vec<String> = Vec::new();
        for outcome in join_all(stops).await {
            faults.extend(outcome.err().map(|error| format!("{error:#}")));
        }
        for node in self.nodes.values() {
            let stopped = node.postgres.lock().await.stop().await;
            faults.extend(stopped.err().map(|error| format!("{error:#}")));
        }
        anyhow::ensure!(faults.is_empty(), "{}", faults.join("\n"));
        Ok(())
    }
}

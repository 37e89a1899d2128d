//! From nothing to a federation that is ready.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use anyhow::{Context as _, ensure};
use bus::server::Member;
use chassis::clock::wall_now;
use futures::future::try_join_all;
use regulation::Region;
use testkit::{Durability, Nats, Postgres};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    config::Common,
    directory::Directory,
    federation::Federation,
    files,
    join::Joining,
    keys::{self, NodeKeys},
    links::{End, Links},
    node::Node,
    parts::{EXCHANGE, PARTS, Part, TELEMETRY},
    plan::NodePlan,
    ports::Ports,
    record::Record,
    servers::{self, Hub},
    settings::{self, Around},
    tls::Authority,
};

/// Is told what was done.
type Report = Arc<dyn Fn(&str) + Send + Sync>;

/// What a federation is to be like.
pub struct Builder {
    regions: Vec<Region>,
    services: Vec<String>,
    clock_starts: Option<String>,
    directory: Option<PathBuf>,
    keep: bool,
    programs: Option<PathBuf>,
    policies: PathBuf,
    durability: Durability,
    log: Option<String>,
    record: bool,
    report: Report,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            regions: vec![Region::SH, Region::JS, Region::ZJ, Region::AH],
            services: PARTS.iter().map(|part| part.name.to_owned()).collect(),
            clock_starts: None,
            directory: None,
            keep: false,
            programs: None,
            policies: concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/policy").into(),
            durability: Durability::Fast,
            log: None,
            record: false,
            report: Arc::new(|_| {}),
        }
    }
}

impl Builder {
    /// These regions; the hub is always there.
    #[must_use]
    pub fn regions(mut self, regions: impl IntoIterator<Item = Region>) -> Self {
        self.regions = regions.into_iter().collect();
        self
    }

    /// These services on every node; by default all.
    #[must_use]
    pub fn services<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.services = names.into_iter().map(Into::into).collect();
        self
    }

    /// The domain's time at the start (RFC 3339); by default the wall clock's.
    #[must_use]
    pub fn clock_starts(mut self, at: impl Into<String>) -> Self {
        self.clock_starts = Some(at.into());
        self
    }

    /// Where everything of it lies; has to be empty. By default a place for temporary files.
    #[must_use]
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Leaves the directory behind at the end.
    #[must_use]
    pub fn keep(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }

    /// Where the services' binaries are; by default beside the running one.
    #[must_use]
    pub fn programs(mut self, directory: impl Into<PathBuf>) -> Self {
        self.programs = Some(directory.into());
        self
    }

    /// Folder of the policy versions; by default the project's.
    #[must_use]
    pub fn policies(mut self, directory: impl Into<PathBuf>) -> Self {
        self.policies = directory.into();
        self
    }

    /// What a commit is worth; by default it survives every kill, but no power cut.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Filter of the services' logs, as `tracing` reads it.
    #[must_use]
    pub fn log(mut self, filter: impl Into<String>) -> Self {
        self.log = Some(filter.into());
        self
    }

    /// Keeps what people call, for [`Federation::record`].
    #[must_use]
    pub fn record(mut self, record: bool) -> Self {
        self.record = record;
        self
    }

    /// Tells `report` what was done, in a line each.
    #[must_use]
    pub fn report(mut self, report: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.report = Arc::new(report);
        self
    }

    /// Starts everything, and waits until every process is ready.
    ///
    /// # Errors
    /// When something does not start; the message has the end of its log. What was started ends.
    pub async fn boot(self) -> anyhow::Result<Federation> {
        let clock_offset_ms = self.clock_offset_ms()?;
        let directory = Directory::new(self.directory.clone(), self.keep)?;
        let mut ports = Ports::new();
        let plans = self.plan(&directory, &mut ports)?;
        let programs = self.built(&plans)?;
        let authority = Authority::new(&directory.path().join("ca.crt"), wall_now())?;
        let (keys, hub) = make_keys(&directory, &plans, &authority)?;
        let links = lay(&plans).await?;
        let common = Common {
            policy_directory: self.policies.canonicalize().context("no policies")?,
            clock_offset_ms,
            log: self.log.clone(),
        };
        let shared = Shared {
            common,
            hub,
            programs,
            durability: self.durability,
            report: self.report,
        };
        let nodes = plans
            .into_iter()
            .zip(keys)
            .map(|(plan, keys)| shared.node(plan, keys, &links, &directory));
        let nodes = try_join_all(nodes).await?;
        let nodes = nodes
            .into_iter()
            .map(|node| (node.region(), node))
            .collect();
        let joining = Joining { shared, authority };
        Ok(Federation::new(
            nodes,
            links,
            joining,
            self.record.then(Record::default),
            (ports, directory),
        ))
    }

    fn plan(&self, directory: &Directory, ports: &mut Ports) -> anyhow::Result<Vec<NodePlan>> {
        let mut regions = self.regions.clone();
        regions.push(Region::HUB);
        regions.sort();
        regions.dedup();
        let services: Vec<_> = self
            .services
            .iter()
            .map(|name| Part::named(name))
            .collect::<anyhow::Result<_>>()?;
        ensure!(!services.is_empty(), "no services");
        let plan = |region: Region| NodePlan::new(region, directory.path(), &services, ports);
        regions.into_iter().map(plan).collect()
    }

    /// Where the binaries are: all of them, before anything is started.
    fn built(&self, plans: &[NodePlan]) -> anyhow::Result<PathBuf> {
        let programs = self.programs.clone().map_or_else(beside, Ok)?;
        for name in plans.iter().flat_map(|plan| plan.services.keys()) {
            let program = programs.join(name);
            ensure!(
                program.exists(),
                "{} is not built: cargo build -p {name}",
                program.display()
            );
        }
        Ok(programs)
    }

    fn clock_offset_ms(&self) -> anyhow::Result<i64> {
        let Some(text) = &self.clock_starts else {
            return Ok(0);
        };
        let at = OffsetDateTime::parse(text, &Rfc3339)
            .with_context(|| format!("not a time (RFC 3339): {text}"))?;
        offset_ms(at)
    }
}

/// What all nodes are made with.
pub(crate) struct Shared {
    pub(crate) common: Common,
    pub(crate) hub: Hub,
    programs: PathBuf,
    durability: Durability,
    report: Report,
}

impl Shared {
    /// Starts a node.
    pub(crate) async fn node(
        &self,
        plan: NodePlan,
        keys: NodeKeys,
        links: &Links,
        directory: &Directory,
    ) -> anyhow::Result<Node> {
        let region = plan.region;
        let servers = self.servers(&plan, &keys).await?;
        (self.report)(&format!("{region}: PostgreSQL and NATS"));
        let around = Around {
            hub: &self.hub,
            links,
            directory,
        };
        let own = |service: &_| settings::of(&plan, &keys, service, &around);
        let node = Node::new(
            (plan.clone(), keys.clone()),
            servers,
            &self.common,
            &self.programs,
            own,
        )?;
        let names: Vec<_> = node.services.keys().map(String::as_str).collect();
        node.start(&names).await?;
        (self.report)(&format!("{region}: {} services are ready", names.len()));
        Ok(node)
    }

    async fn servers(&self, plan: &NodePlan, keys: &NodeKeys) -> anyhow::Result<(Postgres, Nats)> {
        let hub = plan.region.is_hub().then_some(&self.hub);
        let postgres = servers::postgres(plan, self.durability);
        let nats = servers::nats(plan, keys, hub);
        futures::future::try_join(postgres, nats).await
    }
}

/// How far ahead of the wall clock a clock is that says `at` now.
pub(crate) fn offset_ms(at: OffsetDateTime) -> anyhow::Result<i64> {
    Ok(i64::try_from((at - wall_now()).whole_milliseconds())?)
}

fn make_keys(
    directory: &Directory,
    plans: &[NodePlan],
    authority: &Authority,
) -> anyhow::Result<(Vec<NodeKeys>, Hub)> {
    let mut all = Vec::new();
    let mut hub = Hub {
        admin: String::new(),
        admin_seed: PathBuf::new(),
        members: Vec::new(),
    };
    for plan in plans {
        let parts: Vec<_> = plan.services.values().map(|service| service.part).collect();
        let keys = NodeKeys::make(plan.region, &plan.keys(), &parts, authority)?;
        hub.members.push(Member {
            region: plan.region,
            nkey: keys.member_nkey.clone(),
        });
        if plan.region.is_hub() {
            hub.admin_seed = plan.keys().join("share-admin.nkey");
            hub.admin = keys::nkey(&hub.admin_seed)?;
        }
        all.push(keys);
    }
    files::secret(&person_key_file(directory), &keys::random_hex())?;
    keys::write_members(&members_file(directory), all.iter())?;
    Ok((all, hub))
}

/// File with the key by which the registries know a person alike.
pub(crate) fn person_key_file(directory: &Directory) -> PathBuf {
    directory.path().join("person.key")
}

/// File that says what all members know of each other.
pub(crate) fn members_file(directory: &Directory) -> PathBuf {
    directory.path().join("members.toml")
}

/// A wire for every way by which a node reaches another.
async fn lay(plans: &[NodePlan]) -> anyhow::Result<Links> {
    let mut links = Links::default();
    let nats: BTreeMap<_, _> = plans.iter().map(|plan| (plan.region, plan.nats)).collect();
    for from in plans.iter().map(|plan| plan.region) {
        for to in plans.iter().filter(|to| to.region != from) {
            if let Some(inbound) = to.listens(EXCHANGE, "inbound") {
                links.lay(from, to.region, End::Inbound, inbound).await?;
            }
            if to.region.is_hub() {
                links
                    .lay(from, to.region, End::Share, nats[&to.region])
                    .await?;
                if let Some(gather) = to.listens(TELEMETRY, "gather") {
                    links.lay(from, to.region, End::Traces, gather).await?;
                }
            }
        }
    }
    Ok(links)
}

/// Where this binary, or the test's, was built: there are the services' too.
fn beside() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let directory = own.parent().context("a binary without a directory")?;
    let tests = directory.ends_with("deps") || directory.ends_with("examples");
    let found = if tests {
        directory.parent()
    } else {
        Some(directory)
    };
    found
        .map(Into::into)
        .context("a binary without a directory")
}

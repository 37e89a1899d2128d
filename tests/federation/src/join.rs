//! A node that comes to a running federation, and one whose keys change: what the operators do,
//! beside the joint decision.

use std::{fmt, path::PathBuf, sync::atomic::Ordering, time::Duration};

use anyhow::{Context as _, ensure};
use bus::server::Member;
use evidence::MembershipDocument;
use regulation::Region;
use testkit::eventually;
use time::OffsetDateTime;

use crate::{
    Federation, Part,
    boot::Shared,
    jetstream,
    keys::NodeKeys,
    links::End,
    parts::{EXCHANGE, TELEMETRY},
    plan::NodePlan,
    servers,
    tls::Authority,
};

/// How long a server may take to read its configuration.
const RELOAD: Duration = Duration::from_secs(30);

/// What a newcomer is made with.
pub(crate) struct Joining {
    pub(crate) shared: Shared,
    pub(crate) authority: Authority,
}

impl fmt::Debug for Joining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Joining")
    }
}

/// A node that is planned and has its keys, and is no member yet.
#[derive(Debug)]
pub struct Newcomer {
    plan: NodePlan,
    keys: NodeKeys,
    document: MembershipDocument,
}

impl Newcomer {
    /// What the joint decision that admits it is about.
    pub fn document(&self) -> &MembershipDocument {
        &self.document
    }
}

impl Federation {
    /// Plans the node of a region that is to join, with the services that the hub has.
    ///
    /// # Errors
    /// When there is one already, or its keys can't be made.
    pub async fn newcomer(&mut self, region: Region) -> anyhow::Result<Newcomer> {
        ensure!(
            !self.nodes.contains_key(&region),
            "{region} is there already"
        );
        let hub = self.node(Region::HUB)?;
        let services = hub.plan.services.values();
        let services: Vec<Part> = services.map(|service| service.part).collect();
        let (at, of_hub) = (self.directory.path().to_owned(), hub.plan.clone());
        let plan = NodePlan::new(region, &at, &services, &mut self.ports)?;
        let keys = NodeKeys::make(region, &plan.keys(), &services, &self.joining.authority)?;
        let inbound = plan.listens(EXCHANGE, "inbound");
        let inbound = inbound.context("no exchange, no border")?;
        // One address for everybody else.
        self.links
            .lay(region, region, End::Inbound, inbound)
            .await?;
        self.links
            .lay(region, Region::HUB, End::Share, of_hub.nats)
            .await?;
        if let Some(gather) = of_hub.listens(TELEMETRY, "gather") {
            self.links
                .lay(region, Region::HUB, End::Traces, gather)
                .await?;
        }
        for (to, node) in &self.nodes {
            if let Some(there) = node.plan.listens(EXCHANGE, "inbound") {
                self.links.lay(region, *to, End::Inbound, there).await?;
            }
        }
        let address = self.links.address(region, region, End::Inbound);
        let address = address.context("no way to it")?;
        let document = keys.admission(address, self.now());
        Ok(Newcomer {
            plan,
            keys,
            document,
        })
    }

    /// The operator of the hub lets the newcomer's exchange connect: one more account at the hub's
    /// NATS, which reads its configuration anew and goes on. Twice: at the first reading the server
    /// binds what the new account imports to the copy of the stream's account that it has just
    /// read, which nobody listens in; at the second, to the one that runs.
    ///
    /// # Errors
    /// When the server does not take the configuration.
    pub async fn let_in(&mut self, newcomer: &Newcomer) -> anyhow::Result<()> {
        let hub = &mut self.joining.shared.hub;
        hub.members.push(Member {
            region: newcomer.plan.region,
            nkey: newcomer.keys.member_nkey.clone(),
        });
        let node = self.nodes.get(&Region::HUB).context("no hub")?;
        let config = servers::nats_config(&node.plan, &node.keys, Some(hub))?;
        let monitor = node.plan.nats_monitor;
        let nats = node.nats.lock().await;
        for _ in 0..2 {
            let before = jetstream::configured(monitor).await;
            let before = before.context("the hub's NATS does not answer")?;
            nats.reload(&config)?;
            let read = async || {
                let now = jetstream::configured(monitor).await?;
                (now != before).then_some(())
            };
            eventually(RELOAD, read, "the hub's NATS to read its configuration").await?;
        }
        Ok(())
    }

    /// Starts the newcomer's node, and waits until all its services are ready.
    ///
    /// # Errors
    /// When something does not start.
    pub async fn join(&mut self, newcomer: Newcomer) -> anyhow::Result<()> {
        let shared = &mut self.joining.shared;
        shared.common.clock_offset_ms = self.clock_offset_ms.load(Ordering::Relaxed);
        let Newcomer { plan, keys, .. } = newcomer;
        let region = plan.region;
        let node = shared
            .node(plan, keys, &self.links, &self.directory)
            .await?;
        self.nodes.insert(region, node);
        Ok(())
    }

    /// Makes a node's next keys, puts them where its exchange looks for them, and says what the
    /// joint decision on them is about.
    ///
    /// # Errors
    /// When there is no such node, or the files can't be written.
    pub fn next_keys(
        &self,
        region: Region,
        from: OffsetDateTime,
        former_until: OffsetDateTime,
    ) -> anyhow::Result<MembershipDocument> {
        let node = self.node(region)?;
        let inbound = node.plan.listens(EXCHANGE, "inbound");
        let inbound = inbound.context("no exchange, no border")?;
        node.keys.rotation(inbound, from, former_until)
    }

    /// The key with which a node was set up to sign.
    ///
    /// # Errors
    /// When there is no such node.
    pub fn first_signing_key(&self, region: Region) -> anyhow::Result<PathBuf> {
        Ok(self.node(region)?.keys.signing())
    }
}

//! Whether everything that was said has been heard.

use std::{collections::BTreeSet, time::Duration};

use anyhow::Context as _;
use futures::future::join_all;
use proto::node::v1::{
    GetServiceStatusRequest, ServiceStatus, admin_service_client::AdminServiceClient,
};
use regulation::{Region, Role};
use serde::Deserialize;
use testkit::eventually;

use crate::{Federation, Node, Persona, calls, http};

/// What has to be seen without a break: what is under way could otherwise slip from where is looked
/// next to where was looked before.
const LOOKS: u32 = 2;

/// Everything that `/jsz` tells of streams and consumers.
const CONSUMERS: &str = "/jsz?accounts=true&streams=true&consumers=true";

#[derive(Deserialize)]
struct Jsz {
    #[serde(default)]
    account_details: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    stream_detail: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    consumer_detail: Vec<Consumer>,
}

#[derive(Deserialize)]
struct Consumer {
    name: String,
    num_pending: u64,
    num_ack_pending: u64,
}

impl Federation {
    /// What a service says of itself.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn status(&self, region: Region, service: &str) -> anyhow::Result<ServiceStatus> {
        let operator = self.token(&Persona::new(region, Role::Operator))?;
        let mut client = AdminServiceClient::new(self.channel(region, service)?);
        let request = calls::bearing(&operator, GetServiceStatusRequest {})?;
        let status = client.get_service_status(request).await;
        let said = status.with_context(|| format!("{service} of {region}"))?;
        Ok(said.into_inner())
    }

    /// Waits until nothing is under way: all outboxes are empty and all consumers have heard
    /// everything. What waits for a region that is cut off does not count.
    ///
    /// # Errors
    /// When that is not so within `timeout`; the message says what was still under way.
    pub async fn wait_quiet(&self, timeout: Duration) -> anyhow::Result<()> {
        let mut busy = Vec::new();
        let mut quiet = 0;
        let look = async || {
            busy = self.busy().await;
            quiet = if busy.is_empty() { quiet + 1 } else { 0 };
            (quiet == LOOKS).then_some(())
        };
        let seen = eventually(timeout, look, "everything to be heard").await;
        seen.with_context(|| busy.join("; "))
    }

    /// What is under way, in words.
    async fn busy(&self) -> Vec<String> {
        let severed = self.links.severed();
        let nodes = self.nodes.values().map(|node| self.busy_at(node, &severed));
        join_all(nodes).await.concat()
    }

    async fn busy_at(&self, node: &Node, severed: &BTreeSet<Region>) -> Vec<String> {
        let region = node.region();
        let services = node
            .services
            .iter()
            .filter(|(_, service)| service.plan.part.database);
        let statuses = join_all(services.map(
            async |(name, _)| match self.status(region, name).await {
                Ok(status) if status.outbox == 0 => None,
                Ok(status) => Some(format!("{name} of {region} has {} to tell", status.outbox)),
                Err(error) => Some(format!("{error:#}")),
            },
        ));
        let mut busy: Vec<_> = statuses.await.into_iter().flatten().collect();
        match consumers(node).await {
            None => busy.push(format!("NATS of {region} does not answer")),
            Some(consumers) => {
                let cut_off = |consumer: &Consumer| cannot_hear(&consumer.name, region, severed);
                for Consumer {
                    name,
                    num_pending,
                    num_ack_pending,
                } in consumers.into_iter().filter(|consumer| !cut_off(consumer))
                {
                    let behind = num_pending + num_ack_pending;
                    if behind > 0 {
                        busy.push(format!("{name} at {region} has {behind} to hear"));
                    }
                }
            }
        }
        busy
    }
}

/// Whether a consumer waits for a wire that is cut: the border of a region, or the region at the
/// hub.
fn cannot_hear(consumer: &str, at: Region, severed: &BTreeSet<Region>) -> bool {
    let border = consumer == bus::topology::BORDER;
    let is_cut = |region: &Region| severed.contains(region) || severed.contains(&Region::HUB);
    match consumer
        .strip_prefix("for_")
        .and_then(|region| region.parse().ok())
    {
        Some(member) => member != Region::HUB && is_cut(&member),
        None => border && !at.is_hub() && is_cut(&at),
    }
}

/// All consumers of a node's NATS.
async fn consumers(node: &Node) -> Option<Vec<Consumer>> {
    let text = http::get(node.plan.nats_monitor, CONSUMERS).await?;
    let jsz: Jsz = serde_json::from_str(&text).ok()?;
    let streams = jsz
        .account_details
        .into_iter()
        .flat_map(|account| account.stream_detail);
    Some(streams.flat_map(|stream| stream.consumer_detail).collect())
}

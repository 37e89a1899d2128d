//! Calls to the other members' exchanges: mutual TLS, and each is who its certificate says it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{PoisonError, RwLock},
    time::Duration,
};

use anyhow::Context as _;
use proto::exchange::v1::border_service_client::BorderServiceClient;
use regulation::Region;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use crate::settings::Settings;

/// How long an answer may take.
const CALL_MAX: Duration = Duration::from_secs(15);
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// The members that can be called.
pub(crate) struct Peers {
    /// By the node's own configuration, which goes first, and by joint decision.
    channels: RwLock<BTreeMap<Region, Channel>>,
    configured: BTreeSet<Region>,
    ca: Certificate,
    identity: Identity,
}

impl Peers {
    /// Connects to nobody: each when it is first called, and again whenever it has to.
    pub(crate) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let (ca, identity) = files(&settings.border.tls)?;
        let channels = settings.peers.iter().map(|(region, address)| {
            let channel = channel(*region, address, &ca, &identity)?;
            Ok((*region, channel))
        });
        Ok(Self {
            channels: RwLock::new(channels.collect::<anyhow::Result<_>>()?),
            configured: settings.peers.keys().copied().collect(),
            ca,
            identity,
        })
    }

    /// A member is reached at this address, says a joint decision; the node's own configuration may
    /// know a better way.
    pub(crate) fn reached(&self, region: Region, address: &str) {
        if self.configured.contains(&region) {
            return;
        }
        match channel(region, address, &self.ca, &self.identity) {
            Ok(channel) => {
                let mut channels = self
                    .channels
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                channels.insert(region, channel);
            }
            Err(error) => tracing::warn!(%region, error = format!("{error:#}"), "no way to it"),
        }
    }

    /// Those that can be called.
    pub(crate) fn regions(&self) -> Vec<Region> {
        let channels = self.channels.read().unwrap_or_else(PoisonError::into_inner);
        channels.keys().copied().collect()
    }

    /// A client for one of them.
    pub(crate) fn client(&self, region: Region) -> Option<BorderServiceClient<Channel>> {
        let channels = self.channels.read().unwrap_or_else(PoisonError::into_inner);
        channels.get(&region).cloned().map(BorderServiceClient::new)
    }
}

fn channel(
    region: Region,
    address: &str,
    ca: &Certificate,
    identity: &Identity,
) -> anyhow::Result<Channel> {
    let tls = ClientTlsConfig::new()
        .ca_certificate(ca.clone())
        .identity(identity.clone())
        // Whatever its address: only the region itself has a certificate for its name.
        .domain_name(region.as_str());
    let endpoint = Endpoint::from_shared(address.to_owned())
        .with_context(|| format!("{address} is not an address"))?
        .tls_config(tls)?
        .timeout(CALL_MAX)
        .connect_timeout(CONNECT_MAX);
    Ok(endpoint.connect_lazy())
}

/// The authority, and who this node is, from their files.
pub(crate) fn files(tls: &chassis::config::Tls) -> anyhow::Result<(Certificate, Identity)> {
    let read = |file: &std::path::Path| {
        std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
    };
    Ok((
        Certificate::from_pem(read(&tls.ca_file)?),
        Identity::from_pem(read(&tls.cert_file)?, read(&tls.key_file)?),
    ))
}

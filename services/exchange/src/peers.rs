//! Calls to the other members' exchanges: mutual TLS, and each is who its certificate says it is.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use proto::exchange::v1::border_service_client::BorderServiceClient;
use regulation::Region;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

use crate::settings::Settings;

/// How long an answer may take.
const CALL_MAX: Duration = Duration::from_secs(15);
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// The members that can be called.
pub(crate) struct Peers(BTreeMap<Region, Channel>);

impl Peers {
    /// Connects to nobody: each when it is first called, and again whenever it has to.
    pub(crate) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let (ca, identity) = files(&settings.border.tls)?;
        let channels = settings.peers.iter().map(|(region, address)| {
            let tls = ClientTlsConfig::new()
                .ca_certificate(ca.clone())
                .identity(identity.clone())
                // Whatever its address: only the region itself has a certificate for its name.
                .domain_name(region.as_str());
            let channel = Endpoint::from_shared(address.clone())
                .with_context(|| format!("{address} is not an address"))?
                .tls_config(tls)?
                .timeout(CALL_MAX)
                .connect_timeout(CONNECT_MAX)
                .connect_lazy();
            Ok((*region, channel))
        });
        Ok(Self(channels.collect::<anyhow::Result<_>>()?))
    }

    /// Those that can be called.
    pub(crate) fn regions(&self) -> impl Iterator<Item = Region> {
        self.0.keys().copied()
    }

    /// A client for one of them.
    pub(crate) fn client(&self, region: Region) -> Option<BorderServiceClient<Channel>> {
        self.0.get(&region).cloned().map(BorderServiceClient::new)
    }
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

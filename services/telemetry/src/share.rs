//! Sends the outline of this node's traces to the hub, as well as it can: a lost outline costs a
//! picture, never a decision, so nothing waits for it and little is kept.

use std::time::Duration;

use chassis::{Lifecycle, config::Tls};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest as Forwarded, trace_service_client::TraceServiceClient,
};
use otlp_embedded::{
    TraceService, TraceServiceImpl,
    proto::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse},
};
use prost::Message as _;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tonic::{
    Request, Response, Status,
    transport::{Certificate, ClientTlsConfig, Endpoint, Identity, ServerTlsConfig},
};
use tracing::debug;

/// Exports that wait for the hub at most; more are left out.
const WAITING_MAX: usize = 256;

/// Where outlines go.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Share {
    /// `https://…` of the hub's telemetry.
    address: String,
    tls: Tls,
}

fn files(tls: &Tls) -> std::io::Result<(Certificate, Identity)> {
    let ca = Certificate::from_pem(std::fs::read(&tls.ca_file)?);
    let own = Identity::from_pem(
        std::fs::read(&tls.cert_file)?,
        std::fs::read(&tls.key_file)?,
    );
    Ok((ca, own))
}

/// How the hub lets the other nodes' telemetry in.
pub(crate) fn server(tls: &Tls) -> std::io::Result<ServerTlsConfig> {
    let (ca, own) = files(tls)?;
    Ok(ServerTlsConfig::new().identity(own).client_ca_root(ca))
}

fn client(tls: &Tls) -> std::io::Result<ClientTlsConfig> {
    let (ca, own) = files(tls)?;
    Ok(ClientTlsConfig::new().identity(own).ca_certificate(ca))
}

/// Takes spans in from the node's services, and passes their outline on.
pub(crate) struct Collector {
    inner: TraceServiceImpl,
    outlines: Option<mpsc::Sender<ExportTraceServiceRequest>>,
}

impl Collector {
    pub(crate) fn new(
        inner: TraceServiceImpl,
        outlines: Option<mpsc::Sender<ExportTraceServiceRequest>>,
    ) -> Self {
        Self { inner, outlines }
    }
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        if let Some(outlines) = &self.outlines {
            // Full: the hub is away, and its picture has a hole.
            let _ = outlines.try_send(crate::outline::of(request.get_ref()));
        }
        self.inner.export(request).await
    }
}

/// Starts the sender; what is put into the returned queue is sent.
pub(crate) fn start(
    lifecycle: &Lifecycle,
    to: Share,
) -> anyhow::Result<mpsc::Sender<ExportTraceServiceRequest>> {
    let channel = Endpoint::from_shared(to.address)?
        .tls_config(client(&to.tls)?)?
        .timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(2))
        .connect_lazy();
    let mut hub = TraceServiceClient::new(channel);
    let (sender, mut waiting) = mpsc::channel::<ExportTraceServiceRequest>(WAITING_MAX);
    let stopping = lifecycle.stopping();
    lifecycle.spawn("share", async move {
        loop {
            let outline = tokio::select! {
                outline = waiting.recv() => outline,
                () = stopping.cancelled() => None,
            };
            let Some(outline) = outline else {
                return Ok::<_, prost::DecodeError>(());
            };
            // The collector's types and the client's are generated twice from one schema.
            let outline = Forwarded::decode(outline.encode_to_vec().as_slice())?;
            if let Err(error) = hub.export(outline).await {
                debug!(%error, "the hub did not take an outline");
            }
        }
    });
    Ok(sender)
}

//! The one port that other members may call: mutual TLS, and the certificate says who asks.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use chassis::{GateLayer, Lifecycle, status};
use proto::exchange::v1 as wire;
use proto::exchange::v1::border_service_server::{BorderService, BorderServiceServer};
use regulation::Region;
use rustls_pki_types::ServerName;
use tonic::{
    Request, Response, Status,
    transport::{Server, ServerTlsConfig, server::TcpIncoming},
};

use crate::{border::Border, peers, read, settings};

/// How long a call may take.
const CALL_MAX: Duration = Duration::from_secs(15);
/// Calls of one connection that are answered at the same time.
const CALLS_MAX: usize = 8;

/// Opens the port.
pub(crate) fn serve(
    border: &Arc<Border>,
    door: &settings::Door,
    lifecycle: &Lifecycle,
) -> anyhow::Result<()> {
    let (ca, identity) = peers::files(&door.tls)?;
    let incoming = TcpIncoming::bind(door.listen)
        .with_context(|| format!("cannot listen on {}", door.listen))?
        .with_nodelay(Some(true));
    let service = BorderServiceServer::new(Door(Arc::clone(border)));
    let server = Server::builder()
        .tls_config(ServerTlsConfig::new().identity(identity).client_ca_root(ca))?
        .timeout(CALL_MAX)
        .layer(GateLayer::by_certificate())
        .concurrency_limit_per_connection(CALLS_MAX)
        .add_service(service)
        .serve_with_incoming_shutdown(incoming, lifecycle.stopping().cancelled_owned());
    lifecycle.spawn("border", server);
    Ok(())
}

struct Door(Arc<Border>);

impl Door {
    /// The member whose certificate the caller has shown.
    fn caller<T>(&self, request: &Request<T>) -> Result<Region, Status> {
        let certificates = request.peer_certs();
        let certificate = certificates.as_ref().and_then(|chain| chain.first());
        let certificate = certificate.and_then(|der| webpki::EndEntityCert::try_from(der).ok());
        let names = |region: &Region| {
            certificate.as_ref().is_some_and(|certificate| {
                ServerName::try_from(region.as_str())
                    .is_ok_and(|name| certificate.verify_is_valid_for_subject_name(&name).is_ok())
            })
        };
        let now = self.0.members.now();
        let mut members = now.ring.members().map(|member| member.region);
        members.find(names).ok_or_else(|| {
            tracing::warn!(from = ?request.remote_addr(), "a caller that is no member");
            status::forbidden("证书不属于任何成员。")
        })
    }
}

#[tonic::async_trait]
impl BorderService for Door {
    async fn fetch_stretch(
        &self,
        request: Request<wire::FetchStretchRequest>,
    ) -> Result<Response<wire::FetchStretchResponse>, Status> {
        let caller = self.caller(&request)?;
        let wire::FetchStretchRequest { origin, from, to } = request.into_inner();
        let origin: Region = status::parse("origin", &origin)?;
        let stretch = read::stretch(&self.0, origin, from, to)
            .await
            .map_err(|error| status::unavailable(&error))?;
        tracing::info!(%caller, %origin, from, to, given = stretch.len(), "a stretch was asked for");
        Ok(Response::new(wire::FetchStretchResponse {
            envelopes: stretch,
        }))
    }

    async fn get_heads(
        &self,
        request: Request<wire::GetHeadsRequest>,
    ) -> Result<Response<wire::GetHeadsResponse>, Status> {
        self.caller(&request)?;
        let heads = read::heads(&self.0, &request.into_inner().places)
            .await
            .map_err(|error| status::unavailable(&error))?;
        Ok(Response::new(wire::GetHeadsResponse { heads }))
    }
}

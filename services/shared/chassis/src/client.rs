//! Calls to the node's other services: with this service's own token, within a deadline, in the
//! same trace.

use std::{sync::Arc, time::Duration};

use regulation::{Actor, Region, Role};
use tonic::{
    Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tracing::error;

use crate::{
    clock::wall_now,
    status,
    token::{SERVICE_TOKEN_TTL, TokenSigner},
    trace,
};

/// How long a call inside the node may take.
pub const CALL_MAX: Duration = Duration::from_secs(5);

/// A channel to another service of the node.
pub type PeerChannel = InterceptedService<Channel, AsService>;

/// Adds the service's token and the trace to each call.
#[derive(Clone)]
pub struct AsService {
    signer: Arc<TokenSigner>,
    actor: Actor,
}

impl AsService {
    /// Calls in the name of `service` of `region`.
    pub fn new(signer: Arc<TokenSigner>, service: &str, region: Region) -> Self {
        Self {
            signer,
            actor: Actor::person(service, Role::Service, region),
        }
    }
}

impl Interceptor for AsService {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let token = self
            .signer
            .sign(&self.actor, wall_now(), SERVICE_TOKEN_TTL)
            .map_err(|error| status::internal(&error))?;
        let bearer = MetadataValue::try_from(format!("Bearer {token}"))
            .map_err(|error| status::internal(&error))?;
        request.metadata_mut().insert("authorization", bearer);
        if let Some(parent) = trace::traceparent()
            && let Ok(parent) = MetadataValue::try_from(parent)
        {
            request.metadata_mut().insert(trace::TRACEPARENT, parent);
        }
        Ok(request)
    }
}

/// A channel to `address`; it connects when first used and again whenever it has to.
///
/// # Errors
/// `INTERNAL` when the address is not one.
pub fn channel(address: &str, caller: AsService) -> Result<PeerChannel, Status> {
    Ok(InterceptedService::new(bare(address)?, caller))
}

/// The same without a caller's name.
pub(crate) fn bare(address: &str) -> Result<Channel, Status> {
    let endpoint = Endpoint::from_shared(address.to_owned()).map_err(|source| {
        error!(address, "not an address");
        status::internal(&source)
    })?;
    Ok(endpoint
        .timeout(CALL_MAX)
        .connect_timeout(Duration::from_secs(2))
        .connect_lazy())
}

//! Calls to the node's other services: with this service's own token, within a deadline, in the
//! same trace.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

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
    config::Config,
    status,
    token::{SERVICE_TOKEN_TTL, TokenError, TokenSigner},
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

/// The node's other services, as one of them finds and calls them. Cheap to clone.
#[derive(Clone)]
pub struct Peers {
    addresses: Arc<BTreeMap<String, String>>,
    caller: AsService,
}

impl Peers {
    /// Those at these addresses, by name.
    pub fn new(addresses: BTreeMap<String, String>, caller: AsService) -> Self {
        Self {
            addresses: Arc::new(addresses),
            caller,
        }
    }

    /// Those that the configuration has an address for, called in the name of `service`.
    ///
    /// # Errors
    /// When the service's own key can't be used.
    pub fn read<S>(service: &str, config: &Config<S>) -> Result<Self, TokenError> {
        let signer = TokenSigner::read(service, config.region, &config.tokens.signing_key_file)?;
        let caller = AsService::new(Arc::new(signer), service, config.region);
        Ok(Self::new(config.peers.clone(), caller))
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.addresses.keys().map(String::as_str)
    }

    /// A channel to one of them; it connects when first used and again whenever it has to.
    ///
    /// # Errors
    /// `INTERNAL` when there is no usable address for it.
    pub fn channel(&self, service: &str) -> Result<PeerChannel, Status> {
        let bare = self.bare(service)?;
        Ok(InterceptedService::new(bare, self.caller.clone()))
    }

    /// The same, but nothing is said in anybody's name: for calls in somebody else's.
    ///
    /// # Errors
    /// `INTERNAL` when there is no usable address for it.
    pub fn bare(&self, service: &str) -> Result<Channel, Status> {
        let address = self.addresses.get(service).ok_or_else(|| {
            error!(service, "peers has no address for it");
            Status::internal("系统配置缺失，已记录，请联系运维人员。")
        })?;
        let endpoint = Endpoint::from_shared(address.clone()).map_err(|source| {
            error!(address, "not an address");
            status::internal(&source)
        })?;
        Ok(endpoint
            .timeout(CALL_MAX)
            .connect_timeout(Duration::from_secs(2))
            .connect_lazy())
    }
}

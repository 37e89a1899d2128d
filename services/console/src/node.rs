//! The node as its pages ask it.

use std::{fmt, sync::Arc, time::Duration};

use chassis::{
    client::{PeerChannel, Peers},
    trace,
};
use proto::{
    coordination::v1::{
        coordination_service_client::CoordinationServiceClient,
        delivery_service_client::DeliveryServiceClient,
    },
    evaluation::v1::draw_service_client::DrawServiceClient,
    exchange::v1::exchange_service_client::ExchangeServiceClient,
    intake::v1::intake_service_client::IntakeServiceClient,
    matching::v1::{
        dialogue_service_client::DialogueServiceClient,
        matching_service_client::MatchingServiceClient,
    },
};
use regulation::{Field, Policy, Region};
use tonic::{
    Request, Status,
    metadata::MetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::Channel,
};
use tracing::warn;

use crate::page::Place;

/// A service of the node that pages ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// 需求对接
    Matching,
    /// 跨区域协调
    Coordination,
    /// 跨区域交换
    Exchange,
    /// 需求评估
    Evaluation,
    /// 需求征集
    Intake,
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Matching => "matching",
            Self::Coordination => "coordination",
            Self::Exchange => "exchange",
            Self::Evaluation => "evaluation",
            Self::Intake => "intake",
        }
    }
}

impl fmt::Display for Peer {
    /// As people are told of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = match self {
            Self::Matching => "需求对接",
            Self::Coordination => "跨区域协调",
            Self::Exchange => "跨区域交换",
            Self::Evaluation => "需求评估",
            Self::Intake => "需求征集",
        };
        write!(f, "{title}服务（{}）", self.name())
    }
}

/// A service did not answer, or not as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away(pub Peer);

impl Away {
    /// Notes for the operator why `peer` is missing on a page.
    pub(crate) fn because(peer: Peer, status: &Status) -> Self {
        let (code, message) = (status.code(), status.message());
        warn!(peer = peer.name(), ?code, message, "not there for a page");
        Self(peer)
    }
}

/// Asks in nobody's name, in the same trace.
#[derive(Clone, Copy)]
pub(crate) struct Nobody;

impl Interceptor for Nobody {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(parent) = trace::traceparent()
            && let Ok(parent) = MetadataValue::try_from(parent)
        {
            request.metadata_mut().insert(trace::TRACEPARENT, parent);
        }
        Ok(request)
    }
}

/// What every page is made from. Cheap to clone.
#[derive(Clone)]
pub struct Node {
    here: Region,
    /// Every version of the policy, decided or not, the earliest first.
    pub(crate) policies: Arc<[Arc<Policy>]>,
    /// The fields by which demands are told apart, of all versions.
    pub(crate) fields: Arc<[Field]>,
    /// After what silence a region is behind; none where the status is not shown.
    pub(crate) late_after: Option<Duration>,
    /// As the public.
    pub(crate) matching: MatchingServiceClient<InterceptedService<Channel, Nobody>>,
    /// As the public.
    pub(crate) dialogue: DialogueServiceClient<InterceptedService<Channel, Nobody>>,
    /// As the console.
    pub(crate) coordination: CoordinationServiceClient<PeerChannel>,
    /// As the console.
    pub(crate) exchange: ExchangeServiceClient<PeerChannel>,
    /// As the console.
    pub(crate) delivery: DeliveryServiceClient<PeerChannel>,
    /// As the public.
    pub(crate) decisions: CoordinationServiceClient<InterceptedService<Channel, Nobody>>,
    /// As the public.
    pub(crate) draws: DrawServiceClient<InterceptedService<Channel, Nobody>>,
    /// As the public.
    pub(crate) intake: IntakeServiceClient<InterceptedService<Channel, Nobody>>,
}

impl Node {
    /// The node `here` with these services. They are called when a page needs them, not before.
    ///
    /// # Errors
    /// When one of them has no address.
    pub fn new(here: Region, peers: &Peers, policies: Vec<Arc<Policy>>) -> anyhow::Result<Self> {
        let public = |peer: Peer| {
            let channel = peers.bare(peer.name())?;
            anyhow::Ok(InterceptedService::new(channel, Nobody))
        };
        let matching = public(Peer::Matching)?;
        let coordination = peers.channel(Peer::Coordination.name())?;
        let exchange = peers.channel(Peer::Exchange.name())?;
        Ok(Self {
            here,
            fields: fields(&policies),
            policies: policies.into(),
            late_after: None,
            dialogue: DialogueServiceClient::new(matching.clone()),
            matching: MatchingServiceClient::new(matching),
            delivery: DeliveryServiceClient::new(coordination.clone()),
            coordination: CoordinationServiceClient::new(coordination),
            exchange: ExchangeServiceClient::new(exchange),
            decisions: CoordinationServiceClient::new(public(Peer::Coordination)?),
            draws: DrawServiceClient::new(public(Peer::Evaluation)?),
            intake: IntakeServiceClient::new(public(Peer::Intake)?),
        })
    }

    /// Where its pages are shown.
    pub(crate) fn place(&self) -> Place {
        Place {
            here: self.here,
            status: self.late_after.is_some(),
        }
    }

    /// The same, showing the federation's status to whoever asks: a region is behind after so long
    /// a silence.
    #[must_use]
    pub fn showing_status(mut self, late_after: Duration) -> Self {
        self.late_after = Some(late_after);
        self
    }
}

/// What any of the versions names, in the order in which they came in. [Art. 4]
fn fields(policies: &[Arc<Policy>]) -> Arc<[Field]> {
    let mut fields: Vec<Field> = Vec::new();
    for field in policies.iter().flat_map(|policy| &policy.fields) {
        if !fields.contains(field) {
            fields.push(field.clone());
        }
    }
    fields.into()
}

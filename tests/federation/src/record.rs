//! What was asked of the services, to be asked again.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header::AUTHORIZATION};
use http_body_util::{BodyExt as _, Full};
use regulation::Region;
use tonic::{Status, body::Body, transport::Channel};
use tower::Service;

/// A call that was answered.
#[derive(Debug, Clone)]
pub struct Call {
    /// At which node.
    pub region: Region,
    /// Which service.
    pub service: String,
    /// `/package.Service/Method`.
    pub path: String,
    /// The caller's header `authorization`.
    pub authorization: String,
    /// The message as it went over the wire, with its prefix.
    pub message: Bytes,
    /// The answer in the same form; none where it was refused.
    pub answer: Option<Bytes>,
}

/// All calls that went through the channels which record, in the order of their answers.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<Vec<Call>>>);

impl Record {
    /// What was called so far.
    pub fn calls(&self) -> Vec<Call> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, call: Call) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(call);
    }
}

/// A channel to a service, which records what goes through if the federation is to.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub(crate) channel: Channel,
    pub(crate) region: Region,
    pub(crate) service: String,
    pub(crate) record: Option<Record>,
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

impl Service<Request<Body>> for Recorded {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.channel.poll_ready(context).map_err(status)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let fresh = self.channel.clone();
        // The one that was ready is the one to call.
        let ready = std::mem::replace(&mut self.channel, fresh);
        let at = (self.region, self.service.clone());
        match self.record.clone() {
            None => {
                let mut ready = ready;
                Box::pin(async move { ready.call(request).await.map_err(status) })
            }
            Some(record) => Box::pin(noted(ready, at, record, request)),
        }
    }
}

fn status(error: tonic::transport::Error) -> Status {
    Status::from_error(Box::new(error))
}

async fn noted(
    mut channel: Channel,
    (region, service): (Region, String),
    record: Record,
    request: Request<Body>,
) -> Result<Response<Body>, Status> {
    let (head, body) = request.into_parts();
    let message = body.collect().await?.to_bytes();
    let authorization = head.headers.get(AUTHORIZATION);
    let mut call = Call {
        region,
        service,
        path: head.uri.path().to_owned(),
        authorization: authorization
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        message: message.clone(),
        answer: None,
    };
    let request = Request::from_parts(head, Body::new(Full::new(message)));
    let (head, body) = channel.call(request).await.map_err(status)?.into_parts();
    let body = body.collect().await?;
    let trailers = body.trailers().cloned();
    let answer = body.to_bytes();
    if !answer.is_empty() {
        call.answer = Some(answer.clone());
    }
    record.note(call);
    let ended = async move { trailers.map(Ok::<HeaderMap, std::convert::Infallible>) };
    let body = Body::new(Full::new(answer).with_trailers(ended));
    Ok(Response::from_parts(head, body))
}

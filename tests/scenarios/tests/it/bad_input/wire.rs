//! Calls as bytes, as a client that keeps to no rule would make them: no generated code and no
//! time-out of its own stands between the test and the service.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Incoming,
    client::conn::http2::{SendRequest, handshake},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;
use tonic::Status;

/// Length of what stands before a message on the wire.
pub(crate) const PREFIX: usize = 5;

/// Connections, one to each address.
#[derive(Default)]
pub(crate) struct Wire {
    /// How the connections are made safe, and whose they are; none: in clear.
    tls: Option<(TlsConnector, ServerName<'static>)>,
    open: BTreeMap<SocketAddr, SendRequest<Full<Bytes>>>,
    tasks: JoinSet<Result<(), hyper::Error>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    /// The message, empty where there is none.
    pub(crate) body: Bytes,
}

impl Answer {
    fn none(error: &hyper::Error) -> Self {
        Self {
            status: Status::unknown(format!("no answer: {error:?}")),
            body: Bytes::new(),
        }
    }

    async fn of(response: Response<Incoming>) -> Self {
        let (head, body) = response.into_parts();
        // A status without a message stands in the headers.
        if let Some(status) = Status::from_header_map(&head.headers) {
            let body = Bytes::new();
            return Self { status, body };
        }
        let body = match body.collect().await {
            Ok(body) => body,
            Err(error) => return Self::none(&error),
        };
        let none = HeaderMap::new();
        let status = Status::from_header_map(body.trailers().unwrap_or(&none));
        let body = body.to_bytes();
        Self {
            status: status.unwrap_or_else(|| Status::unknown("no status")),
            body: body.slice(body.len().min(PREFIX)..),
        }
    }
}

/// A call of the method at `uri` with this message, as both stand on the wire.
fn posted(uri: &str, headers: &[(&'static str, String)], message: &[u8]) -> Request<Full<Bytes>> {
    let mut framed = BytesMut::with_capacity(message.len() + PREFIX);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap());
    framed.put_slice(message);
    let mut request = Request::post(uri)
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(framed.freeze())).unwrap()
}

impl Wire {
    /// Connections over mutual TLS, to the port of the member with this name.
    pub(crate) fn over_tls(config: ClientConfig, name: &str) -> Self {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        Self {
            tls: Some((TlsConnector::from(Arc::new(config)), name)),
            ..Self::default()
        }
    }

    /// Calls the method at `path`, with these headers and this message.
    pub(crate) async fn call(
        &mut self,
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, String)],
        message: &[u8],
    ) -> Answer {
        let request = posted(&format!("http://{address}{path}"), headers, message);
        let connection = self.connection(address).await;
        connection.ready().await.unwrap();
        match connection.send_request(request).await {
            Ok(response) => Answer::of(response).await,
            Err(error) => Answer::none(&error),
        }
    }

    async fn connection(&mut self, address: SocketAddr) -> &mut SendRequest<Full<Bytes>> {
        if self.open.get(&address).is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let sender = match self.tls.clone() {
                Some((tls, name)) => self.shake(tls.connect(name, stream).await.unwrap()).await,
                None => self.shake(stream).await,
            };
            self.open.insert(address, sender);
        }
        self.open.get_mut(&address).unwrap()
    }

    async fn shake<S>(&mut self, stream: S) -> SendRequest<Full<Bytes>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let shaken = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (sender, driver) = shaken.unwrap();
        self.tasks.spawn(driver);
        sender
    }
}

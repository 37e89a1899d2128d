//! Calls as bytes, as a client that keeps to no rule would make them: no generated code and no
//! time-out of its own stands between the test and the service.

use std::{collections::BTreeMap, net::SocketAddr};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpStream, task::JoinSet};
use tonic::Status;

/// Length of what stands before a message on the wire.
pub(crate) const PREFIX: usize = 5;

/// Connections, one to each address.
#[derive(Default)]
pub(crate) struct Wire {
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
}

impl Wire {
    /// Calls the method at `path`, with these headers and this message.
    pub(crate) async fn call(
        &mut self,
        address: SocketAddr,
        path: &str,
        headers: &[(&'static str, String)],
        message: &[u8],
    ) -> Answer {
        let mut framed = BytesMut::with_capacity(message.len() + PREFIX);
        framed.put_u8(0);
        framed.put_u32(u32::try_from(message.len()).unwrap());
        framed.put_slice(message);
        let mut request = Request::post(format!("http://{address}{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(framed.freeze())).unwrap();
        let connection = self.connection(address).await;
        connection.ready().await.unwrap();
        let (head, body) = match connection.send_request(request).await {
            Ok(response) => response.into_parts(),
            Err(error) => return Answer::none(&error),
        };
        // A status without a message stands in the headers.
        if let Some(status) = Status::from_header_map(&head.headers) {
            let body = Bytes::new();
            return Answer { status, body };
        }
        let body = match body.collect().await {
            Ok(body) => body,
            Err(error) => return Answer::none(&error),
        };
        let none = HeaderMap::new();
        let status = Status::from_header_map(body.trailers().unwrap_or(&none));
        let body = body.to_bytes();
        Answer {
            status: status.unwrap_or_else(|| Status::unknown("no status")),
            body: body.slice(body.len().min(PREFIX)..),
        }
    }

    async fn connection(&mut self, address: SocketAddr) -> &mut SendRequest<Full<Bytes>> {
        if self.open.get(&address).is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let shaken = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
            let (sender, driver) = shaken.unwrap();
            self.tasks.spawn(driver);
            self.open.insert(address, sender);
        }
        self.open.get_mut(&address).unwrap()
    }
}

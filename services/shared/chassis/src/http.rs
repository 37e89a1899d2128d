//! Serves HTTP, for whoever looks at a process and for the console's pages: within limits, so that
//! a slow or silent client holds nothing for long.

use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};

use anyhow::Context as _;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::lifecycle::Lifecycle;

/// How long a client may take over the headers of a request, and keep a connection without one.
const HEADER_MAX: Duration = Duration::from_secs(30);
/// Connections at a time; further ones wait.
const CONNECTIONS_MAX: usize = 1_024;
/// How long to rest when no connection can be accepted, as when too many files are open.
const REST: Duration = Duration::from_millis(100);

/// Serves HTTP on `address` until the process stops; what is under way then is answered.
///
/// # Errors
/// When the address is taken.
pub async fn serve(
    lifecycle: &Lifecycle,
    name: &'static str,
    address: SocketAddr,
    routes: Router,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} ({name})"))?;
    let server = Server {
        routes,
        header_max: HEADER_MAX,
        connections_max: CONNECTIONS_MAX,
    };
    let stop = lifecycle.stopping();
    lifecycle.spawn(name, async move {
        server.run(&listener, &stop).await;
        Ok::<_, Infallible>(())
    });
    Ok(())
}

struct Server {
    routes: Router,
    header_max: Duration,
    connections_max: usize,
}

impl Server {
    async fn run(&self, listener: &TcpListener, stop: &CancellationToken) {
        let mut connections = JoinSet::new();
        while !stop.is_cancelled() {
            let room = connections.len() < self.connections_max;
            tokio::select! {
                accepted = listener.accept(), if room => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(self.connection(stream, stop.clone()));
                    }
                    Err(error) => {
                        warn!(%error, "no connection accepted");
                        tokio::time::sleep(REST).await;
                    }
                },
                Some(_) = connections.join_next() => {}
                () = stop.cancelled() => {}
            }
        }
        while connections.join_next().await.is_some() {}
    }

    /// Answers a connection's requests to its end; the last one when asked to stop.
    fn connection(
        &self,
        stream: TcpStream,
        stop: CancellationToken,
    ) -> impl Future<Output = ()> + use<> {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_max)
            .serve_connection(
                TokioIo::new(stream),
                TowerToHyperService::new(self.routes.clone()),
            );
        async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stop.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                debug!(%error, "a connection ended early");
            }
        }
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;

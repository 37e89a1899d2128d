//! 观测: the node's traces, by OTLP in, in the Jaeger UI out; and, at the hub, the outline of the
//! whole federation's.
//!
//! A node keeps its own traces. What it shares with the hub is an outline: which span followed
//! which, where, when, and whether it failed; no attribute, event or link leaves the node.

mod outline;
mod share;

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use chassis::{Process, config::Tls, http, process};
use otlp_embedded::{Config, State, StateRef, TraceServiceImpl, TraceServiceServer, ui_app};
use serde::{Deserialize, Serialize};
use tonic::transport::{Server, server::TcpIncoming};

use crate::share::{Collector, Share};

/// Traces kept at most.
const TRACES_MAX: u32 = 10_000;
/// Memory for traces at most, in bytes.
const MEMORY_MAX: usize = 256 << 20;
/// Largest export of spans that is taken in, in bytes.
const EXPORT_MAX: usize = 16 << 20;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Where the Jaeger UI listens.
    ui_listen: SocketAddr,
    /// Where to send the outline of this node's traces; absent: nowhere.
    #[serde(default)]
    share: Option<Share>,
    /// Where the outlines of other nodes come in, over mutual TLS; absent: none do.
    #[serde(default)]
    gather: Option<Gather>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gather {
    listen: SocketAddr,
    tls: Tls,
}

fn main() -> ExitCode {
    process::run("telemetry", start)
}

async fn start(process: Process<Settings>) -> anyhow::Result<()> {
    let Process {
        config,
        lifecycle,
        ready,
    } = process;
    let state = State::new(Config {
        max_length: TRACES_MAX,
        max_memory_usage: MEMORY_MAX,
    });
    let ui = ui_app(Arc::clone(&state), "/");
    http::serve(&lifecycle, "ui", config.settings.ui_listen, ui).await?;

    let outlines = match config.settings.share {
        Some(to) => Some(share::start(&lifecycle, to)?),
        None => None,
    };
    let own = TraceServiceServer::new(Collector::new(collector(&state), outlines))
        .max_decoding_message_size(EXPORT_MAX);
    let incoming = TcpIncoming::bind(config.grpc.listen)
        .with_context(|| format!("cannot listen on {}", config.grpc.listen))?;
    let stopping = lifecycle.stopping();
    let server = Server::builder()
        .add_service(own)
        .serve_with_incoming_shutdown(incoming, stopping.cancelled_owned());
    lifecycle.spawn("otlp", server);

    if let Some(gather) = config.settings.gather {
        let others = TraceServiceServer::new(outline::Outlines::new(collector(&state)))
            .max_decoding_message_size(EXPORT_MAX);
        let incoming = TcpIncoming::bind(gather.listen)
            .with_context(|| format!("cannot listen on {}", gather.listen))?;
        let stopping = lifecycle.stopping();
        let server = Server::builder()
            .tls_config(share::server(&gather.tls)?)?
            .add_service(others)
            .serve_with_incoming_shutdown(incoming, stopping.cancelled_owned());
        lifecycle.spawn("gather", server);
    }
    ready.set(true);
    Ok(())
}

fn collector(state: &StateRef) -> TraceServiceImpl {
    TraceServiceImpl::new(Arc::clone(state))
}

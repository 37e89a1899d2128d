//! What a NATS server says of its streams and of who has heard what.

use std::net::SocketAddr;

use serde::Deserialize;

use crate::http;

/// Everything that the server tells of streams and consumers.
const PATH: &str = "/jsz?accounts=true&streams=true&consumers=true";

#[derive(Deserialize)]
struct Varz {
    config_load_time: String,
}

/// When the server last read its configuration, as it says; none if it does not answer.
pub(crate) async fn configured(monitor: SocketAddr) -> Option<String> {
    let text = http::get(monitor, "/varz").await?;
    let varz: Varz = serde_json::from_str(&text).ok()?;
    Some(varz.config_load_time)
}

#[derive(Deserialize)]
struct Jsz {
    #[serde(default)]
    account_details: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    stream_detail: Vec<Stream>,
}

/// A stream and those who hear it.
#[derive(Debug, Deserialize)]
pub(crate) struct Stream {
    pub(crate) name: String,
    state: State,
    #[serde(default, rename = "consumer_detail")]
    pub(crate) consumers: Vec<Consumer>,
}

#[derive(Debug, Deserialize)]
struct State {
    last_seq: u64,
}

/// One who hears a stream.
#[derive(Debug, Deserialize)]
pub(crate) struct Consumer {
    pub(crate) name: String,
    ack_floor: Sequence,
    num_pending: u64,
    num_ack_pending: u64,
}

#[derive(Debug, Deserialize)]
struct Sequence {
    stream_seq: u64,
}

impl Stream {
    /// Number of its last message.
    pub(crate) fn last(&self) -> u64 {
        self.state.last_seq
    }
}

impl Consumer {
    /// Whether it has acknowledged all that it hears up to this number.
    pub(crate) fn has_heard(&self, number: u64) -> bool {
        self.ack_floor.stream_seq >= number || (self.num_pending == 0 && self.num_ack_pending == 0)
    }
}

/// The server's streams; none if it does not answer.
pub(crate) async fn streams(monitor: SocketAddr) -> Option<Vec<Stream>> {
    let text = http::get(monitor, PATH).await?;
    let jsz: Jsz = serde_json::from_str(&text).ok()?;
    let accounts = jsz.account_details.into_iter();
    Some(accounts.flat_map(|account| account.stream_detail).collect())
}

/// The stream that carries everything within the node; none if it is not there, or nobody answers.
pub(crate) async fn events(monitor: SocketAddr) -> Option<Stream> {
    let streams = streams(monitor).await?;
    streams
        .into_iter()
        .find(|stream| stream.name == bus::topology::EVENTS)
}

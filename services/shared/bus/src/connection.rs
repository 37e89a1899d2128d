//! A service's connection to its node's NATS server: it comes back by itself, for ever.

use std::{path::PathBuf, time::Duration};

use async_nats::{Client, ConnectOptions, Event, ServerError, connection::State, jetstream};
use regulation::Region;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use crate::{InvalidName, Service};

/// How soon a peer that froze is noticed: two of these.
const PING: Duration = Duration::from_secs(3);
const CONNECT: Duration = Duration::from_secs(3);
/// Longest pause between two attempts to connect.
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// How long an answer may take.
pub(crate) const ANSWER: Duration = Duration::from_secs(5);

/// Certificates in PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Authority that signed the other side's certificate.
    pub ca: PathBuf,
    /// Own certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// How a service reaches its node's NATS server.
#[derive(Debug, Clone)]
pub struct BusConfig {
    /// `nats://host:port`.
    pub url: String,
    /// Seed of the service's nkey.
    pub seed: SecretString,
    /// The service.
    pub service: Service,
    /// The node it belongs to.
    pub region: Region,
    /// For servers that ask for mutual TLS, as the hub's does.
    pub tls: Option<TlsFiles>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The seed is not one of an nkey.
    #[error("the nkey's seed is unreadable: {0}")]
    Seed(String),
    /// The name of the service can't be used.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// The client refuses: bad address, unreadable certificates.
    #[error("cannot connect: {0}")]
    Client(#[from] async_nats::ConnectError),
}

/// A service's connection. Clones share it.
#[derive(Debug, Clone)]
pub struct Bus {
    pub(crate) link: Link,
    pub(crate) service: Service,
    pub(crate) region: Region,
}

/// A connection and how often it has been made.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
    /// Counts connections: what was under way in an earlier one may be lost.
    pub(crate) sessions: watch::Receiver<u64>,
}

impl Bus {
    /// Connects, in the background if the server is not there yet.
    ///
    /// # Errors
    /// When the configuration can't work.
    pub async fn connect(config: BusConfig) -> Result<Self, ConnectError> {
        let BusConfig {
            url,
            seed,
            service,
            region,
            tls,
        } = config;
        let name = format!("{service}@{region}");
        let link = Link::open(&url, &seed, &name, &service.inbox(), tls).await?;
        Ok(Self {
            link,
            service,
            region,
        })
    }

    /// Whether the server is reached now.
    pub fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    /// The service it belongs to.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The node it belongs to.
    pub fn region(&self) -> Region {
        self.region
    }

    /// Sends what is under way, and closes.
    pub async fn close(&self) {
        if let Err(error) = self.link.client.drain().await {
            tracing::warn!(%error, "closing the bus");
        }
    }
}

impl Link {
    pub(crate) async fn open(
        url: &str,
        seed: &SecretString,
        name: &str,
        inbox: &str,
        tls: Option<TlsFiles>,
    ) -> Result<Self, ConnectError> {
        let seed = seed.expose_secret().to_owned();
        // The client itself would only log this, for ever.
        nkeys::KeyPair::from_seed(&seed).map_err(|error| ConnectError::Seed(error.to_string()))?;
        let (count, sessions) = watch::channel(0);
        let mut options = ConnectOptions::with_nkey(seed)
            .name(name)
            .custom_inbox_prefix(inbox)
            .ping_interval(PING)
            .connection_timeout(CONNECT)
            .request_timeout(Some(ANSWER))
            .retry_on_initial_connect()
            // A lone server's address is its configured one, not what it advertises.
            .ignore_discovered_servers()
            .reconnect_delay_callback(|attempt| {
                let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
                Duration::from_millis(50)
                    .saturating_mul(attempt)
                    .min(PAUSE_MAX)
            })
            .event_callback(move |event| {
                if event == Event::Connected {
                    count.send_modify(|count| *count += 1);
                }
                notice(&event);
                std::future::ready(())
            });
        if let Some(TlsFiles { ca, cert, key }) = tls {
            options = options
                .require_tls(true)
                .add_root_certificates(ca)
                .add_client_certificate(cert, key);
        }
        let client = options.connect(url).await?;
        let jetstream = jetstream::ContextBuilder::new()
            .timeout(ANSWER)
            .ack_timeout(ANSWER)
            .build(client.clone());
        Ok(Self {
            client,
            jetstream,
            sessions,
        })
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }
}

/// What the server refuses reaches nobody else: the call that caused it only times out.
fn notice(event: &Event) {
    match event {
        Event::ServerError(ServerError::Other(text)) if is_refusal(text) => {
            metrics::counter!("jiebang_bus_permission_violations_total").increment(1);
            tracing::error!(%text, "NATS refused what this service may not do");
        }
        Event::Connected => tracing::info!("NATS connected"),
        event => tracing::warn!(%event, "NATS"),
    }
}

fn is_refusal(text: &str) -> bool {
    text.to_ascii_lowercase().contains("permissions violation")
}

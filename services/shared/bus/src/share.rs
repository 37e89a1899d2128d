//! The border: a region's connection to the hub's stream of envelopes, and its making.

use std::time::Duration;

use async_nats::{
    HeaderMap, Message,
    jetstream::{
        consumer::{AckPolicy, DeliverPolicy, pull},
        stream,
    },
};
use regulation::Region;
use secrecy::SecretString;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    ConnectError, PublishError, TlsFiles, TopologyError,
    connection::Link,
    feed::Feed,
    letter::MESSAGE_ID,
    topology::{ensure_consumer, ensure_stream, limits},
};

/// The hub's stream.
pub(crate) const SHARE: &str = "SHARE";
/// A region that was away longer asks the origins for the missing stretch.
const SHARE_AGE: Duration = Duration::from_hours(24 * 90);
const SHARE_BYTES: i64 = 4 << 30;
/// Envelopes under way to one region: enough to fill a slow line.
const UNDER_WAY: i64 = 1_000;
const BATCH: usize = 256;
const ACK_WAIT: Duration = Duration::from_mins(1);

/// The consumer of a region.
pub(crate) fn consumer_name(region: Region) -> String {
    format!("for_{region}")
}

/// Prefix of the subjects on which answers reach a region.
pub(crate) fn inbox(region: Region) -> String {
    format!("_INBOX_{region}")
}

/// How an exchange reaches the hub.
#[derive(Debug, Clone)]
pub struct ShareConfig {
    /// `tls://host:port`.
    pub url: String,
    /// Seed of the nkey.
    pub seed: SecretString,
    /// Certificates: the hub insists on them.
    pub tls: TlsFiles,
}

/// A region's connection to the hub.
#[derive(Debug)]
pub struct ShareLink {
    link: Link,
    region: Region,
    feed: Mutex<Feed>,
}

/// An envelope from the hub's stream, not yet opened. Its signature is not checked here.
#[derive(Debug)]
pub struct Sealed {
    /// The region under which the hub's server accepted it.
    pub origin: Region,
    /// The envelope.
    pub body: Vec<u8>,
    link: Link,
    message: Message,
}

impl ShareLink {
    /// Connects as `region`, in the background if the hub is not reached.
    ///
    /// # Errors
    /// When the configuration can't work.
    pub async fn connect(region: Region, config: ShareConfig) -> Result<Self, ConnectError> {
        let ShareConfig { url, seed, tls } = config;
        let name = format!("exchange@{region}");
        let link = Link::open(&url, &seed, &name, &inbox(region), Some(tls)).await?;
        let feed = Feed::new(link.clone(), SHARE, &consumer_name(region), BATCH);
        Ok(Self {
            link,
            region,
            feed: Mutex::new(feed),
        })
    }

    /// Whether the hub is reached now.
    pub fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    /// Hands an envelope to the hub, and waits until it is stored. Publish the next only then: the
    /// others check their order.
    ///
    /// # Errors
    /// When it is not known to be stored. A repeat with the same id within ten minutes does no harm.
    pub async fn publish(&self, id: Uuid, envelope: Vec<u8>) -> Result<(), PublishError> {
        let mut headers = HeaderMap::new();
        headers.insert(MESSAGE_ID, id.to_string());
        self.link
            .publish(format!("share.{}.envelope", self.region), headers, envelope)
            .await
    }

    /// The next envelope of another region, however long it takes. It comes again, with those
    /// after it, unless it is acknowledged; cancelling the wait loses nothing.
    ///
    /// Envelopes of a region usually come in order, but only their numbers prove it.
    pub async fn next(&self) -> Sealed {
        loop {
            let message = self.feed.lock().await.next().await;
            let mut parts = message.subject.split('.').skip(1);
            let origin = parts
                .next()
                .and_then(|region| region.parse::<Region>().ok());
            let foreign = origin.filter(|origin| *origin != self.region);
            let sealed = |origin| Sealed {
                origin,
                body: message.payload.to_vec(),
                link: self.link.clone(),
                message: message.clone(),
            };
            match foreign {
                Some(origin) => return sealed(origin),
                // Its own, or nobody's.
                None => sealed(self.region).acknowledge().await,
            }
        }
    }
}

impl Sealed {
    /// Says that it is filed and need not come again.
    pub async fn acknowledge(&self) {
        let Some(reply) = self.message.reply.clone() else {
            return;
        };
        if let Err(error) = self.link.client.publish(reply, "+ACK".into()).await {
            tracing::warn!(%error, "an envelope could not be acknowledged");
        }
    }
}

/// Who makes the hub's stream and the regions' consumers: the hub's exchange.
#[derive(Debug)]
pub struct ShareAdmin {
    link: Link,
}

impl ShareAdmin {
    /// Connects to the hub's server with the admin's key.
    ///
    /// # Errors
    /// When the configuration can't work.
    pub async fn connect(config: ShareConfig) -> Result<Self, ConnectError> {
        let ShareConfig { url, seed, tls } = config;
        let link = Link::open(&url, &seed, "share-admin", "_INBOX_admin", Some(tls)).await?;
        Ok(Self { link })
    }

    /// Makes the stream, and the consumer of every region, or changes them.
    ///
    /// # Errors
    /// When they are not as declared.
    pub async fn provision_share(&self, regions: &[Region]) -> Result<(), TopologyError> {
        let share = stream::Config {
            name: SHARE.into(),
            subjects: vec!["share.>".into()],
            max_bytes: SHARE_BYTES,
            max_age: SHARE_AGE,
            ..limits()
        };
        ensure_stream(&self.link, share, true).await?;
        for region in regions {
            ensure_consumer(&self.link, SHARE, consumer(*region)).await?;
        }
        Ok(())
    }
}

/// A region's consumer. It has no filter: "all but its own" would be a list, and when that grows
/// for a new region, what the region said before is skipped.
fn consumer(region: Region) -> pull::Config {
    pull::Config {
        durable_name: Some(consumer_name(region)),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: UNDER_WAY,
        max_deliver: -1,
        ..pull::Config::default()
    }
}

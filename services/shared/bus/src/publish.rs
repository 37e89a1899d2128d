//! Publishing: acknowledged by the stream, each aggregate in its order.

use std::collections::BTreeMap;

use async_nats::jetstream::context::PublishErrorKind;
use futures::{StreamExt, stream};

use crate::{
    Bus, Outgoing,
    connection::{ANSWER, Link},
};

/// Aggregates that are published at the same time.
const AT_ONCE: usize = 256;

/// Why a message is not known to be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// It never can be: too long, or not sayable in a header. Trying again is useless.
    #[error("cannot be sent: {0}")]
    Unsendable(String),
    /// No connection now. Try again.
    #[error("not connected")]
    Disconnected,
    /// No acknowledgement in time: it may be stored or not, or was not permitted. Try again.
    #[error("no acknowledgement within {ANSWER:?}")]
    TimedOut,
    /// The stream is missing or refuses (it may be full). Try again.
    #[error("the stream refused: {0}")]
    Refused(String),
    /// An earlier message of the same aggregate was not stored, so this one was not sent.
    #[error("an earlier message of its aggregate has to go first")]
    Waiting,
}

impl PublishError {
    /// Whether trying again can help.
    pub fn is_temporary(&self) -> bool {
        !matches!(self, Self::Unsendable(_))
    }
}

impl Bus {
    /// Publishes one message and waits until it is stored.
    ///
    /// # Errors
    /// When it is not known to be stored. A repeat with the same id within ten minutes does no harm.
    pub async fn publish(&self, message: &Outgoing) -> Result<(), PublishError> {
        let headers = message.headers()?;
        self.link
            .publish(message.subject()?, headers, message.body.clone())
            .await
    }

    /// Publishes many: different aggregates at the same time, the messages of one aggregate in the
    /// given order, each after the one before it is stored. The results are in the given order.
    pub async fn publish_batch(&self, messages: &[Outgoing]) -> Vec<Result<(), PublishError>> {
        let mut lanes: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (index, message) in messages.iter().enumerate() {
            lanes
                .entry((message.service(), &message.aggregate))
                .or_default()
                .push(index);
        }
        let mut results = vec![Err(PublishError::Waiting); messages.len()];
        let mut published = stream::iter(lanes.into_values())
            .map(|lane| self.publish_lane(messages, lane))
            .buffer_unordered(AT_ONCE);
        while let Some(lane) = published.next().await {
            for (index, result) in lane {
                results[index] = result;
            }
        }
        results
    }

    /// Publishes one aggregate's messages, up to the first that fails.
    async fn publish_lane(
        &self,
        messages: &[Outgoing],
        lane: Vec<usize>,
    ) -> Vec<(usize, Result<(), PublishError>)> {
        let mut results = Vec::with_capacity(lane.len());
        for index in lane {
            let result = self.publish(&messages[index]).await;
            let failed = result.is_err();
            results.push((index, result));
            if failed {
                break;
            }
        }
        results
    }
}

impl Link {
    pub(crate) async fn publish(
        &self,
        subject: String,
        headers: async_nats::HeaderMap,
        body: Vec<u8>,
    ) -> Result<(), PublishError> {
        // The client would queue it without bound, and send it after the retries.
        if !self.is_connected() {
            return Err(PublishError::Disconnected);
        }
        // The clock starts here, not when the acknowledgement is first awaited.
        let stored = async {
            self.jetstream
                .publish_with_headers(subject, headers, body.into())
                .await?
                .await
        };
        match tokio::time::timeout(ANSWER, stored).await {
            Ok(Ok(_)) => Ok(()),
            Err(_) => Err(PublishError::TimedOut),
            Ok(Err(error)) => Err(match error.kind() {
                PublishErrorKind::TimedOut => PublishError::TimedOut,
                PublishErrorKind::BrokenPipe => PublishError::Disconnected,
                PublishErrorKind::MaxPayloadExceeded => PublishError::Unsendable(error.to_string()),
                _ => PublishError::Refused(error.to_string()),
            }),
        }
    }
}

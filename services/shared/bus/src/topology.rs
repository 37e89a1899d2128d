//! The stream of a node and the consumers on it: declared here, and read back, because servers
//! ignore settings they don't know.

use std::time::Duration;

use async_nats::jetstream::{
    self, ErrorCode,
    consumer::{AckPolicy, DeliverPolicy, pull},
    context::CreateStreamErrorKind,
    stream::{self, DiscardPolicy, RetentionPolicy, StorageType},
};
use serde::Serialize;
use serde_json::Value;

use crate::{Bus, Consumer, connection::Link};

/// The one stream of a node.
pub const EVENTS: &str = "EVENTS";
/// The consumer by which the border service takes what is to cross.
pub const BORDER: &str = "border";
/// Largest message with its headers, in bytes.
pub const MESSAGE_MAX: i32 = 1024 * 1024;
/// Largest body of a message, in bytes; the rest is for the headers.
pub const BODY_MAX: usize = 1_000_000;
/// Within this time a repeated id is stored once.
pub const DUPLICATE_WINDOW: Duration = Duration::from_mins(10);
/// How long a silent consumer keeps a message before it is delivered again.
pub const ACK_WAIT: Duration = Duration::from_secs(10);

/// Longer than a service may be down; publishers keep their outbox anyway when it is full.
const EVENTS_AGE: Duration = Duration::from_hours(24 * 30);
/// How long a message may wait to be published: what has waited for longer may have been published
/// then without anybody having noted it, and those who heard it may know it no more.
pub const WAIT_MAX: Duration = Duration::from_hours(24 * 180);
/// How long after it was first heard a message may be heard again: published again, it stays in the
/// stream. Whoever hears has to remember ids for longer.
pub const REPEAT_MAX: Duration = WAIT_MAX.saturating_add(EVENTS_AGE);
const EVENTS_BYTES: i64 = 2 << 30;

/// Why streams and consumers are not as declared.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// The server has something else, even after it was told.
    #[error("{of}: {setting} is {found}, not {wanted}")]
    Mismatch {
        /// The stream or consumer.
        of: String,
        /// The setting.
        setting: String,
        /// What was declared.
        wanted: Value,
        /// What the server says.
        found: Value,
    },
    /// The server refused or did not answer (which is also how it answers what is not permitted).
    #[error("{of}: {reason}")]
    Refused {
        /// The stream or consumer.
        of: String,
        /// What the client says.
        reason: String,
    },
    /// A consumer without filter would hear everything.
    #[error("{0} listens to nothing")]
    NothingToHear(String),
}

/// The node's stream.
pub fn events() -> stream::Config {
    stream::Config {
        name: EVENTS.into(),
        subjects: vec!["node.>".into(), "share.>".into()],
        max_bytes: EVENTS_BYTES,
        max_age: EVENTS_AGE,
        ..limits()
    }
}

/// What all our streams have in common.
pub(crate) fn limits() -> stream::Config {
    stream::Config {
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        // A full stream refuses, and the outbox waits; nothing unheard is thrown away.
        discard: DiscardPolicy::New,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_message_size: MESSAGE_MAX,
        max_consumers: -1,
        num_replicas: 1,
        duplicate_window: DUPLICATE_WINDOW,
        deny_delete: true,
        ..stream::Config::default()
    }
}

/// A durable consumer that hears `filters`, one message at a time.
///
/// One at a time, because that alone keeps every aggregate's order whatever dies: the server never
/// hands out a message while an older one is unacknowledged. It costs one round trip a message,
/// within a node less than the commit it leads to.
pub fn consumer(name: &str, filters: Vec<String>) -> pull::Config {
    pull::Config {
        durable_name: Some(name.to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: 1,
        max_deliver: -1,
        filter_subjects: filters,
        ..pull::Config::default()
    }
}

/// The subjects on which events of these kinds are heard, whoever says them.
pub fn filters(kinds: &[&str]) -> Vec<String> {
    let mut filters: Vec<_> = kinds
        .iter()
        .flat_map(|kind| [format!("node.*.{kind}"), format!("share.*.{kind}")])
        .collect();
    filters.sort();
    filters.dedup();
    filters
}

impl Bus {
    /// Makes the node's stream, if it is not there. Only the border service changes one that is
    /// different.
    ///
    /// # Errors
    /// When it is not as declared.
    pub async fn ensure_stream(&self) -> Result<(), TopologyError> {
        ensure_stream(&self.link, events(), self.service.is_exchange()).await
    }

    /// The consumer of this service, which hears events of these kinds, from all nodes.
    ///
    /// What was said before a kind was first listened to is not heard afterwards.
    ///
    /// # Errors
    /// When it is not as declared.
    pub async fn hears(&self, kinds: &[&str]) -> Result<Consumer, TopologyError> {
        self.ensure_consumer(self.service.as_str(), filters(kinds))
            .await
    }

    /// The border service's consumer of all that its node wants to share.
    ///
    /// # Errors
    /// When it is not as declared.
    pub async fn border(&self) -> Result<Consumer, TopologyError> {
        self.ensure_consumer(BORDER, vec![format!("share.{}.>", self.region)])
            .await
    }

    async fn ensure_consumer(
        &self,
        name: &str,
        filters: Vec<String>,
    ) -> Result<Consumer, TopologyError> {
        if filters.is_empty() {
            return Err(TopologyError::NothingToHear(name.to_owned()));
        }
        self.ensure_stream().await?;
        ensure_consumer(&self.link, EVENTS, consumer(name, filters)).await?;
        Ok(Consumer::new(self.clone(), name))
    }
}

/// Makes a stream as declared, changes it if that is permitted, and reads it back.
pub(crate) async fn ensure_stream(
    link: &Link,
    declared: stream::Config,
    may_change: bool,
) -> Result<(), TopologyError> {
    let of = format!("stream {}", declared.name);
    let refused = |error: &dyn ToString| refused(&of, error);
    if let Err(error) = link.jetstream.create_stream(declared.clone()).await {
        let differs = matches!(error.kind(), CreateStreamErrorKind::JetStream(cause)
            if cause.error_code() == ErrorCode::STREAM_NAME_EXIST);
        if !differs {
            return Err(refused(&error));
        }
        if may_change {
            link.jetstream
                .update_stream(&declared)
                .await
                .map_err(|error| refused(&error))?;
        }
    }
    let found = link
        .jetstream
        .get_stream(&declared.name)
        .await
        .map_err(|error| refused(&error))?;
    compare(&of, &declared, &found.cached_info().config)
}

/// Makes a consumer as declared, or changes it, and reads it back.
pub(crate) async fn ensure_consumer(
    link: &Link,
    stream: &str,
    declared: pull::Config,
) -> Result<(), TopologyError> {
    let name = declared.durable_name.clone().unwrap_or_default();
    let of = format!("consumer {name} of {stream}");
    let refused = |error: &dyn ToString| refused(&of, error);
    let made: jetstream::consumer::PullConsumer = link
        .jetstream
        .create_consumer_on_stream(declared.clone(), stream)
        .await
        .map_err(|error| refused(&error))?;
    let found = made.get_info().await.map_err(|error| refused(&error))?;
    compare(&of, &declared, &found.config)
}

fn refused(of: &str, error: &dyn ToString) -> TopologyError {
    TopologyError::Refused {
        of: of.to_owned(),
        reason: error.to_string(),
    }
}

/// Compares every setting that was declared with what the server has.
fn compare(
    of: &str,
    declared: &impl Serialize,
    found: &impl Serialize,
) -> Result<(), TopologyError> {
    let read = |error: serde_json::Error| refused(of, &error);
    let declared = serde_json::to_value(declared).map_err(read)?;
    let found = serde_json::to_value(found).map_err(read)?;
    for (setting, wanted) in declared.as_object().into_iter().flatten() {
        let found = found.get(setting).unwrap_or(&Value::Null);
        if normal(setting, wanted) != normal(setting, found) {
            return Err(TopologyError::Mismatch {
                of: of.to_owned(),
                setting: setting.clone(),
                wanted: wanted.clone(),
                found: found.clone(),
            });
        }
    }
    Ok(())
}

/// A setting's value without the differences that mean nothing.
fn normal(setting: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) if fields.values().all(Value::is_null) => Value::Null,
        Value::Array(items) if setting == "filter_subjects" => {
            let mut items: Vec<_> = items.iter().map(ToString::to_string).collect();
            items.sort();
            items.into()
        }
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_the_server_dropped_is_named() {
        let declared = events();
        compare("EVENTS", &declared, &declared).unwrap();
        let found = stream::Config {
            deny_delete: false,
            ..events()
        };
        let error = compare("EVENTS", &declared, &found)
            .unwrap_err()
            .to_string();
        assert_eq!(error, "EVENTS: deny_delete is null, not true");
    }

    #[test]
    fn a_kind_is_heard_from_its_own_node_and_from_the_others() {
        assert_eq!(
            filters(&["intake.demand.accepted", "intake.demand.accepted"]),
            [
                "node.*.intake.demand.accepted",
                "share.*.intake.demand.accepted"
            ]
        );
    }
}

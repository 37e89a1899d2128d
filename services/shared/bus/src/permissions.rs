//! Who may publish and hear what on a node's NATS server.

use std::fmt::Write as _;

use regulation::Region;

use crate::{
    Service,
    topology::{BORDER, EVENTS},
};

/// What a user of a NATS server may do: subjects to publish on, and to subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// It may publish on these.
    pub publish: Vec<String>,
    /// It may subscribe to these.
    pub subscribe: Vec<String>,
}

impl Permissions {
    /// A service's on its own node: to speak for itself only, and to work with its own consumer.
    ///
    /// It can't subscribe to events, only pull them; can't delete or purge anything; and only the
    /// border service says what others said. That one may say everything that is shared, because
    /// it signs for the node anyway.
    pub fn of_service(service: &Service, region: Region) -> Self {
        let mut publish = vec![format!("node.{region}.{service}.>")];
        let mut consumers = vec![service.as_str()];
        publish.extend(["CREATE", "INFO"].map(|act| format!("$JS.API.STREAM.{act}.{EVENTS}")));
        if service.is_exchange() {
            publish.push("share.>".to_owned());
            publish.push(format!("$JS.API.STREAM.UPDATE.{EVENTS}"));
            consumers.push(BORDER);
        } else {
            publish.push(format!("share.{region}.{service}.>"));
        }
        for consumer in consumers {
            publish.push(format!("$JS.API.CONSUMER.CREATE.{EVENTS}.{consumer}"));
            publish.extend(of_consumer(EVENTS, consumer));
        }
        Self {
            publish,
            subscribe: vec![format!("{}.>", service.inbox())],
        }
    }

    /// A region's on the hub: to add to its own part of the stream, and to read its own consumer.
    pub fn of_member(region: Region) -> Self {
        let mut publish = vec![format!("share.{region}.>")];
        publish.extend(of_consumer(
            crate::share::SHARE,
            &crate::share::consumer_name(region),
        ));
        Self {
            publish,
            subscribe: vec![format!("{}.>", crate::share::inbox(region))],
        }
    }

    /// As text of a server's configuration.
    pub(crate) fn render(&self, indent: &str) -> String {
        let mut text = String::new();
        for (verb, subjects) in [("publish", &self.publish), ("subscribe", &self.subscribe)] {
            let _ = writeln!(text, "{indent}{verb}: {{ allow: [");
            for subject in subjects {
                let _ = writeln!(text, "{indent}  {subject:?}");
            }
            let _ = writeln!(text, "{indent}] }}");
        }
        text
    }
}

/// What reading a consumer that exists takes: pull, go back, look, acknowledge.
fn of_consumer(stream: &str, consumer: &str) -> [String; 4] {
    [
        format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"),
        format!("$JS.API.CONSUMER.RESET.{stream}.{consumer}"),
        format!("$JS.API.CONSUMER.INFO.{stream}.{consumer}"),
        format!("$JS.ACK.{stream}.{consumer}.>"),
    ]
}

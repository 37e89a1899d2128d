//! A message on the wire: `CloudEvents` in NATS headers, and back.

use async_nats::{HeaderMap, HeaderValue};
use proto::message::{Audience, Incoming, Scope, subject};
use regulation::Region;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use crate::{PublishError, topology};

/// Under which `JetStream` recognises a repeat.
pub(crate) const MESSAGE_ID: &str = "Nats-Msg-Id";
const AUDIENCE: &str = "jb-audience";
const TRACEPARENT: &str = "traceparent";
/// Longest value of a header, in bytes.
const HEADER_MAX: usize = 512;

/// A message to publish: a row of an outbox, or what the border let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Random id, the same at every attempt: a repeat within ten minutes is stored once.
    pub id: Uuid,
    /// The node that says it.
    pub origin: Region,
    /// When it says it, by its domain clock.
    pub at: OffsetDateTime,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// How far it goes.
    pub scope: Scope,
    /// `<service>.<aggregate>.<event>`.
    pub kind: String,
    /// Protobuf name of the event.
    pub schema: String,
    /// The aggregate it tells of.
    pub aggregate: String,
    /// The encoded event.
    pub body: Vec<u8>,
}

/// A message that arrived and is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed message on {subject}: {reason}")]
pub struct Malformed {
    /// Where it was published.
    pub subject: String,
    /// Its id, if it has one.
    pub id: Option<Uuid>,
    /// What is wrong with it.
    pub reason: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// The whole subject.
    ///
    /// # Errors
    /// When the kind is not three or more lower-case words.
    pub(crate) fn subject(&self) -> Result<String, PublishError> {
        let word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        if self.kind.split('.').count() < 3 || !self.kind.split('.').all(word) {
            return Err(PublishError::Unsendable(format!("kind {:?}", self.kind)));
        }
        Ok(subject(self.scope, self.origin, &self.kind))
    }

    /// The service that tells it.
    pub(crate) fn service(&self) -> &str {
        self.kind.split('.').next().unwrap_or_default()
    }

    /// # Errors
    /// When a value can't stand in a header, or the body is too long.
    pub(crate) fn headers(&self) -> Result<HeaderMap, PublishError> {
        if self.body.len() > topology::BODY_MAX {
            return Err(PublishError::Unsendable(format!(
                "{} bytes",
                self.body.len()
            )));
        }
        let time = self
            .at
            .format(&Rfc3339)
            .map_err(|error| PublishError::Unsendable(format!("time: {error}")))?;
        let source = format!("/{}/{}", self.origin, self.service());
        let id = self.id.to_string();
        let audience = match self.scope {
            Scope::Node => None,
            Scope::Share(audience) => Some(audience.to_string()),
        };
        let all = [
            (MESSAGE_ID, Some(id.as_str())),
            ("ce-specversion", Some("1.0")),
            ("ce-id", Some(&id)),
            ("ce-type", Some(&self.kind)),
            ("ce-source", Some(&source)),
            ("ce-subject", Some(&self.aggregate)),
            ("ce-time", Some(&time)),
            ("ce-dataschema", Some(&self.schema)),
            ("ce-datacontenttype", Some("application/protobuf")),
            (TRACEPARENT, self.traceparent.as_deref()),
            (AUDIENCE, audience.as_deref()),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            if let Some(value) = value {
                headers.insert(name, header_value(name, value)?);
            }
        }
        Ok(headers)
    }
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, PublishError> {
    let refused = || PublishError::Unsendable(format!("{name}: {value:?}"));
    // Surrounding blanks don't survive the wire.
    if value.len() > HEADER_MAX || value.trim() != value || value.is_empty() {
        return Err(refused());
    }
    value.parse().map_err(|_| refused())
}

/// Reads a message as it came.
pub(crate) fn read(message: &async_nats::Message) -> Result<Incoming, Malformed> {
    let header = |name: &str| {
        Some(
            message
                .headers
                .as_ref()?
                .get_last(name)?
                .as_str()
                .to_owned(),
        )
    };
    let id = header("ce-id").and_then(|id| id.parse().ok());
    let malformed = |reason: &str| Malformed {
        subject: message.subject.to_string(),
        id,
        reason: reason.to_owned(),
        body: message.payload.to_vec(),
    };
    let needed = |name: &str| header(name).ok_or_else(|| malformed(&format!("no {name}")));

    let mut parts = message.subject.splitn(3, '.');
    let (scope, origin, kind) = (parts.next(), parts.next(), parts.next());
    let scope = match scope {
        Some("node") => Scope::Node,
        Some("share") => {
            let audience: Audience = needed(AUDIENCE)?
                .parse()
                .map_err(|_| malformed("unreadable audience"))?;
            Scope::Share(audience)
        }
        _ => return Err(malformed("unknown scope")),
    };
    let origin: Region = origin
        .and_then(|region| region.parse().ok())
        .ok_or_else(|| malformed("unknown region"))?;
    // The subject is what the server checked, so it decides; the headers may not say otherwise.
    let kind = kind.ok_or_else(|| malformed("no kind"))?.to_owned();
    if needed("ce-type")? != kind {
        return Err(malformed("ce-type is not the subject's"));
    }
    if !needed("ce-source")?.starts_with(&format!("/{origin}/")) {
        return Err(malformed("ce-source is not the subject's"));
    }
    Ok(Incoming {
        id: id.ok_or_else(|| malformed("no readable ce-id"))?,
        origin,
        scope,
        kind,
        aggregate: needed("ce-subject")?,
        at: OffsetDateTime::parse(&needed("ce-time")?, &Rfc3339)
            .map_err(|_| malformed("unreadable ce-time"))?,
        body: message.payload.to_vec(),
        traceparent: header(TRACEPARENT),
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn outgoing() -> Outgoing {
        Outgoing {
            id: Uuid::from_u128(7),
            origin: Region::SH,
            at: datetime!(2026-11-23 08:00:00.123456 +8),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
            scope: Scope::Share(Audience::One(Region::JS)),
            kind: "intake.demand.accepted".into(),
            schema: "jiebang.intake.v1.DemandAccepted".into(),
            aggregate: "sh-2026-揭榜-1".into(),
            body: vec![0, 1, 2],
        }
    }

    fn on_the_wire(outgoing: &Outgoing) -> async_nats::Message {
        async_nats::Message {
            subject: outgoing.subject().unwrap().into(),
            reply: None,
            payload: outgoing.body.clone().into(),
            headers: Some(outgoing.headers().unwrap()),
            status: None,
            description: None,
            length: 0,
        }
    }

    #[test]
    fn what_is_sent_is_what_arrives() {
        for scope in [Scope::Node, Scope::Share(Audience::All), outgoing().scope] {
            let sent = Outgoing {
                scope,
                ..outgoing()
            };
            let got = read(&on_the_wire(&sent)).unwrap();
            let expected = Incoming {
                id: sent.id,
                origin: sent.origin,
                scope,
                kind: sent.kind,
                aggregate: sent.aggregate,
                at: sent.at,
                body: sent.body,
                traceparent: sent.traceparent,
            };
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn headers_that_contradict_the_subject_are_not_believed() {
        for (header, value) in [
            ("ce-source", "/js/intake"),
            ("ce-type", "review.panel.drawn"),
            ("ce-time", "now"),
        ] {
            let mut message = on_the_wire(&outgoing());
            message.headers.as_mut().unwrap().insert(header, value);
            assert!(read(&message).is_err(), "{header}");
        }
        let mut bare = on_the_wire(&outgoing());
        bare.headers = None;
        assert!(read(&bare).is_err());
    }

    #[test]
    fn what_cannot_stand_in_a_header_or_subject_is_refused() {
        let newline = Outgoing {
            aggregate: "a\r\nNats-Msg-Id: b".into(),
            ..outgoing()
        };
        assert!(newline.headers().is_err());
        let long = Outgoing {
            body: vec![0; topology::BODY_MAX + 1],
            ..outgoing()
        };
        assert!(long.headers().is_err());
        for kind in [
            "",
            "intake",
            "intake.demand.*",
            "intake.>.x",
            "intake.demand.a b",
        ] {
            let bad = Outgoing {
                kind: kind.into(),
                ..outgoing()
            };
            assert!(bad.subject().is_err(), "{kind}");
        }
    }
}

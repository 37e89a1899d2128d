//! What the chassis reads out of messages for every service: heartbeats, and policies in force.

use prost::Message as _;
use proto::{
    coordination::v1::{DecisionInForce, DecisionKind},
    exchange::v1::RegionHeartbeat,
    message::Incoming,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Up to when the message's origin has been heard, if it is a heartbeat.
pub(crate) fn heard(message: &Incoming) -> Option<OffsetDateTime> {
    if !message.is::<RegionHeartbeat>() {
        return None;
    }
    let heartbeat = RegionHeartbeat::decode(message.body.as_slice()).ok()?;
    evidence::from_timestamp(&heartbeat.time?)
}

/// The digest of the policy that the message puts into force, and when, if it does.
pub(crate) fn policy(message: &Incoming) -> Option<(String, OffsetDateTime)> {
    if !message.is::<DecisionInForce>() || !message.origin.is_hub() {
        return None;
    }
    let decision = DecisionInForce::decode(message.body.as_slice()).ok()?;
    if decision.kind() != DecisionKind::Policy {
        return None;
    }
    let at = OffsetDateTime::parse(&decision.in_force_at, &Rfc3339).ok()?;
    Some((decision.digest, at))
}

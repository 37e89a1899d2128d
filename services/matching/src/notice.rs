//! A roadshow as everybody is told of it, and when a meeting is, as messages say it.

use std::{fmt::Display, num::NonZeroU32};

use proto::matching::v1 as wire;
use regulation::Text;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::domain::{MeetingId, Registering, Slot};

/// A roadshow, with nothing of who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which.
    pub meeting: MeetingId,
    /// When, where, about what.
    pub slot: Slot,
    /// Counts what was told of it, from 0.
    pub sequence: u32,
    /// Whether it was called off.
    pub cancelled: bool,
    /// What was said at it.
    pub minutes: Option<Text>,
    /// On which terms units register for it; none: without.
    #[serde(default)]
    pub registering: Option<Registering>,
}

/// A notice or a slot that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct InvalidNotice {
    field: &'static str,
    fault: String,
}

fn at<E: Display>(field: &'static str) -> impl Fn(E) -> InvalidNotice {
    move |fault| InvalidNotice {
        field,
        fault: fault.to_string(),
    }
}

/// When a meeting is, as a message says it.
///
/// # Errors
/// The field that is not readable.
pub fn slot(
    starts_at: &str,
    ends_at: &str,
    venue: &str,
    agenda: &str,
) -> Result<Slot, InvalidNotice> {
    let starts_at = OffsetDateTime::parse(starts_at, &Rfc3339).map_err(at("starts_at"))?;
    let ends_at = OffsetDateTime::parse(ends_at, &Rfc3339).map_err(at("ends_at"))?;
    let venue = venue.parse().map_err(at("venue"))?;
    let agenda = agenda.parse().map_err(at("agenda"))?;
    Slot::new(starts_at, ends_at, venue, agenda).map_err(at("ends_at"))
}

/// Text that a message may leave out.
///
/// # Errors
/// When it is no text.
pub fn said(field: &'static str, text: &str) -> Result<Option<Text>, InvalidNotice> {
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some).map_err(at(field))
    }
}

/// How often something was told, as a message says it.
///
/// # Errors
/// When it is negative.
pub fn sequence(number: i32) -> Result<u32, InvalidNotice> {
    u32::try_from(number).map_err(at("sequence"))
}

/// On which terms units register for a roadshow, as a message says it.
///
/// # Errors
/// When one of the two is missing, or not readable.
pub fn registering(capacity: i32, until: &str) -> Result<Option<Registering>, InvalidNotice> {
    if capacity == 0 && until.is_empty() {
        return Ok(None);
    }
    let capacity = u32::try_from(capacity).ok().and_then(NonZeroU32::new);
    Ok(Some(Registering {
        capacity: capacity.ok_or("应为正数").map_err(at("capacity"))?,
        until: until.parse().map_err(at("register_until"))?,
    }))
}

impl TryFrom<wire::Roadshow> for Notice {
    type Error = InvalidNotice;

    fn try_from(told: wire::Roadshow) -> Result<Self, InvalidNotice> {
        Ok(Self {
            meeting: told.meeting_id.parse().map_err(at("meeting_id"))?,
            slot: slot(&told.starts_at, &told.ends_at, &told.venue, &told.agenda)?,
            sequence: sequence(told.sequence)?,
            cancelled: told.cancelled,
            minutes: said("minutes", &told.minutes)?,
            registering: registering(told.capacity, &told.register_until)?,
        })
    }
}

impl From<&Notice> for wire::Roadshow {
    fn from(notice: &Notice) -> Self {
        let slot = &notice.slot;
        Self {
            meeting_id: notice.meeting.to_string(),
            starts_at: rfc3339(slot.starts_at()),
            ends_at: rfc3339(slot.ends_at()),
            venue: slot.venue.to_string(),
            agenda: slot.agenda.to_string(),
            sequence: i32::try_from(notice.sequence).unwrap_or(i32::MAX),
            cancelled: notice.cancelled,
            minutes: notice
                .minutes
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            capacity: notice.registering.map_or(0, |terms| {
                i32::try_from(terms.capacity.get()).unwrap_or(i32::MAX)
            }),
            register_until: notice
                .registering
                .map(|terms| terms.until.to_string())
                .unwrap_or_default(),
        }
    }
}

fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

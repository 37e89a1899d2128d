//! A message as it is read: every field parsed, and the hub's word believed from the hub alone.

use std::{fmt::Display, str::FromStr};

use proto::{
    matching::v1 as wire,
    message::{Incoming, PublicEvent, Unreadable},
};
use regulation::{DemandId, Region};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::domain::{Entry, Listing, Terms};

/// A message, where it is heard.
pub(super) struct Heard<'a> {
    pub(super) message: &'a Incoming,
    pub(super) here: Region,
}

impl Heard<'_> {
    pub(super) fn entry(&self, entry: wire::CatalogueEntry) -> Result<Entry, Unreadable> {
        Ok(Entry {
            blind_id: self.parse(&entry.blind_id)?,
            number: self.parse(&entry.public_number)?,
            record: self.convert(entry.record)?,
        })
    }

    pub(super) fn listing(
        &self,
        told: wire::DemandPublished,
    ) -> Result<(DemandId, Listing), Unreadable> {
        let days = u32::try_from(told.feedback_days);
        let listing = Listing {
            blind_id: self.parse(&told.blind_id)?,
            number: self.parse(&told.public_number)?,
            published_on: self.parse(&told.published_on)?,
            terms: Terms {
                call_until: self.parse(&told.call_until)?,
                feedback_days: days.map_err(|error| self.message.unreadable(error))?,
                policy: told.policy_version,
            },
        };
        Ok((self.parse(&told.demand_id)?, listing))
    }

    /// What only the hub may say.
    pub(super) fn of_hub<E: PublicEvent>(&self) -> Result<E, Unreadable> {
        self.message.read_of_hub()
    }

    pub(super) fn parse<T: FromStr<Err: Display>>(&self, text: &str) -> Result<T, Unreadable> {
        text.parse()
            .map_err(|error: T::Err| self.message.unreadable(error))
    }

    pub(super) fn convert<W, T: TryFrom<W, Error: Display>>(
        &self,
        part: Option<W>,
    ) -> Result<T, Unreadable> {
        let part = part.ok_or_else(|| self.no("part"))?;
        T::try_from(part).map_err(|error| self.message.unreadable(error))
    }

    pub(super) fn instant(&self, text: &str) -> Result<OffsetDateTime, Unreadable> {
        OffsetDateTime::parse(text, &Rfc3339).map_err(|error| self.message.unreadable(error))
    }

    pub(super) fn no(&self, field: &str) -> Unreadable {
        self.message
            .unreadable(format!("{field} is missing or unknown"))
    }
}

//! Who comes to a roadshow, as its demander has it: in the order of the registrations, as far as
//! there are places. [Art. 11]

use std::collections::BTreeMap;

use regulation::{Context, Region, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    Call,
    meetings::{Event, Meeting, MeetingStanding},
};
use crate::domain::{MeetingId, RegistrationId, dialogue::Rejection};

/// A unit that has registered, as the hub forwards it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Which.
    pub unit: UnitId,
    /// Its home.
    pub region: Region,
    /// When, by its home's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A unit that has registered, and whether it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registrant {
    /// Which, from where, when.
    pub registered: Registered,
    /// Otherwise it waits for a place.
    pub admitted: bool,
    /// Of the demander's own house: has no place, and hears what everybody who waits does.
    pub affiliate: bool,
}

/// All that has registered for a roadshow.
pub type Registrants = BTreeMap<RegistrationId, Registrant>;

impl Call {
    /// Everybody who has registered, whoever was there before and is not any more left out.
    pub(super) fn registered(
        &self,
        meeting: MeetingId,
        all: BTreeMap<RegistrationId, Registered>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let known = self.meeting(meeting)?;
        let over = matches!(known.standing, MeetingStanding::Cancelled(_));
        let registrants = self.admitted_of(known, all, context.now);
        if over || registrants == known.registrants {
            return Ok(vec![]);
        }
        Ok(vec![Event::Registered(meeting, registrants)])
    }

    fn admitted_of(
        &self,
        meeting: &Meeting,
        all: BTreeMap<RegistrationId, Registered>,
        now: OffsetDateTime,
    ) -> Registrants {
        let was_admitted = |id: &RegistrationId| {
            let before = meeting.registrants.get(id);
            before.is_some_and(|before| before.admitted)
        };
        let mut registrants: Registrants = all
            .into_iter()
            .map(|(id, registered)| {
                let registrant = Registrant {
                    admitted: was_admitted(&id),
                    affiliate: self.owner.is_of_house(registered.unit),
                    registered,
                };
                (id, registrant)
            })
            .collect();
        let places = meeting.registering.map_or(0, |terms| terms.capacity.get());
        let taken = registrants.values().filter(|one| one.admitted).count();
        let mut left = usize::try_from(places)
            .unwrap_or(usize::MAX)
            .saturating_sub(taken);
        // Nobody is called in while it is held.
        if now >= meeting.slot.starts_at() && !meeting.registrants.is_empty() {
            left = 0;
        }
        let waiting = registrants
            .iter()
            .filter(|(_, one)| !one.admitted && !one.affiliate);
        let mut waiting: Vec<_> = waiting.map(|(id, one)| (one.registered.at, *id)).collect();
        waiting.sort_unstable();
        for (_, id) in waiting.into_iter().take(left) {
            if let Some(next) = registrants.get_mut(&id) {
                next.admitted = true;
            }
        }
        registrants
    }
}

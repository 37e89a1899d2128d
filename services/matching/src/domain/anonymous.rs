//! Texts that others read name nobody, as long as nobody was told. [Art. 10]

use anonymity::{Known, Place, What, places};

use super::{Slot, dialogue::Rejection};

/// Looks through texts for what gives somebody known away, or how to reach anybody.
pub(super) fn anonymous(texts: &[&str], known: &Known) -> Result<(), Rejection> {
    refuse(texts.iter().flat_map(|text| places(text, known)))
}

/// The same of a meeting; where it takes place may be said.
pub(super) fn anonymous_slot(slot: &Slot, known: &Known) -> Result<(), Rejection> {
    let venue = places(slot.venue.as_str(), known).into_iter();
    let venue = venue.filter(|place| place.what != What::Address);
    refuse(venue.chain(places(slot.agenda.as_str(), known)))
}

fn refuse(places: impl Iterator<Item = Place>) -> Result<(), Rejection> {
    let places: Vec<_> = places.collect();
    if places.is_empty() {
        Ok(())
    } else {
        Err(Rejection::GivesAway(places))
    }
}

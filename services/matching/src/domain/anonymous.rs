//! Texts that others read name nobody, as long as nobody was told. [Art. 10]

use anonymity::{Known, Place, What, places};

use super::{Slot, dialogue::Rejection};

/// Looks through texts for what gives one of `names` away, or how to reach somebody.
pub(super) fn anonymous(texts: &[&str], names: &[String]) -> Result<(), Rejection> {
    let known = Known::of_units(names);
    refuse(texts.iter().flat_map(|text| places(text, &known)))
}

/// The same of a meeting; where it takes place may be said.
pub(super) fn anonymous_slot(slot: &Slot, names: &[String]) -> Result<(), Rejection> {
    let known = Known::of_units(names);
    let venue = places(slot.venue.as_str(), &known).into_iter();
    let venue = venue.filter(|place| place.what != What::Address);
    refuse(venue.chain(places(slot.agenda.as_str(), &known)))
}

fn refuse(places: impl Iterator<Item = Place>) -> Result<(), Rejection> {
    let places: Vec<_> = places.collect();
    if places.is_empty() {
        Ok(())
    } else {
        Err(Rejection::GivesAway(places))
    }
}

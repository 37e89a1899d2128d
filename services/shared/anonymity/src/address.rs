//! Street addresses: a street and the number of a house, a building and a storey of it.

use crate::{Place, What, fold::Folded, number::digit};

/// What stands before the number of a house.
const STREETS: &str = "路街道巷弄";
/// What ends the name of a building, and what its parts are called.
const BUILDINGS: &str = "厦园";
const PARTS: &str = "层楼室座栋幢";

pub(crate) fn places(text: &Folded) -> Vec<Place> {
    let all = 0..text.chars.len();
    let found = all.filter_map(|end| match text.chars[end] {
        '号' => numbered(text, end, STREETS, |c| digit(c).is_some() || c == '-'),
        part if PARTS.contains(part) => numbered(text, end, BUILDINGS, |c| {
            digit(c).is_some() || c.is_ascii_alphanumeric() || c == '-'
        }),
        _ => None,
    });
    found.collect()
}

/// A number that ends at `end` and stands after one of `after`.
fn numbered(
    text: &Folded,
    end: usize,
    after: &str,
    is_number: impl Fn(char) -> bool,
) -> Option<Place> {
    let digits = text.run_before(end, is_number);
    let street = end.checked_sub(digits + 1)?;
    let is_address = digits > 0 && after.contains(text.chars[street]);
    // The name before it is of two characters at least; so are most.
    let from = street.saturating_sub(2);
    is_address.then(|| text.place(from, end + 1 - from, What::Address))
}

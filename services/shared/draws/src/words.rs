//! Small things said alike by evaluation and by review.

use std::collections::{BTreeMap, BTreeSet};

use proto::{
    evaluation::v1 as wire,
    message::{Incoming, Unreadable},
};
use regulation::{Criterion, Region};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A criterion as others are told it.
pub fn criterion(criterion: &Criterion) -> wire::Criterion {
    wire::Criterion {
        key: criterion.key.clone(),
        name: criterion.name.clone(),
        weight: int(criterion.weight),
    }
}

/// Criteria as they were told.
///
/// # Errors
/// When a weight is negative.
pub fn criteria(
    message: &Incoming,
    told: Vec<wire::Criterion>,
) -> Result<Vec<Criterion>, Unreadable> {
    let criteria = told.into_iter().map(|criterion| {
        let weight = u32::try_from(criterion.weight).map_err(|error| message.unreadable(error))?;
        Ok(Criterion {
            key: criterion.key,
            name: criterion.name,
            weight,
        })
    });
    criteria.collect()
}

/// What a criterion is called; its key where there is none of that key.
pub fn criterion_name(criteria: &[Criterion], key: &str) -> String {
    let criterion = criteria.iter().find(|criterion| criterion.key == key);
    criterion.map_or_else(|| key.to_owned(), |criterion| criterion.name.clone())
}

/// A number as messages and views bear it.
pub fn int(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// Hundredths of a point.
pub fn hundredths(ratio: &panel::Ratio) -> i64 {
    i64::try_from(ratio.hundredths()).unwrap_or(i64::MAX)
}

/// RFC 3339; empty for a time that cannot be written so, which no clock of ours gives.
pub fn timestamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

/// The regions that have not been heard past what is needed of them, but for those that are not
/// waited for.
pub fn unheard<W>(
    needed: BTreeMap<Region, OffsetDateTime>,
    heard: &BTreeMap<Region, OffsetDateTime>,
    waived: &BTreeMap<Region, W>,
) -> BTreeSet<Region> {
    let waited_for = needed
        .into_iter()
        .filter(|(region, _)| !waived.contains_key(region));
    let unheard =
        waited_for.filter(|(region, past)| heard.get(region).is_none_or(|until| until < past));
    unheard.map(|(region, _)| region).collect()
}

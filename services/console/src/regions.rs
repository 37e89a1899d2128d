//! Members by their names, in the order in which the regulation lists them.

use regulation::Region;

/// The hub, then one city and three provinces as the regulation has them.
const ORDER: [Region; 5] = [Region::HUB, Region::SH, Region::JS, Region::ZJ, Region::AH];

/// A region's name for people, if it is one.
pub(crate) fn name(region: &str) -> String {
    region
        .parse::<Region>()
        .map_or_else(|_| "未知区域".to_owned(), |region| region.name().to_owned())
}

/// Where a region stands among the others; linked ones come after, by their short names.
pub(crate) fn place(region: &str) -> (usize, String) {
    let known = ORDER.iter().position(|other| other.as_str() == region);
    (known.unwrap_or(ORDER.len()), region.to_owned())
}

/// The regions in order, each once.
pub(crate) fn in_order<'a>(regions: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    let mut regions: Vec<_> = regions.into_iter().map(String::as_str).collect();
    regions.sort_by_key(|region| place(region));
    regions.dedup();
    regions
}

/// Their names, for a sentence.
pub(crate) fn names(regions: &[String]) -> String {
    let names: Vec<_> = in_order(regions).into_iter().map(name).collect();
    names.join("、")
}

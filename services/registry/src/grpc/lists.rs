//! Lists in requests.

use std::collections::BTreeSet;

use chassis::status;
use tonic::Status;

/// Entries of one list of a request at most.
pub(crate) const LIST_MAX: usize = 100;

/// A list without repeats, not too long, each of it good.
pub(super) fn list<T>(field: &str, texts: &[String]) -> Result<BTreeSet<T>, Status>
where
    T: std::str::FromStr<Err: std::fmt::Display> + Ord,
{
    if texts.len() > LIST_MAX {
        return Err(status::invalid(field, format!("最多 {LIST_MAX} 项")));
    }
    let parsed = texts
        .iter()
        .enumerate()
        .map(|(at, text)| status::parse(&format!("{field}[{at}]"), text));
    parsed.collect()
}

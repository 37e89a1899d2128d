//! What the doors of evaluation and of review ask alike.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Desk, Subject};
use regulation::{Day, PersonKey};
use tonic::Status;

/// Whom of these people credit records bar today, and until when; `purpose` is `<service>.<act>`.
/// [Art. 20]
///
/// # Errors
/// `UNAVAILABLE` when registry does not answer.
pub async fn barred(
    desk: &Desk,
    purpose: &str,
    people: BTreeSet<PersonKey>,
) -> Result<BTreeMap<PersonKey, Day>, Status> {
    let barred = desk.barred(purpose, &BTreeSet::new(), &people).await?;
    let people = barred.into_iter();
    let people = people.filter_map(|(subject, barred)| match subject {
        Subject::Person(person) => Some((person, barred.until)),
        Subject::Unit(_) => None,
    });
    Ok(people.collect())
}

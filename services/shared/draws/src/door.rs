//! What the doors of evaluation and of review ask alike.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Desk, Subject, status};
use regulation::{Actor, Day, ExpertId, PersonKey, Role};
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

/// Until when a credit record bars the caller, if it was they who were `asked` and one does: nobody
/// else is looked up. [Art. 20]
///
/// # Errors
/// `UNAVAILABLE` when registry does not answer.
pub async fn barred_since(
    desk: &Desk,
    purpose: &str,
    actor: &Actor,
    asked: Option<(ExpertId, &PersonKey)>,
) -> Result<Option<Day>, Status> {
    let Some((_, person)) = asked.filter(|(expert, _)| Some(*expert) == actor.expert) else {
        return Ok(None);
    };
    let barred = barred(desk, purpose, BTreeSet::from([person.clone()])).await?;
    Ok(barred.into_values().max())
}

/// Whose ballots or sheets a caller sees in a list: their own, an auditor everybody's of the node.
///
/// # Errors
/// `PERMISSION_DENIED` for whoever is neither.
pub fn whose(actor: &Actor) -> Result<Option<ExpertId>, Status> {
    if actor.role == Role::Auditor {
        return Ok(None);
    }
    let own = actor.expert;
    own.map(Some)
        .ok_or_else(|| status::forbidden("您的账号没有对应的专家。"))
}

/// Whether a caller may see what that expert was asked for.
pub fn may_see(actor: &Actor, asked: Option<ExpertId>) -> bool {
    actor.role == Role::Auditor || (asked.is_some() && asked == actor.expert)
}

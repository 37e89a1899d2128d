//! The door in for events. Only the hub establishes, and only a party's home gives its word.

use std::{fmt::Display, str::FromStr};

use journal::Act;
use proto::{
    application::v1::ApplicationWithdrawn,
    coordination::v1::{AssentGiven, AssentRefused, Party as WireParty},
    message::{Incoming, PublicEvent as _, Scope, Unreadable},
    project::v1::{ProjectActivated, ProjectWithdrawn},
    review::v1::ProjectEstablished,
};
use regulation::{ApplicationId, Context, ProjectId, Role};
use serde::{Deserialize as _, de::IntoDeserializer as _};

use crate::{
    domain::{Command, Party, Project, Signature, Word},
    publish::CONTRACT,
    record,
};

type Reaction = Result<Vec<Act>, Unreadable>;

/// Which commands follow from a message.
///
/// # Errors
/// When it is not readable as what it says it is, or its origin may not say it.
pub(crate) fn react(message: &Incoming, context: &Context) -> Reaction {
    match message.kind.as_str() {
        ProjectEstablished::KIND => established(message, context),
        AssentGiven::KIND => given(message),
        AssentRefused::KIND => refused(message),
        ApplicationWithdrawn::KIND => taken_back(message),
        ProjectWithdrawn::KIND => {
            let withdrawn: ProjectWithdrawn = message.read()?;
            field::<ProjectId>(message, "project_id", &withdrawn.project_id)?;
            Ok(Vec::new())
        }
        // What is to be read is noted with it.
        ProjectActivated::KIND => {
            let activated: ProjectActivated = message.read()?;
            field::<ProjectId>(message, "project_id", &activated.project_id)?;
            Ok(Vec::new())
        }
        _ => Ok(Vec::new()),
    }
}

/// A joint decision on the establishment is in force: the project begins at the lead's home.
fn established(message: &Incoming, context: &Context) -> Reaction {
    if !message.origin.is_hub() {
        return Err(message.unreadable(format!("{} can't establish a project", message.origin)));
    }
    let told: ProjectEstablished = message.read()?;
    let established =
        record::established(told, message.at).map_err(|error| message.unreadable(error))?;
    if established.region != context.node {
        return Ok(Vec::new());
    }
    let id = established.project;
    let command = Command::Establish(Box::new(established));
    Ok(vec![Act::new::<Project>(id, command)])
}

/// The lead took its application back, as the very home of it says to its own node: should the hub
/// have decided before it heard of that, no project comes of it all the same. [Art. 16]
fn taken_back(message: &Incoming) -> Reaction {
    if message.scope != Scope::Node {
        // The same word to the hub.
        return Ok(Vec::new());
    }
    let told: ApplicationWithdrawn = message.read()?;
    let application: ApplicationId = field(message, "application_id", &told.application_id)?;
    let command = Command::TakeBack { at: message.at };
    Ok(vec![Act::new::<Project>(application.project(), command)])
}

/// What a party's home signed as its word.
struct Signed<'a> {
    assent: &'a str,
    kind: &'a str,
    subject: &'a str,
    digest: &'a str,
    party: Option<&'a WireParty>,
    person: &'a str,
    role: &'a str,
}

/// A word on a contract; `None` where it is on something else. None speaks for another.
fn word(message: &Incoming, signed: &Signed<'_>) -> Result<Option<(ProjectId, Word)>, Unreadable> {
    if signed.kind != CONTRACT {
        return Ok(None);
    }
    let party = signed.party.ok_or_else(|| message.unreadable("no party"))?;
    if party.region != message.origin.as_str() {
        let claim = format!("{} can't speak for {:?}", message.origin, party.region);
        return Err(message.unreadable(claim));
    }
    if signed.person.is_empty() {
        return Err(message.unreadable("nobody signed"));
    }
    let party = match party.unit_id.as_str() {
        "" => Party::Department,
        unit => Party::Unit(field(message, "party.unit_id", unit)?),
    };
    let word = Word {
        assent: field(message, "assent_id", signed.assent)?,
        party,
        digest: field(message, "digest", signed.digest)?,
        by: Signature {
            person: signed.person.to_owned(),
            role: role(message, signed.role)?,
            region: message.origin,
            at: message.at,
        },
    };
    Ok(Some((field(message, "subject_id", signed.subject)?, word)))
}

fn given(message: &Incoming) -> Reaction {
    let given: AssentGiven = message.read()?;
    let signed = Signed {
        assent: &given.assent_id,
        kind: &given.document_kind,
        subject: &given.subject_id,
        digest: &given.digest,
        party: given.party.as_ref(),
        person: &given.person,
        role: &given.role,
    };
    let word = word(message, &signed)?;
    Ok(word
        .map(|(id, word)| Act::new::<Project>(id, Command::Agree(word)))
        .into_iter()
        .collect())
}

fn refused(message: &Incoming) -> Reaction {
    let refused: AssentRefused = message.read()?;
    let signed = Signed {
        assent: &refused.assent_id,
        kind: &refused.document_kind,
        subject: &refused.subject_id,
        digest: &refused.digest,
        party: refused.party.as_ref(),
        person: &refused.person,
        role: &refused.role,
    };
    let Some((id, word)) = word(message, &signed)? else {
        return Ok(Vec::new());
    };
    let reason = field(message, "reason", &refused.reason)?;
    Ok(vec![Act::new::<Project>(
        id,
        Command::Refuse { word, reason },
    )])
}

fn field<T: FromStr<Err: Display>>(
    message: &Incoming,
    name: &str,
    text: &str,
) -> Result<T, Unreadable> {
    text.parse()
        .map_err(|error: T::Err| message.unreadable(format!("{name}: {error}")))
}

fn role(message: &Incoming, name: &str) -> Result<Role, Unreadable> {
    Role::deserialize(name.into_deserializer())
        .map_err(|error: serde::de::value::Error| message.unreadable(error))
}

#[cfg(test)]
mod tests;

//! A unit's own part of an application, at the unit's home. [Art. 13]

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Barred, Subject};
use journal::Aggregate;
use proto::message::Message;
use regulation::{ApplicationId, Context, PersonKey, Region, Role, Text, Title, UnitId};
use serde::{Deserialize, Serialize};

use super::{
    Document, Fault, Post, Rejection,
    package::{Line, PartVersion, UnitRole},
    part_of,
};
use crate::{publish, record};

/// A part; nothing before the lead's node asked for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part(pub Option<Asked>);

/// A part that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What is asked for.
    pub request: Request,
    /// The newest version.
    pub provided: Option<Provided>,
    /// Why it is not asked for any more, if it is not.
    #[serde(default)]
    pub end: Option<End>,
}

/// Why nothing is asked of a unit for an application any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The consortium goes on without the unit.
    LeftOut,
    /// The application was taken back.
    Withdrawn,
    /// It was not accepted.
    NotAccepted,
    /// Its correction did not come in time.
    MissedDeadline,
    /// No project comes of it.
    NotEstablished,
}

impl End {
    /// Its name in Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Self::LeftOut => "已不列为承担单位",
            Self::Withdrawn => "申报已撤回",
            Self::NotAccepted => "申报不予受理",
            Self::MissedDeadline => "申报逾期未补正",
            Self::NotEstablished => "申报未立项",
        }
    }
}

/// What the lead asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// For which application.
    pub application: ApplicationId,
    /// The node that asks: the lead's home.
    pub by: Region,
    /// Whose part.
    pub unit: UnitId,
    /// As what.
    pub role: UnitRole,
    /// What the application is called.
    pub title: Title,
    /// Who leads.
    pub lead: UnitId,
    /// 子课题
    pub subtask: Option<Title>,
}

/// A provided version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provided {
    /// What it says.
    pub part: PartVersion,
    /// As it was encoded.
    pub document: Document,
}

/// What a unit writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its budget.
    pub lines: Vec<Line>,
    /// Its people.
    pub people: BTreeSet<PersonKey>,
    /// What it does.
    pub work: Text,
}

/// What can be asked of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The lead asks for it, or for something else than before.
    Ask(Box<Request>),
    /// Nothing is asked any more.
    Close {
        /// Who said so.
        by: Region,
        /// Why.
        end: End,
    },
    /// The unit provides it.
    Provide {
        /// What it says.
        input: Box<Input>,
        /// The unit and those of its people whom a credit record bars.
        barred: BTreeMap<Subject, Barred>,
    },
}

/// What happened to a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was asked for.
    Asked(Box<Request>),
    /// A version was provided.
    Provided(Box<Provided>),
    /// Nothing is asked any more.
    Closed(End),
}

impl Aggregate for Part {
    const KIND: &'static str = "part";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (&self.0, command) {
            (None, Command::Ask(request)) => Ok(vec![Event::Asked(request)]),
            (Some(asked), Command::Ask(request)) => {
                asked.said_by_home(request.by)?;
                let news = asked.request != *request || asked.end.is_some();
                Ok(news.then_some(Event::Asked(request)).into_iter().collect())
            }
            (Some(asked), Command::Provide { input, barred }) => {
                asked.provide(*input, &barred, context)
            }
            (Some(asked), Command::Close { by, end }) => {
                asked.said_by_home(by)?;
                let news = asked.end != Some(end);
                Ok(news.then_some(Event::Closed(end)).into_iter().collect())
            }
            (None, Command::Provide { .. } | Command::Close { .. }) => Err(Rejection::NoPart),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (Some(asked), Event::Asked(request)) => {
                asked.request = (**request).clone();
                asked.end = None;
            }
            (None, Event::Asked(request)) => {
                self.0 = Some(Asked {
                    request: (**request).clone(),
                    provided: None,
                    end: None,
                });
            }
            (Some(asked), Event::Provided(provided)) => {
                asked.provided = Some((**provided).clone());
            }
            (Some(asked), Event::Closed(end)) => asked.end = Some(*end),
            (None, Event::Provided(_) | Event::Closed(_)) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, context: &Context) -> Vec<Message> {
        match (&self.0, event) {
            (Some(asked), Event::Provided(provided)) => {
                vec![publish::part(id, asked, provided, context.node)]
            }
            _ => Vec::new(),
        }
    }
}

impl Asked {
    /// An application has one home; nobody else speaks in its name.
    fn said_by_home(&self, origin: Region) -> Result<(), Rejection> {
        let home = self.request.by;
        if home == origin {
            Ok(())
        } else {
            Err(Rejection::OtherHome { home, origin })
        }
    }

    fn provide(
        &self,
        input: Input,
        barred: &BTreeMap<Subject, Barred>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let actor = &context.actor;
        if actor.role != Role::UnitMember || actor.unit != Some(self.request.unit) {
            return Err(Rejection::NotOwn);
        }
        if let Some(end) = self.end {
            return Err(Rejection::wrong("本单位的部分", end.name(), "填报"));
        }
        let before = self.provided.as_ref();
        let same = before.is_some_and(|before| {
            before.part.role == self.request.role
                && before.part.lines == input.lines
                && before.part.people == input.people
                && before.part.work == input.work
        });
        if same {
            return Ok(vec![]);
        }
        if let Some((subject, by)) = barred.iter().next() {
            return Err(kept_out(subject, by.clone()).into());
        }
        let version = before.map_or(1, |before| before.part.version + 1);
        let id = part_of(self.request.application, self.request.unit);
        let bytes = record::part(&self.request, id, version, &input);
        let document = Document::new(bytes).map_err(|_| Rejection::TooLong)?;
        let part = PartVersion {
            version,
            role: self.request.role,
            lines: input.lines,
            people: input.people,
            work: input.work,
            digest: document.digest(),
        };
        Ok(vec![Event::Provided(Box::new(Provided { part, document }))])
    }
}

fn kept_out(subject: &Subject, by: Barred) -> Fault {
    match subject {
        Subject::Unit(unit) => Fault::Barred { unit: *unit, by },
        Subject::Person(person) => Fault::PersonBarred {
            person: person.clone(),
            post: Post::Part,
            by,
        },
    }
}

//! A unit's own part of an application, at the unit's home. [Art. 13]

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
                // An application has one home; nobody else can ask in its name.
                if asked.request.by != request.by {
                    return Err(Rejection::OtherHome {
                        home: asked.request.by,
                        origin: request.by,
                    });
                }
                let news = asked.request != *request;
                Ok(news.then_some(Event::Asked(request)).into_iter().collect())
            }
            (Some(asked), Command::Provide { input, barred }) => {
                asked.provide(*input, &barred, context)
            }
            (None, Command::Provide { .. }) => Err(Rejection::NoPart),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (Some(asked), Event::Asked(request)) => asked.request = (**request).clone(),
            (None, Event::Asked(request)) => {
                self.0 = Some(Asked {
                    request: (**request).clone(),
                    provided: None,
                });
            }
            (Some(asked), Event::Provided(provided)) => {
                asked.provided = Some((**provided).clone());
            }
            (None, Event::Provided(_)) => {}
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

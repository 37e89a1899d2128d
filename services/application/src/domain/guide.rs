//! 指南: what may be applied for, compiled on the hub and decided jointly. [Art. 13, 21]

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, Day, Field, Money, Text, Title, TopicId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Document, Rejection};
use crate::{publish, record};

/// Topics of one guide, at most.
pub const TOPICS_MAX: usize = 300;

/// A topic of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// Its title.
    pub title: Title,
    /// Its field.
    pub field: Field,
    /// What is to be done.
    pub content: Text,
    /// The published demand it comes from; none for another channel. [Art. 21]
    pub blind_id: Option<BlindId>,
}

/// What a guide says to everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guideline {
    /// Of which year.
    pub year: u16,
    /// What it is called.
    pub title: Title,
    /// What may be applied for.
    pub topics: Vec<Topic>,
    /// First day of the window.
    pub from: Day,
    /// Its last day, included.
    pub until: Day,
    /// Most support a project may get, if the guide says so.
    pub ceiling: Option<Money>,
    /// Whether a leader may have one live application at a time.
    pub one_live: bool,
    /// 申报条件: what holds beside the rules, for people to read.
    #[serde(default)]
    pub conditions: Option<Text>,
}

impl Guideline {
    /// Whether one may hand in on that day.
    pub fn is_open(&self, day: Day) -> bool {
        (self.from..=self.until).contains(&day)
    }

    /// One of its topics.
    pub fn topic(&self, id: TopicId) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.id == id)
    }

    /// The demands that its topics come from.
    pub fn demands(&self) -> impl Iterator<Item = BlindId> {
        self.topics.iter().filter_map(|topic| topic.blind_id)
    }
}

/// What the secretariat writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What everybody will see.
    pub guideline: Guideline,
    /// How experts took part, nothing before they did; stays on the hub. [Art. 13: 组织专家研究编制]
    pub compilation: Option<Text>,
}

/// A guide; nothing before it is drafted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide(pub Option<Work>);

/// A guide in work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// What it says.
    pub content: Content,
    /// How often it was proposed.
    pub version: u32,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a guide stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Before the members.
    Proposed {
        /// What they decide on, byte for byte.
        document: Document,
    },
    /// They did not agree.
    Returned {
        /// Why.
        reason: Text,
    },
    /// In force, for good.
    Published {
        /// The joint decision.
        decision: String,
        /// 批文号
        number: Title,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

impl Stage {
    fn name(&self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Proposed { .. } => "报批中",
            Self::Returned { .. } => "已退回",
            Self::Published { .. } => "已发布",
        }
    }
}

/// What can be asked of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write it, anew or again.
    Write(Box<Content>),
    /// Put it before the members.
    Propose {
        /// Its name, for the document.
        id: String,
        /// Which of its demands are in the reserve pool now.
        in_pool: BTreeSet<BlindId>,
    },
    /// The decision on it was returned.
    Return {
        /// Why.
        reason: Text,
    },
    /// The decision on it is in force.
    Publish {
        /// Which.
        decision: String,
        /// 批文号
        number: Title,
        /// What was decided on.
        document: Document,
    },
}

/// What happened to a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was written.
    Written(Box<Content>),
    /// It was put before the members.
    Proposed(Document),
    /// They did not agree.
    Returned {
        /// Why.
        reason: Text,
    },
    /// It is in force.
    Published {
        /// The joint decision.
        decision: String,
        /// 批文号
        number: Title,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

impl Aggregate for Guide {
    const KIND: &'static str = "guide";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        if !context.node.is_hub() {
            return Err(Rejection::HubOnly);
        }
        match (&self.0, command) {
            (work, Command::Write(content)) => write(work.as_ref(), content, context),
            (Some(work), Command::Propose { id, in_pool }) => work.propose(&id, &in_pool, context),
            (Some(work), Command::Return { reason }) => Ok(match work.stage {
                Stage::Proposed { .. } => vec![Event::Returned { reason }],
                _ => vec![],
            }),
            (
                Some(work),
                Command::Publish {
                    decision,
                    number,
                    document,
                },
            ) => work.publish(decision, number, &document, context),
            (None, _) => Err(Rejection::NoGuide),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut self.0, event) {
            (None, Event::Written(content)) => {
                self.0 = Some(Work {
                    content: (**content).clone(),
                    version: 0,
                    stage: Stage::Draft,
                });
            }
            (Some(work), event) => work.evolve(event),
            (None, _) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|work| publish::guide(id, work, event, context))
            .unwrap_or_default()
    }
}

fn write(
    work: Option<&Work>,
    content: Box<Content>,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    let Some(policy) = &context.policy else {
        return Err(Rejection::NoPolicy);
    };
    match work.map(|work| &work.stage) {
        None | Some(Stage::Draft | Stage::Returned { .. }) => {}
        Some(stage) => return Err(Rejection::wrong("指南", stage.name(), "修改")),
    }
    let unknown = content
        .guideline
        .topics
        .iter()
        .find(|topic| !policy.has_field(&topic.field));
    if let Some(topic) = unknown {
        return Err(Rejection::UnknownField(topic.field.clone()));
    }
    if work.is_some_and(|work| work.content == *content && work.stage == Stage::Draft) {
        return Ok(vec![]);
    }
    Ok(vec![Event::Written(content)])
}

impl Work {
    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Written(content) => {
                self.content = (**content).clone();
                self.stage = Stage::Draft;
            }
            Event::Proposed(document) => {
                self.version += 1;
                self.stage = Stage::Proposed {
                    document: document.clone(),
                };
            }
            Event::Returned { reason } => {
                self.stage = Stage::Returned {
                    reason: reason.clone(),
                };
            }
            Event::Published {
                decision,
                number,
                at,
            } => {
                self.stage = Stage::Published {
                    decision: decision.clone(),
                    number: number.clone(),
                    at: *at,
                };
            }
        }
    }

    fn propose(
        &self,
        id: &str,
        in_pool: &BTreeSet<BlindId>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::Draft => {}
            Stage::Proposed { .. } => return Ok(vec![]),
            stage => return Err(Rejection::wrong("指南", stage.name(), "报批")),
        }
        let guideline = &self.content.guideline;
        let today = Day::of(context.now);
        let over = guideline.until < today || guideline.until < guideline.from;
        if guideline.topics.is_empty() || over {
            return Err(Rejection::NothingToApplyFor);
        }
        if self.content.compilation.is_none() {
            return Err(Rejection::NoExperts);
        }
        if let Some(demand) = guideline.demands().find(|id| !in_pool.contains(id)) {
            return Err(Rejection::TopicNotInPool(demand));
        }
        let document =
            Document::new(record::guide_proposal(id, guideline)).map_err(|_| Rejection::TooLong)?;
        Ok(vec![Event::Proposed(document)])
    }

    fn publish(
        &self,
        decision: String,
        number: Title,
        decided: &Document,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        match &self.stage {
            Stage::Proposed { document } if document == decided => Ok(vec![Event::Published {
                decision,
                number,
                at: context.now,
            }]),
            Stage::Proposed { .. } => Err(Rejection::DecidedOnOther),
            Stage::Published {
                decision: before, ..
            } if *before == decision => Ok(vec![]),
            stage => Err(Rejection::wrong("指南", stage.name(), "发布")),
        }
    }
}

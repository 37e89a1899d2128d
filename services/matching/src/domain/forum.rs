//! What of a published demand all solvers are told alike. On the hub, so that its origin tells
//! nobody the demand's region, and once a day, so that its hour does not either. [Art. 10, 11]

pub mod sign_up;

use std::collections::{BTreeMap, BTreeSet};

use regulation::{Context, Day, Region, Text, UnitId};
use serde::{Deserialize, Serialize};

use self::sign_up::SignUp;
use super::{MeetingId, QuestionId, Rejection, dialogue};
use crate::notice::Notice;

/// What was asked and told of one demand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forum {
    /// Questions of solvers.
    pub questions: BTreeMap<QuestionId, Asked>,
    /// Roadshows, each as it was told last.
    pub roadshows: BTreeMap<MeetingId, Notice>,
    /// Who demands, where the demander agreed to be named.
    pub named: Option<UnitId>,
    /// What waits to be told, and since which day.
    pub waiting: Option<Waiting>,
    /// Who has registered for which roadshow.
    #[serde(default)]
    pub sign_ups: BTreeMap<MeetingId, SignUp>,
}

/// A question as the hub has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The asker's home.
    pub region: Region,
    /// What is asked.
    pub text: Text,
    /// What the demand's home made of it; an answer, or that it is withheld.
    pub outcome: Option<Outcome>,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// For all.
    Answered(Text),
    /// For nobody.
    Withheld,
}

/// What waits to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// It is told at the end of this day.
    pub day: Day,
    /// Questions with their outcome.
    pub questions: BTreeSet<QuestionId>,
    /// Roadshows.
    pub roadshows: BTreeSet<MeetingId>,
}

/// What can be asked of a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A solver asks.
    Ask(QuestionId, Text, Region),
    /// The demand's home released an answer, or withheld the question.
    Answer(QuestionId, Outcome),
    /// The demand's home released a roadshow as it stands.
    Announce(Box<Notice>),
    /// The demander is named.
    Name(UnitId),
    /// Tell what waits.
    Tell,
    /// Of registrations for roadshows.
    SignUp(sign_up::Command),
}

/// What happened in a forum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A solver asked.
    Asked {
        /// What it is called.
        question: QuestionId,
        /// What is asked.
        text: Text,
        /// The asker's home.
        region: Region,
    },
    /// A question has its outcome.
    Concluded {
        /// Which.
        question: QuestionId,
        /// What became of it.
        outcome: Outcome,
        /// On which day.
        on: Day,
    },
    /// A roadshow as it stands.
    Announced {
        /// What is told of it.
        notice: Box<Notice>,
        /// On which day.
        on: Day,
    },
    /// The demander is named.
    Named(UnitId),
    /// What waited was told.
    Told(Waiting),
    /// Of registrations for roadshows.
    SignUp(sign_up::Event),
}

impl Forum {
    /// When what waits is told.
    pub(super) fn tells_at(&self) -> Option<time::OffsetDateTime> {
        self.waiting.as_ref().map(|waiting| waiting.day.end())
    }

    pub(super) fn decide(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let on = Day::of(context.now);
        match command {
            Command::Ask(question, text, region) => match self.questions.get(&question) {
                Some(known) if known.region == region => Ok(vec![]),
                Some(_) => Err(Rejection::WrongOrigin(region)),
                None => Ok(vec![Event::Asked {
                    question,
                    text,
                    region,
                }]),
            },
            Command::Answer(question, outcome) => {
                let known = self.questions.get(&question);
                let known = known.ok_or(dialogue::Rejection::UnknownQuestion)?;
                Ok(match known.outcome {
                    Some(_) => vec![],
                    None => vec![Event::Concluded {
                        question,
                        outcome,
                        on,
                    }],
                })
            }
            Command::Announce(notice) => {
                let known = self.roadshows.get(&notice.meeting);
                let news = known.is_none_or(|known| known.sequence < notice.sequence);
                Ok(if news {
                    vec![Event::Announced { notice, on }]
                } else {
                    vec![]
                })
            }
            Command::Name(unit) if self.named == Some(unit) => Ok(vec![]),
            Command::Name(unit) => Ok(vec![Event::Named(unit)]),
            Command::Tell => Ok(self.waiting.clone().map(Event::Told).into_iter().collect()),
            Command::SignUp(command) => {
                let events = self.sign_up(command, context)?;
                Ok(events.into_iter().map(Event::SignUp).collect())
            }
        }
    }

    /// Nobody answers any more: who asked hears it.
    pub(super) fn unanswered(&self, context: &Context) -> Vec<Event> {
        let on = Day::of(context.now);
        let open = self
            .questions
            .iter()
            .filter(|(_, asked)| asked.outcome.is_none());
        open.map(|(question, _)| Event::Concluded {
            question: *question,
            outcome: Outcome::Withheld,
            on,
        })
        .collect()
    }

    pub(super) fn evolve(&mut self, event: &Event) {
        match event {
            Event::Asked {
                question,
                text,
                region,
            } => {
                let asked = Asked {
                    region: *region,
                    text: text.clone(),
                    outcome: None,
                };
                self.questions.insert(*question, asked);
            }
            Event::Concluded {
                question,
                outcome,
                on,
            } => {
                if let Some(asked) = self.questions.get_mut(question) {
                    asked.outcome = Some(outcome.clone());
                }
                self.waits(*on).questions.insert(*question);
            }
            Event::Announced { notice, on } => {
                self.roadshows.insert(notice.meeting, (**notice).clone());
                self.waits(*on).roadshows.insert(notice.meeting);
            }
            Event::Named(unit) => self.named = Some(*unit),
            Event::Told(_) => self.waiting = None,
            Event::SignUp(event) => self.signed_up(event),
        }
    }

    fn waits(&mut self, day: Day) -> &mut Waiting {
        self.waiting.get_or_insert_with(|| Waiting {
            day,
            questions: BTreeSet::new(),
            roadshows: BTreeSet::new(),
        })
    }
}

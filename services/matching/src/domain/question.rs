//! 提问: a question at its asker's home, the only place that knows who asks. [Art. 11]

use anonymity::Known;
use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Rejection, anonymous::anonymous};
use crate::publish;

/// A question; nothing before it is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question(pub Option<Posed>);

/// A question that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posed {
    /// About which demand.
    pub blind_id: BlindId,
    /// Who asks.
    pub asker: UnitId,
    /// What is asked.
    pub text: Text,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What became of it.
    pub outcome: Option<Reply>,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// All solvers read this answer.
    Answered(Text),
    /// It is neither published nor answered.
    Withheld,
}

/// What can be asked of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask it.
    Ask {
        /// About which demand.
        blind_id: BlindId,
        /// Whether that demand is still open.
        open: bool,
        /// What is asked.
        text: Text,
        /// By what the asker could be recognised.
        names: Vec<String>,
    },
    /// The hub says what became of it.
    Conclude(Reply),
}

/// What happened to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was asked.
    Asked(Posed),
    /// What became of it.
    Concluded(Reply),
}

impl Aggregate for Question {
    const KIND: &'static str = "question";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (&self.0, command) {
            (
                None,
                Command::Ask {
                    blind_id,
                    open,
                    text,
                    names,
                },
            ) => {
                let asker = context.actor.unit.ok_or(Rejection::NotOwn)?;
                if !open {
                    return Err(Rejection::CallClosed);
                }
                anonymous(&[text.as_str()], &Known::of_units(&names))?;
                Ok(vec![Event::Asked(Posed {
                    blind_id,
                    asker,
                    text,
                    at: context.now,
                    outcome: None,
                })])
            }
            (Some(posed), Command::Conclude(reply)) if posed.outcome.is_none() => {
                Ok(vec![Event::Concluded(reply)])
            }
            // Everybody is told of every answer; most did not ask.
            (None, Command::Conclude(_)) | (Some(_), _) => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (event, &mut self.0) {
            (Event::Asked(posed), _) => self.0 = Some(posed.clone()),
            (Event::Concluded(reply), Some(posed)) => posed.outcome = Some(reply.clone()),
            (Event::Concluded(_), None) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        publish::question(id, event)
    }
}

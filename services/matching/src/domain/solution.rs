//! 解决方案: at its solver's home, from the draft to the intent. [Art. 10, 11]

mod parts;

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use parts::{CallFacts, Case, Content, Counterpart, Stage, TeamStanding, Word};

use super::{PublicNumber, Rejection};
use crate::publish;

/// A solution; nothing has happened to it before its first draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution(pub Option<Case>);

/// What can be asked of a solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write it, or write it anew.
    Write {
        /// The demand it answers.
        call: CallFacts,
        /// What it says.
        content: Box<Content>,
    },
    /// Hand it in.
    Submit {
        /// The demand as it is now.
        call: CallFacts,
        /// The team's units as they are now.
        team: TeamStanding,
    },
    /// Take it, or the intent, back.
    Withdraw {
        /// Why; needed for an intent.
        reason: Option<Text>,
    },
    /// Give the solver's word.
    ConfirmIntent,
    /// The demander has it now.
    NoteFeedback,
    /// The demander considers it.
    Shortlist(Counterpart, Text),
    /// The demander does not take it.
    Decline(Counterpart, Text),
    /// The demander wants it.
    Select(Counterpart, Word),
    /// It came to an end; without a counterpart when the hub says so.
    Lapse(Option<Counterpart>, Text),
}

/// What happened to a solution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was begun.
    Drafted {
        /// The demand it answers.
        blind_id: BlindId,
        /// That demand's public number.
        number: PublicNumber,
        /// The unit that holds it.
        holder: UnitId,
        /// What it says.
        content: Box<Content>,
    },
    /// Its content was replaced.
    Rewritten(Box<Content>),
    /// It was handed in.
    Submitted {
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A draft was thrown away.
    Discarded,
    /// It was taken back.
    Withdrawn,
    /// The intent was taken back.
    IntentWithdrawn(Text),
    /// The demander has it.
    FedBack,
    /// The demand's home is known.
    CounterpartKnown(Counterpart),
    /// The demander considers it.
    Shortlisted(Text),
    /// The demander does not take it.
    Declined(Text),
    /// The demander wants it.
    Selected(Word),
    /// The solver gave its word.
    IntentConfirmed,
    /// It came to an end.
    Lapsed(Text),
}

impl Aggregate for Solution {
    const KIND: &'static str = "solution";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Some(case) = &self.0 else {
            return match command {
                Command::Write { call, content } => draft(&call, content, context),
                _ => Err(Rejection::UnknownSolution),
            };
        };
        match command {
            Command::Write { call, content } => case.rewrite(&call, content, context),
            Command::Submit { call, team } => case.submit(&call, &team, context),
            Command::Withdraw { reason } => case.withdraw(reason, context),
            Command::ConfirmIntent => case.confirm(context),
            Command::NoteFeedback if case.stage == Stage::Submitted => Ok(vec![Event::FedBack]),
            Command::NoteFeedback => Ok(vec![]),
            Command::Shortlist(from, reason) => case.disposed(from, Event::Shortlisted(reason)),
            Command::Decline(from, reason) => case.disposed(from, Event::Declined(reason)),
            Command::Select(from, word) => case.disposed(from, Event::Selected(word)),
            Command::Lapse(Some(from), reason) => case.disposed(from, Event::Lapsed(reason)),
            Command::Lapse(None, reason) => Ok(case.follow(Event::Lapsed(reason))),
        }
    }

    fn evolve(&mut self, event: &Event) {
        if let Event::Drafted {
            blind_id,
            number,
            holder,
            content,
        } = event
        {
            self.0 = Some(Case {
                blind_id: *blind_id,
                number: *number,
                holder: *holder,
                content: (**content).clone(),
                submitted_at: None,
                counterpart: None,
                stage: Stage::Draft,
            });
        } else if let Some(case) = &mut self.0 {
            case.evolve(event);
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        self.0
            .as_ref()
            .map(|case| publish::solution(id, case, event))
            .unwrap_or_default()
    }
}

fn draft(
    call: &CallFacts,
    written: Box<Content>,
    context: &Context,
) -> Result<Vec<Event>, Rejection> {
    let holder = context.actor.unit.ok_or(Rejection::NotOwn)?;
    call.answered_by(&written)?;
    Ok(vec![Event::Drafted {
        blind_id: call.blind_id,
        number: call.number,
        holder,
        content: written,
    }])
}

impl Case {
    fn own(&self, context: &Context) -> Result<(), Rejection> {
        let own = context.actor.unit == Some(self.holder);
        if own { Ok(()) } else { Err(Rejection::NotOwn) }
    }

    fn wrong(&self, wanted: &'static str) -> Rejection {
        Rejection::WrongStage {
            stage: self.stage.name(),
            wanted,
        }
    }

    fn rewrite(
        &self,
        call: &CallFacts,
        written: Box<Content>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        if self.stage != Stage::Draft {
            return Err(self.wrong("修改"));
        }
        call.answered_by(&written)?;
        let same = *written == self.content;
        Ok(if same {
            vec![]
        } else {
            vec![Event::Rewritten(written)]
        })
    }

    fn submit(
        &self,
        call: &CallFacts,
        team: &TeamStanding,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Draft => {}
            Stage::Submitted => return Ok(vec![]),
            _ => return Err(self.wrong("提交")),
        }
        if self.content.tasks.is_empty() {
            return Err(Rejection::NoTask);
        }
        call.answered_by(&self.content)?;
        if !self.content.committed || !self.content.secrecy {
            return Err(Rejection::NoUndertaking);
        }
        if let Some(unit) = team.unregistered.first() {
            return Err(Rejection::NotRegistered(*unit));
        }
        if let Some(unit) = team.barred.first() {
            return Err(Rejection::Barred(*unit));
        }
        Ok(vec![Event::Submitted { at: context.now }])
    }

    fn withdraw(&self, reason: Option<Text>, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Draft => Ok(vec![Event::Discarded]),
            Stage::Intent(_) => {
                let reason = reason.ok_or(Rejection::NoReason)?;
                Ok(vec![Event::IntentWithdrawn(reason)])
            }
            Stage::Withdrawn => Ok(vec![]),
            Stage::Declined(_) | Stage::Lapsed(_) => Err(self.wrong("撤回")),
            _ => Ok(vec![Event::Withdrawn]),
        }
    }

    fn confirm(&self, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Selected(_) => Ok(vec![Event::IntentConfirmed]),
            Stage::Intent(_) => Ok(vec![]),
            _ => Err(self.wrong("确认意向")),
        }
    }

    /// What the demand's home says. Only that home and the hub know this solution's id; who speaks
    /// first is believed, and nobody else afterwards.
    fn disposed(&self, from: Counterpart, event: Event) -> Result<Vec<Event>, Rejection> {
        if self.stage == Stage::Draft {
            return Err(self.wrong("答复"));
        }
        match self.counterpart {
            Some(known) if known == from => Ok(self.follow(event)),
            Some(_) => Err(Rejection::WrongOrigin(from.home)),
            None if self.stage.is_terminal() => Ok(vec![]),
            None => {
                let mut events = vec![Event::CounterpartKnown(from)];
                events.extend(self.follow(event));
                Ok(events)
            }
        }
    }

    /// The event, unless it is a repeat or overtaken.
    fn follow(&self, event: Event) -> Vec<Event> {
        let follows = match (&self.stage, &event) {
            (Stage::Draft, _) => false,
            (stage, _) if stage.is_terminal() => false,
            (
                Stage::Shortlisted(_) | Stage::Selected(_) | Stage::Intent(_),
                Event::Shortlisted(_),
            )
            | (Stage::Selected(_) | Stage::Intent(_), Event::Declined(_)) => false,
            (Stage::Selected(before) | Stage::Intent(before), Event::Selected(word)) => {
                !word.tasks.is_subset(&before.tasks)
            }
            _ => true,
        };
        if follows { vec![event] } else { vec![] }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Drafted { .. } => {}
            Event::Rewritten(content) => self.content = (**content).clone(),
            Event::Submitted { at } => {
                self.submitted_at = Some(*at);
                self.stage = Stage::Submitted;
            }
            Event::Discarded | Event::Withdrawn => self.stage = Stage::Withdrawn,
            Event::FedBack => self.stage = Stage::FedBack,
            Event::CounterpartKnown(counterpart) => self.counterpart = Some(*counterpart),
            Event::Shortlisted(reason) => self.stage = Stage::Shortlisted(reason.clone()),
            Event::Declined(reason) => self.stage = Stage::Declined(reason.clone()),
            Event::Selected(word) => self.stage = Stage::Selected(word.clone()),
            Event::IntentConfirmed => {
                if let Stage::Selected(word) = &self.stage {
                    self.stage = Stage::Intent(word.clone());
                }
            }
            Event::Lapsed(reason) | Event::IntentWithdrawn(reason) => {
                self.stage = Stage::Lapsed(reason.clone());
            }
        }
    }
}

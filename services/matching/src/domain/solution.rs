//! 解决方案: at its solver's home, from the draft to the intent. [Art. 10, 11]

mod dialogue;
mod parts;
mod submission;

use std::collections::{BTreeMap, BTreeSet};

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, TaskId, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use dialogue::{
    Command as DialogueCommand, Event as DialogueEvent, Invitation, InvitationStanding, Telling,
};
pub use parts::{Bars, CallFacts, Case, Content, Counterpart, Stage, TeamStanding, Word};

use super::{PublicNumber, Rejection};
use crate::{dossier::Salt, publish};

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
        /// What its seal is salted with: random.
        salt: Salt,
    },
    /// Hand it in anew, after a task was revised.
    Revise {
        /// The demand as it is now.
        call: CallFacts,
        /// The team's units as they are now.
        team: TeamStanding,
        /// What it says now.
        content: Box<Content>,
        /// What its seal is salted with: random.
        salt: Salt,
    },
    /// A task was revised.
    NoteRevised(TaskId),
    /// Take it, or the intent, back.
    Withdraw {
        /// Why; needed for an intent.
        reason: Option<Text>,
    },
    /// Give the solver's word, with who of the team is barred now.
    ConfirmIntent(Bars),
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
    /// Some of its selections came to an end; these are left.
    Narrow(Counterpart, Word),
    /// Meet the demander, and learn who it is.
    Dialogue(dialogue::Command),
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
        /// What its seal is salted with.
        salt: Salt,
    },
    /// It was handed in anew.
    Resubmitted {
        /// What it says now.
        content: Box<Content>,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// What its seal is salted with.
        salt: Salt,
    },
    /// A task that it answers was revised.
    TaskRevised(TaskId),
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
    /// Some of its selections came to an end.
    Narrowed(Word),
    /// It came to an end.
    Lapsed(Text),
    /// Of its meetings, and of the demander.
    Dialogue(dialogue::Event),
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
            Command::Submit { call, team, salt } => case.submit(&call, &team, salt, context),
            Command::Revise {
                call,
                team,
                content,
                salt,
            } => {
                case.own(context)?;
                case.revise(&call, &team, content, salt, context)
            }
            Command::NoteRevised(task) => Ok(case.note_revised(task)),
            Command::Withdraw { reason } => case.withdraw(reason, context),
            Command::ConfirmIntent(bars) => case.confirm(&bars, context),
            Command::NoteFeedback if case.stage == Stage::Submitted => Ok(vec![Event::FedBack]),
            Command::NoteFeedback => Ok(vec![]),
            Command::Shortlist(from, reason) => case.disposed(from, Event::Shortlisted(reason)),
            Command::Decline(from, reason) => case.disposed(from, Event::Declined(reason)),
            Command::Select(from, word) => case.disposed(from, Event::Selected(word)),
            Command::Lapse(Some(from), reason) => case.disposed(from, Event::Lapsed(reason)),
            Command::Lapse(None, reason) => Ok(case.follow(Event::Lapsed(reason))),
            Command::Narrow(from, word) => case.disposed(from, Event::Narrowed(word)),
            Command::Dialogue(command) => case.talk(command, context),
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
                revision: 0,
                salt: None,
                revised: BTreeSet::new(),
                counterpart: None,
                stage: Stage::Draft,
                meetings: BTreeMap::new(),
                demander: None,
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

    fn confirm(&self, bars: &Bars, context: &Context) -> Result<Vec<Event>, Rejection> {
        self.own(context)?;
        match self.stage {
            Stage::Selected(ref word) => match word.answer_until {
                Some(day) if context.now > day.end() => Err(Rejection::WordTooLate(day)),
                _ => {
                    bars.check()?;
                    Ok(vec![Event::IntentConfirmed])
                }
            },
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
            (Stage::Selected(before) | Stage::Intent(before), Event::Selected(word)) => {
                !word.tasks.is_subset(&before.tasks)
            }
            (Stage::Selected(before) | Stage::Intent(before), Event::Narrowed(word)) => {
                word.tasks.len() < before.tasks.len() && word.tasks.is_subset(&before.tasks)
            }
            (
                Stage::Shortlisted(_) | Stage::Selected(_) | Stage::Intent(_),
                Event::Shortlisted(_),
            )
            | (Stage::Selected(_) | Stage::Intent(_), Event::Declined(_))
            | (_, Event::Narrowed(_)) => false,
            _ => true,
        };
        if follows { vec![event] } else { vec![] }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Drafted { .. } => {}
            Event::Rewritten(content) => self.content = (**content).clone(),
            Event::Submitted { at, salt } => self.handed_in(*at, *salt),
            Event::Resubmitted { content, at, salt } => {
                self.content = (**content).clone();
                self.revised.clear();
                self.handed_in(*at, *salt);
            }
            Event::TaskRevised(task) => {
                self.revised.insert(*task);
            }
            Event::Dialogue(event) => self.talked(event),
            Event::Narrowed(word) if word.answer_until.is_none() => {
                self.stage = Stage::Intent(word.clone());
            }
            Event::Discarded | Event::Withdrawn => self.stage = Stage::Withdrawn,
            Event::FedBack => self.stage = Stage::FedBack,
            Event::CounterpartKnown(counterpart) => self.counterpart = Some(*counterpart),
            Event::Shortlisted(reason) => self.stage = Stage::Shortlisted(reason.clone()),
            Event::Declined(reason) => self.stage = Stage::Declined(reason.clone()),
            Event::Selected(word) | Event::Narrowed(word) => {
                self.stage = Stage::Selected(word.clone());
            }
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

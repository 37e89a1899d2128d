//! One-to-ones as the solver has them, and learning who demands. [Art. 10, 11]

use regulation::{Context, Text, UnitId};
use serde::{Deserialize, Serialize};

use super::{Case, Counterpart, Event as SolutionEvent};
use crate::domain::{MeetingId, Rejection, Slot, dialogue};

/// A one-to-one as its solver knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// When, where, about what.
    pub slot: Slot,
    /// Counts what was told of it, from 0.
    pub sequence: u32,
    /// Where it stands.
    pub standing: InvitationStanding,
}

/// Where an invitation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitationStanding {
    /// The solver has not answered.
    Invited,
    /// The solver comes.
    Accepted(Option<Text>),
    /// The solver does not come.
    Declined(Option<Text>),
    /// The demander called it off.
    Cancelled(Text),
    /// It was held: the minutes.
    Held(Text),
}

/// What the demand's home says of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// When, where, about what.
    pub slot: Slot,
    /// Counts what was told of it, from 0.
    pub sequence: u32,
    /// Why it does not take place.
    pub cancelled: Option<Text>,
    /// What was said at it.
    pub minutes: Option<Text>,
}

/// What can be asked of a solution's dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The demand's home tells of a meeting.
    Tell(Counterpart, MeetingId, Box<Telling>),
    /// Accept or decline an invitation.
    Answer {
        /// Which.
        meeting: MeetingId,
        /// Whether the solver comes.
        accepted: bool,
        /// What there is to say.
        note: Option<Text>,
    },
    /// The demand's home tells who demands.
    Learn(Counterpart, UnitId),
}

/// What happened in a solution's dialogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A meeting, as it stands.
    Told(MeetingId, Box<Telling>),
    /// An invitation was answered.
    Answered {
        /// Which.
        meeting: MeetingId,
        /// Whether the solver comes.
        accepted: bool,
        /// What there is to say.
        note: Option<Text>,
    },
    /// Who demands is known to this solver.
    DemanderLearned(UnitId),
}

impl Case {
    pub(super) fn talk(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<SolutionEvent>, Rejection> {
        match command {
            Command::Tell(from, meeting, telling) => {
                let known = self.meetings.get(&meeting);
                let news = known.is_none_or(|known| known.sequence < telling.sequence);
                self.told(from, news.then_some(Event::Told(meeting, telling)))
            }
            Command::Learn(from, unit) => {
                let news = self.demander != Some(unit);
                self.told(from, news.then_some(Event::DemanderLearned(unit)))
            }
            Command::Answer {
                meeting,
                accepted,
                note,
            } => {
                self.own(context)?;
                self.answer(meeting, accepted, note, context)
            }
        }
    }

    /// Only the demand's home may say it, as with its dispositions.
    fn told(
        &self,
        from: Counterpart,
        event: Option<Event>,
    ) -> Result<Vec<SolutionEvent>, Rejection> {
        let event = event.map(SolutionEvent::Dialogue);
        match self.counterpart {
            Some(known) if known == from => Ok(event.into_iter().collect()),
            Some(_) => Err(Rejection::WrongOrigin(from.home)),
            None if self.submitted_at.is_none() => Err(self.wrong("对接交流")),
            None => {
                let mut events = vec![SolutionEvent::CounterpartKnown(from)];
                events.extend(event);
                Ok(events)
            }
        }
    }

    fn answer(
        &self,
        meeting: MeetingId,
        accepted: bool,
        note: Option<Text>,
        context: &Context,
    ) -> Result<Vec<SolutionEvent>, Rejection> {
        let known = self.meetings.get(&meeting);
        let invitation = known.ok_or(dialogue::Rejection::UnknownMeeting)?;
        let given = match &invitation.standing {
            InvitationStanding::Invited => None,
            InvitationStanding::Accepted(_) => Some(true),
            InvitationStanding::Declined(_) => Some(false),
            InvitationStanding::Cancelled(_) | InvitationStanding::Held(_) => {
                return Err(dialogue::Rejection::MeetingOver.into());
            }
        };
        if given == Some(accepted) {
            return Ok(vec![]);
        }
        if context.now >= invitation.slot.starts_at() {
            return Err(dialogue::Rejection::MeetingBegun.into());
        }
        Ok(vec![SolutionEvent::Dialogue(Event::Answered {
            meeting,
            accepted,
            note,
        })])
    }

    pub(super) fn talked(&mut self, event: &Event) {
        match event {
            Event::Told(meeting, telling) => {
                let before = self.meetings.remove(meeting);
                let standing = match (&telling.cancelled, &telling.minutes) {
                    (Some(reason), _) => InvitationStanding::Cancelled(reason.clone()),
                    (None, Some(minutes)) => InvitationStanding::Held(minutes.clone()),
                    (None, None) => before.map_or(InvitationStanding::Invited, |one| one.standing),
                };
                let invitation = Invitation {
                    slot: telling.slot.clone(),
                    sequence: telling.sequence,
                    standing,
                };
                self.meetings.insert(*meeting, invitation);
            }
            Event::Answered {
                meeting,
                accepted,
                note,
            } => {
                if let Some(invitation) = self.meetings.get_mut(meeting) {
                    invitation.standing = if *accepted {
                        InvitationStanding::Accepted(note.clone())
                    } else {
                        InvitationStanding::Declined(note.clone())
                    };
                }
            }
            Event::DemanderLearned(unit) => self.demander = Some(*unit),
        }
    }
}

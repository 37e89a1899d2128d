//! 项目路演, 一对一交流: meetings of a demander with solvers, all at once or one by one. [Art. 11]

mod decide;

use std::collections::BTreeMap;

use regulation::{Region, SolutionId, Text};
use serde::{Deserialize, Serialize};

use super::{
    Call,
    registrants::{Registered, Registrants},
};
use crate::domain::{MeetingId, RegistrationId, Slot, dialogue::Registering};

/// A meeting as the demander has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Whose solution it is about; none for a roadshow.
    pub with: Option<SolutionId>,
    /// When, where, about what.
    pub slot: Slot,
    /// Where it stands.
    pub standing: MeetingStanding,
    /// Counts what was told of it, from 0.
    pub sequence: u32,
    /// Who arranged it, or wrote its minutes.
    pub by: String,
    /// On which terms units register for it; none: without.
    #[serde(default)]
    pub registering: Option<Registering>,
    /// Who has, once that is closed.
    #[serde(default)]
    pub registrants: Registrants,
}

/// Where a meeting stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeetingStanding {
    /// A roadshow that the department has not released.
    Proposed,
    /// A one-to-one that the solver has not answered.
    Invited,
    /// A roadshow that was announced, or a one-to-one that the solver accepted.
    Arranged(Option<Text>),
    /// The solver does not come.
    Declined(Option<Text>),
    /// A roadshow whose minutes the department has not released.
    Minuted(Text),
    /// It was held: the minutes.
    Held(Text),
    /// It does not take place.
    Cancelled(Text),
}

/// What can be asked of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Arrange one.
    Arrange {
        /// Its id.
        meeting: MeetingId,
        /// Whose solution it is about; none for a roadshow.
        with: Option<SolutionId>,
        /// When, where, about what.
        slot: Box<Slot>,
        /// On which terms units register for it; none: without.
        registering: Option<Registering>,
        /// By what the demander could be recognised.
        names: Vec<String>,
    },
    /// The hub forwards everybody who has registered.
    Register(MeetingId, BTreeMap<RegistrationId, Registered>),
    /// Let a roadshow, or its minutes, out; or give it back with this reason.
    Release(MeetingId, Option<Text>),
    /// The solver answers.
    Answer {
        /// Which.
        meeting: MeetingId,
        /// For which solution.
        solution: SolutionId,
        /// The node that says so.
        region: Region,
        /// Whether the solver comes.
        accepted: bool,
        /// What there is to say.
        note: Option<Text>,
    },
    /// Call it off.
    Cancel {
        /// Which.
        meeting: MeetingId,
        /// Why.
        reason: Text,
        /// By what the demander could be recognised.
        names: Vec<String>,
    },
    /// Record what was said.
    Minute {
        /// Which.
        meeting: MeetingId,
        /// What was said.
        minutes: Text,
        /// By what the demander could be recognised.
        names: Vec<String>,
    },
}

/// What happened to a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was arranged.
    Arranged(MeetingId, Box<Meeting>),
    /// The department released the roadshow, or its minutes.
    Released {
        /// Which.
        meeting: MeetingId,
        /// Who.
        by: String,
    },
    /// The department gave the roadshow, or its minutes, back.
    GivenBack(MeetingId, Text),
    /// The solver answered.
    Answered {
        /// Which.
        meeting: MeetingId,
        /// Whether the solver comes.
        accepted: bool,
        /// What there is to say.
        note: Option<Text>,
    },
    /// It was called off.
    Cancelled(MeetingId, Text),
    /// Who has registered, and who of them comes.
    Registered(MeetingId, Registrants),
    /// What was said at it.
    Minuted {
        /// Which.
        meeting: MeetingId,
        /// What was said.
        minutes: Text,
        /// Who wrote it.
        by: String,
    },
}

impl Call {
    pub(super) fn met(&mut self, event: &Event) {
        let (meeting, told) = match event {
            Event::Arranged(meeting, arranged) => {
                self.meetings.insert(*meeting, (**arranged).clone());
                return;
            }
            Event::Released { meeting, .. }
            | Event::Cancelled(meeting, _)
            | Event::Minuted { meeting, .. } => (meeting, true),
            Event::Registered(meeting, registrants) => {
                if let Some(meeting) = self.meetings.get_mut(meeting) {
                    meeting.registrants.clone_from(registrants);
                }
                return;
            }
            Event::GivenBack(meeting, _) | Event::Answered { meeting, .. } => (meeting, false),
        };
        let Some(meeting) = self.meetings.get_mut(meeting) else {
            return;
        };
        if told {
            meeting.sequence += 1;
        }
        meeting.standing = match (&meeting.standing, event) {
            (MeetingStanding::Minuted(minutes), Event::Released { .. }) => {
                MeetingStanding::Held(minutes.clone())
            }
            (MeetingStanding::Minuted(_), Event::GivenBack(_, reason)) => {
                MeetingStanding::Arranged(Some(reason.clone()))
            }
            (_, Event::Released { .. }) => MeetingStanding::Arranged(None),
            (_, Event::GivenBack(_, reason) | Event::Cancelled(_, reason)) => {
                MeetingStanding::Cancelled(reason.clone())
            }
            (_, Event::Answered { accepted, note, .. }) if *accepted => {
                MeetingStanding::Arranged(note.clone())
            }
            (_, Event::Answered { note, .. }) => MeetingStanding::Declined(note.clone()),
            (_, Event::Minuted { minutes, by, .. }) => {
                meeting.by.clone_from(by);
                match meeting.with {
                    Some(_) => MeetingStanding::Held(minutes.clone()),
                    None => MeetingStanding::Minuted(minutes.clone()),
                }
            }
            (standing, Event::Arranged(..) | Event::Registered(..)) => standing.clone(),
        };
    }
}

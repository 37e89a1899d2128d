//! 项目路演, 一对一交流: meetings of a demander with solvers, all at once or one by one. [Art. 11]

use std::collections::BTreeMap;

use regulation::{Context, Day, Region, SolutionId, Text};
use serde::{Deserialize, Serialize};

use super::{
    Call, Standing as SolutionStanding,
    call::department,
    registrants::{Registered, Registrants},
};
use crate::{
    domain::{
        MeetingId, RegistrationId, Rejection as Refused, Slot,
        anonymous::{anonymous, anonymous_slot},
        dialogue::{Registering, Rejection},
    },
    publish::DEMAND_WITHDRAWN,
};

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
    pub(super) fn meet(&self, command: Command, context: &Context) -> Result<Vec<Event>, Refused> {
        match command {
            Command::Arrange {
                meeting,
                with,
                slot,
                registering,
                names,
            } => {
                self.own(context)?;
                self.arrange(meeting, with, (*slot, registering), &names, context)
            }
            Command::Register(meeting, all) => Ok(self.registered(meeting, all, context)?),
            Command::Release(meeting, refused) => {
                department(context)?;
                Ok(self.release_roadshow(meeting, refused, context)?)
            }
            Command::Answer {
                meeting,
                solution,
                region,
                accepted,
                note,
            } => self.invitation_answered(meeting, solution, region, accepted, note),
            Command::Cancel {
                meeting,
                reason,
                names,
            } => {
                self.own(context)?;
                Ok(self.cancel(meeting, reason, &names)?)
            }
            Command::Minute {
                meeting,
                minutes,
                names,
            } => {
                self.own(context)?;
                Ok(self.minute(meeting, minutes, &names, context)?)
            }
        }
    }

    pub(super) fn meeting(&self, meeting: MeetingId) -> Result<&Meeting, Rejection> {
        let known = self.meetings.get(&meeting);
        known.ok_or(Rejection::UnknownMeeting)
    }

    fn arrange(
        &self,
        meeting: MeetingId,
        with: Option<SolutionId>,
        (slot, registering): (Slot, Option<Registering>),
        names: &[String],
        context: &Context,
    ) -> Result<Vec<Event>, Refused> {
        if self.meetings.contains_key(&meeting) {
            return Ok(vec![]);
        }
        if let Some(solution) = with {
            match &self.get(solution)?.standing {
                SolutionStanding::Opened | SolutionStanding::Shortlisted(_) => {}
                SolutionStanding::Unopened => return Err(Refused::NotOpened),
                _ => return Err(self.unavailable(solution)),
            }
        }
        if slot.starts_at() <= context.now {
            return Err(Rejection::MeetingBegun.into());
        }
        if let Some(terms) = registering {
            let today = Day::of(context.now);
            let in_order = today <= terms.until && terms.until.end() < slot.starts_at();
            if with.is_some() || !in_order {
                return Err(Rejection::RegisteringDays.into());
            }
        }
        anonymous_slot(&slot, &self.known_by(names))?;
        let standing = match with {
            Some(_) => MeetingStanding::Invited,
            None => MeetingStanding::Proposed,
        };
        let arranged = Meeting {
            with,
            slot,
            standing,
            sequence: 0,
            by: context.actor.person.clone(),
            registering,
            registrants: Registrants::new(),
        };
        Ok(vec![Event::Arranged(meeting, Box::new(arranged))])
    }

    fn release_roadshow(
        &self,
        meeting: MeetingId,
        refused: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let known = self.meeting(meeting)?;
        let waits = matches!(
            known.standing,
            MeetingStanding::Proposed | MeetingStanding::Minuted(_)
        );
        if !waits {
            return Err(Rejection::NothingToRelease);
        }
        let by = context.actor.person.clone();
        match refused {
            Some(reason) => Ok(vec![Event::GivenBack(meeting, reason)]),
            None if known.by == by => Err(Rejection::OwnRelease),
            None => Ok(vec![Event::Released { meeting, by }]),
        }
    }

    fn invitation_answered(
        &self,
        meeting: MeetingId,
        solution: SolutionId,
        region: Region,
        accepted: bool,
        note: Option<Text>,
    ) -> Result<Vec<Event>, Refused> {
        if self.get(solution)?.region != region {
            return Err(Refused::WrongOrigin(region));
        }
        let known = self.meeting(meeting)?;
        if known.with != Some(solution) {
            return Err(Refused::WrongOrigin(region));
        }
        let news = match &known.standing {
            MeetingStanding::Invited => true,
            MeetingStanding::Arranged(_) => !accepted,
            MeetingStanding::Declined(_) => accepted,
            // What was held or called off while the answer was under way is over.
            _ => false,
        };
        Ok(if news {
            vec![Event::Answered {
                meeting,
                accepted,
                note,
            }]
        } else {
            vec![]
        })
    }

    fn cancel(
        &self,
        meeting: MeetingId,
        reason: Text,
        names: &[String],
    ) -> Result<Vec<Event>, Rejection> {
        match &self.meeting(meeting)?.standing {
            MeetingStanding::Cancelled(before) if *before == reason => return Ok(vec![]),
            MeetingStanding::Cancelled(_)
            | MeetingStanding::Held(_)
            | MeetingStanding::Minuted(_) => return Err(Rejection::MeetingOver),
            _ => {}
        }
        anonymous(&[reason.as_str()], &self.known_by(names))?;
        Ok(vec![Event::Cancelled(meeting, reason)])
    }

    /// Calls off all that lies ahead, since the demand is withdrawn.
    pub(super) fn call_off_all(&self, context: &Context) -> Vec<Event> {
        let Ok(reason) = DEMAND_WITHDRAWN.parse::<Text>() else {
            return Vec::new();
        };
        let ahead = self.meetings.iter().filter(|(_, one)| {
            let arranged = matches!(
                one.standing,
                MeetingStanding::Proposed | MeetingStanding::Invited | MeetingStanding::Arranged(_)
            );
            arranged && one.slot.starts_at() > context.now
        });
        ahead
            .map(|(id, _)| Event::Cancelled(*id, reason.clone()))
            .collect()
    }

    fn minute(
        &self,
        meeting: MeetingId,
        minutes: Text,
        names: &[String],
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let known = self.meeting(meeting)?;
        match &known.standing {
            MeetingStanding::Held(before) | MeetingStanding::Minuted(before)
                if *before == minutes =>
            {
                return Ok(vec![]);
            }
            MeetingStanding::Arranged(_) => {}
            MeetingStanding::Held(_)
            | MeetingStanding::Minuted(_)
            | MeetingStanding::Cancelled(_) => return Err(Rejection::MeetingOver),
            _ => return Err(Rejection::NotArranged),
        }
        if context.now < known.slot.starts_at() {
            return Err(Rejection::MeetingAhead);
        }
        // Who was told the demander may read the name in the minutes.
        if !known.with.is_some_and(|solution| self.knows(solution)) {
            anonymous(&[minutes.as_str()], &self.known_by(names))?;
        }
        Ok(vec![Event::Minuted {
            meeting,
            minutes,
            by: context.actor.person.clone(),
        }])
    }

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

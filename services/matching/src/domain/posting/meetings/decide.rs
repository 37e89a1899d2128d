//! What can be done with a meeting, and when. [Art. 11]

use regulation::{Context, Day, Region, SolutionId, Text};

use super::{Command, Event, Meeting, MeetingStanding};
use crate::{
    domain::{
        MeetingId, Rejection as Refused, Slot,
        anonymous::{anonymous, anonymous_slot},
        dialogue::{Registering, Rejection},
        posting::{Call, Standing as SolutionStanding, call::department, registrants::Registrants},
    },
    publish::DEMAND_WITHDRAWN,
};

impl Meeting {
    /// Everybody is told at the end of the day: nobody could come to what has begun by then.
    fn is_announced_too_late(&self, context: &Context) -> bool {
        let told_at = Day::of(context.now).end();
        self.standing == MeetingStanding::Proposed && self.slot.starts_at() <= told_at
    }
}

impl Call {
    pub(in crate::domain::posting) fn meet(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Refused> {
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

    pub(in crate::domain::posting) fn meeting(
        &self,
        meeting: MeetingId,
    ) -> Result<&Meeting, Rejection> {
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
            None if known.is_announced_too_late(context) => Err(Rejection::MeetingTooSoon),
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
    pub(in crate::domain::posting) fn call_off_all(&self, context: &Context) -> Vec<Event> {
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
}

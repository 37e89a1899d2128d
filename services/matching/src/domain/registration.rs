//! 路演报名: a unit's registration for a roadshow, at the unit's home. [Art. 11]

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{MeetingId, Rejection, TeamStanding, dialogue, dialogue::Registering};
use crate::publish;

/// A registration; nothing before the unit asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration(pub Option<Filed>);

/// A registration that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// Of which demand.
    pub blind_id: BlindId,
    /// For which of its roadshows.
    pub meeting: MeetingId,
    /// Who comes.
    pub unit: UnitId,
    /// When it was asked for last.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a registration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// The registration is not closed yet.
    Filed,
    /// The unit takes part.
    Admitted,
    /// It waits for a place.
    Waiting,
    /// It was taken back.
    Withdrawn,
}

/// What everybody was told of a roadshow and its demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoadshowFacts {
    /// Whether the demand has not been withdrawn.
    pub open: bool,
    /// Whether it was called off.
    pub cancelled: bool,
    /// On which terms one registers; none: without.
    pub registering: Option<Registering>,
    /// When it begins.
    pub starts_at: OffsetDateTime,
}

/// What can be asked of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask for it.
    Register {
        /// Of which demand.
        blind_id: BlindId,
        /// For which of its roadshows.
        meeting: MeetingId,
        /// What was told of it.
        roadshow: RoadshowFacts,
        /// What registry says of the unit.
        unit: TeamStanding,
    },
    /// Take it back, before the roadshow begins.
    Withdraw {
        /// When that is.
        starts_at: OffsetDateTime,
    },
    /// The hub says whether the unit takes part.
    Conclude {
        /// Otherwise it waits for a place.
        admitted: bool,
    },
}

/// What happened to a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was asked for.
    Filed(Filed),
    /// It was taken back.
    Withdrawn,
    /// Whether the unit takes part.
    Concluded {
        /// Otherwise it waits for a place.
        admitted: bool,
    },
}

impl Aggregate for Registration {
    const KIND: &'static str = "registration";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Register {
                blind_id,
                meeting,
                roadshow,
                unit,
            } => self.register((blind_id, meeting), &roadshow, &unit, context),
            Command::Withdraw { starts_at } => self.withdraw(starts_at, context),
            Command::Conclude { admitted } => Ok(self.conclude(admitted)),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (event, &mut self.0) {
            (Event::Filed(filed), _) => self.0 = Some(filed.clone()),
            (Event::Withdrawn, Some(filed)) => filed.standing = Standing::Withdrawn,
            (Event::Concluded { admitted: true }, Some(filed)) => {
                filed.standing = Standing::Admitted;
            }
            (Event::Concluded { .. }, Some(filed)) => filed.standing = Standing::Waiting,
            (_, None) => {}
        }
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        let told = self.0.as_ref();
        told.map_or_else(Vec::new, |filed| publish::registration(id, filed, event))
    }
}

impl Registration {
    fn register(
        &self,
        (blind_id, meeting): (BlindId, MeetingId),
        roadshow: &RoadshowFacts,
        standing: &TeamStanding,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let unit = context.actor.unit.ok_or(Rejection::NotOwn)?;
        if self.0.as_ref().is_some_and(|filed| filed.unit != unit) {
            return Err(Rejection::NotOwn);
        }
        if !roadshow.open {
            return Err(Rejection::CallClosed);
        }
        if roadshow.cancelled {
            return Err(dialogue::Rejection::MeetingOver.into());
        }
        let terms = roadshow
            .registering
            .ok_or(dialogue::Rejection::NoRegistering)?;
        if context.now > terms.until.end() {
            return Err(dialogue::Rejection::RegisteringOver(terms.until).into());
        }
        if let Some(unit) = standing.unregistered.first() {
            return Err(Rejection::NotRegistered(*unit));
        }
        standing.barred.check()?;
        let stands = self.0.as_ref().map(|filed| filed.standing);
        if stands.is_some_and(|standing| standing != Standing::Withdrawn) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Filed(Filed {
            blind_id,
            meeting,
            unit,
            at: context.now,
            standing: Standing::Filed,
        })])
    }

    fn withdraw(
        &self,
        starts_at: OffsetDateTime,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        let filed = self.0.as_ref().ok_or(dialogue::Rejection::NotRegistering)?;
        if context.actor.unit != Some(filed.unit) {
            return Err(Rejection::NotOwn);
        }
        match filed.standing {
            Standing::Withdrawn => Ok(vec![]),
            _ if context.now >= starts_at => Err(dialogue::Rejection::MeetingBegun.into()),
            _ => Ok(vec![Event::Withdrawn]),
        }
    }

    fn conclude(&self, admitted: bool) -> Vec<Event> {
        let news = self.0.as_ref().is_some_and(|filed| match filed.standing {
            Standing::Filed => true,
            Standing::Admitted => !admitted,
            Standing::Waiting => admitted,
            // What was taken back while the answer was under way stays so.
            Standing::Withdrawn => false,
        });
        if news {
            vec![Event::Concluded { admitted }]
        } else {
            vec![]
        }
    }
}

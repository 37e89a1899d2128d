//! 单位管理员: who acts for a unit at home here, and how that passes from one to another.

mod refusal;

use std::collections::BTreeMap;

use chassis::staff::Staff;
use journal::Aggregate;
use proto::message::Message;
use regulation::{Actor, Context, Day, Refusal, Role, Text, Title, UnitId};
use serde::{Deserialize, Serialize};

use crate::publish;

/// Delegates of one unit at most.
const DELEGATES_MAX: usize = 20;
/// Months for which a delegate can be named at most.
const DELEGATE_MONTHS_MAX: u32 = 12;

/// Who acts for a unit, by the unit's id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Administration {
    /// Nobody was named yet.
    #[default]
    Nobody,
    /// An administrator.
    By(Named),
}

/// A unit's administrator, with whom they let act and to whom they pass it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The account.
    pub administrator: Title,
    /// Who else acts, each until the end of a day.
    pub delegates: BTreeMap<Title, Day>,
    /// To whom it is offered.
    pub offered_to: Option<Title>,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Name the first administrator.
    Appoint {
        /// The account.
        administrator: Title,
        /// Whether the unit is at home here and active.
        unit_here: bool,
    },
    /// Let somebody else act.
    Delegate {
        /// The unit.
        unit: UnitId,
        /// The account.
        to: Title,
        /// The last day.
        until: Day,
    },
    /// Take that back.
    Undelegate {
        /// The unit.
        unit: UnitId,
        /// The account.
        from: Title,
    },
    /// Offer the administration.
    Offer {
        /// The unit.
        unit: UnitId,
        /// The account.
        to: Title,
    },
    /// Accept it.
    Accept {
        /// The unit.
        unit: UnitId,
    },
    /// Name another administrator, without their word.
    Replace {
        /// The account.
        administrator: Title,
        /// Why.
        reason: Text,
    },
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The first administrator was named.
    Appointed {
        /// The account.
        administrator: Title,
        /// By which officer.
        by: String,
    },
    /// Somebody else may act.
    Delegated {
        /// The account.
        to: Title,
        /// The last day.
        until: Day,
    },
    /// No longer.
    Undelegated(Title),
    /// The administration was offered.
    Offered(Title),
    /// It was accepted: by whom it was offered to.
    HandedOver(Title),
    /// A director named another.
    Replaced {
        /// The account.
        administrator: Title,
        /// Why.
        reason: Text,
        /// By which director.
        by: String,
    },
}

/// Why the registry says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The unit is not an active one of this node.
    UnitNotHere,
    /// There is an administrator.
    Named,
    /// There is none.
    Nobody,
    /// The caller is not the administrator.
    NotAdministrator,
    /// It was not offered to the caller.
    NotOffered,
    /// The administrator can't be their own delegate or successor.
    Themselves,
    /// The last day is past, or too far away.
    Until(Day),
    /// There are as many as there can be.
    TooMany,
}

impl Aggregate for Administration {
    const KIND: &'static str = "administration";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match (self, command) {
            (
                _,
                Command::Appoint {
                    unit_here: false, ..
                },
            ) => Err(Rejection::UnitNotHere),
            (Self::Nobody, Command::Appoint { administrator, .. }) => Ok(vec![Event::Appointed {
                administrator,
                by: context.actor.person.clone(),
            }]),
            (Self::Nobody, _) => Err(Rejection::Nobody),
            (Self::By(named), Command::Appoint { administrator, .. }) => {
                if named.administrator == administrator {
                    Ok(vec![])
                } else {
                    Err(Rejection::Named)
                }
            }
            (Self::By(named), command) => named.decide(command, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut *self, event) {
            (
                _,
                Event::Appointed { administrator, .. }
                | Event::HandedOver(administrator)
                | Event::Replaced { administrator, .. },
            ) => *self = Self::By(Named::new(administrator.clone())),
            (Self::By(named), Event::Delegated { to, until }) => {
                named.delegates.insert(to.clone(), *until);
            }
            (Self::By(named), Event::Undelegated(from)) => {
                named.delegates.remove(from);
            }
            (Self::By(named), Event::Offered(to)) => named.offered_to = Some(to.clone()),
            (Self::Nobody, _) => {}
        }
    }

    /// Accounts stay home: the node's own services hear who acts, so that none believes a token
    /// more than the administration.
    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        match (self, event) {
            (Self::Nobody, _) | (Self::By(_), Event::Offered(_)) => Vec::new(),
            (Self::By(named), _) => vec![publish::staff(id, &named.staff())],
        }
    }
}

impl Administration {
    /// Whether somebody whose token names the unit acts for it on this day: only the administrator
    /// and whom they let; nobody, while nobody was named.
    ///
    /// # Errors
    /// The refusal, by [`chassis::staff::REPRESENTATIVE`].
    pub fn acts(&self, actor: &Actor, day: Day) -> Result<(), Refusal> {
        match self {
            Self::Nobody => Err(Staff::unnamed()),
            Self::By(named) => named.staff().acts(&actor.person, day),
        }
    }
}

impl Administration {
    /// Whether it is offered to whom the token names.
    pub fn is_offered_to(&self, actor: &Actor) -> bool {
        let Self::By(named) = self else {
            return false;
        };
        let to = named.offered_to.as_ref();
        to.is_some_and(|to| to.as_str() == actor.person)
    }
}

impl Named {
    /// Who takes over names their own delegates.
    fn new(administrator: Title) -> Self {
        Self {
            administrator,
            delegates: BTreeMap::new(),
            offered_to: None,
        }
    }

    /// Those who act.
    fn staff(&self) -> Staff {
        let delegates = self.delegates.iter();
        Staff {
            administrator: self.administrator.to_string(),
            delegates: delegates
                .map(|(account, until)| (account.to_string(), *until))
                .collect(),
        }
    }

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        match command {
            // Appointing was dealt with above.
            Command::Appoint { .. } => Err(Rejection::Named),
            Command::Delegate { unit, to, until } => {
                self.administers(unit, context)?;
                self.delegate(to, until, context)
            }
            Command::Undelegate { unit, from } => {
                self.administers(unit, context)?;
                let known = self.delegates.contains_key(&from);
                Ok(known
                    .then_some(Event::Undelegated(from))
                    .into_iter()
                    .collect())
            }
            Command::Offer { unit, to } => {
                self.administers(unit, context)?;
                self.offer(to)
            }
            Command::Accept { unit } => self.accept(unit, context),
            Command::Replace {
                administrator,
                reason,
            } => self.replace(administrator, reason, context),
        }
    }

    fn administers(&self, unit: UnitId, context: &Context) -> Result<(), Rejection> {
        let actor = &context.actor;
        let own = actor.role == Role::UnitMember && actor.unit == Some(unit);
        if own && actor.person == self.administrator.as_str() {
            Ok(())
        } else {
            Err(Rejection::NotAdministrator)
        }
    }

    fn delegate(&self, to: Title, until: Day, context: &Context) -> Result<Vec<Event>, Rejection> {
        let today = Day::of(context.now);
        if to == self.administrator {
            return Err(Rejection::Themselves);
        }
        if until < today || until > today.plus_months(DELEGATE_MONTHS_MAX) {
            return Err(Rejection::Until(today.plus_months(DELEGATE_MONTHS_MAX)));
        }
        let others = self
            .delegates
            .iter()
            .filter(|(account, last)| **account != to && today <= **last);
        if others.count() >= DELEGATES_MAX {
            return Err(Rejection::TooMany);
        }
        if self.delegates.get(&to) == Some(&until) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Delegated { to, until }])
    }

    fn offer(&self, to: Title) -> Result<Vec<Event>, Rejection> {
        if to == self.administrator {
            return Err(Rejection::Themselves);
        }
        if self.offered_to.as_ref() == Some(&to) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Offered(to)])
    }

    fn accept(&self, unit: UnitId, context: &Context) -> Result<Vec<Event>, Rejection> {
        let actor = &context.actor;
        let own = actor.role == Role::UnitMember && actor.unit == Some(unit);
        match &self.offered_to {
            Some(to) if own && to.as_str() == actor.person => {
                Ok(vec![Event::HandedOver(to.clone())])
            }
            _ => Err(Rejection::NotOffered),
        }
    }

    fn replace(
        &self,
        administrator: Title,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Rejection> {
        if administrator == self.administrator {
            return Err(Rejection::Themselves);
        }
        Ok(vec![Event::Replaced {
            administrator,
            reason,
            by: context.actor.person.clone(),
        }])
    }
}

#[cfg(test)]
#[path = "administration_tests.rs"]
mod tests;

//! Who learns the demander, and when: at a one-to-one, or earlier with an approval. [Art. 10]

use regulation::{Context, Departure, Region, Role, SolutionId, Text, UnitId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Call, meetings::MeetingStanding};
use crate::domain::{MeetingId, Rejection as Refused, dialogue::Rejection, rules};

/// That somebody was told who demands: a fact for the auditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// Who was told.
    pub to: Audience,
    /// At which one-to-one; none for an earlier naming.
    pub meeting: Option<MeetingId>,
    /// The demander's word, or the reason of the naming.
    pub word: Text,
    /// Who gave it.
    pub given_by: String,
    /// Who approved an earlier naming.
    pub approved_by: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Who was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Everybody.
    All,
    /// One solver.
    Solver {
        /// For its solution.
        solution: SolutionId,
        /// Which unit.
        unit: UnitId,
        /// At which node.
        region: Region,
    },
}

/// The demander's wish to be named earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naming {
    /// To whom.
    pub to: Audience,
    /// Why, as a departure from the rule.
    pub departure: Departure,
    /// Who proposed it.
    pub by: String,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Tell the solver, at their one-to-one.
    Disclose(MeetingId, Text),
    /// Propose to be named: to one solver, or to all.
    ProposeNaming(Option<SolutionId>, Text),
    /// Approve it; or refuse it with this reason.
    DecideNaming(Option<Text>),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody was told.
    Disclosed(Disclosure),
    /// The demander wants to be named.
    NamingProposed(Naming),
    /// The department does not approve.
    NamingRefused {
        /// Why.
        reason: Text,
        /// Who.
        by: String,
    },
}

impl Call {
    /// Whether this solver was told who demands.
    pub fn knows(&self, solution: SolutionId) -> bool {
        self.disclosures.iter().any(|told| match told.to {
            Audience::All => true,
            Audience::Solver { solution: one, .. } => one == solution,
        })
    }

    /// Whether everybody was told who demands.
    pub fn is_named(&self) -> bool {
        self.disclosures.iter().any(|told| told.to == Audience::All)
    }

    pub(super) fn disclosure(
        &self,
        command: Command,
        context: &Context,
    ) -> Result<Vec<Event>, Refused> {
        match command {
            Command::Disclose(meeting, word) => {
                self.own(context)?;
                self.disclose(meeting, word, context)
            }
            Command::ProposeNaming(solution, reason) => {
                self.own(context)?;
                self.propose_naming(solution, reason, context)
            }
            Command::DecideNaming(refused) => self.decide_naming(refused, context),
        }
    }

    fn solver(&self, solution: SolutionId) -> Result<Audience, Refused> {
        let received = self.get(solution)?;
        if received.standing.is_terminal() {
            return Err(self.unavailable(solution));
        }
        Ok(Audience::Solver {
            solution,
            unit: received.dossier.holder,
            region: received.region,
        })
    }

    fn disclose(
        &self,
        meeting: MeetingId,
        word: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Refused> {
        let known = self.meeting(meeting)?;
        let Some(solution) = known.with else {
            return Err(Rejection::NotAtOneToOne.into());
        };
        let accepted = matches!(
            known.standing,
            MeetingStanding::Arranged(_) | MeetingStanding::Held(_)
        );
        if !accepted || context.now < known.slot.starts_at() {
            return Err(Rejection::NotAtOneToOne.into());
        }
        if self.knows(solution) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Disclosed(Disclosure {
            to: self.solver(solution)?,
            meeting: Some(meeting),
            word,
            given_by: context.actor.person.clone(),
            approved_by: None,
            at: context.now,
        })])
    }

    fn propose_naming(
        &self,
        solution: Option<SolutionId>,
        reason: Text,
        context: &Context,
    ) -> Result<Vec<Event>, Refused> {
        let to = match solution {
            Some(solution) => self.solver(solution)?,
            None => Audience::All,
        };
        let known = match solution {
            Some(solution) => self.knows(solution),
            None => self.is_named(),
        };
        let by = context.actor.person.clone();
        let departure = Departure::new(rules::ANONYMOUS, reason);
        let naming = Naming { to, departure, by };
        match &self.naming {
            Some(before) if *before == naming => Ok(vec![]),
            None if !known => Ok(vec![Event::NamingProposed(naming)]),
            _ => Err(Rejection::NamingKnown.into()),
        }
    }

    fn decide_naming(
        &self,
        refused: Option<Text>,
        context: &Context,
    ) -> Result<Vec<Event>, Refused> {
        if context.actor.role != Role::Director {
            return Err(Refused::NotOwn);
        }
        let naming = self.naming.as_ref().ok_or(Rejection::NoNaming)?;
        let by = context.actor.person.clone();
        if let Some(reason) = refused {
            return Ok(vec![Event::NamingRefused { reason, by }]);
        }
        if naming.by == by {
            return Err(Rejection::OwnRelease.into());
        }
        if let Audience::Solver { solution, .. } = naming.to {
            // Nobody is told of what they no longer offer to solve.
            self.solver(solution)?;
        }
        Ok(vec![Event::Disclosed(Disclosure {
            to: naming.to,
            meeting: None,
            word: naming.departure.reason.clone(),
            given_by: naming.by.clone(),
            approved_by: Some(by),
            at: context.now,
        })])
    }

    pub(super) fn disclosed(&mut self, event: &Event) {
        match event {
            Event::Disclosed(disclosure) => {
                if disclosure.approved_by.is_some() {
                    self.naming = None;
                }
                self.disclosures.push(disclosure.clone());
            }
            Event::NamingProposed(naming) => self.naming = Some(naming.clone()),
            Event::NamingRefused { .. } => self.naming = None,
        }
    }
}

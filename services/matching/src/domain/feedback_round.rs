//! 定期反馈: one feedback of solutions to the demanders, up to a cut-off. On the hub. [Art. 11]

use std::collections::BTreeSet;

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, Region, Text};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::Rejection;
use crate::publish;

/// A feedback; nothing before it is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackRound(pub Option<Given>);

/// A feedback that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// What was submitted by then is fed back, by its home's signed time.
    #[serde(with = "time::serde::rfc3339")]
    pub cut_off: OffsetDateTime,
    /// The demands it covers.
    pub demands: BTreeSet<BlindId>,
    /// The regions that were not waited for, and why.
    pub without: Option<Waiver>,
    /// By whom.
    pub by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A named person goes on without regions that were not heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Which.
    pub regions: BTreeSet<Region>,
    /// Why.
    pub reason: Text,
}

/// What can be asked of a feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Give it.
    Give {
        /// Up to when.
        cut_off: OffsetDateTime,
        /// The demands it covers.
        demands: BTreeSet<BlindId>,
        /// The regions not to wait for.
        without: Option<Waiver>,
    },
}

/// What happened to a feedback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was given.
    Given(Given),
}

impl Aggregate for FeedbackRound {
    const KIND: &'static str = "feedback_round";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let Command::Give {
            cut_off,
            demands,
            without,
        } = command;
        if self.0.is_some() {
            return Ok(vec![]);
        }
        if !context.node.is_hub() {
            return Err(Rejection::NotAtHub);
        }
        if cut_off > context.now {
            return Err(Rejection::CutOffAhead(cut_off));
        }
        if demands.is_empty() {
            return Err(Rejection::NothingWaiting);
        }
        let missing = unheard(cut_off, context);
        let waived = without.as_ref().map(|waiver| &waiver.regions);
        let unexcused: Vec<_> = missing
            .iter()
            .filter(|region| !waived.is_some_and(|regions| regions.contains(region)))
            .copied()
            .collect();
        if !unexcused.is_empty() {
            return Err(Rejection::NotHeard(unexcused));
        }
        // Whoever was heard in the meantime was not left out.
        let without = without
            .filter(|_| !missing.is_empty())
            .map(|waiver| Waiver {
                regions: missing,
                reason: waiver.reason,
            });
        let by = context.actor.person.clone();
        Ok(vec![Event::Given(Given {
            cut_off,
            demands,
            without,
            by,
            at: context.now,
        })])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Given(given) = event;
        self.0 = Some(given.clone());
    }

    fn publish(&self, id: &str, event: &Event, _context: &Context) -> Vec<Message> {
        let Event::Given(given) = event;
        publish::feedback(id, given)
    }
}

/// The regions from which a solution submitted by the cut-off may still be under way: full members
/// always, linked ones once they have been heard.
pub(super) fn unheard(cut_off: OffsetDateTime, context: &Context) -> BTreeSet<Region> {
    let members = context
        .policy
        .iter()
        .flat_map(|policy| policy.members.iter().copied());
    members
        .chain(context.heard.keys().copied())
        .filter(|region| !region.is_hub())
        .filter(|region| {
            context
                .heard
                .get(region)
                .is_none_or(|until| *until <= cut_off)
        })
        .collect()
}

//! 推荐摘要: what is new for a unit since it was told last, every so many days, at its home. [Art. 11]

use journal::Aggregate;
use proto::message::Message;
use regulation::{BlindId, Context, Day, UnitId};
use serde::{Deserialize, Serialize};

use super::Rejection;

/// Longest time between two digests, in days.
pub const EVERY_MAX: u32 = 31;
/// Digests that are kept; older ones are forgotten.
const KEPT: usize = 52;

/// A unit's digests, keyed by the unit; nothing before it wants any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest(pub Option<Subscription>);

/// A unit that wants digests, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Which.
    pub unit: UnitId,
    /// How often, in days; 0: not any more.
    pub every: u32,
    /// Up to which day, not included, it has been told everything.
    pub since: Day,
    /// The last digests, the oldest first.
    pub issues: Vec<Issue>,
}

/// One digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// From which day.
    pub since: Day,
    /// Up to which day, not included: the day on which it was made.
    pub on: Day,
    /// What fits, the best first.
    pub entries: Vec<Entry>,
}

/// A published demand in a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub blind_id: BlindId,
    /// Whether it was published since; otherwise something of it changed.
    pub fresh: bool,
    /// Why it fits, in Chinese.
    pub reason: String,
}

/// What can be asked of digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Have one every so many days; 0: none any more.
    Subscribe(u32),
    /// Make one of what was found in the days since the last.
    Issue(Vec<Entry>),
}

/// What happened to digests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The unit wants one every so many days, from this day on.
    Subscribed {
        /// Which.
        unit: UnitId,
        /// How often, in days; 0: not any more.
        every: u32,
        /// From which day.
        on: Day,
    },
    /// One was made.
    Issued(Issue),
}

impl Aggregate for Digest {
    const KIND: &'static str = "digest";
    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command, context: &Context) -> Result<Vec<Event>, Rejection> {
        let on = Day::of(context.now);
        match (&self.0, command) {
            (known, Command::Subscribe(every)) => {
                let unit = context.actor.unit.ok_or(Rejection::NotOwn)?;
                let before = known.as_ref().map_or(0, |known| known.every);
                if known.as_ref().is_some_and(|known| known.unit != unit) {
                    return Err(Rejection::NotOwn);
                }
                Ok(if before == every {
                    vec![]
                } else {
                    vec![Event::Subscribed { unit, every, on }]
                })
            }
            (Some(known), Command::Issue(entries)) if known.due().is_some_and(|due| due <= on) => {
                let since = known.since;
                Ok(vec![Event::Issued(Issue { since, on, entries })])
            }
            (_, Command::Issue(_)) => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match (event, &mut self.0) {
            (Event::Subscribed { unit, every, on }, None) => {
                self.0 = Some(Subscription {
                    unit: *unit,
                    every: *every,
                    since: *on,
                    issues: Vec::new(),
                });
            }
            (Event::Subscribed { every, on, .. }, Some(known)) => {
                // Who comes back is told of what is new from then on.
                if known.every == 0 {
                    known.since = *on;
                }
                known.every = *every;
            }
            (Event::Issued(issue), Some(known)) => {
                known.since = issue.on;
                if !issue.entries.is_empty() {
                    known.issues.push(issue.clone());
                }
                let old = known.issues.len().saturating_sub(KEPT);
                known.issues.drain(..old);
            }
            (Event::Issued(_), None) => {}
        }
    }

    fn publish(&self, _id: &str, _event: &Event, _context: &Context) -> Vec<Message> {
        Vec::new()
    }
}

impl Subscription {
    /// When the next is due; none after the end.
    pub fn due(&self) -> Option<Day> {
        (self.every > 0).then(|| self.since.plus_days(self.every))
    }
}

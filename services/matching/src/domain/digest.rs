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

#[cfg(test)]
mod tests {
    use regulation::Region;
    use time::Duration;

    use super::*;
    use crate::domain::tests::{START, context, id, member, rule};

    fn on(days: i64) -> Context {
        let unit = member(id(1), Region::ZJ);
        context(Region::ZJ, unit, START + Duration::days(days))
    }

    fn after(steps: Vec<(Command, i64)>) -> Digest {
        let mut digest = Digest::default();
        for (command, days) in steps {
            for event in digest.decide(command, &on(days)).unwrap() {
                digest.evolve(&event);
            }
        }
        digest
    }

    fn issue(fits: bool) -> Command {
        let entry = Entry {
            blind_id: id(9),
            fresh: true,
            reason: "相符".to_owned(),
        };
        Command::Issue(if fits { vec![entry] } else { vec![] })
    }

    #[test]
    fn a_digest_is_the_units_own_and_made_when_it_is_due_and_not_before_or_after_the_end() {
        let weekly = after(vec![(Command::Subscribe(7), 0)]);
        let stranger = context(Region::ZJ, member(id(2), Region::ZJ), START);
        assert_eq!(
            rule(weekly.decide(Command::Subscribe(1), &stranger)),
            crate::domain::rules::OWN.code
        );
        assert_eq!(weekly.decide(Command::Subscribe(7), &on(1)), Ok(vec![]));
        assert_eq!(weekly.decide(issue(true), &on(6)), Ok(vec![]));
        assert_eq!(weekly.decide(issue(true), &on(7)).unwrap().len(), 1);
        let ended = after(vec![(Command::Subscribe(7), 0), (Command::Subscribe(0), 1)]);
        assert_eq!(ended.decide(issue(true), &on(99)), Ok(vec![]));
    }

    #[test]
    fn who_wants_it_more_often_misses_no_day_and_old_ones_are_forgotten() {
        let oftener = after(vec![(Command::Subscribe(7), 0), (Command::Subscribe(1), 3)]);
        assert_eq!(oftener.0.unwrap().since, Day::of(START));
        let mut steps = vec![(Command::Subscribe(1), 0)];
        steps.extend((1..100).map(|day| (issue(true), day)));
        let kept = after(steps).0.unwrap().issues;
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept[KEPT - 1].on, Day::of(START).plus_days(99));
    }
}

//! Up to when a service has said everything: what a heartbeat may vouch for.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use time::OffsetDateTime;

use crate::clock::Clock;

/// The decisions under way, by the time they were begun with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Underway(Arc<Mutex<BTreeMap<OffsetDateTime, usize>>>);

/// A decision under way. Its message is in the outbox, or will never be, once this is dropped.
#[derive(Debug)]
pub(crate) struct Begun {
    underway: Underway,
    /// The time that the decision is made with.
    pub(crate) at: OffsetDateTime,
}

impl Underway {
    /// Begins a decision. The time is taken under the lock: nobody can read a later `earliest`
    /// while this one is not in the list yet.
    pub(crate) fn begin(&self, clock: &Clock) -> Begun {
        let mut begun = self.lock();
        let at = clock.now();
        *begun.entry(at).or_default() += 1;
        drop(begun);
        Begun {
            underway: self.clone(),
            at,
        }
    }

    /// Nothing that is decided from now on bears an earlier time.
    pub(crate) fn earliest(&self, clock: &Clock) -> OffsetDateTime {
        let begun = self.lock();
        let now = clock.now();
        begun.first_key_value().map_or(now, |(at, _)| now.min(*at))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<OffsetDateTime, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut begun = self.underway.lock();
        if let Some(count) = begun.get_mut(&self.at) {
            *count -= 1;
            if *count == 0 {
                begun.remove(&self.at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClockConfig;

    #[test]
    fn a_decision_under_way_holds_the_watermark_back_until_it_ends() {
        let clock = Clock::new(&ClockConfig::default());
        let underway = Underway::default();
        let first = underway.begin(&clock);
        let second = underway.begin(&clock);
        assert_eq!(underway.earliest(&clock), first.at);
        let (first_at, second_at) = (first.at, second.at);
        drop(first);
        assert!(underway.earliest(&clock) >= second_at);
        drop(second);
        assert!(underway.earliest(&clock) >= first_at);
        assert!(underway.lock().is_empty());
    }
}

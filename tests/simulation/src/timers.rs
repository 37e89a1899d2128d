//! What states have armed happens by itself, once, when it is due.

use std::collections::BTreeMap;

use journal::Armed;
use regulation::{Actor, Region};

use crate::{
    broken,
    node::{Process, Timer},
    service::Name,
    world::{World, said},
};

impl World {
    /// Fires what is due everywhere, each alarm once.
    pub(crate) fn fire(&mut self) {
        for node in self.regions() {
            for name in Name::ALL {
                self.fire_of(node, name);
            }
        }
    }

    fn fire_of(&mut self, node: Region, name: Name) {
        let now = self.clock(node);
        let at_once = broken::fires_at_once(self.fault, node, name);
        let Some(process) = self.process(node, name) else {
            return;
        };
        let due = process.timers.iter_mut();
        let due: Vec<_> = due
            .filter(|(_, timer)| !timer.fired && (timer.due <= now || at_once))
            .map(|((.., timer_name), timer)| {
                timer.fired = true;
                (*timer_name, timer.act.clone())
            })
            .collect();
        for (timer, act) in due {
            let outcome = self.execute(node, name, Actor::system(node), std::slice::from_ref(&act));
            if let Err(refusal) = &outcome {
                let what = format!("timer {timer} of {}: {}", act.id(), refusal.rule.code);
                self.news.refused.push(what);
            }
            self.news.fired.push((act.kind(), timer));
            self.note(|_| format!("{node} timer {timer} of {}: {}", act.id(), said(&outcome)));
        }
    }
}

/// What the state says now replaces what it said before; what has fired stays so.
pub(crate) fn arm(process: &mut Process, kind: &'static str, id: &str, alarms: Vec<Armed>) {
    let mine = |key: &(&'static str, String, &'static str)| key.0 == kind && key.1 == id;
    let before: BTreeMap<_, _> = process
        .timers
        .extract_if(.., |key, _| mine(key))
        .map(|((.., name), timer)| (name, timer))
        .collect();
    for alarm in alarms {
        let fired = before
            .get(alarm.name)
            .is_some_and(|old| old.fired && old.due == alarm.due);
        let timer = Timer {
            due: alarm.due,
            act: alarm.act,
            fired,
        };
        process
            .timers
            .insert((kind, id.to_owned(), alarm.name), timer);
    }
}

//! What of the five services the histories reach: a law says nothing of what never happens.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::{kinds::KINDS, news::News, service::Name};

/// Of how many histories something has to be reached in one at least, to be reached often enough.
pub const RARE: u64 = 1_000;

/// Methods that change nothing.
const READS: [&str; 9] = [
    "Get",
    "List",
    "Search",
    "Export",
    "Compare",
    "Recommend",
    "Check",
    "Watch",
    "Download",
];

/// What kind of thing is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A method that was asked for, and did what it is for.
    Method,
    /// A fact that was written.
    Fact,
    /// A state in which an aggregate, or a part of it, was.
    State,
    /// A message that was applied.
    Message,
    /// A timer that fell due.
    Timer,
    /// A rule that refused something.
    Refusal,
}

/// Something that can be reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// What it is.
    pub class: Class,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:8} {}", format!("{:?}", self.class), self.name)
    }
}

/// Everything there is to reach: all but timers and rules, which are known only once they are seen.
pub fn all() -> BTreeSet<Item> {
    let mut all = BTreeSet::new();
    let of_five = |package: &str| Name::ALL.iter().any(|name| name.served().name == package);
    for (method, _) in chassis::access::rows() {
        let package = method.split('.').nth(1).unwrap_or_default();
        let verb = method.rsplit('/').next().unwrap_or_default();
        let reads = READS.iter().any(|read| verb.starts_with(read));
        all.extend((of_five(package) && !reads).then(|| item(Class::Method, *method)));
    }
    for event in proto::events::EVENTS {
        let package = event.kind.split('.').next().unwrap_or_default();
        let heard = event.heard_by.iter().any(|name| of_five(name));
        all.extend((of_five(package) && heard).then(|| item(Class::Message, event.kind)));
    }
    for ((service, _), kind) in KINDS.iter() {
        let service = service.served().name;
        for fact in &kind.facts {
            all.insert(item(Class::Fact, format!("{service} {} {fact}", kind.name)));
        }
        for (under, states) in &kind.states {
            let states = states
                .iter()
                .map(|state| spelled(service, kind.name, *under, state));
            all.extend(states.map(|name| item(Class::State, name)));
        }
    }
    all
}

/// What one step of a history reached.
pub(crate) fn reached(news: &News, into: &mut BTreeSet<Item>) {
    for deed in &news.deeds {
        let Some(kind) = KINDS.get(&(deed.service, deed.kind)) else {
            continue;
        };
        let service = deed.service.served().name;
        for fact in kind.facts_of(&*deed.events) {
            into.insert(item(Class::Fact, format!("{service} {} {fact}", kind.name)));
        }
        for (under, state) in kind.states_of(&deed.after) {
            into.insert(item(
                Class::State,
                spelled(service, kind.name, under, &state),
            ));
        }
    }
    for (method, refused) in &news.asked {
        into.insert(match refused {
            None => item(Class::Method, *method),
            Some(rule) => item(Class::Refusal, *rule),
        });
    }
    for applied in &news.applied {
        into.insert(item(Class::Message, &applied.letter.incoming.kind));
    }
    for (kind, timer) in &news.fired {
        into.insert(item(Class::Timer, format!("{kind} {timer}")));
    }
}

/// How many histories reached each thing: the rarest of each class first.
pub fn table(seen: &BTreeMap<Item, u64>) -> Vec<(Item, u64)> {
    let mut rows: BTreeMap<Item, u64> = all().into_iter().map(|item| (item, 0)).collect();
    rows.extend(seen.iter().map(|(item, count)| (item.clone(), *count)));
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(item, count)| (item.class, *count));
    rows
}

fn item(class: Class, name: impl Into<String>) -> Item {
    Item {
        class,
        name: name.into(),
    }
}

fn spelled(service: &str, kind: &str, under: Option<&str>, state: &str) -> String {
    match under {
        None => format!("{service} {kind} {state}"),
        Some(under) => format!("{service} {kind} {under}: {state}"),
    }
}

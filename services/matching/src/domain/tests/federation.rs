//! A whole federation in memory: the real aggregates and reactions over a simulated bus.

use std::collections::{BTreeMap, VecDeque};

use journal::{Act, Aggregate, Stored, Undecided};
use proto::message::{Audience, Incoming, Message, PublicEvent, Scope};
use serde::de::DeserializeOwned;
use time::Duration;

use super::*;
use crate::react::react;

/// Named so that it is found wherever it leaks.
pub(super) const HOME: &str = "qzxvkwpj";

pub(super) fn home() -> Region {
    HOME.parse().unwrap()
}

/// All nodes, their aggregates and what is under way between them.
pub(super) struct Federation {
    pub(super) now: OffsetDateTime,
    nodes: BTreeMap<Region, BTreeMap<(String, String), Stored>>,
    /// From each node to each node, in the order in which it was said.
    links: BTreeMap<(Region, Region), VecDeque<Incoming>>,
    /// Everything that was ever said, for the search.
    pub(super) said: Vec<(Region, Message)>,
    messages: u128,
}

impl Federation {
    pub(super) fn new() -> Self {
        let regions = [Region::HUB, home(), Region::ZJ, Region::SH];
        Self {
            now: START,
            nodes: regions.map(|region| (region, BTreeMap::new())).into(),
            links: BTreeMap::new(),
            said: Vec::new(),
            messages: 1 << 64,
        }
    }

    pub(super) fn context(&self, node: Region, actor: Actor) -> Context {
        let mut context = context(node, actor, self.now);
        let regions = [Region::SH, Region::JS, Region::ZJ, Region::AH, home()];
        context.heard = regions.map(|region| (region, self.now)).into();
        context
    }

    pub(super) fn state<A: Aggregate>(&self, node: Region, id: impl ToString) -> A {
        let key = (A::KIND.to_owned(), id.to_string());
        self.nodes[&node]
            .get(&key)
            .map(|stored| read(&stored.state))
            .unwrap_or_default()
    }

    /// Gives a command; says whether it was not refused.
    pub(super) fn give<A: Aggregate>(
        &mut self,
        node: Region,
        actor: Actor,
        id: impl ToString,
        command: A::Command,
    ) -> bool {
        let context = self.context(node, actor);
        self.act(node, &Act::new::<A>(id, command), &context)
    }

    fn act(&mut self, node: Region, act: &Act, context: &Context) -> bool {
        let key = (act.kind().to_owned(), act.id().to_owned());
        let stored = self.nodes[&node].get(&key);
        let decided = match act.decide(stored, context) {
            Ok(decided) => decided,
            Err(Undecided::Refused(_)) => return false,
            Err(error) => panic!("{error}"),
        };
        if !decided.facts.is_empty() {
            self.nodes
                .get_mut(&node)
                .unwrap()
                .insert(key, decided.stored());
        }
        for message in decided.messages {
            self.say(node, message);
        }
        true
    }

    /// Says something in the name of a node.
    pub(super) fn say(&mut self, origin: Region, message: Message) {
        let hears = |region: &Region| match message.scope {
            Scope::Share(Audience::All) => true,
            Scope::Share(Audience::One(to)) => *region == to,
            Scope::Node => *region == origin,
        };
        self.messages += 1;
        let incoming = Incoming {
            id: Uuid::from_u128(self.messages),
            origin,
            scope: message.scope,
            kind: message.kind.to_owned(),
            aggregate: message.aggregate.clone(),
            at: self.now,
            body: message.body.clone(),
            traceparent: None,
        };
        for to in self.nodes.keys().filter(|region| hears(region)) {
            self.links
                .entry((origin, *to))
                .or_default()
                .push_back(incoming.clone());
        }
        self.said.push((origin, message));
    }

    /// Delivers the next message of the n-th link that has one, twice if `doubled`.
    pub(super) fn deliver(&mut self, n: usize, doubled: bool) -> bool {
        let busy: Vec<_> = self
            .links
            .iter()
            .filter(|(_, queue)| !queue.is_empty())
            .map(|(k, _)| *k)
            .collect();
        if busy.is_empty() {
            return false;
        }
        let link = busy[n % busy.len()];
        let message = self.links.get_mut(&link).unwrap().pop_front().unwrap();
        let context = self.context(link.1, Actor::system(link.1));
        for _ in 0..=usize::from(doubled) {
            let acts = react(&message, &context).unwrap();
            for act in acts {
                assert!(
                    self.act(link.1, &act, &context),
                    "{} refused {}",
                    link.1,
                    message.kind
                );
            }
        }
        true
    }

    pub(super) fn settle(&mut self) {
        while self.deliver(0, false) {}
    }

    /// Time passes, and what falls due at the demand's home and on the hub happens.
    pub(super) fn pass(&mut self, days: i64) {
        self.now += Duration::days(days);
        let id = Posting::id(demand());
        for alarm in self.state::<Posting>(home(), id).alarms() {
            if alarm.due <= self.now {
                self.give::<Posting>(home(), Actor::system(home()), id, alarm.command);
            }
        }
        for alarm in self.state::<SolutionBox>(Region::HUB, blind()).alarms() {
            if alarm.due <= self.now {
                let hub = Actor::system(Region::HUB);
                self.give::<SolutionBox>(Region::HUB, hub, blind(), alarm.command);
            }
        }
    }

    /// Everything of one kind that was said.
    pub(super) fn told<E: PublicEvent>(&self) -> Vec<E> {
        self.said
            .iter()
            .filter_map(|(_, message)| message.read())
            .collect()
    }
}

fn read<T: DeserializeOwned>(state: &str) -> T {
    serde_json::from_str(state).unwrap()
}

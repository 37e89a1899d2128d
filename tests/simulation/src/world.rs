//! All nodes in one process: time, commands, what follows from them, and timers.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use journal::{Act, Aggregate, Armed, Held, Turn, Undecided};
use proto::message::{Incoming, Message};
use regulation::{Actor, Context, PolicyBook, Refusal, Region, RegionalRules};
use time::{Duration, OffsetDateTime};

use crate::{
    archive::Archive,
    broken,
    dice::Dice,
    fault::Fault,
    kept,
    news::{Deed, News},
    node::{Letter, Node, Process},
    notary::Notary,
    service::Name,
    temper::Temper,
    timers::arm,
    words::{given, say},
};

/// The full members, each with a node.
pub(crate) const MEMBERS: [Region; 4] = [Region::SH, Region::JS, Region::ZJ, Region::AH];
/// The nodes of the beginning.
pub(crate) const NODES: [Region; 5] = [Region::SH, Region::JS, Region::ZJ, Region::AH, Region::HUB];

/// A linked region, whose node is there once a joint decision has admitted it. [Art. 21]
pub(crate) static LINKED: LazyLock<Region> = LazyLock::new(|| say("gd"));

/// The region that sets stricter rules of its own. [Art. 17, 19]
pub(crate) const STRICTER: Region = Region::ZJ;

/// Every version with the rules of [`STRICTER`] in it.
fn tightened(book: &PolicyBook) -> PolicyBook {
    let versions = book.versions().iter().map(|policy| {
        let rules = RegionalRules {
            duration_months_max: Some(30),
            ..RegionalRules::none(STRICTER, &policy.version)
        };
        given(policy.tighten(&rules))
    });
    given(PolicyBook::new(versions.collect()))
}

/// What a transaction is to write: facts, timers and messages.
type Decided = Vec<(Deed, Vec<Armed>, Vec<Message>)>;

/// All nodes, and what is under way between them.
pub(crate) struct World {
    /// The true time.
    pub(crate) now: OffsetDateTime,
    pub(crate) nodes: BTreeMap<Region, Node>,
    /// The versions of the policy that every node holds from its beginning.
    book: Arc<PolicyBook>,
    pub(crate) dice: Dice,
    pub(crate) news: News,
    pub(crate) fault: Option<Fault>,
    /// What a broken journal goes back to.
    pub(crate) backups: BTreeMap<(Region, &'static str, String), Vec<Held>>,
    serial: u64,
    /// What a journal would have stored, if it is to be compared.
    pub(crate) archive: Option<Archive>,
    /// The border's evidence, if it is kept.
    pub(crate) notary: Option<Notary>,
    /// Lines of what happens, if anybody wants to read them.
    pub(crate) lines: Option<Vec<String>>,
    /// What people are like in this history.
    pub(crate) temper: Temper,
    /// The rules by which somebody was refused something.
    pub(crate) refused: BTreeSet<&'static str>,
}

impl World {
    /// Nodes that know nothing, with clocks that are off. One region has stricter rules of its own.
    pub(crate) fn new(now: OffsetDateTime, policies: &Arc<PolicyBook>, mut dice: Dice) -> Self {
        let mut skew =
            || Duration::seconds(i64::try_from(dice.below(180)).unwrap_or_default() - 90);
        let stricter = Arc::new(tightened(policies));
        let nodes = NODES.map(|region| {
            let strict = region == STRICTER;
            let book = if strict { &stricter } else { policies };
            (region, Node::new(book, skew()))
        });
        Self {
            now,
            nodes: nodes.into(),
            book: Arc::clone(policies),
            dice,
            news: News::default(),
            fault: None,
            backups: BTreeMap::new(),
            serial: 0,
            archive: None,
            notary: None,
            lines: None,
            temper: Temper::default(),
            refused: BTreeSet::new(),
        }
    }

    /// The same world once more, with news of its own.
    pub(crate) fn copy(&self) -> Self {
        Self {
            now: self.now,
            nodes: self.nodes.clone(),
            book: Arc::clone(&self.book),
            dice: self.dice.clone(),
            news: News::default(),
            fault: self.fault,
            backups: BTreeMap::new(),
            serial: self.serial,
            archive: None,
            notary: None,
            lines: None,
            temper: Temper::default(),
            refused: BTreeSet::new(),
        }
    }

    /// All nodes there are.
    pub(crate) fn regions(&self) -> Vec<Region> {
        self.nodes.keys().copied().collect()
    }

    /// A node begins, and will hear everything from the beginning.
    pub(crate) fn admit(&mut self, region: Region) {
        let node = || Node::new(&self.book, Duration::ZERO);
        self.nodes.entry(region).or_insert_with(node);
    }

    /// A service of a node.
    pub(crate) fn service(&self, node: Region, name: Name) -> Option<&Process> {
        self.nodes.get(&node)?.services.get(&name)
    }

    pub(crate) fn process(&mut self, node: Region, name: Name) -> Option<&mut Process> {
        self.nodes.get_mut(&node)?.services.get_mut(&name)
    }

    /// An aggregate as it stands; the state of nothing where there is none.
    pub(crate) fn state<A: Aggregate>(&self, node: Region, name: Name, id: impl ToString) -> A {
        self.service(node, name)
            .and_then(|process| process.held(A::KIND, &id.to_string())?.state::<A>())
            .cloned()
            .unwrap_or_default()
    }

    /// An aggregate as it stands, if there is one.
    pub(crate) fn known<A: Aggregate>(&self, node: Region, name: Name, id: &str) -> Option<&A> {
        self.service(node, name)?.held(A::KIND, id)?.state()
    }

    /// What a node's clock shows.
    pub(crate) fn clock(&self, node: Region) -> OffsetDateTime {
        let skew = self
            .nodes
            .get(&node)
            .map_or(Duration::ZERO, |node| node.skew);
        self.now + skew
    }

    pub(crate) fn note(&mut self, line: impl FnOnce(&Self) -> String) {
        if self.lines.is_some() {
            let line = format!("{} {}", self.now, line(self));
            if let Some(lines) = &mut self.lines {
                lines.push(line);
            }
        }
    }

    /// What a decision may know, there and now. A moment passes with each.
    pub(crate) fn context(&mut self, node: Region, name: Name, actor: Actor) -> Context {
        self.now += Duration::milliseconds(7);
        let now = self.clock(node);
        let process = self.service(node, name);
        let day = regulation::Day::of(now);
        Context {
            now,
            actor,
            node,
            policy: process.and_then(|process| process.policies.on(day)),
            heard: process
                .map(|process| process.heard.clone())
                .unwrap_or_default(),
        }
    }

    /// Does something in somebody's name: all of it is written or nothing.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) fn execute(
        &mut self,
        node: Region,
        name: Name,
        actor: Actor,
        acts: &[Act],
    ) -> Result<(), Refusal> {
        let context = self.context(node, name, actor);
        let context = broken::context(self.fault, name, context);
        self.commit(name, &context, acts)
    }

    /// Load, decide, append, arm, tell: in one transaction.
    pub(crate) fn commit(
        &mut self,
        name: Name,
        context: &Context,
        acts: &[Act],
    ) -> Result<(), Refusal> {
        let outcome = self.decide(name, context, acts);
        if let Some(archive) = &mut self.archive {
            archive.end(outcome.is_ok());
        }
        for (deed, alarms, messages) in outcome? {
            self.write(deed, alarms, messages, context);
        }
        Ok(())
    }

    fn decide(&mut self, name: Name, context: &Context, acts: &[Act]) -> Result<Decided, Refusal> {
        let at = self.clock(context.node);
        let mut written = Decided::new();
        for act in acts {
            let mine = |(deed, ..): &&(Deed, _, _)| deed.kind == act.kind() && deed.id == act.id();
            let before = match written.iter().rfind(mine) {
                Some((deed, ..)) => Some(deed.after.clone()),
                None => self
                    .service(context.node, name)
                    .and_then(|process| process.held(act.kind(), act.id()))
                    .cloned(),
            };
            let Some(turn) = self.played(name, act, before.as_ref(), context)? else {
                continue;
            };
            let deed = Deed {
                node: context.node,
                service: name,
                kind: act.kind(),
                id: act.id().to_owned(),
                actor: context.actor.clone(),
                at,
                before,
                after: turn.held,
                events: turn.events,
            };
            written.push((deed, turn.alarms, turn.messages));
        }
        Ok(written)
    }

    fn played(
        &mut self,
        name: Name,
        act: &Act,
        before: Option<&Held>,
        context: &Context,
    ) -> Result<Option<Turn>, Refusal> {
        let turn = match act.play(before, context) {
            Ok(turn) => Ok(turn),
            Err(Undecided::Refused(refusal)) => {
                let broken = broken::journal(self, act, context.node, context);
                broken.map_or(Err(*refusal), |turn| Ok(Some(turn)))
            }
            Err(unreadable @ Undecided::Unreadable { .. }) => {
                unreachable!("a kind is one aggregate's: {unreadable}")
            }
        };
        if let Some(archive) = &mut self.archive {
            let outcome = turn.as_ref().map(Option::as_ref).map_err(|_| ());
            let differs = archive.differs(name, act, before, context, outcome);
            self.news.differences.extend(differs);
        }
        turn
    }

    fn write(
        &mut self,
        mut deed: Deed,
        alarms: Vec<Armed>,
        messages: Vec<Message>,
        context: &Context,
    ) {
        broken::written(self, &mut deed);
        let (node, name) = (deed.node, deed.service);
        let letters: Vec<_> = messages
            .into_iter()
            .map(|mut message| {
                broken::said(self, node, &mut message);
                Arc::new(self.letter(node, name.served().name, context.now, message))
            })
            .collect();
        let said = letters.iter().map(|letter| (node, Arc::clone(letter)));
        self.news.said.extend(said);
        if let Some(process) = self.process(node, name) {
            let after = deed.after.clone();
            let begun = process.begun.entry((deed.kind, deed.id.clone()));
            begun.or_insert(context.now);
            let kind = process.states.entry(deed.kind).or_default();
            kind.insert(deed.id.clone(), after);
            arm(process, deed.kind, &deed.id, alarms);
            process.outbox.extend(letters);
        }
        self.news.deeds.push(deed);
    }

    /// A message as it leaves.
    pub(crate) fn letter(
        &mut self,
        origin: Region,
        by: &'static str,
        at: OffsetDateTime,
        message: Message,
    ) -> Letter {
        self.serial += 1;
        let incoming = Incoming {
            id: self.dice.id(),
            origin,
            scope: message.scope,
            kind: message.kind.to_owned(),
            aggregate: message.aggregate,
            at: at.truncate_to_microsecond(),
            body: message.body,
            traceparent: None,
        };
        Letter {
            heard: kept::heard(&incoming),
            incoming,
            by,
            serial: self.serial,
            heard_by: Name::ALL
                .into_iter()
                .filter(|name| name.served().hears.contains(message.kind))
                .collect(),
        }
    }
}

/// What became of it, in a word.
pub(crate) fn said(outcome: &Result<(), Refusal>) -> String {
    match outcome {
        Ok(()) => "done".to_owned(),
        Err(refusal) => format!("refused by {}", refusal.rule.code),
    }
}

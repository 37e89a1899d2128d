//! What bus and border guarantee, and no more: each aggregate's order out of a service, one chain a
//! region over the border, at least once everywhere, and whatever delay, cut or crash in between.

use std::sync::Arc;

use proto::{
    exchange::v1::RegionHeartbeat,
    message::{Audience, Message, Scope},
};
use regulation::Region;

use crate::{
    broken,
    fault::Fault,
    node::{Border, Letter},
    service::Name,
    world::World,
};

/// Who says heartbeats.
const EXCHANGE: &str = "exchange";
/// How much of what waits goes on its way at one place in one tick.
const BURSTS: [usize; 4] = [0, 1, 4, usize::MAX];

impl World {
    /// Everywhere some of what waits goes one stretch further, or nothing does; processes die here
    /// and there, between what they have done and what they note about it.
    pub(crate) fn tick(&mut self) {
        let mut regions = self.regions();
        let first = self.dice.below(regions.len());
        regions.rotate_left(first);
        for node in &regions {
            let node = *node;
            if self.dice.percent(3) {
                self.beat(node);
            }
            for name in Name::ALL {
                let burst = self.burst();
                self.relay(node, name, burst);
            }
            let burst = self.burst();
            self.number(node, burst);
            self.upload(node);
            for origin in &regions {
                let burst = self.burst();
                self.download(node, *origin, burst);
            }
            for name in Name::ALL {
                let burst = self.burst();
                self.consume(node, name, burst);
            }
        }
        broken::tick(self);
    }

    fn burst(&mut self) -> usize {
        BURSTS[self.dice.below(BURSTS.len())]
    }

    /// All cuts heal, and everything arrives everywhere.
    pub(crate) fn settle(&mut self) {
        for node in self.regions() {
            self.cut(node, false);
        }
        self.drain();
        for node in self.regions() {
            self.beat(node);
        }
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            self.fire();
            let mut moved = false;
            let regions = self.regions();
            for node in regions.iter().copied() {
                for name in Name::ALL {
                    moved |= self.relay(node, name, usize::MAX);
                }
                self.number(node, usize::MAX);
                self.upload(node);
            }
            for node in regions.iter().copied() {
                for origin in regions.iter().copied() {
                    self.download(node, origin, usize::MAX);
                }
                for name in Name::ALL {
                    moved |= self.consume(node, name, usize::MAX);
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// Cuts a node off from the hub, or heals that.
    pub(crate) fn cut(&mut self, node: Region, cut: bool) {
        if let Some(node) = self.nodes.get_mut(&node) {
            node.border.cut = cut;
        }
    }

    /// A service publishes what waits: of each aggregate what it said first.
    fn relay(&mut self, node: Region, name: Name, burst: usize) -> bool {
        let waiting = self
            .service(node, name)
            .map_or(0, |process| process.outbox.len());
        let all = burst >= waiting;
        let mut kept = Vec::new();
        for _ in 0..burst.min(waiting) {
            let at = if all { 0 } else { self.dice.below(waiting) };
            let overtaking = self.fault == Some(Fault::Overtaking);
            let dies = burst != usize::MAX && self.dice.percent(2);
            let Some(process) = self.process(node, name) else {
                return false;
            };
            let Some(wanted) = process
                .outbox
                .get(at.min(process.outbox.len().saturating_sub(1)))
            else {
                break;
            };
            let aggregate = wanted.incoming.aggregate.clone();
            let first = process
                .outbox
                .iter()
                .position(|one| overtaking || one.incoming.aggregate == aggregate);
            let first = if overtaking {
                Some(process.outbox.len() - 1)
            } else {
                first
            };
            let Some(first) = first else { break };
            let letter = process.outbox.remove(first);
            if dies && self.fault == Some(Fault::OutboxLost) {
                continue;
            }
            if dies {
                // Published, and dead before that is noted: it will be published again.
                kept.push(Arc::clone(&letter));
            }
            if let Some(node) = self.nodes.get_mut(&node) {
                node.stream.push(letter);
            }
        }
        if let Some(process) = self.process(node, name) {
            process.outbox.splice(0..0, kept);
        }
        waiting > 0
    }

    /// The border numbers what is to cross.
    fn number(&mut self, region: Region, burst: usize) {
        let fault = self.fault;
        let Some(node) = self.nodes.get_mut(&region) else {
            return;
        };
        let border = &mut node.border;
        let mut numbered = 0;
        while numbered < burst {
            let Some(letter) = node.stream.get(border.cursor) else {
                break;
            };
            border.cursor += 1;
            let letter = broken::border(fault, letter);
            let own = letter.incoming.origin == region;
            let crosses = own && letter.incoming.scope != Scope::Node;
            if crosses && border.numbered.insert(letter.incoming.id) {
                let letter = not_before(border, letter);
                self.news.crossed.push(Arc::clone(&letter));
                if let Some(notary) = &mut self.notary {
                    notary.numbered(&letter.incoming);
                }
                border.chain.push(letter);
                numbered += 1;
            }
        }
    }

    /// What is numbered gets to the hub's stream, unless the way is cut.
    fn upload(&mut self, region: Region) {
        if let Some(node) = self.nodes.get_mut(&region)
            && !node.border.cut
        {
            node.border.uploaded = node.border.chain.len();
        }
    }

    /// The border lets another region's chain in, in the order of its numbers.
    fn download(&mut self, region: Region, origin: Region, burst: usize) {
        if region == origin {
            return;
        }
        let Some(from) = self.nodes.get(&origin).map(|node| &node.border) else {
            return;
        };
        let Some(to) = self.nodes.get(&region).map(|node| &node.border) else {
            return;
        };
        let done = to.downloaded.get(&origin).copied().unwrap_or_default();
        if to.cut || done >= from.uploaded {
            return;
        }
        let end = from.uploaded.min(done.saturating_add(burst));
        let stretch: Vec<_> = from.chain[done..end].to_vec();
        for (place, letter) in stretch.iter().enumerate() {
            let lost = self.fault == Some(Fault::Loss) && self.dice.percent(3);
            let twice = self.dice.percent(2);
            let let_in = self.notary.as_mut().is_none_or(|notary| {
                let times = if twice { 2 } else { 1 };
                let mut arrivals = (0..times)
                    .map(|_| notary.arrives(region, &letter.incoming, done + place, self.fault));
                arrivals.all(|let_in| let_in)
            });
            if !letter.incoming.is_for(region) || lost || !let_in {
                continue;
            }
            let letters = broken::arriving(self.fault, letter);
            if let Some(node) = self.nodes.get_mut(&region) {
                node.stream.extend(letters.iter().cloned());
                if twice {
                    node.stream.extend(letters);
                }
            }
        }
        if let Some(node) = self.nodes.get_mut(&region) {
            node.border.downloaded.insert(origin, end);
        }
    }

    /// A service applies what comes in its node's stream.
    fn consume(&mut self, node: Region, name: Name, burst: usize) -> bool {
        let mut applied = 0;
        while applied < burst {
            let Some(process) = self.service(node, name) else {
                break;
            };
            let Some(letter) = self
                .nodes
                .get(&node)
                .and_then(|node| node.stream.get(process.cursor))
                .cloned()
            else {
                break;
            };
            if letter.heard_by.contains(&name) {
                self.apply(node, name, &letter);
                applied += 1;
                if burst != usize::MAX && self.dice.percent(3) {
                    // Applied, and dead before it is acknowledged: it comes again.
                    break;
                }
            }
            if let Some(process) = self.process(node, name) {
                process.cursor += 1;
            }
        }
        applied > 0
    }

    /// The border vouches for what its node has said so far.
    pub(crate) fn beat(&mut self, region: Region) {
        let now = self.clock(region).truncate_to_microsecond();
        let Some(node) = self.nodes.get(&region) else {
            return;
        };
        let waiting = node.services.values().flat_map(|process| &process.outbox);
        let told = waiting.map(|letter| letter.incoming.at).min();
        let until = told.map_or(now, |told| told.min(now));
        let until = node
            .border
            .vouched
            .map_or(until, |vouched| vouched.max(until));
        let heartbeat = RegionHeartbeat {
            time: Some(evidence::timestamp(until)),
            journals: Vec::new(),
        };
        let message = Message::share(Audience::All, region, &heartbeat);
        let letter = self.letter(region, EXCHANGE, until, message);
        if let Some(node) = self.nodes.get_mut(&region) {
            node.border.vouched = Some(until);
            node.stream.push(Arc::new(letter));
        }
    }
}

/// Nothing is older than what was vouched for before it, whatever its node's clock did: others have
/// concluded from that.
fn not_before(border: &mut Border, mut letter: Arc<Letter>) -> Arc<Letter> {
    if letter.heard.is_some() {
        border.promised = border.promised.max(letter.heard);
    } else if let Some(promised) = border.promised
        && letter.incoming.at < promised
    {
        Arc::make_mut(&mut letter).incoming.at = promised;
    }
    letter
}

//! Min-cost flow by successive shortest paths: one unit at a time, each along the cheapest path in
//! the residual network, with potentials that keep every reduced cost non-negative.

use std::{cmp::Reverse, collections::BinaryHeap};

/// A network under construction or in flow. Costs must not be negative when added.
#[derive(Default)]
pub(crate) struct Network {
    /// Arc `i` and its way back `i ^ 1` lie side by side.
    arcs: Vec<Arc>,
    out: Vec<Vec<usize>>,
    potential: Vec<i128>,
    search: Search,
}

struct Arc {
    to: usize,
    left: u32,
    cost: i128,
}

/// What one search knows, kept to be reused.
#[derive(Default)]
struct Search {
    distance: Vec<Option<i128>>,
    /// The arc by which a node was reached.
    via: Vec<usize>,
    settled: Vec<bool>,
    touched: Vec<usize>,
}

impl Search {
    fn reset(&mut self, nodes: usize) {
        self.distance.resize(nodes, None);
        self.via.resize(nodes, usize::MAX);
        self.settled.resize(nodes, false);
        for node in self.touched.drain(..) {
            self.distance[node] = None;
            self.settled[node] = false;
        }
    }

    /// Notes a way to `node` and says whether it is the shortest so far.
    fn shorter(&mut self, node: usize, distance: i128, via: usize) -> bool {
        match self.distance[node] {
            Some(before) if before <= distance => return false,
            Some(_) => {}
            None => self.touched.push(node),
        }
        self.distance[node] = Some(distance);
        self.via[node] = via;
        true
    }
}

impl Network {
    pub(crate) fn node(&mut self) -> usize {
        self.out.push(Vec::new());
        self.potential.push(0);
        self.out.len() - 1
    }

    pub(crate) fn arc(&mut self, from: usize, to: usize, capacity: u32, cost: i128) -> usize {
        let arc = self.arcs.len();
        self.arcs.push(Arc {
            to,
            left: capacity,
            cost,
        });
        self.arcs.push(Arc {
            to: from,
            left: 0,
            cost: -cost,
        });
        self.out[from].push(arc);
        self.out[to].push(arc + 1);
        arc
    }

    /// Whether anything flows through an arc.
    pub(crate) fn carries(&self, arc: usize) -> bool {
        self.arcs[arc ^ 1].left > 0
    }

    pub(crate) fn potential(&self, node: usize) -> i128 {
        self.potential[node]
    }

    /// Sends one more unit from `source` to `sink` along the cheapest path; false when there is no
    /// path left, and then nothing has changed.
    pub(crate) fn push(&mut self, source: usize, sink: usize) -> bool {
        let Some(length) = self.shortest(source, sink) else {
            return false;
        };
        for &node in &self.search.touched {
            if let (true, Some(distance)) = (self.search.settled[node], self.search.distance[node])
            {
                self.potential[node] += distance - length;
            }
        }
        let mut node = sink;
        while node != source {
            let arc = self.search.via[node];
            self.arcs[arc].left -= 1;
            self.arcs[arc ^ 1].left += 1;
            node = self.arcs[arc ^ 1].to;
        }
        true
    }

    /// Dijkstra over reduced costs, over as soon as the sink is settled: nodes further away keep
    /// their potential.
    fn shortest(&mut self, source: usize, sink: usize) -> Option<i128> {
        let Self {
            arcs,
            out,
            potential,
            search,
        } = self;
        search.reset(out.len());
        search.shorter(source, 0, usize::MAX);
        let mut heap = BinaryHeap::from([Reverse((0, source))]);
        while let Some(Reverse((distance, node))) = heap.pop() {
            if std::mem::replace(&mut search.settled[node], true) {
                continue;
            }
            if node == sink {
                return Some(distance);
            }
            for &index in &out[node] {
                let arc = &arcs[index];
                if arc.left == 0 || search.settled[arc.to] {
                    continue;
                }
                let there = distance + arc.cost + potential[node] - potential[arc.to];
                if search.shorter(arc.to, there, index) {
                    heap.push(Reverse((there, arc.to)));
                }
            }
        }
        None
    }

    /// Which nodes the last search, one that found no path, could reach.
    pub(crate) fn reached(&self, node: usize) -> bool {
        self.search.settled.get(node).copied().unwrap_or(false)
    }
}

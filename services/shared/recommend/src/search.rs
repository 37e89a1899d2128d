//! The search: how well each unit's texts fit a query.

use std::{cmp::Ordering, collections::BinaryHeap};

use crate::{
    index::{Index, Postings, Slot},
    terms::{Query, Term},
};

/// How soon a term that is repeated in a passage stops to count.
const K1: f32 = 0.9;
/// How much a long passage is held against it.
const B: f32 = 0.75;
/// How much more a rare term counts than a common one.
const RARITY: f32 = 1.5;
/// So many passages of a unit count on their own.
const BEST: usize = 5;
/// Occurrences that one search looks at; then it lets the commonest terms of a long query be.
const LOOKS: u64 = 4_000_000;

/// A unit that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The unit.
    pub key: u128,
    /// How well it fits, in thousandths; compares within one answer only.
    pub score: u64,
    /// Its passages that fit, the best first, at most five, by their place in its reading.
    pub passages: Vec<usize>,
}

/// A term of the query with what an occurrence of it is worth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed<'a> {
    pub(crate) term: Term,
    postings: &'a Postings,
    /// In a passage.
    pub(crate) passage: f32,
    /// In all that a unit says.
    unit: f32,
}

impl Index {
    /// The `most` units that fit best, of those that are wanted; equal ones by their key.
    pub fn search(&self, query: &Query, most: usize, wanted: &dyn Fn(u128) -> bool) -> Vec<Hit> {
        let weighed = within_budget(self.weigh(query));
        let scores = self.score(&weighed);
        let mut best: BinaryHeap<Found> = BinaryHeap::new();
        for (slot, &together) in self.slots.iter().zip(&scores.units) {
            let Some(slot) = slot.as_ref().filter(|_| together > 0.0) else {
                continue;
            };
            let score = together + best_passages(slot, &scores.passages);
            let found = Found { score, slot };
            let among = best.len() < most || best.peek().is_some_and(|last| found < *last);
            if among && wanted(slot.key) {
                best.push(found);
                if best.len() > most {
                    best.pop();
                }
            }
        }
        let found = best.into_sorted_vec().into_iter();
        found.map(|found| hit(&found, &scores.passages)).collect()
    }

    /// What each term of the query is worth, in the terms' own order, so that sums come out the
    /// same whatever the index went through.
    pub(crate) fn weigh(&self, query: &Query) -> Vec<Weighed<'_>> {
        let units = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let terms = query.counted.terms.iter();
        let weighed = terms.filter_map(|&(term, count)| {
            let postings = self.postings(term)?;
            // Said twice is not twice as wanted.
            let asked = real(count).sqrt();
            Some(Weighed {
                term,
                postings,
                passage: asked * rarity(self.live, postings.passages),
                unit: asked * rarity(units, postings.units),
            })
        });
        weighed.collect()
    }

    fn score(&self, weighed: &[Weighed<'_>]) -> Scores {
        let mut scores = Scores {
            passages: vec![0.0; self.passages.len()],
            units: vec![0.0; self.slots.len()],
        };
        let passage_norm = Norm::of(self.length, self.live);
        let unit_norm = Norm::of(self.length, u32::try_from(self.len()).unwrap_or(u32::MAX));
        for term in weighed {
            let mut together = Together {
                unit: u32::MAX,
                count: 0,
            };
            let mut add = |together: &Together| {
                if let Some(Some(slot)) = self.slots.get(together.unit as usize) {
                    scores.units[together.unit as usize] +=
                        term.unit * unit_norm.share(together.count, slot.length);
                }
            };
            for (place, count) in term.postings.at.iter() {
                let passage = self.passages[place as usize];
                if passage.length == 0 {
                    continue;
                }
                scores.passages[place as usize] +=
                    term.passage * passage_norm.share(count, passage.length);
                if passage.unit != together.unit {
                    add(&together);
                    together = Together {
                        unit: passage.unit,
                        count: 0,
                    };
                }
                together.count += count;
            }
            add(&together);
        }
        scores
    }
}

/// Of a long query the terms that tell most, as many as may be looked at; of equal ones the lesser.
fn within_budget(mut weighed: Vec<Weighed<'_>>) -> Vec<Weighed<'_>> {
    let looks = |term: &Weighed<'_>| u64::from(term.postings.passages);
    if weighed.iter().map(looks).sum::<u64>() <= LOOKS {
        return weighed;
    }
    weighed.sort_by(|a, b| b.passage.total_cmp(&a.passage).then(a.term.cmp(&b.term)));
    let mut spent = 0;
    let kept = weighed.iter().take_while(|term| {
        spent += looks(term);
        spent <= LOOKS
    });
    let kept = kept.count();
    weighed.truncate(kept);
    weighed.sort_by_key(|term| term.term);
    weighed
}

/// How often a term occurs in what is being read of one unit.
struct Together {
    unit: u32,
    count: u32,
}

struct Scores {
    passages: Vec<f32>,
    /// What a unit's texts are worth read as one.
    units: Vec<f32>,
}

/// BM25's saturation and its norm for length.
struct Norm {
    base: f32,
    per_sign: f32,
}

impl Norm {
    fn of(length: u64, texts: u32) -> Self {
        let texts = u64::from(texts.max(1));
        let mean = real(u32::try_from(length / texts).unwrap_or(u32::MAX));
        Self {
            base: K1 * (1.0 - B),
            per_sign: K1 * B / mean.max(1.0),
        }
    }

    fn share(&self, count: u32, length: u32) -> f32 {
        let count = real(count);
        count / (count + self.base + self.per_sign * real(length))
    }
}

/// What a term is worth that `with` of `all` texts have.
fn rarity(all: u32, with: u32) -> f32 {
    let (all, with) = (real(all), real(with));
    ((all - with + 0.5) / (with + 0.5)).ln_1p().powf(RARITY)
}

/// The unit's passages with something in them, the best first.
fn ranked(slot: &Slot, scores: &[f32]) -> Vec<(f32, usize)> {
    let from = slot.first as usize;
    let own = scores[from..from + slot.passages as usize].iter();
    let mut ranked: Vec<_> = own
        .enumerate()
        .map(|(place, &score)| (score, place))
        .collect();
    ranked.retain(|(score, _)| *score > 0.0);
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(BEST);
    ranked
}

/// What the unit's best passages are worth, each on its own.
fn best_passages(slot: &Slot, scores: &[f32]) -> f32 {
    let from = slot.first as usize;
    let mut best = [0.0_f32; BEST];
    for &score in &scores[from..from + slot.passages as usize] {
        let mut next = score;
        for place in &mut best {
            if next > *place {
                std::mem::swap(place, &mut next);
            }
        }
    }
    best.iter().sum()
}

/// A unit with its score; the better the lesser, so that the greatest of a heap is the worst.
struct Found<'a> {
    score: f32,
    slot: &'a Slot,
}

impl Ord for Found<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then(self.slot.key.cmp(&other.slot.key))
    }
}

impl PartialOrd for Found<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Found<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Found<'_> {}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "scores are positive and small"
)]
fn hit(found: &Found<'_>, scores: &[f32]) -> Hit {
    let passages = ranked(found.slot, scores).into_iter();
    Hit {
        key: found.slot.key,
        score: (found.score * 1000.0) as u64,
        passages: passages.map(|(_, place)| place).collect(),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts that large weigh the same"
)]
fn real(count: u32) -> f32 {
    count as f32
}

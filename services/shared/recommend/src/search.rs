//! The search: how well each unit's texts fit a query.
//!
//! In two steps: the rarest terms of the query, which tell most, name the candidates by their
//! passages; then every candidate is scored by all that it says. Scores are whole numbers where
//! they are added up, so that they come out the same in whatever order.

use std::{cmp::Ordering, collections::BinaryHeap};

use crate::{
    index::{Index, Postings, Slot},
    packed::Packed,
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
/// Occurrences that the first step looks at.
const LOOKS: u64 = 500_000;
/// Units that reach the second step, unless more are asked for.
const CANDIDATES: usize = 500;
/// What a point of a score is counted in.
const POINT: f32 = 65_536.0;

/// A unit that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The unit.
    pub key: u128,
    /// How well it fits; compares within one answer only.
    pub score: u64,
    /// Its passages that fit, the best first, at most five, by their place in its reading.
    pub passages: Vec<usize>,
}

/// A term of the query with what an occurrence of it is worth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed<'a> {
    pub(crate) term: Term,
    id: u32,
    postings: &'a Postings,
    /// In a passage.
    pub(crate) passage: f32,
    /// In all that a unit says.
    unit: f32,
}

impl Index {
    /// The `most` units that fit best, of those that are wanted; equal ones by their key.
    pub fn search(&self, query: &Query, most: usize, wanted: &dyn Fn(u128) -> bool) -> Vec<Hit> {
        let weighed = self.weigh(query);
        let judge = Judge::of(self, &weighed);
        let candidates = self
            .candidates(&weighed, most.max(CANDIDATES), wanted)
            .into_iter();
        let mut hits: Vec<Hit> = candidates.map(|slot| judge.hit(slot)).collect();
        hits.sort_unstable_by(|a, b| b.score.cmp(&a.score).then(a.key.cmp(&b.key)));
        hits.truncate(most);
        hits
    }

    /// The passages of one unit that fit, the best first, as [`Hit::passages`].
    pub fn best(&self, query: &Query, key: u128) -> Vec<usize> {
        let weighed = self.weigh(query);
        let slot = self.slot(key);
        slot.map_or_else(Vec::new, |slot| {
            Judge::of(self, &weighed).hit(slot).passages
        })
    }

    /// What each term of the query is worth.
    pub(crate) fn weigh(&self, query: &Query) -> Vec<Weighed<'_>> {
        let units = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let terms = query.counted.terms.iter();
        let weighed = terms.filter_map(|&(term, count)| {
            let (id, postings) = self.postings(term)?;
            // Said twice is not twice as wanted.
            let asked = real(count).sqrt();
            Some(Weighed {
                term,
                id,
                postings,
                passage: asked * rarity(self.live, postings.passages),
                unit: asked * rarity(units, postings.units),
            })
        });
        weighed.collect()
    }

    /// The units whose best passages have most of the rarest terms.
    fn candidates(
        &self,
        weighed: &[Weighed<'_>],
        most: usize,
        wanted: &dyn Fn(u128) -> bool,
    ) -> Vec<&Slot> {
        let norm = Norm::of(self.length, self.live);
        let mut scores = vec![0.0_f32; self.lengths.len()];
        for term in rarest(weighed) {
            for (place, count) in term.postings.at.iter() {
                let length = self.lengths[place as usize];
                if length > 0 {
                    scores[place as usize] += term.passage * norm.share(count, length);
                }
            }
        }
        let mut best: BinaryHeap<Candidate<'_>> = BinaryHeap::new();
        for slot in self.slots.iter().flatten() {
            let from = slot.first as usize;
            let score = best_of(&scores[from..from + slot.passages as usize]);
            let candidate = Candidate { score, slot };
            let full = best.len() >= most;
            let among = score > 0.0 && (!full || best.peek().is_some_and(|last| candidate < *last));
            if among && wanted(slot.key) {
                best.push(candidate);
                if full {
                    best.pop();
                }
            }
        }
        best.into_iter().map(|candidate| candidate.slot).collect()
    }
}

/// The terms that tell most, as many as may be looked at, but at least one; of equal ones the
/// lesser first.
fn rarest<'a>(weighed: &[Weighed<'a>]) -> Vec<Weighed<'a>> {
    let mut rarest = weighed.to_vec();
    rarest.sort_unstable_by(|a, b| b.passage.total_cmp(&a.passage).then(a.term.cmp(&b.term)));
    let mut spent = 0;
    let within = rarest.iter().take_while(|term| {
        spent += u64::from(term.postings.passages);
        spent <= LOOKS
    });
    let within = within.count().max(1);
    rarest.truncate(within);
    rarest
}

/// Scores a unit by all that it says.
struct Judge<'a> {
    index: &'a Index,
    weighed: &'a [Weighed<'a>],
    /// By a term's id, its place among the weighed, from 1; 0: not asked for.
    asked: Vec<u32>,
    passage: Norm,
    unit: Norm,
}

impl<'a> Judge<'a> {
    fn of(index: &'a Index, weighed: &'a [Weighed<'a>]) -> Self {
        let mut asked = vec![0; index.postings.len()];
        for (place, term) in (1..).zip(weighed) {
            asked[term.id as usize] = place;
        }
        Self {
            index,
            weighed,
            asked,
            passage: Norm::of(index.length, index.live),
            unit: Norm::of(index.length, u32::try_from(index.len()).unwrap_or(u32::MAX)),
        }
    }

    fn hit(&self, slot: &Slot) -> Hit {
        let mut counts = vec![0_u32; self.weighed.len()];
        let own = &self.index.lengths[slot.first as usize..];
        let texts = slot.texts.iter().zip(own).enumerate();
        let mut passages: Vec<(u64, usize)> = texts
            .map(|(place, (text, length))| (self.text(text, *length, &mut counts), place))
            .collect();
        passages.retain(|(score, _)| *score > 0);
        passages.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        passages.truncate(BEST);
        let together = self
            .weighed
            .iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0);
        let together =
            together.map(|(term, count)| points(term.unit * self.unit.share(count, slot.length)));
        let each = passages.iter().map(|(score, _)| score);
        Hit {
            key: slot.key,
            score: together.sum::<u64>() + each.sum::<u64>(),
            passages: passages.into_iter().map(|(_, place)| place).collect(),
        }
    }

    /// What a passage is worth on its own; adds its counts to the unit's.
    fn text(&self, text: &Packed, length: u32, counts: &mut [u32]) -> u64 {
        let mut score = 0;
        for (id, count) in text.iter() {
            if let Some(place) = self.asked[id as usize].checked_sub(1) {
                let place = place as usize;
                counts[place] += count;
                score += points(self.weighed[place].passage * self.passage.share(count, length));
            }
        }
        score
    }
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

/// What the best passages of a unit are worth.
fn best_of(scores: &[f32]) -> f32 {
    let mut best = [0.0_f32; BEST];
    for &score in scores {
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
struct Candidate<'a> {
    score: f32,
    slot: &'a Slot,
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then(self.slot.key.cmp(&other.slot.key))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate<'_> {}

/// In whole points, which add up to the same in any order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "no term is worth as much as a thousand, nor less than nothing"
)]
fn points(worth: f32) -> u64 {
    (worth * POINT) as u64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts that large weigh the same"
)]
fn real(count: u32) -> f32 {
    count as f32
}

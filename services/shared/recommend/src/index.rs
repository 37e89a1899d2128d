//! The index: which passages of which units say what, kept up to date a unit at a time.

use std::collections::BTreeMap;

use crate::{
    packed::Packed,
    terms::{Counted, Reading, Term, TermMap},
};

/// Dead passages that are let be, whatever the live ones.
const DEAD_FREE: usize = 4096;

/// Where a term occurs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Postings {
    /// Passages, dead ones too, with how often it occurs.
    pub(crate) at: Packed,
    /// Live passages with it.
    pub(crate) passages: u32,
    /// Live units with it.
    pub(crate) units: u32,
}

/// A unit's place.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) key: u128,
    /// Its first passage.
    pub(crate) first: u32,
    pub(crate) passages: u32,
    /// In signs, all passages together.
    pub(crate) length: u32,
    /// Of each passage the ids of its terms, with how often each occurs.
    pub(crate) texts: Box<[Packed]>,
}

/// Units with what they say, by key. What it finds depends on what is in it alone, never on the
/// order in which that came, or on what was there before.
#[derive(Debug, Clone, Default)]
pub struct Index {
    ids: TermMap<u32>,
    pub(crate) postings: Vec<Postings>,
    /// Of each passage its length in signs; 0: dead, or empty.
    pub(crate) lengths: Vec<u32>,
    pub(crate) slots: Vec<Option<Slot>>,
    keys: BTreeMap<u128, u32>,
    /// Live passages.
    pub(crate) live: u32,
    /// Of all live passages, in signs.
    pub(crate) length: u64,
}

impl Index {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many units are in it.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether this unit is in it.
    pub fn contains(&self, key: u128) -> bool {
        self.keys.contains_key(&key)
    }

    /// Bytes that it takes, closely.
    pub fn heap(&self) -> usize {
        let postings: usize = self.postings.iter().map(|one| one.at.heap()).sum();
        let slots = self.slots.iter().flatten();
        let texts = slots.flat_map(|slot| &slot.texts);
        let texts: usize = texts.map(|text| size_of::<Packed>() + text.heap()).sum();
        postings
            + texts
            + self.postings.capacity() * size_of::<Postings>()
            + self.lengths.capacity() * size_of::<u32>()
            + self.slots.capacity() * size_of::<Option<Slot>>()
            + self.ids.capacity() * (size_of::<(Term, u32)>() + 1)
            + self.keys.len() * 2 * size_of::<(u128, u32)>()
    }

    /// Puts a unit in; what it said before is forgotten.
    pub fn upsert(&mut self, key: u128, reading: &Reading) {
        self.remove(key);
        let unit = number(self.slots.len());
        let first = number(self.lengths.len());
        let texts = reading.passages.iter().map(|passage| self.add(passage));
        let texts: Box<[Packed]> = texts.collect();
        for id in terms_of(&texts) {
            self.postings[id as usize].units += 1;
        }
        let lengths = reading.passages.iter().map(|passage| passage.length);
        self.slots.push(Some(Slot {
            key,
            first,
            passages: number(reading.passages.len()),
            length: lengths.sum(),
            texts,
        }));
        self.keys.insert(key, unit);
    }

    fn add(&mut self, passage: &Counted) -> Packed {
        let place = number(self.lengths.len());
        let mut ids = Vec::with_capacity(passage.terms.len());
        for &(term, count) in &passage.terms {
            let next = number(self.postings.len());
            let id = *self.ids.entry(term).or_insert(next);
            if id == next {
                self.postings.push(Postings::default());
            }
            let postings = &mut self.postings[id as usize];
            postings.at.push(place, count);
            postings.passages += 1;
            ids.push((id, count));
        }
        let length = passage.length;
        self.lengths.push(length);
        self.live += 1;
        self.length += u64::from(length);
        ids.sort_unstable();
        let mut text = Packed::default();
        for (id, count) in ids {
            text.push(id, count);
        }
        text.shrink();
        text
    }

    /// Takes a unit out; nothing, if it is not in it.
    pub fn remove(&mut self, key: u128) {
        let slot = self
            .keys
            .remove(&key)
            .and_then(|slot| self.slots[slot as usize].take());
        let Some(slot) = slot else { return };
        for (id, _) in slot.texts.iter().flat_map(Packed::iter) {
            self.postings[id as usize].passages -= 1;
        }
        for id in terms_of(&slot.texts) {
            self.postings[id as usize].units -= 1;
        }
        let from = slot.first as usize;
        for length in &mut self.lengths[from..from + slot.passages as usize] {
            self.length -= u64::from(*length);
            *length = 0;
        }
        self.live -= slot.passages;
        let live = self.live as usize;
        if self.lengths.len() - live > live.max(DEAD_FREE) {
            self.compact();
        }
    }

    /// A unit's place.
    pub(crate) fn slot(&self, key: u128) -> Option<&Slot> {
        let slot = *self.keys.get(&key)?;
        self.slots.get(slot as usize)?.as_ref()
    }

    /// The id and the postings of a term that a live unit has.
    pub(crate) fn postings(&self, term: Term) -> Option<(u32, &Postings)> {
        let id = *self.ids.get(&term)?;
        let postings = &self.postings[id as usize];
        (postings.units > 0).then_some((id, postings))
    }

    /// Gives back what the dead and the spare room take. It happens by itself before the dead
    /// outnumber the living; after a bulk of new units it is worth while.
    pub fn compact(&mut self) {
        let mut places = vec![None; self.lengths.len()];
        let mut lengths = Vec::with_capacity(self.live as usize);
        let mut slots = Vec::with_capacity(self.keys.len());
        for mut slot in self.slots.drain(..).flatten() {
            let from = slot.first as usize;
            slot.first = number(lengths.len());
            let own = from..from + slot.passages as usize;
            for (length, place) in self.lengths[own.clone()].iter().zip(&mut places[own]) {
                *place = Some(number(lengths.len()));
                lengths.push(*length);
            }
            self.keys.insert(slot.key, number(slots.len()));
            slots.push(Some(slot));
        }
        for postings in &mut self.postings {
            let mut at = Packed::default();
            for (place, count) in postings.at.iter() {
                if let Some(place) = places[place as usize] {
                    at.push(place, count);
                }
            }
            at.shrink();
            postings.at = at;
        }
        (self.lengths, self.slots) = (lengths, slots);
    }
}

/// The terms of all texts, each once.
fn terms_of(texts: &[Packed]) -> Vec<u32> {
    let mut ids: Vec<u32> = texts
        .iter()
        .flat_map(Packed::iter)
        .map(|(id, _)| id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

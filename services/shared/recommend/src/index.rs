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

/// A passage as the search meets it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passage {
    /// Its unit's slot.
    pub(crate) unit: u32,
    /// In signs; 0: dead, or empty.
    pub(crate) length: u32,
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
    /// The ids of its terms with the number of its passages that have them, so that they can be
    /// taken back.
    terms: Packed,
}

/// Units with what they say, by key. What it finds depends on what is in it alone, never on the
/// order in which that came, or on what was there before.
#[derive(Debug, Clone, Default)]
pub struct Index {
    ids: TermMap<u32>,
    pub(crate) postings: Vec<Postings>,
    pub(crate) passages: Vec<Passage>,
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
        let terms: usize = slots.map(|slot| slot.terms.heap()).sum();
        postings
            + terms
            + self.postings.capacity() * size_of::<Postings>()
            + self.passages.capacity() * size_of::<Passage>()
            + self.slots.capacity() * size_of::<Option<Slot>>()
            + self.ids.capacity() * (size_of::<(Term, u32)>() + 1)
            + self.keys.len() * 2 * size_of::<(u128, u32)>()
    }

    /// Puts a unit in; what it said before is forgotten.
    pub fn upsert(&mut self, key: u128, reading: &Reading) {
        self.remove(key);
        let unit = number(self.slots.len());
        let first = number(self.passages.len());
        let mut ids = Vec::new();
        for passage in &reading.passages {
            self.add(unit, passage, &mut ids);
        }
        ids.sort_unstable();
        let mut terms = Packed::default();
        for same in ids.chunk_by(|a, b| a == b) {
            terms.push(same[0], number(same.len()));
            self.postings[same[0] as usize].units += 1;
        }
        terms.shrink();
        let lengths = reading.passages.iter().map(|passage| passage.length);
        self.slots.push(Some(Slot {
            key,
            first,
            passages: number(reading.passages.len()),
            length: lengths.sum(),
            terms,
        }));
        self.keys.insert(key, unit);
    }

    fn add(&mut self, unit: u32, passage: &Counted, ids: &mut Vec<u32>) {
        let place = number(self.passages.len());
        for &(term, count) in &passage.terms {
            let next = number(self.postings.len());
            let id = *self.ids.entry(term).or_insert(next);
            if id == next {
                self.postings.push(Postings::default());
            }
            let postings = &mut self.postings[id as usize];
            postings.at.push(place, count);
            postings.passages += 1;
            ids.push(id);
        }
        let length = passage.length;
        self.passages.push(Passage { unit, length });
        self.live += 1;
        self.length += u64::from(length);
    }

    /// Takes a unit out; nothing, if it is not in it.
    pub fn remove(&mut self, key: u128) {
        let slot = self
            .keys
            .remove(&key)
            .and_then(|slot| self.slots[slot as usize].take());
        let Some(slot) = slot else { return };
        for (id, passages) in slot.terms.iter() {
            let postings = &mut self.postings[id as usize];
            postings.units -= 1;
            postings.passages -= passages;
        }
        let from = slot.first as usize;
        for passage in &mut self.passages[from..from + slot.passages as usize] {
            self.length -= u64::from(passage.length);
            passage.length = 0;
        }
        self.live -= slot.passages;
        let live = self.live as usize;
        if self.passages.len() - live > live.max(DEAD_FREE) {
            self.compact();
        }
    }

    /// The postings of a term that a live unit has.
    pub(crate) fn postings(&self, term: Term) -> Option<&Postings> {
        let id = *self.ids.get(&term)?;
        let postings = &self.postings[id as usize];
        (postings.units > 0).then_some(postings)
    }

    /// Gives back what the dead and the spare room take. It happens by itself before the dead
    /// outnumber the living; after a bulk of new units it is worth while.
    pub fn compact(&mut self) {
        let mut places = vec![None; self.passages.len()];
        let mut passages = Vec::with_capacity(self.live as usize);
        let mut slots = Vec::with_capacity(self.keys.len());
        for mut slot in self.slots.drain(..).flatten() {
            let unit = number(slots.len());
            let from = slot.first as usize;
            slot.first = number(passages.len());
            let own = from..from + slot.passages as usize;
            for (old, place) in self.passages[own.clone()].iter().zip(&mut places[own]) {
                *place = Some(number(passages.len()));
                passages.push(Passage { unit, ..*old });
            }
            self.keys.insert(slot.key, unit);
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
        (self.passages, self.slots) = (passages, slots);
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

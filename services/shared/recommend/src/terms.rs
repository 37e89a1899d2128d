//! Text as counted terms: Han characters, pairs of neighbouring ones, and whole Latin words and
//! numbers.

use std::hash::{BuildHasherDefault, Hasher};

use crate::text::{Sign, Token, tokens};

/// A term: the upper two bits say what it is, the others which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Term(u64);

impl Term {
    /// A sign on its own.
    pub(crate) fn of(sign: Sign) -> Self {
        match sign {
            Sign::Han(c) => Self(u64::from(c as u32)),
            Sign::Run(hash) => Self(hash >> 2 | 2 << 62),
        }
    }

    /// Two Han characters with nothing between them.
    pub(crate) fn pair(left: &Token, right: &Token) -> Option<Self> {
        match (left.sign, right.sign) {
            (Sign::Han(a), Sign::Han(b)) if left.touches(right) => Some(Self(
                u64::from(a as u32) << 21 | u64::from(b as u32) | 1 << 62,
            )),
            _ => None,
        }
    }
}

/// Spreads terms over a hash table; nobody chooses them to do harm, as profiles are people's words.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct TermHasher(u64);

impl Hasher for TermHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }
}

/// A table of terms.
pub(crate) type TermMap<V> = std::collections::HashMap<Term, V, BuildHasherDefault<TermHasher>>;

/// A text's terms, ascending, with how often each occurs, and its length in signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Counted {
    pub(crate) terms: Vec<(Term, u32)>,
    pub(crate) length: u32,
}

impl Counted {
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counting = Counting::default();
        for text in texts {
            counting.read(text);
        }
        counting.counted()
    }
}

/// Counts. Not generic, so that it is as fast as this crate is compiled, whoever calls it.
#[derive(Default)]
struct Counting {
    all: Vec<Term>,
    length: usize,
}

impl Counting {
    fn read(&mut self, text: &str) {
        let tokens = tokens(text);
        self.length += tokens.len();
        let pairs = tokens
            .windows(2)
            .filter_map(|pair| Term::pair(&pair[0], &pair[1]));
        self.all
            .extend(tokens.iter().map(|token| Term::of(token.sign)));
        self.all.extend(pairs);
    }

    fn counted(mut self) -> Counted {
        self.all.sort_unstable();
        let same = self.all.chunk_by(|a, b| a == b);
        let counted = same.map(|same| (same[0], u32::try_from(same.len()).unwrap_or(u32::MAX)));
        Counted {
            terms: counted.collect(),
            length: u32::try_from(self.length).unwrap_or(u32::MAX),
        }
    }
}

/// What a unit says of itself, read: one passage a project, paper or patent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    pub(crate) passages: Vec<Counted>,
}

impl Reading {
    /// Reads the passages; [`Hit::passages`](crate::Hit) counts them in this order.
    pub fn of<'a>(passages: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            passages: passages
                .into_iter()
                .map(|text| Counted::of([text]))
                .collect(),
        }
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    pub(crate) counted: Counted,
}

impl Query {
    /// All that the texts say, such as title, mission and tasks of a demand.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            counted: Counted::of(texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_pairs_are_counted_and_words_stay_whole() {
        let counted = Counted::of(["芯片，芯片 GaN", "gan"]);
        let signs = |text: &str| Counted::of([text]).terms;
        assert_eq!(counted.length, 6);
        let of = |text: &str| signs(text)[0].0;
        let count = |term: Term| {
            counted
                .terms
                .iter()
                .find(|(t, _)| *t == term)
                .map(|(_, n)| *n)
        };
        assert_eq!(count(of("芯")), Some(2));
        assert_eq!(count(of("ＧＡＮ")), Some(2));
        let pair = signs("芯片").into_iter().map(|(t, _)| t).max();
        assert_eq!(pair.and_then(count), Some(2));
        let across = signs("片芯").into_iter().map(|(t, _)| t).max();
        assert_eq!(across.and_then(count), None, "no pair across punctuation");
    }
}

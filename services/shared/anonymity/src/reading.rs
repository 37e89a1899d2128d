//! How a name is read: spelled in letters it is still the name.

use std::collections::BTreeSet;

use pinyin::ToPinyinMulti as _;

use crate::fold::{Folded, fold};

/// Letters from which a spelling is nobody's by chance, even in the middle of a longer word.
const SURE_FROM: usize = 12;
/// Letters below which many short words are read the same.
const LETTERS_MIN: usize = 5;

/// The readings of each character of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reading(Vec<BTreeSet<String>>);

impl Reading {
    /// Of a name in one form; none where something in it is not read in syllables.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let syllables = name.chars().map(|c| {
            let all = c.to_pinyin_multi()?.into_iter();
            Some(all.flat_map(|one| spellings(one.plain())).collect())
        });
        let syllables: Vec<_> = syllables.collect::<Option<_>>()?;
        Some(Self(syllables))
    }

    /// Where in the text it is spelled so: from which character on, and how many.
    pub(crate) fn find(&self, text: &Folded) -> Vec<(usize, usize)> {
        let starts = 0..text.chars.len();
        let found = starts.flat_map(|at| {
            let ends = self.0.iter().fold(BTreeSet::from([at]), |ends, syllable| {
                let next = ends.iter().flat_map(|at| {
                    let spelled = move |one: &&String| spelled_at(text, *at, one);
                    let fits = syllable.iter().filter(spelled);
                    fits.map(move |one| at + one.len())
                });
                next.collect()
            });
            ends.into_iter().map(move |end| (at, end - at))
        });
        let sure = |(at, length): &(usize, usize)| {
            *length >= SURE_FROM || (*length >= LETTERS_MIN && text.is_word(*at, *length))
        };
        found.filter(sure).collect()
    }
}

fn spelled_at(text: &Folded, at: usize, syllable: &str) -> bool {
    let rest = text.chars.get(at..).unwrap_or_default();
    rest.len() >= syllable.len() && syllable.chars().eq(rest[..syllable.len()].iter().copied())
}

/// A syllable as people spell it: without its tone, and ü in each of its ways.
fn spellings(syllable: &str) -> Vec<String> {
    let mut all = vec![fold(syllable)];
    if syllable.contains('ü') {
        all.extend(["v", "yu"].map(|u| fold(&syllable.replace('ü', u))));
    }
    all
}

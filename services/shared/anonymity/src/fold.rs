//! One form for what looks alike, so that no spelling hides a name.

use std::{collections::BTreeMap, sync::LazyLock};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::{Place, What};

/// Traditional characters with their simplified ones, in pairs.
const SIMPLIFIED: &str = include_str!("../data/simplified.txt");

/// The text in one form: full width, circled, accented, case, letters of other alphabets,
/// traditional characters; white space and what can't be seen vanish.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(fold_char).collect()
}

fn fold_char(c: char) -> impl Iterator<Item = char> {
    let narrow = std::iter::once(c).nfkd().flat_map(char::to_lowercase);
    narrow.filter(|c| !vanishes(*c)).map(latin).map(simplified)
}

fn simplified(c: char) -> char {
    static TABLE: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
        let lines = SIMPLIFIED.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.flat_map(|line| {
            let all = line.chars().step_by(2);
            all.zip(line.chars().skip(1).step_by(2))
        });
        pairs.collect()
    });
    // No character before the Han ones has another form.
    let han = c >= '\u{3400}';
    han.then(|| TABLE.get(&c).copied()).flatten().unwrap_or(c)
}

fn vanishes(c: char) -> bool {
    c.is_whitespace()
        || is_combining_mark(c)
        || matches!(c, '·' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}')
}

/// The Latin letter that a small Cyrillic or Greek one is taken for.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'і' | 'ι' => 'i',
        'ѕ' => 's',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'т' | 'τ' => 't',
        'ν' => 'v',
        'һ' => 'h',
        other => other,
    }
}

/// A mark that joins words or sets one apart, but ends no sentence.
fn joins(c: char) -> bool {
    "-_.*|/~+#=^&'\"‘’“”()[]{}<>《》〈〉【】「」『』〔〕–—―‐".contains(c)
}

/// A letter of a word that is written in letters.
fn is_letter(c: char) -> bool {
    fold_char(c).any(|c| c.is_ascii_alphabetic())
}

/// A text in one form, with the place of each character in the original.
pub(crate) struct Folded {
    original: Vec<char>,
    pub(crate) chars: Vec<char>,
    places: Vec<usize>,
}

impl Folded {
    pub(crate) fn new(original: &str) -> Self {
        Self::without(original, |_| false)
    }

    /// The text without the marks that could stand between the characters of a name.
    pub(crate) fn joined(original: &str) -> Self {
        Self::without(original, joins)
    }

    /// The same without numbers, such as those of tones, between the syllables of a name.
    pub(crate) fn spelled(original: &str) -> Self {
        Self::without(original, |c| joins(c) || c.is_ascii_digit())
    }

    fn without(original: &str, left_out: fn(char) -> bool) -> Self {
        let original: Vec<char> = original.chars().collect();
        let kept = original
            .iter()
            .enumerate()
            .flat_map(|(at, c)| fold_char(*c).map(move |c| (c, at)))
            .filter(|(c, _)| !left_out(*c));
        let (chars, places) = kept.unzip();
        Self {
            original,
            chars,
            places,
        }
    }

    /// At which characters of this form `word` begins, which is in the same form.
    pub(crate) fn find_starts(&self, word: &str) -> Vec<usize> {
        let word: Vec<char> = word.chars().collect();
        let all = 0..self.chars.len();
        all.filter(|at| self.chars[*at..].starts_with(&word))
            .collect()
    }

    /// Whether what begins at `at` and has `length` characters is no part of a longer word that is
    /// written in letters. A capital after a small letter begins a word, too.
    pub(crate) fn is_word(&self, at: usize, length: usize) -> bool {
        let ends = |at: usize| {
            let (Some(here), Some(next)) = (self.places.get(at), self.places.get(at + 1)) else {
                return true;
            };
            let (here, next) = (*here, *next);
            let (last, first) = (self.original[here], self.original[next]);
            let apart = next != here + 1 || !is_letter(last) || !is_letter(first);
            apart || (last.is_lowercase() && first.is_uppercase())
        };
        at.checked_sub(1).is_none_or(ends) && ends((at + length).saturating_sub(1))
    }

    /// The place of `length` characters from `at`, in the text as it was written.
    pub(crate) fn place(&self, at: usize, length: usize, what: What) -> Place {
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        let last = self.places.len().saturating_sub(1);
        let (from, to) = (place(at), place((at + length).saturating_sub(1).min(last)));
        let found = self.original.get(from..=to).unwrap_or_default();
        Place {
            at: from + 1,
            found: found.iter().collect(),
            what,
        }
    }

    /// How many characters from `at` on are as `is` says.
    pub(crate) fn run(&self, at: usize, is: impl Fn(char) -> bool) -> usize {
        let rest = self.chars.get(at..).unwrap_or_default();
        rest.iter().take_while(|c| is(**c)).count()
    }

    /// How many characters before `at` are as `is` says, without a gap.
    pub(crate) fn run_before(&self, at: usize, is: impl Fn(char) -> bool) -> usize {
        let before = self.chars.get(..at).unwrap_or_default();
        before.iter().rev().take_while(|c| is(**c)).count()
    }
}

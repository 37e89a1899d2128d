//! One form for what looks alike, so that no spelling hides a name.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::{Place, What};

/// The text in one form: full width, circled, accented, case, letters of other alphabets; white
/// space and what can't be seen vanish.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(fold_char).collect()
}

fn fold_char(c: char) -> impl Iterator<Item = char> {
    let narrow = std::iter::once(c).nfkd().flat_map(char::to_lowercase);
    narrow.filter(|c| !vanishes(*c)).map(latin)
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

/// A text in one form, with the place of each character in the original.
pub(crate) struct Folded<'a> {
    original: &'a str,
    pub(crate) chars: Vec<char>,
    places: Vec<usize>,
}

impl<'a> Folded<'a> {
    pub(crate) fn new(original: &'a str) -> Self {
        Self::without(original, |_| false)
    }

    /// The text without the marks that could stand between the characters of a name.
    pub(crate) fn joined(original: &'a str) -> Self {
        Self::without(original, joins)
    }

    fn without(original: &'a str, left_out: fn(char) -> bool) -> Self {
        let kept = original
            .chars()
            .enumerate()
            .flat_map(|(at, c)| fold_char(c).map(move |c| (c, at)))
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

    /// Every place at which `word` stands.
    pub(crate) fn find(&self, word: &str, what: What) -> Vec<Place> {
        let length = word.chars().count();
        let starts = self.find_starts(word).into_iter();
        starts.map(|at| self.place(at, length, what)).collect()
    }

    /// The place of `length` characters from `at`, in the text as it was written.
    pub(crate) fn place(&self, at: usize, length: usize, what: What) -> Place {
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        let last = self.places.len().saturating_sub(1);
        let (from, to) = (place(at), place((at + length).saturating_sub(1).min(last)));
        let found = self.original.chars().skip(from).take(to - from + 1);
        Place {
            at: from + 1,
            found: found.collect(),
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

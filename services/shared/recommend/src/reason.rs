//! Why a passage was found: the words of it that the query has too.

use std::{collections::BTreeMap, ops::Range};

use crate::{
    index::Index,
    terms::{Query, Term},
    text::{self, Sign, Token},
};

/// A stretch of a passage whose terms the query has, by its tokens.
struct Stretch {
    tokens: Range<usize>,
    worth: f32,
}

impl Index {
    /// The words of the passage that the query has too, as the passage writes them, the most
    /// telling first, each once, at most `most`. A lone Han character says nothing and is left out.
    pub fn matched<'a>(&self, query: &Query, passage: &'a str, most: usize) -> Vec<&'a str> {
        let weighed = self.weigh(query);
        let worth: BTreeMap<Term, f32> = weighed
            .iter()
            .map(|term| (term.term, term.passage))
            .collect();
        let tokens = text::tokens(passage);
        let mut stretches = stretches(&tokens, &worth);
        stretches.sort_by(|a, b| {
            b.worth
                .total_cmp(&a.worth)
                .then(a.tokens.start.cmp(&b.tokens.start))
        });
        let mut words: Vec<&str> = Vec::new();
        for stretch in stretches {
            let (first, last) = (
                &tokens[stretch.tokens.start],
                &tokens[stretch.tokens.end - 1],
            );
            let word = &passage[first.at.start..last.at.end];
            if !words.iter().any(|said| said.contains(word)) {
                words.push(word);
            }
            if words.len() == most {
                break;
            }
        }
        words
    }
}

/// Words and neighbouring pairs that are worth something, joined where they overlap.
fn stretches(tokens: &[Token], worth: &BTreeMap<Term, f32>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let next = tokens.get(place + 1);
        let found = match token.sign {
            Sign::Run(_) => worth
                .get(&Term::of(token.sign))
                .map(|worth| (place + 1, worth)),
            Sign::Han(_) => next
                .and_then(|next| Term::pair(token, next))
                .and_then(|pair| worth.get(&pair))
                .map(|worth| (place + 2, worth)),
        };
        let Some((end, worth)) = found else { continue };
        match stretches.last_mut().filter(|last| last.tokens.end > place) {
            Some(last) => {
                last.tokens.end = end;
                last.worth += worth;
            }
            None => stretches.push(Stretch {
                tokens: place..end,
                worth: *worth,
            }),
        }
    }
    stretches
}

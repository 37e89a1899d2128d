//! What would tell who demands, to be looked for in whatever is kept or said.

use aho_corasick::AhoCorasick;

use crate::{
    cast::{CONTACT, NOTE, Part, Unit},
    words::given,
};

/// What was found; demanders by their place among the units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// What a demander wrote for its department alone.
    Note,
    /// Whom a unit named for its department alone.
    Contact,
    /// A demander's id.
    Id(usize),
    /// What all of a demander's names have in common.
    Name(usize),
    /// A demander's credit code.
    Code(usize),
}

/// All that is looked for, at once.
#[derive(Debug, Clone)]
pub(crate) struct Needles {
    automaton: AhoCorasick,
    /// What each pattern would tell.
    told: Vec<Told>,
}

impl Needles {
    pub(crate) fn of(units: &[Unit]) -> Self {
        let mut all = vec![(NOTE, Told::Note), (CONTACT, Told::Contact)];
        let demanders = units.iter().enumerate();
        for (place, unit) in demanders.filter(|(_, unit)| unit.part == Part::Demander) {
            let [name, code] = &unit.names;
            all.extend([
                (unit.spelled.as_str(), Told::Id(place)),
                (name.as_str(), Told::Name(place)),
                (code.as_str(), Told::Code(place)),
            ]);
        }
        Self {
            automaton: given(AhoCorasick::new(all.iter().map(|(pattern, _)| pattern))),
            told: all.into_iter().map(|(_, told)| told).collect(),
        }
    }

    /// What stands in there, often more than once.
    pub(crate) fn within<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = Told> {
        let hits = self.automaton.find_iter(bytes);
        hits.filter_map(|hit| self.told.get(hit.pattern().as_usize()).copied())
    }
}

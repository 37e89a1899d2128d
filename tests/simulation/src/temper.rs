//! What people are like in a history: few do everything, so that each gets far with something.

/// What people are like in a history, so that each has time for something.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Temper {
    /// Departments make credit records.
    pub(crate) strict: bool,
    /// Solvers ask, demanders meet them and tell who they are.
    pub(crate) talkative: bool,
    /// Demanders revise their tasks, intents have an end.
    pub(crate) restless: bool,
    /// The hub has a linked region admitted.
    pub(crate) open: bool,
    /// The hub has a policy, a note and criteria decided.
    pub(crate) deciding: bool,
    /// It begins when a list is published, so that it gets further.
    pub(crate) late: bool,
}

impl Temper {
    /// That of a history.
    pub(crate) fn of(seed: u64) -> Self {
        let kind = (seed / 8) % 4;
        Self {
            strict: kind == 0,
            talkative: kind == 1 || kind == 3,
            restless: kind == 2 || kind == 3,
            open: matches!(seed / 32 % 8, 0 | 1),
            deciding: matches!(seed / 32 % 8, 2 | 3),
            late: matches!(seed / 32 % 8, 1 | 3 | 5..),
        }
    }
}

//! What people are like in a history: few do everything, so that each gets far with something.

/// What people are like: by the history's seed; without one they do only what is usual.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Temper(Option<u64>);

impl Temper {
    /// That of a history.
    pub(crate) fn of(seed: u64) -> Self {
        Self(Some(seed))
    }

    /// Which of so many, changing every `every` seeds.
    fn kind(self, every: u64, of: u64) -> Option<u64> {
        self.0.map(|seed| seed / every % of)
    }

    /// Departments make credit records.
    pub(crate) fn strict(self) -> bool {
        self.kind(8, 4) == Some(0)
    }

    /// Solvers ask, demanders meet them and tell who they are.
    pub(crate) fn talkative(self) -> bool {
        matches!(self.kind(8, 4), Some(1 | 3))
    }

    /// Demanders revise their tasks, intents have an end.
    pub(crate) fn restless(self) -> bool {
        matches!(self.kind(8, 4), Some(2 | 3))
    }

    /// The hub has a linked region admitted.
    pub(crate) fn open(self) -> bool {
        matches!(self.kind(32, 8), Some(0 | 1))
    }

    /// The hub has a policy, a note and criteria decided.
    pub(crate) fn deciding(self) -> bool {
        matches!(self.kind(32, 8), Some(2 | 3))
    }

    /// Borders keep their evidence.
    pub(crate) fn proven(self) -> bool {
        self.kind(1, 100) == Some(41)
    }

    /// A region rewrites its past, after which it is heard no more.
    pub(crate) fn false_one(self) -> bool {
        self.proven() && self.kind(100, 2) == Some(1)
    }

    /// It begins when a list is published, so that it gets further.
    pub(crate) fn late(self) -> bool {
        matches!(self.kind(32, 8), Some(1 | 3 | 5..))
    }
}

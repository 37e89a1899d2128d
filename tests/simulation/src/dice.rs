//! All chance of a history: from its seed and the step's number alone, so that it replays exactly,
//! also when other steps are left out.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use time::Duration;
use uuid::Uuid;

/// The chance of one step.
#[derive(Debug, Clone)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The chance of this step of this history.
    pub(crate) fn of(seed: u64, step: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(step);
        Self(rng)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.0.next_u64() % end.max(1)).unwrap_or_default()
    }

    /// A number from `first` to `last`.
    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below((last + 1).saturating_sub(first))
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, cases: usize) -> bool {
        self.below(100) < cases
    }

    /// One of them; none where there is none.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// A random id.
    pub(crate) fn id<T: From<Uuid>>(&mut self) -> T {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().into()
    }

    /// 32 random bytes.
    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// A time of at least one microsecond and below `longest`.
    pub(crate) fn moment(&mut self, longest: Duration) -> Duration {
        let micros = usize::try_from(longest.whole_microseconds()).unwrap_or(usize::MAX);
        let micros = i64::try_from(self.below(micros)).unwrap_or(i64::MAX);
        Duration::microseconds(micros.max(1))
    }
}

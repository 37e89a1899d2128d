//! What people write here: always the same words, which parse.

use std::{fmt::Debug, str::FromStr};

/// The words as what they are meant to be.
pub(crate) fn say<T: FromStr<Err: Debug>>(words: &str) -> T {
    given(words.parse())
}

/// What can't fail here.
#[expect(
    clippy::expect_used,
    reason = "the words of this crate parse, or nothing of it works and it has to stop"
)]
pub(crate) fn given<T, E: Debug>(result: Result<T, E>) -> T {
    result.expect("the simulation's own words are well formed")
}

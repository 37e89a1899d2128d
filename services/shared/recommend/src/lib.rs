//! What texts have to do with one another: which units can solve a demand, and which demand says
//! what another one already said. Pure: no clock, no IO; floats stay inside.
//!
//! **Finding.** A unit has passages, one a project, paper or patent. Its score is BM25 of all that
//! it says, read as one text, and of its five best passages. Terms are Han characters, pairs of
//! neighbouring ones, and whole Latin words and numbers: no dictionary, which would not know the
//! words of next year's demands.
//!
//! The constants (in `search.rs`) were chosen over a thousand title-and-keyword queries against
//! abstracts of Chinese papers, in two halves: what was best on one half was tried on the other.
//! Best-of-half on the other half gave .611 (first team of the same discipline, mean reciprocal
//! rank) and .424 (own abstract by keywords that it does not contain); the constants in use, which
//! are near the best on both halves, give .621 and .426, plain BM25 over pairs .574 and .389. What
//! changes little was left out: pairs over one character, triples, weights for fields of the query.
//! That one measure is about disciplines and both are about papers: it is a proxy.

pub mod similar;

mod index;
mod packed;
mod reason;
mod search;
mod terms;
mod text;

pub use index::Index;
pub use search::Hit;
pub use terms::{Query, Reading};

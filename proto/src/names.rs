//! Names that two services work out alike, so that neither has to tell the other.

use regulation::{DemandId, PostingId};
use uuid::Uuid;

/// What a demand's posting is called at its home: for who doesn't know the demand's id only a
/// random name.
pub fn posting_of(demand: DemandId) -> PostingId {
    PostingId(Uuid::new_v5(&demand.0, b"jiebang.matching.posting"))
}

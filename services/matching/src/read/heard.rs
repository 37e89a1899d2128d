//! Up to when a region was heard at this node.

use chassis::{Desk, status};
use regulation::Region;
use time::OffsetDateTime;
use tonic::Status;

/// Up to when `region` was heard, if it ever was.
pub(crate) async fn heard_until(
    desk: &Desk,
    region: Region,
) -> Result<Option<OffsetDateTime>, Status> {
    sqlx::query_scalar!(
        "select until from chassis_heard where region = $1",
        region.as_str(),
    )
    .fetch_optional(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

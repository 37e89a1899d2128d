//! Whether feedback can come: what is handed in waits on the hub, and longer while the hub is away.
//! [Art. 11]

use proto::matching::v1 as wire;
use regulation::Region;
use time::{Duration, OffsetDateTime};
use tonic::Status;

use super::{Door, view};
use crate::read;

/// The hub is heard every few seconds; so long without a word, and nothing comes through.
const AWAY_AFTER: Duration = Duration::minutes(10);

impl Door {
    /// How this node hears the hub now.
    pub(super) async fn outlook(&self) -> Result<wire::FeedbackOutlook, Status> {
        let heard = read::heard_until(&self.desk, Region::HUB).await?;
        Ok(outlook(heard, self.desk.clock().now()))
    }
}

fn outlook(heard: Option<OffsetDateTime>, now: OffsetDateTime) -> wire::FeedbackOutlook {
    wire::FeedbackOutlook {
        hub_heard_until: heard.map(view::rfc3339).unwrap_or_default(),
        waits_for_hub: heard.is_none_or(|until| until + AWAY_AFTER <= now),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn feedback_waits_while_the_hub_was_not_heard_for_long() {
        let now = datetime!(2024-10-08 09:00 +8);
        assert!(outlook(None, now).waits_for_hub);
        assert!(outlook(Some(now - AWAY_AFTER), now).waits_for_hub);
        let heard = outlook(Some(now - AWAY_AFTER + Duration::SECOND), now);
        assert!(!heard.waits_for_hub);
        assert_eq!(heard.hub_heard_until, "2024-10-08T08:50:01+08:00");
    }
}

//! A federation for a test, told from its log when the test fails.

use federation::Federation;
use scenarios::Way;

/// The day on which the federation's clock starts.
const CLOCK_STARTS: &str = "2024-09-02T01:00:00Z";

/// Five nodes.
pub(crate) async fn federation() -> Federation {
    Federation::builder()
        .clock_starts(CLOCK_STARTS)
        .boot()
        .await
        .unwrap()
}

/// The beginning of the way, which says how far it came.
pub(crate) fn way(federation: &Federation) -> Way<'_> {
    Way::begin(federation, |line| eprintln!("{line}")).unwrap()
}

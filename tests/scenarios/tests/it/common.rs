//! A federation for a test, told from its log when the test fails.

use std::collections::BTreeMap;

use federation::Federation;
use regulation::Region;
use scenarios::Way;

/// The day on which the federation's clock starts.
pub(crate) const CLOCK_STARTS: &str = "2024-09-02T01:00:00Z";

/// Five nodes.
pub(crate) async fn federation() -> Federation {
    Federation::builder()
        .clock_starts(CLOCK_STARTS)
        .boot()
        .await
        .unwrap()
}

/// Six nodes, of which one is a linked region's.
pub(crate) async fn federation_with(linked: Region) -> Federation {
    Federation::builder()
        .regions([Region::SH, Region::JS, Region::ZJ, Region::AH, linked])
        .clock_starts(CLOCK_STARTS)
        .boot()
        .await
        .unwrap()
}

/// Five nodes, where all that people call is recorded.
pub(crate) async fn recorded_federation() -> Federation {
    Federation::builder()
        .clock_starts(CLOCK_STARTS)
        .record(true)
        .boot()
        .await
        .unwrap()
}

/// The beginning of the way, which says how far it came.
pub(crate) fn way(federation: &Federation) -> Way<'_> {
    Way::begin(federation, |line| eprintln!("{line}")).unwrap()
}

/// How many facts every service holds, except the border, which numbers its heartbeats all the
/// time.
pub(crate) async fn facts(federation: &Federation) -> BTreeMap<String, i64> {
    let mut facts = BTreeMap::new();
    for (region, node) in federation.manifest().await.nodes {
        for (name, service) in node.services {
            if service.database.is_none() || name == "exchange" {
                continue;
            }
            let pool = federation.sql(region, &name).await.unwrap();
            let count = sqlx::query_scalar("select count(*) from journal_fact");
            let count = count.fetch_one(&pool).await.unwrap();
            facts.insert(format!("{name} of {region}"), count);
        }
    }
    facts
}

//! What is known of the other regions, and how old that is.

use std::collections::{BTreeMap, BTreeSet};

use chassis::{Desk, Page, status};
use proto::{common::v1::Money, coordination::v1 as wire};
use regulation::Region;
use time::OffsetDateTime;
use tonic::Status;

use crate::{read, words};

/// Up to when a region has been heard, and how many seconds ago that is; -1 if it never was.
fn age(heard: Option<&OffsetDateTime>, now: OffsetDateTime) -> (String, i64) {
    match heard {
        Some(until) => (
            words::instant(*until),
            (now - *until).whole_seconds().max(0),
        ),
        None => (String::new(), -1),
    }
}

/// How far each region has been heard here.
pub(super) async fn federation(desk: &Desk) -> Result<wire::FederationStatus, Status> {
    let now = desk.clock().now();
    let heard: BTreeMap<_, _> = read::heard(desk).await?.into_iter().collect();
    let policy = desk.policies().at(now).await;
    let members = policy
        .map(|policy| policy.members.clone())
        .unwrap_or_default();
    let all: BTreeSet<Region> = members.iter().chain(heard.keys()).copied().collect();
    let regions = all
        .into_iter()
        .filter(|region| *region != desk.region())
        .map(|region| {
            let (heard_until, age_seconds) = age(heard.get(&region), now);
            wire::RegionStatus {
                region: region.to_string(),
                name: region.name().to_owned(),
                member: members.contains(&region),
                heard_until,
                age_seconds,
            }
        })
        .collect();
    Ok(wire::FederationStatus {
        node: desk.region().to_string(),
        at: words::instant(now),
        regions,
    })
}

/// 清单: what the regions have told, each line with how old the knowledge of its region is.
pub(super) async fn checklist(
    desk: &Desk,
    asked: wire::GetChecklistRequest,
) -> Result<wire::Checklist, Status> {
    let region: Option<Region> = match asked.region.as_str() {
        "" => None,
        region => Some(status::parse("region", region)?),
    };
    let kind = asked.kind();
    let page = Page::from(asked.page);
    let heard: BTreeMap<_, _> = read::heard(desk).await?.into_iter().collect();
    let mut rows = read::checklist(desk, kind, region, &page.after, page.limit()).await?;
    let next_page_token = page.cut(&mut rows, |row| row.seq.to_string());
    let now = desk.clock().now();
    let items = rows
        .into_iter()
        .map(|row| {
            let origin = row.region.parse::<Region>().ok();
            // What this node says itself is never old.
            let known = match origin {
                Some(origin) if origin == desk.region() => Some(&now),
                Some(origin) => heard.get(&origin),
                None => None,
            };
            let (heard_until, age_seconds) = age(known, now);
            wire::ChecklistItem {
                kind: row.kind,
                id: row.id,
                region: row.region,
                title: row.title,
                project_id: row.project_id,
                amount: row.fen.map(|fen| Money { fen }),
                withdrawn: row.withdrawn,
                said_at: words::instant(row.said_at),
                heard_until,
                age_seconds,
                standing: row.standing,
            }
        })
        .collect();
    Ok(wire::Checklist {
        items,
        next_page_token,
    })
}

//! Digests: made in the background once they are due, read by the unit's members.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::anyhow;
use chassis::{Desk, Page, admit, caller::Admitted, status};
use journal::{Act, Loaded};
use proto::matching::v1 as wire;
use recommend::Query;
use regulation::{Actor, Day, UnitId};
use tonic::{Request, Status};
use uuid::Uuid;

use super::{
    door::{RecommendDoor, own_demands},
    known,
    shelf::Shelf,
    texts,
};
use crate::{
    domain::digest::{Command, Digest, EVERY_MAX, Entry, Issue, Subscription},
    grpc::view,
    read,
};

/// Demands that one digest names at most.
const MOST: usize = 10;
/// Units whose digests are made before others have their turn again.
const AT_ONCE: i64 = 100;

/// Makes the digests that are due today.
pub(super) async fn issue(desk: &Desk, shelf: &Arc<Shelf>) -> anyhow::Result<()> {
    let today = Day::of(desk.clock().now());
    for (unit, since) in read::due_digests(desk.pool(), today, AT_ONCE).await? {
        let entries = entries(desk, shelf, unit, since, today).await;
        let entries = entries.map_err(|status| anyhow!("{status}"))?;
        let acts = [Act::new::<Digest>(unit, Command::Issue(entries))];
        let made = desk.execute_all(Actor::system(desk.region()), &acts, None);
        made.await.map_err(|status| anyhow!("{status}"))?;
    }
    Ok(())
}

/// What fits the unit among the demands that everybody was told something of since that day, and
/// before today, of which the rest is still to come.
async fn entries(
    desk: &Desk,
    shelf: &Arc<Shelf>,
    unit: UnitId,
    since: Day,
    today: Day,
) -> Result<Vec<Entry>, Status> {
    let failed = |error: sqlx::Error| status::unavailable(&error);
    let known = known::units(desk.pool(), &[unit.0]).await.map_err(failed)?;
    let Some(known) = known.into_iter().next() else {
        return Ok(Vec::new());
    };
    let own = own_demands(desk, unit).await?;
    let rows = read::changed_between(desk.pool(), since, today);
    let rows: BTreeMap<u128, _> = rows
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| (row.blind_id.as_u128(), row))
        .filter(|(key, _)| !own.contains(key))
        .collect();
    let passages = texts::of_unit(&known);
    let query = Query::of(passages.iter().map(|passage| passage.text.as_str()));
    shelf
        .ask(move |books| {
            let wanted = |key| rows.contains_key(&key);
            let hits = books.postings.search(&query, MOST, &wanted);
            let entries = hits.iter().filter_map(|hit| {
                let row = rows.get(&hit.key)?;
                let record = view::catalogue(row).ok()?.entry?.record?;
                let open =
                    texts::of_record(&record, |task| texts::is_open(task, &row.matched_tasks));
                let passages = texts::matched(&books.postings, &query, &open, &hit.passages);
                (!passages.is_empty()).then(|| Entry {
                    blind_id: Uuid::from_u128(hit.key).into(),
                    fresh: Day(row.published_on) >= since,
                    reason: texts::reason(&passages),
                })
            });
            entries.collect()
        })
        .await
}

impl RecommendDoor {
    pub(super) async fn subscribe(
        &self,
        request: Request<wire::SubscribeDigestRequest>,
    ) -> Result<wire::DigestSubscription, Status> {
        let asked = admit(request)?;
        let request = asked.request(&asked.message.request_id)?;
        let unit = own(&asked)?;
        let every = u32::try_from(asked.message.every_days).ok();
        let every = every
            .filter(|every| *every <= EVERY_MAX)
            .ok_or_else(|| status::invalid("every_days", format!("应为 0 至 {EVERY_MAX} 天")))?;
        let done: Loaded<Digest> = self
            .desk
            .execute(asked.actor, unit, Command::Subscribe(every), &request)
            .await?;
        Ok(subscription(unit, done.state.0.as_ref()))
    }

    pub(super) async fn digests(
        &self,
        request: Request<wire::ListDigestsRequest>,
    ) -> Result<wire::ListDigestsResponse, Status> {
        let asked = admit(request)?;
        let unit = own(&asked)?;
        let page = Page::from(asked.message.page);
        let before = match page.after.as_str() {
            "" => None,
            day => Some(status::parse::<Day>("page.page_token", day)?),
        };
        let known = self.desk.journal().load::<Digest>(unit).await;
        let known = known
            .map_err(status::journal)?
            .and_then(|known| known.state.0);
        let issues = known.iter().flat_map(|known| known.issues.iter().rev());
        let earlier = issues.filter(|issue| before.is_none_or(|day| issue.on < day));
        let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
        let mut issues: Vec<_> = earlier.take(limit).collect();
        let next_page_token = page.cut(&mut issues, |issue| issue.on.to_string());
        let mut digests = Vec::with_capacity(issues.len());
        for issue in issues {
            digests.push(self.shown(issue).await?);
        }
        Ok(wire::ListDigestsResponse {
            digests,
            next_page_token,
            subscription: Some(subscription(unit, known.as_ref())),
        })
    }

    /// A digest with its demands as they are now.
    async fn shown(&self, issue: &Issue) -> Result<wire::Digest, Status> {
        let ids: BTreeSet<Uuid> = issue.entries.iter().map(|entry| entry.blind_id.0).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let rows = read::by_blind_ids(self.desk.pool(), &ids).await;
        let rows = rows.map_err(|error| status::unavailable(&error))?;
        let rows: BTreeMap<_, _> = rows.iter().map(|row| (row.blind_id, row)).collect();
        let mut entries = Vec::with_capacity(issue.entries.len());
        for entry in &issue.entries {
            let Some(row) = rows.get(&entry.blind_id.0) else {
                continue;
            };
            entries.push(wire::DigestEntry {
                item: Some(view::catalogue(row)?),
                fresh: entry.fresh,
                reason: entry.reason.clone(),
            });
        }
        Ok(wire::Digest {
            since: issue.since.to_string(),
            issued_on: issue.on.to_string(),
            entries,
        })
    }
}

fn own<T>(asked: &Admitted<T>) -> Result<UnitId, Status> {
    let unit = asked.actor.unit;
    unit.ok_or_else(|| status::forbidden("您没有所属单位。"))
}

fn subscription(unit: UnitId, known: Option<&Subscription>) -> wire::DigestSubscription {
    let every = known.map_or(0, |known| known.every);
    wire::DigestSubscription {
        unit_id: unit.to_string(),
        every_days: i32::try_from(every).unwrap_or(i32::MAX),
        next_on: known
            .and_then(Subscription::due)
            .map(|day| day.to_string())
            .unwrap_or_default(),
    }
}

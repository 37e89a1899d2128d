//! The doors in: who may ask for which recommendation, and what they get.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chassis::{Desk, Subject, admit, status};
use proto::{
    intake::v1::PublicRecord,
    matching::v1::{self as wire, recommend_service_server::RecommendService},
};
use recommend::{Hit, Query};
use regulation::{Actor, BlindId, Refusal, Region, Role, Rule, TaskId, UnitId};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{
    known::{self, KnownUnit},
    shelf::{Books, Shelf},
    texts::{self, Passage},
};
use crate::{
    domain::Posting,
    grpc::view,
    read::{self, CatalogueRow},
};

/// How many are recommended, unless asked otherwise; and how many at most.
const MOST: usize = 20;
const MOST_MAX: usize = 100;

/// Only for what still looks for solvers. Ours.
const LOOKING: Rule = Rule::ours(
    "matching.recommend-looking",
    "只为仍在征集解决方案的揭榜任务推荐解决方。",
);

/// Serves `RecommendService`.
pub(crate) struct RecommendDoor {
    pub(super) desk: Desk,
    shelf: Arc<Shelf>,
}

impl RecommendDoor {
    pub(crate) fn new(desk: Desk, shelf: Arc<Shelf>) -> Self {
        Self { desk, shelf }
    }

    async fn solvers(
        &self,
        request: Request<wire::RecommendSolversRequest>,
    ) -> Result<wire::RecommendSolversResponse, Status> {
        let asked = admit(request)?;
        let blind_id: BlindId = status::parse("blind_id", &asked.message.blind_id)?;
        let region = optional::<Region>("region", &asked.message.region)?;
        let task = optional::<TaskId>("task_id", &asked.message.task_id)?;
        let most = most(asked.message.limit)?;
        let row = read::by_blind_id(self.desk.pool(), blind_id)
            .await
            .map_err(failed)?;
        let row = row.ok_or_else(|| status::not_found("揭榜任务"))?;
        let mut close = self.close_units(&asked.actor, &row).await?;
        let query = sought(&row, task)?;
        let hits = self.free(&query, region, most, &mut close).await?;
        let ids: Vec<Uuid> = hits.iter().map(|hit| Uuid::from_u128(hit.key)).collect();
        let units = known::units(self.desk.pool(), &ids).await.map_err(failed)?;
        let solvers = self
            .shelf
            .ask(move |books| {
                let units: BTreeMap<_, _> =
                    units.iter().map(|u| (u.unit_id.as_u128(), u)).collect();
                let best = best(&hits);
                let solvers = hits
                    .iter()
                    .filter_map(|hit| solver(books, &query, units.get(&hit.key)?, hit, best));
                solvers.collect()
            })
            .await?;
        let progress = self
            .shelf
            .units_progress(self.desk.pool())
            .await
            .map_err(failed)?;
        Ok(wire::RecommendSolversResponse {
            solvers,
            progress: Some(progress),
        })
    }

    /// The units that fit best of those who may answer: whom credit records bar may not, so the next
    /// ones follow. [Art. 20]
    async fn free(
        &self,
        query: &Query,
        region: Option<Region>,
        most: usize,
        left_out: &mut BTreeSet<u128>,
    ) -> Result<Vec<Hit>, Status> {
        loop {
            let (query, out) = (query.clone(), left_out.clone());
            let hits = self
                .shelf
                .ask(move |books| {
                    let wanted = |key: u128| {
                        let home = books.homes.get(&key);
                        region.is_none_or(|region| home == Some(&region)) && !out.contains(&key)
                    };
                    books.units.search(&query, most, &wanted)
                })
                .await?;
            let units = hits.iter().map(|hit| UnitId(Uuid::from_u128(hit.key)));
            let barred = self
                .desk
                .barred("matching.recommend", &units.collect(), &BTreeSet::new())
                .await?;
            if barred.is_empty() {
                return Ok(hits);
            }
            left_out.extend(barred.keys().filter_map(|subject| match subject {
                Subject::Unit(unit) => Some(unit.0.as_u128()),
                Subject::Person(_) => None,
            }));
        }
    }

    async fn postings(
        &self,
        request: Request<wire::RecommendPostingsRequest>,
    ) -> Result<wire::RecommendPostingsResponse, Status> {
        let asked = admit(request)?;
        let unit = optional::<UnitId>("unit_id", &asked.message.unit_id)?.or(asked.actor.unit);
        let unit = unit.ok_or_else(|| status::invalid("unit_id", "请指明单位"))?;
        if asked.actor.role == Role::UnitMember && asked.actor.unit != Some(unit) {
            return Err(status::not_found("单位"));
        }
        let most = most(asked.message.limit)?;
        let known = known::units(self.desk.pool(), &[unit.0])
            .await
            .map_err(failed)?;
        let known = known
            .into_iter()
            .next()
            .ok_or_else(|| status::not_found("单位"))?;
        let own = own_demands(&self.desk, unit).await?;

        let passages = texts::of_unit(&known);
        let query = Query::of(passages.iter().map(|passage| passage.text.as_str()));
        let (hits, query) = self
            .shelf
            .ask(move |books| {
                (
                    books
                        .postings
                        .search(&query, most, &|key| !own.contains(&key)),
                    query,
                )
            })
            .await?;
        let mut rows = Vec::new();
        for hit in &hits {
            let id = BlindId(Uuid::from_u128(hit.key));
            rows.push(
                read::by_blind_id(self.desk.pool(), id)
                    .await
                    .map_err(failed)?,
            );
        }
        let postings = self
            .shelf
            .ask(move |books| {
                let best = best(&hits);
                let pairs = hits.iter().zip(rows);
                let postings =
                    pairs.filter_map(|(hit, row)| posting(books, &query, &row?, hit, best));
                postings.collect::<Result<_, _>>()
            })
            .await??;
        let progress = self
            .shelf
            .postings_progress(self.desk.pool())
            .await
            .map_err(failed)?;
        Ok(wire::RecommendPostingsResponse {
            postings,
            progress: Some(progress),
        })
    }

    /// The demander and its affiliates, as far as they may be known here; and whether the caller may
    /// ask at all: a unit's members only for its own demand.
    async fn close_units(
        &self,
        actor: &Actor,
        row: &CatalogueRow,
    ) -> Result<BTreeSet<u128>, Status> {
        let state = known::posting_state(self.desk.pool(), BlindId(row.blind_id)).await;
        let state = state.map_err(failed)?;
        let state = state
            .map(|state| serde_json::from_str::<Posting>(&state))
            .transpose();
        let state = state.map_err(|error| status::internal(&error))?;
        let owner = state
            .as_ref()
            .and_then(Posting::call)
            .map(|call| &call.owner);
        if actor.role == Role::UnitMember && actor.unit != owner.map(|owner| owner.demander) {
            return Err(status::forbidden(
                "只有需求方可以为自己的需求查看推荐的解决方。",
            ));
        }
        let owner = owner.into_iter();
        let close = owner.flat_map(|owner| owner.affiliates.iter().chain([&owner.demander]));
        let close = close.map(|unit| unit.0.as_u128());
        Ok(close
            .chain(row.demander.map(|unit| unit.as_u128()))
            .collect())
    }
}

/// The unit's own demands, where this is their home.
pub(super) async fn own_demands(desk: &Desk, unit: UnitId) -> Result<BTreeSet<u128>, Status> {
    let own = read::postings(desk, Some(unit), "", OWN_MAX).await?;
    let calls = own.iter().filter_map(|posting| posting.state.call());
    Ok(calls
        .map(|call| call.listing.blind_id.0.as_u128())
        .collect())
}

/// More published demands of one demander are not looked at.
const OWN_MAX: i64 = 1_000;

#[tonic::async_trait]
impl RecommendService for RecommendDoor {
    async fn recommend_solvers(
        &self,
        request: Request<wire::RecommendSolversRequest>,
    ) -> Result<Response<wire::RecommendSolversResponse>, Status> {
        self.solvers(request).await.map(Response::new)
    }

    async fn recommend_postings(
        &self,
        request: Request<wire::RecommendPostingsRequest>,
    ) -> Result<Response<wire::RecommendPostingsResponse>, Status> {
        self.postings(request).await.map(Response::new)
    }

    async fn subscribe_digest(
        &self,
        request: Request<wire::SubscribeDigestRequest>,
    ) -> Result<Response<wire::DigestSubscription>, Status> {
        self.subscribe(request).await.map(Response::new)
    }

    async fn list_digests(
        &self,
        request: Request<wire::ListDigestsRequest>,
    ) -> Result<Response<wire::ListDigestsResponse>, Status> {
        self.digests(request).await.map(Response::new)
    }
}

/// What solvers of a demand, or of one of its tasks, have to be good at.
fn sought(row: &CatalogueRow, task: Option<TaskId>) -> Result<Query, Status> {
    let item = view::catalogue(row)?;
    let record = item
        .entry
        .and_then(|entry| entry.record)
        .unwrap_or_default();
    let looking = |row: &CatalogueRow| !row.withdrawn && row.pool.as_deref() != Some("matched");
    if !looking(row) {
        let refusal = Refusal::new(
            LOOKING,
            format!("揭榜任务 {} 已撤回或已全部揭榜成功", row.public_number),
            "请选择仍在征集的揭榜任务",
        );
        return Err(status::refused(&refusal));
    }
    let passages = passages(&record, row, task)?;
    Ok(Query::of(
        passages.iter().map(|passage| passage.text.as_str()),
    ))
}

fn passages(
    record: &PublicRecord,
    row: &CatalogueRow,
    task: Option<TaskId>,
) -> Result<Vec<Passage>, Status> {
    let Some(task) = task.map(|task| task.to_string()) else {
        return Ok(texts::of_record(record, |task| {
            texts::is_open(task, &row.matched_tasks)
        }));
    };
    if record.tasks.iter().all(|one| one.task_id != task) {
        return Err(status::not_found("对外揭榜任务"));
    }
    Ok(texts::of_record(record, |one| one.task_id == task))
}

fn solver(
    books: &Books,
    query: &Query,
    unit: &KnownUnit,
    hit: &Hit,
    best: u64,
) -> Option<wire::RecommendedSolver> {
    let passages = texts::matched(&books.units, query, &texts::of_unit(unit), &hit.passages);
    (!passages.is_empty()).then(|| wire::RecommendedSolver {
        unit_id: unit.unit_id.to_string(),
        name: unit.name.clone(),
        region: unit.region.clone(),
        kind: unit.kind,
        fit: fit(hit, best),
        reason: texts::reason(&passages),
        passages,
    })
}

fn posting(
    books: &Books,
    query: &Query,
    row: &CatalogueRow,
    hit: &Hit,
    best: u64,
) -> Option<Result<wire::RecommendedPosting, Status>> {
    let item = match view::catalogue(row) {
        Ok(item) => item,
        Err(status) => return Some(Err(status)),
    };
    let record = item.entry.as_ref()?.record.as_ref()?;
    let open = texts::of_record(record, |task| texts::is_open(task, &row.matched_tasks));
    let passages = texts::matched(&books.postings, query, &open, &hit.passages);
    (!passages.is_empty()).then(|| {
        Ok(wire::RecommendedPosting {
            fit: fit(hit, best),
            reason: texts::reason(&passages),
            passages,
            item: Some(item),
        })
    })
}

/// The best score; the hits come in order.
fn best(hits: &[Hit]) -> u64 {
    hits.first().map_or(1, |hit| hit.score.max(1))
}

/// In thousandths of the best.
fn fit(hit: &Hit, best: u64) -> i32 {
    i32::try_from(hit.score * 1000 / best).unwrap_or(i32::MAX)
}

fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
    field: &'static str,
    text: &str,
) -> Result<Option<T>, Status> {
    if text.is_empty() {
        return Ok(None);
    }
    status::parse(field, text).map(Some)
}

fn most(limit: i32) -> Result<usize, Status> {
    match usize::try_from(limit) {
        Ok(0) => Ok(MOST),
        Ok(limit) => Ok(limit.min(MOST_MAX)),
        Err(_) => Err(status::invalid("limit", "不能为负数")),
    }
}

fn failed(error: sqlx::Error) -> Status {
    status::unavailable(&error)
}

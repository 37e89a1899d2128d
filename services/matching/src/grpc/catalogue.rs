//! The catalogue, for anyone.

use chassis::{Page, status};
use proto::{common::v1 as common, intake::v1::TaskMode, matching::v1 as wire};
use regulation::{BlindId, Day, Money};
use tonic::{Request, Status};

use super::{Door, view};
use crate::{
    domain::{CallFacts, PublicNumber},
    read::{self, After, CatalogueRow, Filter},
    recommend::Rest,
};

/// Longest query, in characters.
const QUERY_MAX: usize = 200;

impl Door {
    pub(super) async fn list_catalogue(
        &self,
        request: Request<wire::ListCatalogueRequest>,
    ) -> Result<wire::ListCatalogueResponse, Status> {
        let asked = request.into_inner();
        let order = asked.order();
        let filter = filter(asked.state(), &asked.field, asked.narrowing)?;
        self.catalogue(&filter, order, &asked.page.into()).await
    }

    pub(super) async fn search_catalogue(
        &self,
        request: Request<wire::SearchCatalogueRequest>,
    ) -> Result<wire::ListCatalogueResponse, Status> {
        let asked = request.into_inner();
        if asked.query.chars().count() > QUERY_MAX {
            return Err(status::invalid("query", format!("最多 {QUERY_MAX} 个字")));
        }
        let filter = filter(asked.state(), &asked.field, asked.narrowing)?;
        let (page, query) = (Page::from(asked.page), asked.query.trim());
        if query.is_empty() {
            let order = wire::CatalogueOrder::Unspecified;
            return self.catalogue(&filter, order, &page).await;
        }
        let rest = match page.after.as_str() {
            "" => self.shelf.find(self.desk.pool(), query, &filter).await?,
            token => Rest::read(token)?,
        };
        let found = i32::try_from(rest.found).unwrap_or(i32::MAX);
        let (numbers, next_page_token) = rest.cut(page.size);
        let rows = read::by_numbers(self.desk.pool(), &numbers).await;
        let mut rows = rows.map_err(|error| status::unavailable(&error))?;
        rows.sort_by_key(|row| numbers.iter().position(|one| *one == row.public_number));
        Ok(wire::ListCatalogueResponse {
            items: self.shelf.explain(query, rows).await?,
            next_page_token,
            found,
        })
    }

    pub(super) async fn get_catalogue_entry(
        &self,
        request: Request<wire::GetCatalogueEntryRequest>,
    ) -> Result<wire::CatalogueItem, Status> {
        let asked = request.into_inner();
        let row = if asked.blind_id.is_empty() {
            let number: PublicNumber = status::parse("public_number", &asked.public_number)?;
            read::by_number(self.desk.pool(), &number.to_string())
                .await
                .map_err(|error| status::unavailable(&error))?
        } else {
            self.entry(status::parse("blind_id", &asked.blind_id)?)
                .await?
        };
        let row = row.ok_or_else(|| status::not_found("揭榜任务"))?;
        let (pool, blind_id) = (self.desk.pool(), BlindId(row.blind_id));
        let failed = |error| status::unavailable(&error);
        Ok(wire::CatalogueItem {
            questions: read::answers(pool, blind_id).await.map_err(failed)?,
            roadshows: read::roadshows(pool, blind_id).await.map_err(failed)?,
            earlier_wordings: read::earlier_wordings(pool, blind_id).await?,
            ..view::catalogue(&row)?
        })
    }

    async fn catalogue(
        &self,
        filter: &Filter,
        order: wire::CatalogueOrder,
        page: &Page,
    ) -> Result<wire::ListCatalogueResponse, Status> {
        let after = after(order, &page.after)?;
        let rows = read::page(self.desk.pool(), filter, &after, page.limit()).await;
        let mut rows = rows.map_err(|error| status::unavailable(&error))?;
        let next_page_token = page.cut(&mut rows, |row| match after {
            After::Number(_) => row.public_number.clone(),
            After::Updated(_) => format!("{}.{}", Day(row.updated_on), row.public_number),
        });
        let items = rows.iter().map(view::catalogue).collect::<Result<_, _>>()?;
        Ok(wire::ListCatalogueResponse {
            items,
            next_page_token,
            found: 0,
        })
    }

    pub(super) async fn entry(&self, blind_id: BlindId) -> Result<Option<CatalogueRow>, Status> {
        let row = read::by_blind_id(self.desk.pool(), blind_id).await;
        row.map_err(|error| status::unavailable(&error))
    }

    /// What a solution has to know of the demand that it answers.
    pub(super) async fn call_facts(&self, blind_id: BlindId) -> Result<CallFacts, Status> {
        let row = self
            .entry(blind_id)
            .await?
            .ok_or_else(|| status::not_found("揭榜任务"))?;
        let item = view::catalogue(&row)?;
        let number: PublicNumber = status::parse("public_number", &row.public_number)?;
        let record = item
            .entry
            .and_then(|entry| entry.record)
            .unwrap_or_default();
        let tasks = record
            .tasks
            .iter()
            .filter_map(|task| task.task_id.parse().ok())
            .collect();
        Ok(CallFacts {
            blind_id,
            number,
            tasks,
            open: !row.withdrawn,
        })
    }
}

/// Where a page begins, by its token.
fn after(order: wire::CatalogueOrder, token: &str) -> Result<After, Status> {
    if order != wire::CatalogueOrder::Updated {
        return Ok(After::Number(token.to_owned()));
    }
    if token.is_empty() {
        return Ok(After::Updated(None));
    }
    let parts = token.split_once('.');
    let last = parts.and_then(|(day, number)| Some((day.parse().ok()?, number.parse().ok()?)));
    let last =
        last.ok_or_else(|| status::invalid("page.page_token", "不是本接口给出的翻页标记"))?;
    Ok(After::Updated(Some(last)))
}

fn filter(
    state: wire::CatalogueState,
    field: &str,
    narrowing: Option<wire::CatalogueNarrowing>,
) -> Result<Filter, Status> {
    let narrowing = narrowing.unwrap_or_default();
    let fen = |name, money: Option<common::Money>| {
        let fen = money.map(|money| Money::from_fen(money.fen).map(Money::fen));
        fen.transpose()
            .map_err(|error| status::invalid(name, error))
    };
    Ok(Filter {
        field: Some(field.trim().to_owned()).filter(|field| !field.is_empty()),
        state: match state {
            wire::CatalogueState::Unspecified => None,
            wire::CatalogueState::Open => Some("open"),
            wire::CatalogueState::PartlyMatched => Some("partly_matched"),
            wire::CatalogueState::Matched => Some("matched"),
            wire::CatalogueState::Withdrawn => Some("withdrawn"),
        },
        mode: Some(narrowing.mode().into()).filter(|_| narrowing.mode() != TaskMode::Unspecified),
        year: Some(narrowing.year).filter(|year| *year != 0),
        funds_min: fen("narrowing.funds_min", narrowing.funds_min)?,
        funds_max: fen("narrowing.funds_max", narrowing.funds_max)?,
    })
}

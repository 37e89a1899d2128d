//! The catalogue, searched: which published demands answer a query, in which order, and why.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chassis::status;
use proto::matching::v1 as wire;
use recommend::Query;
use sqlx::PgPool;
use tokio::task::spawn_blocking;
use tonic::Status;
use uuid::Uuid;

use super::{Shelf, shelf::Books, texts};
use crate::{
    domain::PublicNumber,
    grpc::view,
    read::{self, CatalogueRow, Filter},
};

/// Demands that a search finds at most.
const FOUND_MAX: usize = 200;

/// What a search found and the pages before did not show, in the order of the first page: whatever
/// is published meanwhile, no demand is shown twice or skipped. It is the page token, so it is read
/// as anybody may have written it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rest {
    /// How many were found in all.
    pub(crate) found: usize,
    /// The numbers of those that are not shown yet.
    pub(crate) numbers: Vec<String>,
}

impl Rest {
    /// The token of the next page, and this page's numbers.
    pub(crate) fn cut(mut self, size: i64) -> (Vec<String>, String) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let shown: Vec<String> = self.numbers.drain(..size.min(self.numbers.len())).collect();
        let token = if self.numbers.is_empty() {
            String::new()
        } else {
            format!("{}.{}", self.found, self.numbers.join("."))
        };
        (shown, token)
    }

    /// Reads a token.
    pub(crate) fn read(token: &str) -> Result<Self, Status> {
        let no = || status::invalid("page.page_token", "不是本接口给出的翻页标记");
        let (found, numbers) = token.split_once('.').ok_or_else(no)?;
        let found = found.parse().ok().filter(|found| *found <= FOUND_MAX);
        let numbers: Vec<String> = numbers.split('.').map(ToOwned::to_owned).collect();
        let known = numbers
            .iter()
            .all(|number| number.parse::<PublicNumber>().is_ok());
        if !known || numbers.len() > FOUND_MAX {
            return Err(no());
        }
        let found = found.ok_or_else(no)?;
        Ok(Self { found, numbers })
    }
}

/// What is searched for.
#[derive(Clone)]
struct Sought {
    query: Query,
    /// What was typed, in lower case.
    words: Vec<String>,
}

impl Sought {
    fn of(text: &str) -> Self {
        let words = text.split_whitespace().map(str::to_lowercase);
        Self {
            query: Query::of([text]),
            words: words.collect(),
        }
    }
}

impl Shelf {
    /// All that the query finds among what the filter lets through, the best first.
    pub(crate) async fn find(
        self: &Arc<Self>,
        pool: &PgPool,
        text: &str,
        filter: &Filter,
    ) -> Result<Rest, Status> {
        let followed = self.follow_postings(pool).await;
        followed.map_err(|error| status::unavailable(error.as_ref()))?;
        let among = read::narrowed(pool, filter).await;
        let among: BTreeSet<u128> = among
            .map_err(|error| status::unavailable(&error))?
            .iter()
            .map(Uuid::as_u128)
            .collect();
        let query = Sought::of(text).query;
        let hits = self
            .ask(move |books| {
                let wanted = |key| among.contains(&key);
                books.catalogue.search(&query, FOUND_MAX, &wanted)
            })
            .await?;
        let ids: Vec<Uuid> = hits.iter().map(|hit| Uuid::from_u128(hit.key)).collect();
        let rows = read::by_blind_ids(pool, &ids).await;
        let rows = rows.map_err(|error| status::unavailable(&error))?;
        let shown = self.explain(text, rows).await?;
        let by_id: BTreeMap<&str, &str> = shown
            .iter()
            .filter(|item| !item.passages.is_empty())
            .filter_map(|item| item.entry.as_ref())
            .map(|entry| (entry.blind_id.as_str(), entry.public_number.as_str()))
            .collect();
        let numbers = ids
            .iter()
            .filter_map(|id| by_id.get(id.to_string().as_str()));
        let numbers: Vec<String> = numbers.map(|number| (*number).to_owned()).collect();
        let found = numbers.len();
        Ok(Rest { found, numbers })
    }

    /// Published demands as everybody sees them, each with what of it answers the query.
    pub(crate) async fn explain(
        self: &Arc<Self>,
        text: &str,
        rows: Vec<CatalogueRow>,
    ) -> Result<Vec<wire::CatalogueItem>, Status> {
        let sought = Sought::of(text);
        self.ask(move |books| {
            let items = rows.iter().map(|row| {
                let item = view::catalogue(row)?;
                let passages = passages(books, &sought, row, &item);
                Ok(wire::CatalogueItem { passages, ..item })
            });
            items.collect()
        })
        .await?
    }

    /// Asks the books where it keeps nobody waiting.
    pub(super) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&Books) -> T + Send + 'static,
    ) -> Result<T, Status> {
        let shelf = Arc::clone(self);
        let answer = spawn_blocking(move || ask(&shelf.read())).await;
        answer.map_err(|error| status::internal(&error))
    }
}

fn passages(
    books: &Books,
    sought: &Sought,
    row: &CatalogueRow,
    item: &wire::CatalogueItem,
) -> Vec<wire::MatchedPassage> {
    let record = item.entry.as_ref().and_then(|entry| entry.record.as_ref());
    let passages = record.map(|record| texts::of_entry(&row.public_number, record));
    let best: Vec<usize> = books.catalogue.best(&sought.query, row.blind_id.as_u128());
    let passages = passages.unwrap_or_default();
    texts::searched(
        &books.catalogue,
        &sought.query,
        &sought.words,
        &passages,
        &best,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(numbers: &[&str]) -> Rest {
        Rest {
            found: 3,
            numbers: numbers.iter().map(|&number| number.to_owned()).collect(),
        }
    }

    #[test]
    fn a_token_is_the_order_of_the_rest_and_nothing_else_is_read_as_one() {
        let (shown, token) = rest(&["2024-0003", "2024-0001", "2023-0007"]).cut(1);
        assert_eq!(shown, ["2024-0003"]);
        assert_eq!(
            Rest::read(&token).unwrap(),
            rest(&["2024-0001", "2023-0007"])
        );
        assert_eq!(rest(&["2024-0003"]).cut(1).1, "");
        for no in [
            "2024-0001",
            "1.",
            "x.2024-0001",
            "201.2024-0001",
            "1.2024-1",
            "1.2024-0001.';",
        ] {
            assert!(Rest::read(no).is_err(), "{no}");
        }
        let many = format!("1{}", ".2024-0001".repeat(FOUND_MAX + 1));
        assert!(Rest::read(&many).is_err(), "more than are ever found");
    }
}

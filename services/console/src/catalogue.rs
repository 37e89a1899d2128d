//! 揭榜目录: the published demands, for everybody. [Art. 10]

mod entry;
mod feed;
mod figures;
mod list;
mod passages;
mod search;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse as _, Response},
};
use proto::{
    common::v1::PageRequest,
    matching::v1::{
        CatalogueOrder, GetCatalogueEntryRequest, GetRoadshowCalendarRequest, ListCatalogueRequest,
        ListCatalogueResponse, SearchCatalogueRequest,
    },
};
use tonic::{Code, Status};

pub(crate) use self::figures::figure;
pub(crate) use self::list::{amount, offered, table};
use self::search::Asked;
pub use self::{
    entry::entry as show_entry, feed::feed as show_feed, list::list as show_list, search::Search,
};
use crate::{
    fault::Fault,
    node::{Away, Node, Peer},
};

/// Demands on a page.
const PAGE_SIZE: i32 = 20;

/// `/catalogue`
pub(crate) async fn list(
    State(node): State<Node>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let search = match asked {
        Ok(Query(asked)) => Search::parse(asked),
        Err(_) => Err(Fault::Invalid("检索条件无法识别。")),
    };
    let search = match search {
        Ok(search) => search,
        Err(fault) => return fault.at(node.place()),
    };
    match find(&node, &search, PAGE_SIZE).await {
        // The form stays, so that nobody has to type again.
        Err(Fault::Away(peer)) => {
            let page = list::list(node.place(), &search, &node.fields, Err(Away(peer)));
            (axum::http::StatusCode::SERVICE_UNAVAILABLE, page).into_response()
        }
        Err(fault) => fault.at(node.place()),
        Ok(found) => list::list(node.place(), &search, &node.fields, Ok(&found)).into_response(),
    }
}

/// `/catalogue/{public_number}`
pub(crate) async fn entry(State(node): State<Node>, Path(number): Path<String>) -> Response {
    if !search::is_number(&number) {
        return Fault::NotFound.at(node.place());
    }
    let request = GetCatalogueEntryRequest {
        public_number: number,
        ..Default::default()
    };
    match node.matching.clone().get_catalogue_entry(request).await {
        Ok(item) => entry::entry(node.place(), &item.into_inner()).into_response(),
        Err(status) => Fault::of(Peer::Matching, &status).at(node.place()),
    }
}

/// Demands that the feed tells of: those that changed last.
const FEED_SIZE: i32 = 100;

/// `/catalogue/feed`
pub(crate) async fn feed(State(node): State<Node>) -> Response {
    let request = ListCatalogueRequest {
        page: Some(PageRequest {
            page_size: FEED_SIZE,
            ..Default::default()
        }),
        order: CatalogueOrder::Updated.into(),
        ..Default::default()
    };
    match node.matching.clone().list_catalogue(request).await {
        Ok(found) => {
            let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
            (kind, feed::feed(&found.into_inner().items)).into_response()
        }
        Err(status) => Fault::of(Peer::Matching, &status).at(node.place()),
    }
}

/// `/catalogue/{public_number}/roadshows/{meeting}`
pub(crate) async fn roadshow(
    State(node): State<Node>,
    Path((number, meeting_id)): Path<(String, String)>,
) -> Response {
    if !search::is_number(&number) {
        return Fault::NotFound.at(node.place());
    }
    match calendar(&node, number, meeting_id).await {
        Ok(file) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment"),
            ];
            (headers, file).into_response()
        }
        // What is no id is no roadshow either.
        Err(status) if status.code() == Code::InvalidArgument => Fault::NotFound.at(node.place()),
        Err(status) => Fault::of(Peer::Matching, &status).at(node.place()),
    }
}

async fn calendar(node: &Node, number: String, meeting_id: String) -> Result<String, Status> {
    let request = GetCatalogueEntryRequest {
        public_number: number,
        ..Default::default()
    };
    let item = node.matching.clone().get_catalogue_entry(request).await?;
    let entry = item.into_inner().entry.unwrap_or_default();
    let request = GetRoadshowCalendarRequest {
        blind_id: entry.blind_id,
        meeting_id,
    };
    let file = node.dialogue.clone().get_roadshow_calendar(request).await?;
    Ok(file.into_inner().content)
}

/// A page of what is looked for.
pub(crate) async fn find(
    node: &Node,
    search: &Search,
    page_size: i32,
) -> Result<ListCatalogueResponse, Fault> {
    let request = SearchCatalogueRequest {
        page: Some(PageRequest {
            page_size,
            page_token: search.after.clone(),
        }),
        query: search.text.clone(),
        field: search.field.clone(),
        state: search.state.into(),
        narrowing: Some(search.narrowing()),
    };
    match node.matching.clone().search_catalogue(request).await {
        Ok(found) => Ok(found.into_inner()),
        Err(status) => Err(Fault::of(Peer::Matching, &status)),
    }
}

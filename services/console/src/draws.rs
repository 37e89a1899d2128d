//! 抽取记录: how the experts of a round were drawn, by pseudonyms, done again for the page and ready
//! to be done again by anybody. At the hub, where rounds live. [Art. 9]

mod again;
mod show;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use proto::evaluation::v1::GetDrawRecordRequest;
use uuid::Uuid;

pub use self::{
    again::{Again, again},
    show::page as show_page,
};
use crate::{
    fault::Fault,
    node::{Node, Peer},
};

/// `/draws/{round}`
pub(crate) async fn show(State(node): State<Node>, Path(round): Path<String>) -> Response {
    let (round, record) = match ask(&node, &round).await {
        Ok(found) => found,
        Err(fault) => return fault.at(node.place()),
    };
    // Arithmetic over thousands of experts: not on a thread that others wait for.
    let again = tokio::task::spawn_blocking(move || again::again(&record)).await;
    match again {
        Ok(Some(again)) => show::page(node.place(), round, &again).into_response(),
        Ok(None) | Err(_) => Fault::Away(Peer::Evaluation).at(node.place()),
    }
}

/// `/draws/{round}/record`
pub(crate) async fn record(State(node): State<Node>, Path(round): Path<String>) -> Response {
    match ask(&node, &round).await {
        Ok((round, record)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json".to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{}\"", file_name(round)),
                ),
            ];
            (headers, record).into_response()
        }
        Err(fault) => fault.at(node.place()),
    }
}

/// A name to save the record under.
fn file_name(round: Uuid) -> String {
    format!("draw-{round}.json")
}

async fn ask(node: &Node, round: &str) -> Result<(Uuid, String), Fault> {
    let id: Uuid = round.parse().map_err(|_| Fault::NotFound)?;
    let request = GetDrawRecordRequest {
        round_id: id.to_string(),
    };
    match node.draws.clone().get_draw_record(request).await {
        Ok(answer) => Ok((id, answer.into_inner().record)),
        Err(status) => Err(Fault::of(Peer::Evaluation, &status)),
    }
}

//! 公示与决策: joint decisions as the public sees them, while they are open to objections and once
//! they are in force. [Art. 9, 13, 16, 21, 22]

mod entry;
mod kinds;
mod list;
mod paper;
mod proof;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse as _, Response},
};
use proto::{
    common::v1::PageRequest,
    coordination::v1::{
        Decision, DecisionKind, DecisionState, GetDecisionRequest, ListDecisionsRequest,
        ListDecisionsResponse,
    },
};
use serde::Deserialize;
use uuid::Uuid;

pub(crate) use self::list::open_table;
pub use self::{entry::entry as show_entry, list::list as show_list};
use crate::{
    fault::Fault,
    node::{Away, Node, Peer},
};

/// Decisions in publicity that are shown.
const OPEN_MAX: i32 = 50;
/// Decisions in force on a page.
const PAGE_SIZE: i32 = 20;
/// Longest token of a page, in digits.
const TOKEN_MAX: usize = 20;

/// What is looked for, as it comes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    after: String,
}

/// Which decisions are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only this kind; unspecified for all.
    pub kind: DecisionKind,
    /// Where the page begins; empty for the first.
    pub after: String,
}

impl Wanted {
    fn parse(asked: Asked) -> Result<Self, Fault> {
        let kind = match asked.kind.as_str() {
            "" => DecisionKind::Unspecified,
            name => kinds::by_address(name).ok_or(Fault::Invalid("没有这类决策。"))?,
        };
        let digits = asked.after.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || asked.after.len() > TOKEN_MAX {
            return Err(Fault::Invalid("页码无法识别。"));
        }
        Ok(Self {
            kind,
            after: asked.after,
        })
    }
}

/// `/decisions`
pub(crate) async fn list(
    State(node): State<Node>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let wanted = match asked {
        Ok(Query(asked)) => Wanted::parse(asked),
        Err(_) => Err(Fault::Invalid("请求中的条件无法识别。")),
    };
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(fault) => return fault.at(node.place()),
    };
    let (open, in_force) = tokio::join!(open(&node), in_force(&node, &wanted));
    if let Err(fault @ Fault::Invalid(_)) = in_force {
        return fault.at(node.place());
    }
    let in_force = in_force.map_err(away);
    list::list(node.place(), &wanted, &open, &in_force).into_response()
}

fn away(fault: Fault) -> Away {
    match fault {
        Fault::Away(peer) => Away(peer),
        _ => Away(Peer::Coordination),
    }
}

/// The decisions that can be objected to now.
pub(crate) async fn open(node: &Node) -> Result<Vec<Decision>, Away> {
    let wanted = Wanted::default();
    let found = ask(node, &wanted, DecisionState::Publicity, OPEN_MAX).await;
    found.map(|found| found.decisions).map_err(away)
}

async fn in_force(node: &Node, wanted: &Wanted) -> Result<ListDecisionsResponse, Fault> {
    ask(node, wanted, DecisionState::InForce, PAGE_SIZE).await
}

/// The public's decisions of one state.
pub(crate) async fn ask(
    node: &Node,
    wanted: &Wanted,
    state: DecisionState,
    page_size: i32,
) -> Result<ListDecisionsResponse, Fault> {
    let request = ListDecisionsRequest {
        page: Some(PageRequest {
            page_size,
            page_token: wanted.after.clone(),
        }),
        kind: wanted.kind.into(),
        state: state.into(),
        subject_id: String::new(),
    };
    match node.decisions.clone().list_decisions(request).await {
        Ok(found) => Ok(found.into_inner()),
        Err(status) => Err(Fault::of(Peer::Coordination, &status)),
    }
}

/// `/decisions/{decision}`
pub(crate) async fn entry(State(node): State<Node>, Path(id): Path<String>) -> Response {
    match get(&node, &id).await {
        Ok(decision) => entry::entry(node.place(), &decision).into_response(),
        Err(fault) => fault.at(node.place()),
    }
}

/// `/decisions/{decision}/document`
pub(crate) async fn document(State(node): State<Node>, Path(id): Path<String>) -> Response {
    match get(&node, &id).await {
        Ok(decision) => proof::given_out(&decision).map_or_else(
            || Fault::NotFound.at(node.place()),
            |(name, document)| download(&name, document),
        ),
        Err(fault) => fault.at(node.place()),
    }
}

fn download(name: &str, document: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, document).into_response()
}

async fn get(node: &Node, id: &str) -> Result<Decision, Fault> {
    let id: Uuid = id.parse().map_err(|_| Fault::NotFound)?;
    let request = GetDecisionRequest {
        decision_id: id.to_string(),
    };
    match node.decisions.clone().get_decision(request).await {
        Ok(decision) => Ok(decision.into_inner()),
        Err(status) => Err(Fault::of(Peer::Coordination, &status)),
    }
}

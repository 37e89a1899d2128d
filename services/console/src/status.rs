//! 联邦状态: how far the regions have heard one another, and which joint decisions wait for whom.

mod bars;
mod chains;
mod decisions;
mod drawing;
mod health;
mod indicators;
mod overview;
mod ties;

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use maud::{Markup, html};
use proto::{
    common::v1::PageRequest,
    coordination::v1::{
        ChecklistOverview, Decision, DecisionState, FederationStatus, GetChecklistOverviewRequest,
        GetFederationStatusRequest, GetIndicatorsRequest, Indicators, ListDecisionsRequest,
    },
    exchange::v1::{ListRegionsRequest, ListRegionsResponse},
};

use crate::{
    fault,
    node::{Away, Node, Peer},
    page::{Page, Place, Section},
    words,
};

/// Decisions of each state that are shown.
const DECISIONS_MAX: i32 = 50;
/// Decisions in force that are shown.
const IN_FORCE_MAX: i32 = 8;
/// The states in which a decision waits for somebody, the nearest to its end first.
const WAITING: [DecisionState; 4] = [
    DecisionState::Publicity,
    DecisionState::Approved,
    DecisionState::Assented,
    DecisionState::Open,
];

/// What the node's services said; each part by itself.
#[derive(Debug, Clone)]
pub struct Seen {
    /// After what silence a region is behind.
    pub late_after: Duration,
    /// The border: every region's chain.
    pub chains: Result<ListRegionsResponse, Away>,
    /// How far the node's own services have come.
    pub heard: Result<FederationStatus, Away>,
    /// Joint decisions that wait for somebody.
    pub waiting: Result<Vec<Decision>, Away>,
    /// Those last put into force.
    pub in_force: Result<Vec<Decision>, Away>,
    /// 清单 at a glance.
    pub overview: Result<ChecklistOverview, Away>,
    /// The programme in figures.
    pub indicators: Result<Indicators, Away>,
}

/// `/status`
pub(crate) async fn show(State(node): State<Node>) -> Response {
    let late_after = node.late_after.unwrap_or_default();
    let (chains, heard, waiting, in_force, overview, indicators) = tokio::join!(
        chains(&node),
        heard(&node),
        waiting(&node),
        decisions(&node, DecisionState::InForce, IN_FORCE_MAX),
        overview(&node),
        indicators(&node),
    );
    let seen = Seen {
        late_after,
        chains,
        heard,
        waiting,
        in_force,
        overview,
        indicators,
    };
    page(node.place(), &seen).into_response()
}

async fn chains(node: &Node) -> Result<ListRegionsResponse, Away> {
    let answer = node
        .exchange
        .clone()
        .list_regions(ListRegionsRequest {})
        .await;
    answer
        .map(tonic::Response::into_inner)
        .map_err(|status| Away::because(Peer::Exchange, &status))
}

async fn heard(node: &Node) -> Result<FederationStatus, Away> {
    let request = GetFederationStatusRequest {};
    let answer = node
        .coordination
        .clone()
        .get_federation_status(request)
        .await;
    answer
        .map(tonic::Response::into_inner)
        .map_err(|status| Away::because(Peer::Coordination, &status))
}

async fn overview(node: &Node) -> Result<ChecklistOverview, Away> {
    let request = GetChecklistOverviewRequest {};
    let answer = node
        .coordination
        .clone()
        .get_checklist_overview(request)
        .await;
    let answer = answer.map(tonic::Response::into_inner);
    answer.map_err(|status| Away::because(Peer::Coordination, &status))
}

async fn indicators(node: &Node) -> Result<Indicators, Away> {
    let request = GetIndicatorsRequest::default();
    let answer = node.delivery.clone().get_indicators(request).await;
    let answer = answer.map(tonic::Response::into_inner);
    answer.map_err(|status| Away::because(Peer::Coordination, &status))
}

async fn waiting(node: &Node) -> Result<Vec<Decision>, Away> {
    let [publicity, approved, assented, open] =
        WAITING.map(|state| decisions(node, state, DECISIONS_MAX));
    let (publicity, approved, assented, open) =
        tokio::try_join!(publicity, approved, assented, open)?;
    Ok([publicity, approved, assented, open].concat())
}

async fn decisions(
    node: &Node,
    state: DecisionState,
    page_size: i32,
) -> Result<Vec<Decision>, Away> {
    let request = ListDecisionsRequest {
        page: Some(PageRequest {
            page_size,
            page_token: String::new(),
        }),
        state: state.into(),
        ..Default::default()
    };
    let answer = node.coordination.clone().list_decisions(request).await;
    answer
        .map(|answer| answer.into_inner().decisions)
        .map_err(|status| Away::because(Peer::Coordination, &status))
}

/// The page of it.
pub fn page(place: Place, seen: &Seen) -> Markup {
    let at = seen
        .heard
        .as_ref()
        .ok()
        .and_then(|heard| words::said_moment(&heard.at));
    Page::new(place, Section::Status, "联邦状态").show(&html! {
        div.title {
            h1 { "联邦状态" }
            p.lead {
                "从" (place.here.name()) "节点看各成员：信息是否收齐，共同事项在等待哪一方。"
            }
            p.at {
                @if let Some(at) = at { "业务时间 " (at) " · " }
                a href="/status" { "刷新" }
            }
            nav.chips aria-label="本页内容" {
                a href="#chains" { "成员连接" }
                a href="#waiting" { "待办共同事项" }
                a href="#checklist" { "跨区域清单" }
                @if seen.indicators.is_ok() { a href="#indicators" { "计划指标" } }
            }
        }
        (chains::section(place.here, seen))
        (decisions::waiting(&seen.waiting, seen.overview.as_ref().ok()))
        (overview::section(&seen.overview))
        (indicators::section(&seen.indicators))
        (decisions::in_force(&seen.in_force))
        p.small {
            "各成员的信息逐条编号、首尾相扣并签名；任何成员的既往记录被改动，其他成员都会发现。"
        }
    })
}

/// A part that may be missing.
fn part<T>(answer: &Result<T, Away>, show: impl FnOnce(&T) -> Markup) -> Markup {
    match answer {
        Ok(answer) => show(answer),
        Err(away) => fault::missing(*away),
    }
}

//! What the node's other services know, asked now.

use std::collections::BTreeSet;

use chassis::{Barred, Desk, client::PeerChannel, status};
use proto::{
    common::v1::PageRequest,
    matching::v1::{
        CatalogueEntry, GetPostingRequest, ListCatalogueRequest, Posting, PostingTask,
        ReserveStatus, matching_service_client::MatchingServiceClient,
    },
    names::posting_of,
    registry::v1::{
        GetUnitNamesRequest, GetUnitStandingRequest, UnitStanding,
        registry_service_client::RegistryServiceClient,
    },
};
use regulation::{DemandId, Field, SolutionId, UnitId};
use tonic::{Code, Status};

use crate::domain::Standing;

/// Pages of the catalogue that are looked through at most, and how long each is.
const PAGES_MAX: usize = 5;
const PAGE_SIZE: i32 = 200;

fn registry(desk: &Desk) -> Result<RegistryServiceClient<PeerChannel>, Status> {
    Ok(RegistryServiceClient::new(desk.peer("registry")?))
}

fn matching(desk: &Desk) -> Result<MatchingServiceClient<PeerChannel>, Status> {
    Ok(MatchingServiceClient::new(desk.peer("matching")?))
}

/// What registry knows of the unit that now hands its demand in.
pub(super) async fn standing(desk: &Desk, unit: UnitId) -> Result<Standing, Status> {
    let asked = GetUnitStandingRequest {
        unit_id: unit.to_string(),
        purpose: "intake.submit".to_owned(),
    };
    let standing = match registry(desk)?.get_unit_standing(asked).await {
        Ok(answer) => answer.into_inner(),
        // An unknown unit is no backbone enterprise: the domain's answer, with its rule.
        Err(error) if error.code() == Code::NotFound => UnitStanding::default(),
        Err(error) => return Err(status::peer_unavailable("registry", &error)),
    };
    let unit_here = standing.unit.unwrap_or_default();
    let here = desk.region();
    Ok(Standing {
        active_here: unit_here.active && unit_here.region == here.as_str() && !unit_here.guest,
        // Registry's own words: what does not parse there is no field here either.
        backbone_fields: unit_here
            .backbone_fields
            .iter()
            .filter_map(|f| f.parse().ok())
            .collect(),
        barred: barred(&standing.barred_until, standing.credit_record_id),
        affiliates: unit_here
            .affiliate_unit_ids
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        names: names(desk, unit).await?,
    })
}

/// Registry names the last day of a bar, where there is one.
fn barred(until: &str, record: String) -> Option<Barred> {
    let until = until.parse().ok()?;
    Some(Barred { until, record })
}

/// What the unit could be recognised by.
pub(super) async fn names(desk: &Desk, unit: UnitId) -> Result<Vec<String>, Status> {
    let unit_id = unit.to_string();
    let asked = GetUnitNamesRequest { unit_id };
    match registry(desk)?.get_unit_names(asked).await {
        Ok(answer) => Ok(answer.into_inner().names),
        Err(error) if error.code() == Code::NotFound => Ok(Vec::new()),
        Err(error) => Err(status::peer_unavailable("registry", &error)),
    }
}

/// The demand's posting, once there is one.
pub(super) async fn posting(desk: &Desk, demand: DemandId) -> Result<Option<Posting>, Status> {
    let posting_id = posting_of(demand).to_string();
    let asked = GetPostingRequest { posting_id };
    match matching(desk)?.get_posting(asked).await {
        Ok(answer) => Ok(Some(answer.into_inner())),
        Err(error) if error.code() == Code::NotFound => Ok(None),
        Err(error) => Err(status::peer_unavailable("matching", &error)),
    }
}

/// The solutions that are selected for a task of a posting.
pub(super) fn selected(posting: &Posting, task_id: &str) -> BTreeSet<SolutionId> {
    let is_it = |task: &&PostingTask| {
        let id = task.task.as_ref().map(|task| task.task_id.as_str());
        id == Some(task_id)
    };
    let tasks = posting.tasks.iter().filter(is_it);
    tasks
        .flat_map(|task| {
            task.asked_solution_ids
                .iter()
                .chain(&task.agreed_solution_ids)
        })
        .filter_map(|id| id.parse().ok())
        .collect()
}

/// 揭榜成功, 部分揭榜成功; empty outside the pool. [Art. 12]
pub(super) fn reserve_status(posting: &Posting) -> &'static str {
    match posting.reserve_status() {
        ReserveStatus::Matched => "揭榜成功",
        ReserveStatus::PartlyMatched => "部分揭榜成功",
        ReserveStatus::Other => "其他情形入库",
        ReserveStatus::Left | ReserveStatus::Unspecified => "",
    }
}

/// The published demands of a field.
pub(super) async fn catalogue(desk: &Desk, field: &Field) -> Result<Vec<CatalogueEntry>, Status> {
    let mut client = matching(desk)?;
    let (mut entries, mut page_token) = (Vec::new(), String::new());
    for _ in 0..PAGES_MAX {
        let asked = ListCatalogueRequest {
            page: Some(PageRequest {
                page_size: PAGE_SIZE,
                page_token,
            }),
            field: field.to_string(),
            ..Default::default()
        };
        let answer = client.list_catalogue(asked).await;
        let answer = answer.map_err(|error| status::peer_unavailable("matching", &error))?;
        let answer = answer.into_inner();
        entries.extend(answer.items.into_iter().filter_map(|item| item.entry));
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(entries)
}

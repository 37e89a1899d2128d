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
        GetUnitNamesRequest, GetUnitRequest, GetUnitStandingRequest,
        registry_service_client::RegistryServiceClient,
    },
};
use regulation::{DemandId, Field, SolutionId, UnitId};
use tonic::{Code, Response, Status};

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
    // An unknown unit is no backbone enterprise: the domain's answer, with its rule.
    let standing = known(registry(desk)?.get_unit_standing(asked).await)?;
    let standing = standing.unwrap_or_default();
    let unit_here = standing.unit.unwrap_or_default();
    let here = desk.region();
    // Whose branch it is is the same legal entity.
    let close = unit_here.affiliate_unit_ids.iter();
    let close = close.chain(Some(&unit_here.branch_of_unit_id));
    let affiliates: Vec<UnitId> = close.filter_map(|id| id.parse().ok()).collect();
    Ok(Standing {
        active_here: unit_here.active && unit_here.region == here.as_str() && !unit_here.guest,
        // Registry's own words: what does not parse there is no field here either.
        backbone_fields: unit_here
            .backbone_fields
            .iter()
            .filter_map(|f| f.parse().ok())
            .collect(),
        barred: barred(
            standing.barred,
            &standing.barred_until,
            standing.credit_record_id,
        )?,
        names: names(desk, unit, &affiliates).await?,
        affiliates,
    })
}

/// Nobody is taken for free because registry's day can't be read.
fn barred(barred: bool, until: &str, record: String) -> Result<Option<Barred>, Status> {
    let until = || until.parse().map_err(|error| status::internal(&error));
    barred
        .then(|| until().map(|until| Barred { until, record }))
        .transpose()
}

/// What the unit could be recognised by: its own names, and those of the units close to it.
pub(super) async fn names(
    desk: &Desk,
    unit: UnitId,
    close: &[UnitId],
) -> Result<Vec<String>, Status> {
    let mut registry = registry(desk)?;
    let unit_id = unit.to_string();
    let own = registry.get_unit_names(GetUnitNamesRequest { unit_id });
    let mut names = known(own.await)?.unwrap_or_default().names;
    for unit in close {
        let asked = GetUnitRequest {
            unit_id: unit.to_string(),
            ..GetUnitRequest::default()
        };
        let unit = known(registry.get_unit(asked).await)?;
        names.extend(unit.map(|unit| unit.name));
    }
    names.retain(|name| !name.is_empty());
    Ok(names)
}

/// What registry answers; none of a unit that it does not know.
fn known<T>(answer: Result<Response<T>, Status>) -> Result<Option<T>, Status> {
    match answer {
        Ok(answer) => Ok(Some(answer.into_inner())),
        Err(error) if error.code() == Code::NotFound => Ok(None),
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

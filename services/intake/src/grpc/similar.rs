//! Earlier demands that are nearly the same: looked for when one is handed in, and shown side by side.

use chassis::Desk;
use journal::Loaded;
use proto::{intake::v1 as wire, matching::v1::CatalogueEntry};
use recommend::similar::shared_passages;
use regulation::{Actor, BlindId};
use tonic::Status;

use super::peers;
use crate::{
    domain::{Case, Demand, Earlier, Similar, Stage, similar::similar},
    read,
    record::Record,
};

/// What was found, and what could not be looked through just now.
pub(super) struct Found {
    pub(super) similar: Vec<(Similar, Record)>,
    pub(super) incomplete: Option<&'static str>,
}

/// Looks through the node's earlier demands and the published ones.
pub(super) async fn find(desk: &Desk, id: &str, case: &Case) -> Result<Found, Status> {
    let record = &case.content.record;
    let here = read::handed_in(desk, id).await?;
    let own: Vec<BlindId> = here.iter().filter_map(published).collect();
    let here = here.into_iter().filter_map(known_here);
    // A warning: what can't be asked keeps nobody from going on.
    let (listed, incomplete) = match peers::catalogue(desk, &record.field).await {
        Ok(listed) => (listed, None),
        Err(_) => (
            Vec::new(),
            Some("已发布需求目录暂时无法查询，仅比对了本地需求。"),
        ),
    };
    let known = blind_id(case);
    let listed = listed.into_iter().filter_map(known_published);
    let listed = listed.filter(|(earlier, _)| match earlier {
        Earlier::Published { blind_id, .. } => {
            !own.contains(blind_id) && known.as_ref() != Some(blind_id)
        }
        Earlier::Here { .. } => true,
    });
    let near = similar(record, here.chain(listed));
    let similar = near.into_iter().map(|(percent, earlier, record)| {
        let similar = Similar { percent, earlier };
        (similar, record)
    });
    Ok(Found {
        similar: similar.collect(),
        incomplete,
    })
}

fn blind_id(case: &Case) -> Option<BlindId> {
    match &case.stage {
        Stage::Published { blind_id, .. } => Some(*blind_id),
        _ => None,
    }
}

fn published(demand: &Loaded<Demand>) -> Option<BlindId> {
    demand.state.0.as_ref().and_then(blind_id)
}

fn known_here(demand: Loaded<Demand>) -> Option<(Earlier, Record)> {
    let case = demand.state.0?;
    let earlier = Earlier::Here {
        demand: demand.id.parse().ok()?,
        demander: case.demander,
    };
    Some((earlier, case.content.record))
}

fn known_published(entry: CatalogueEntry) -> Option<(Earlier, Record)> {
    let mut record = entry.record?;
    // Others may have revised their tasks, or show pictures; here only the texts matter.
    record.figures.clear();
    record.investment_range = None;
    for task in &mut record.tasks {
        task.revision = 0;
    }
    let earlier = Earlier::Published {
        blind_id: entry.blind_id.parse().ok()?,
        public_number: entry.public_number,
    };
    Some((earlier, Record::try_from(record).ok()?))
}

/// What was found, as the caller may see it.
pub(super) fn view(case: &Case, found: Found, actor: &Actor) -> wire::ListSimilarDemandsResponse {
    let here = &case.content.record;
    let may = |(similar, _): &(Similar, Record)| {
        actor.role.is_of_department() || similar.may_be_told_to(actor.unit)
    };
    let similar = found
        .similar
        .into_iter()
        .filter(may)
        .map(|(similar, there)| {
            let mut view = wire::SimilarDemand {
                percent: i32::try_from(similar.percent).unwrap_or(i32::MAX),
                texts: side_by_side(here, &there),
                ..Default::default()
            };
            match similar.earlier {
                Earlier::Here { demand, .. } => view.demand_id = demand.to_string(),
                Earlier::Published {
                    blind_id,
                    public_number,
                } => {
                    view.blind_id = blind_id.to_string();
                    view.public_number = public_number;
                }
            }
            view
        });
    wire::ListSimilarDemandsResponse {
        similar: similar.collect(),
        incomplete: found.incomplete.unwrap_or_default().to_owned(),
    }
}

fn side_by_side(here: &Record, there: &Record) -> Vec<wire::SideBySide> {
    let part = |part: &str, here: String, there: String| {
        let shared = shared_passages(&here, &there).into_iter();
        let shared = shared.filter_map(|passage| here.get(passage.left).map(str::to_owned));
        wire::SideBySide {
            part: part.to_owned(),
            shared: shared.collect(),
            here,
            there,
        }
    };
    vec![
        part("攻关名称", here.title.to_string(), there.title.to_string()),
        part(
            "攻关任务",
            here.mission.to_string(),
            there.mission.to_string(),
        ),
        part("对外揭榜任务", tasks(here), tasks(there)),
    ]
}

fn tasks(record: &Record) -> String {
    let lines = record
        .tasks
        .iter()
        .map(|task| format!("{}：{}（{}）", task.title, task.content, task.indicators));
    lines.collect::<Vec<_>>().join("\n")
}

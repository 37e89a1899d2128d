//! The lines of the checklist 清单: what the regions have told of demands, reserve entries,
//! applications, projects and money, and where each stands as far as that was told. [Art. 19]

use prost::Message as _;
use proto::{
    application::v1::{
        ApplicationSubmitted, ApplicationWithdrawn, ExaminationFollowed, ExaminationOutcome,
    },
    coordination::v1::{ChecklistKind, DecisionInForce, DecisionKind},
    evaluation::v1::ListProposed,
    fund::v1::{AllocationRecorded, PaymentConfirmed},
    intake::v1::{DemandAccepted, DemandWithdrawn},
    matching::v1::{ReserveReported, ReserveStatus},
    message::{Incoming, PublicEvent, Scope},
    project::v1::{ProjectActivated, ProjectWithdrawn},
    review::v1::{EstablishmentProposed, ProjectEstablished},
};
use sqlx::PgConnection;

/// A line of the checklist.
#[derive(Default)]
struct Line {
    kind: ChecklistKind,
    /// Where it belongs, if that is not who says so.
    region: Option<String>,
    id: String,
    title: String,
    project_id: String,
    fen: Option<i64>,
    withdrawn: bool,
    starts_on: String,
    ends_on: String,
    standing: String,
    /// Comes before whatever else is told of it, in whichever order that arrives.
    first: bool,
}

fn line(message: &Incoming) -> Option<Line> {
    let of = |kind, id, standing: &str| Line {
        kind,
        id,
        standing: standing.to_owned(),
        ..Line::default()
    };
    Some(match message.kind.as_str() {
        DemandAccepted::KIND => {
            let event: DemandAccepted = message.read().ok()?;
            Line {
                title: event.record.unwrap_or_default().title,
                ..of(ChecklistKind::Demand, event.demand_id, "已受理")
            }
        }
        // What stays on a department's node is for its posting; the checklist is the hub's.
        DemandWithdrawn::KIND if message.scope != Scope::Node => {
            let event: DemandWithdrawn = message.read().ok()?;
            Line {
                withdrawn: true,
                ..of(ChecklistKind::Demand, event.demand_id, "已撤回")
            }
        }
        ReserveReported::KIND => reserve(message.read().ok()?)?,
        ApplicationSubmitted::KIND => application(message.read().ok()?)?,
        ProjectEstablished::KIND => {
            let entry = message.read::<ProjectEstablished>().ok()?.entry?;
            Line {
                region: Some(entry.region),
                title: entry.title,
                project_id: entry.project_id.clone(),
                first: true,
                ..of(ChecklistKind::Project, entry.project_id, "已立项，待签合同")
            }
        }
        ProjectActivated::KIND => {
            let event: ProjectActivated = message.read().ok()?;
            Line {
                title: event.title,
                project_id: event.project_id.clone(),
                starts_on: event.starts_on,
                ends_on: event.ends_on,
                ..of(ChecklistKind::Project, event.project_id, "合同已签，实施中")
            }
        }
        ProjectWithdrawn::KIND => {
            let event: ProjectWithdrawn = message.read().ok()?;
            Line {
                project_id: event.project_id.clone(),
                withdrawn: true,
                ..of(ChecklistKind::Project, event.project_id, "已撤回")
            }
        }
        AllocationRecorded::KIND => {
            let event: AllocationRecorded = message.read().ok()?;
            Line {
                project_id: event.project_id,
                fen: event.support.map(|support| support.fen),
                ..of(ChecklistKind::Allocation, event.allocation_id, "已安排")
            }
        }
        PaymentConfirmed::KIND => {
            let event: PaymentConfirmed = message.read().ok()?;
            Line {
                project_id: event.project_id,
                fen: event.amount.map(|amount| amount.fen),
                ..of(ChecklistKind::Payment, event.payment_id, "已到账")
            }
        }
        _ => return None,
    })
}

fn application(event: ApplicationSubmitted) -> Option<Line> {
    let package = event.package?;
    let standing = match package.version {
        ..=1 => "已提交，待形式审查",
        _ => "已补正提交，待形式审查",
    };
    Some(Line {
        kind: ChecklistKind::Application,
        id: package.application_id,
        title: package.title,
        standing: standing.to_owned(),
        ..Line::default()
    })
}

/// An entry of the reserve pool goes by the public number of its demand.
fn reserve(event: ReserveReported) -> Option<Line> {
    let change = event.change?;
    let standing = match change.status() {
        ReserveStatus::Matched => "揭榜成功",
        ReserveStatus::PartlyMatched => "部分揭榜成功",
        ReserveStatus::Left => "已出库，需求继续有效",
        ReserveStatus::Other => "其他情形入库",
        ReserveStatus::Unspecified => "",
    };
    Some(Line {
        kind: ChecklistKind::Reserve,
        withdrawn: change.status() == ReserveStatus::Left,
        id: change.reserve_entry_id,
        title: change.public_number,
        standing: standing.to_owned(),
        ..Line::default()
    })
}

pub(super) async fn listed(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    if let Some((id, standing, withdrawn)) = later(message) {
        return moved(db, message, &id, &standing, withdrawn).await;
    }
    let Some(line) = line(message) else {
        return Ok(());
    };
    let region = line.region.as_deref().unwrap_or(message.origin.as_str());
    sqlx::query!(
        "insert into checklist (kind, region, id, title, project_id, fen, withdrawn, said_at,
                                starts_on, ends_on, standing)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict on constraint checklist_item do update set
             title = coalesce(nullif(excluded.title, ''), checklist.title),
             project_id = excluded.project_id, fen = excluded.fen,
             withdrawn = case when $12 then checklist.withdrawn else excluded.withdrawn end,
             said_at = greatest(checklist.said_at, excluded.said_at),
             starts_on = coalesce(nullif(excluded.starts_on, ''), checklist.starts_on),
             ends_on = coalesce(nullif(excluded.ends_on, ''), checklist.ends_on),
             standing = case when $12 then coalesce(nullif(checklist.standing, ''), excluded.standing)
                             else excluded.standing end",
        i32::from(line.kind),
        region,
        line.id,
        line.title,
        line.project_id,
        line.fen,
        line.withdrawn,
        message.at,
        line.starts_on,
        line.ends_on,
        line.standing,
        line.first,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What is told of an application that is in the list already: its id, where it stands, whether it
/// was withdrawn.
fn later(message: &Incoming) -> Option<(String, String, bool)> {
    match message.kind.as_str() {
        ApplicationWithdrawn::KIND => {
            let event: ApplicationWithdrawn = message.read().ok()?;
            Some((event.application_id, "已撤回".to_owned(), true))
        }
        ExaminationFollowed::KIND => {
            let event: ExaminationFollowed = message.read().ok()?;
            let standing = match event.outcome() {
                ExaminationOutcome::Passed => "形式审查通过，待评审".to_owned(),
                ExaminationOutcome::CorrectionRequested => {
                    format!("补正中，{} 截止", event.deadline)
                }
                ExaminationOutcome::NotAccepted => "不予受理".to_owned(),
                ExaminationOutcome::Appealed => "不予受理，申诉中".to_owned(),
                ExaminationOutcome::Reopened => "申诉成立，重新审查".to_owned(),
                ExaminationOutcome::Unspecified => return None,
            };
            Some((event.application_id, standing, false))
        }
        _ => None,
    }
}

/// By its home, or by the hub, which examines them all.
async fn moved(
    db: &mut PgConnection,
    message: &Incoming,
    id: &str,
    standing: &str,
    withdrawn: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update checklist set standing = $3, withdrawn = $4, said_at = greatest(said_at, $5)
         where kind = $1 and id = $2 and not withdrawn and $6 in (region, 'hub')",
        i32::from(ChecklistKind::Application),
        id,
        standing,
        withdrawn,
        message.at,
        message.origin.as_str(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A list in force tells which demands are on it, or which applications become projects.
pub(super) async fn in_force(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Ok(decision) = message.read::<DecisionInForce>() else {
        return Ok(());
    };
    for (kind, id, standing) in decided(&decision) {
        sqlx::query!(
            "update checklist set standing = $3, said_at = greatest(said_at, $4)
             where kind = $1 and id = $2 and not withdrawn",
            i32::from(kind),
            id,
            standing,
            message.at,
        )
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// What a decision says of the lines of the checklist.
fn decided(decision: &DecisionInForce) -> Vec<(ChecklistKind, String, &'static str)> {
    let document = decision.document.as_slice();
    match decision.kind() {
        DecisionKind::List => {
            let list = ListProposed::decode(document).unwrap_or_default();
            let entries = list.entries.into_iter().map(|entry| {
                let standing = if entry.listed {
                    "已列入清单"
                } else {
                    "未列入本次清单"
                };
                (ChecklistKind::Demand, entry.demand_id, standing)
            });
            entries.collect()
        }
        DecisionKind::Establishment => {
            let list = EstablishmentProposed::decode(document).unwrap_or_default();
            let entries = list.entries.into_iter().map(|entry| {
                let standing = if entry.established {
                    "已立项"
                } else {
                    "未立项"
                };
                (ChecklistKind::Application, entry.application_id, standing)
            });
            entries.collect()
        }
        _ => Vec::new(),
    }
}

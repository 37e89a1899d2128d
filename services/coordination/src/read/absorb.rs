//! What this node keeps of others' facts to read; never what a rule decides on.

use proto::{
    coordination::v1::{
        ChecklistKind, DecisionChanged, DecisionInForce, DecisionOpened, DecisionState,
    },
    fund::v1::{AllocationRecorded, PaymentConfirmed},
    intake::v1::{DemandAccepted, DemandWithdrawn},
    message::{Incoming, PublicEvent, Scope},
    project::v1::ProjectActivated,
};
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes what is kept of a message. What could not be read or was not the origin's to say has been
/// refused before.
pub(crate) async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    match message.kind.as_str() {
        DecisionOpened::KIND => opened(db, message).await,
        DecisionChanged::KIND => changed(db, message).await,
        DecisionInForce::KIND => in_force(db, message).await,
        _ => listed(db, message).await,
    }
}

async fn opened(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Ok(event) = message.read::<DecisionOpened>() else {
        return Ok(());
    };
    let Ok(id) = Uuid::try_parse(&event.decision_id) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into decision (id, kind, title, document, digest, subject_id, state, members,
                               former, policy_version, opened_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
         on conflict (id) do nothing",
        id,
        event.kind,
        event.title,
        event.document,
        event.digest,
        event.subject_id,
        i32::from(DecisionState::Open),
        &event.members,
        Uuid::try_parse(&event.former_decision_id).ok(),
        event.policy_version,
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn changed(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Ok(event) = message.read::<DecisionChanged>() else {
        return Ok(());
    };
    let Ok(id) = Uuid::try_parse(&event.decision_id) else {
        return Ok(());
    };
    let members = [event.assented.clone(), event.missing].concat();
    sqlx::query!(
        "insert into decision (id, kind, title, digest, subject_id, state, members, assented,
                               document_number, publicity_until, publicity_provisional, reason,
                               changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (id) do update set
             state = excluded.state, assented = excluded.assented,
             document_number = excluded.document_number,
             publicity_until = excluded.publicity_until,
             publicity_provisional = excluded.publicity_provisional,
             reason = excluded.reason, changed_at = excluded.changed_at",
        id,
        event.kind,
        event.title,
        event.digest,
        event.subject_id,
        event.state,
        &members,
        &event.assented,
        event.document_number,
        event.publicity_until,
        event.publicity_provisional,
        event.reason,
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn in_force(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Ok(event) = message.read::<DecisionInForce>() else {
        return Ok(());
    };
    let Ok(id) = Uuid::try_parse(&event.decision_id) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into decision (id, kind, title, document, digest, subject_id, state, members,
                               assented, document_number, changed_at, in_force_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $10)
         on conflict (id) do update set
             state = excluded.state, document = excluded.document, assented = excluded.assented,
             document_number = excluded.document_number, changed_at = excluded.changed_at,
             in_force_at = excluded.in_force_at",
        id,
        event.kind,
        event.title,
        event.document,
        event.digest,
        event.subject_id,
        i32::from(DecisionState::InForce),
        &event.assented,
        event.document_number,
        message.at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A line of the checklist.
#[derive(Default)]
struct Line {
    kind: ChecklistKind,
    id: String,
    title: String,
    project_id: String,
    fen: Option<i64>,
    withdrawn: bool,
    starts_on: String,
    ends_on: String,
}

fn line(message: &Incoming) -> Option<Line> {
    Some(match message.kind.as_str() {
        DemandAccepted::KIND => {
            let event: DemandAccepted = message.read().ok()?;
            let title = event.record.unwrap_or_default().title;
            Line {
                kind: ChecklistKind::Demand,
                id: event.demand_id,
                title,
                ..Line::default()
            }
        }
        // What stays on a department's node is for its posting; the checklist is the hub's.
        DemandWithdrawn::KIND if message.scope != Scope::Node => {
            let event: DemandWithdrawn = message.read().ok()?;
            let (kind, id) = (ChecklistKind::Demand, event.demand_id);
            Line {
                kind,
                id,
                withdrawn: true,
                ..Line::default()
            }
        }
        ProjectActivated::KIND => {
            let event: ProjectActivated = message.read().ok()?;
            let (id, title) = (event.project_id, event.title);
            let project_id = id.clone();
            Line {
                kind: ChecklistKind::Project,
                id,
                title,
                project_id,
                starts_on: event.starts_on,
                ends_on: event.ends_on,
                ..Line::default()
            }
        }
        AllocationRecorded::KIND => {
            let event: AllocationRecorded = message.read().ok()?;
            Line {
                kind: ChecklistKind::Allocation,
                id: event.allocation_id,
                project_id: event.project_id,
                fen: event.support.map(|support| support.fen),
                ..Line::default()
            }
        }
        PaymentConfirmed::KIND => {
            let event: PaymentConfirmed = message.read().ok()?;
            Line {
                kind: ChecklistKind::Payment,
                id: event.payment_id,
                project_id: event.project_id,
                fen: event.amount.map(|amount| amount.fen),
                ..Line::default()
            }
        }
        _ => return None,
    })
}

async fn listed(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    let Some(line) = line(message) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into checklist (kind, region, id, title, project_id, fen, withdrawn, said_at,
                                starts_on, ends_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict on constraint checklist_item do update set
             title = coalesce(nullif(excluded.title, ''), checklist.title),
             project_id = excluded.project_id, fen = excluded.fen,
             withdrawn = excluded.withdrawn, said_at = excluded.said_at,
             starts_on = excluded.starts_on, ends_on = excluded.ends_on",
        i32::from(line.kind),
        message.origin.as_str(),
        line.id,
        line.title,
        line.project_id,
        line.fen,
        line.withdrawn,
        message.at,
        line.starts_on,
        line.ends_on,
    )
    .execute(db)
    .await?;
    Ok(())
}

//! Rows that follow from this node's own decisions, in the transaction that makes them.

use journal::Change;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    domain::{
        assent::{Assent, Event as AssentEvent, Party},
        decision::{Event, JointDecision, Stage},
    },
    grpc::view,
    words,
};

/// Keeps one decision under way on one subject, and one decision under a document number.
pub(crate) async fn decision(
    db: &mut PgConnection,
    change: &Change<JointDecision>,
) -> Result<(), sqlx::Error> {
    let Some(decision) = change.state.opened() else {
        return Ok(());
    };
    let kind = i32::from(words::kind(decision.matter.kind));
    if change
        .events
        .iter()
        .any(|event| matches!(event, Event::Opened(_)))
    {
        sqlx::query!(
            "insert into live_decision (kind, subject_id, decision_id) values ($1, $2, $3)",
            kind,
            decision.matter.subject_id,
            change.id,
        )
        .execute(&mut *db)
        .await?;
    }
    for event in &change.events {
        if let Event::Approved(approval) = event {
            sqlx::query!(
                "insert into document_number (number, decision_id) values ($1, $2)",
                approval.number.as_str(),
                change.id,
            )
            .execute(&mut *db)
            .await?;
        }
    }
    if matches!(decision.stage, Stage::InForce { .. } | Stage::Returned(_)) {
        sqlx::query!(
            "delete from live_decision where decision_id = $1",
            change.id
        )
        .execute(db)
        .await?;
    }
    Ok(())
}

/// Keeps the list of assents.
pub(crate) async fn assent(
    db: &mut PgConnection,
    change: &Change<Assent>,
) -> Result<(), sqlx::Error> {
    let (Some((request, stage)), Ok(id)) = (change.state.asked(), Uuid::try_parse(&change.id))
    else {
        return Ok(());
    };
    let number = i32::from(view::assent_state(stage));
    if change
        .events
        .iter()
        .any(|event| matches!(event, AssentEvent::Asked(_)))
    {
        let unit = match request.party {
            Party::Department => None,
            Party::Unit(unit) => Some(Uuid::from(unit)),
        };
        let asker = request.about.asked_by();
        sqlx::query!(
            "insert into assent (id, state, document_kind, subject_id, title, digest, unit_id,
                                 asked_by, asked_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id,
            number,
            request.about.document_kind(),
            request.about.subject_id(),
            request.title.as_str(),
            request.document.digest().to_string(),
            unit,
            asker.as_str(),
            request.at,
        )
        .execute(db)
        .await?;
    } else {
        sqlx::query!("update assent set state = $2 where id = $1", id, number)
            .execute(db)
            .await?;
    }
    Ok(())
}

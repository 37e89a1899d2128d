//! What this node keeps of others' facts to read; never what a rule decides on.

use proto::{
    coordination::v1::{DecisionChanged, DecisionInForce, DecisionOpened, DecisionState},
    message::{Incoming, PublicEvent},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{checklist, told};

/// Notes what is kept of a message. What could not be read or was not the origin's to say has been
/// refused before.
pub(crate) async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    match message.kind.as_str() {
        DecisionOpened::KIND => opened(db, message).await,
        DecisionChanged::KIND => changed(db, message).await,
        DecisionInForce::KIND => {
            in_force(db, message).await?;
            checklist::in_force(db, message).await
        }
        _ => {
            checklist::listed(db, message).await?;
            told::told(db, message).await
        }
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

//! Read models: units of all nodes, what bars them, and who looked them up.

mod tables;

pub(crate) use tables::{here, known, stored};

pub(crate) mod barred;
pub(crate) mod credit;
pub(crate) mod units;

use chassis::{Desk, status};
use journal::Change;
use prost::Message as _;
use proto::{
    message::{Incoming, PublicEvent as _},
    registry::v1::{self as wire, CreditRecordEffective, UnitRecorded},
};
use regulation::{Region, UnitId};
use sqlx::PgConnection;
use tonic::Status;

use crate::{
    domain::{Unit, unit::Backbone},
    publish, react,
};

/// Keeps an own unit in the list of all, in the transaction that changes it.
pub(crate) async fn own_unit(db: &mut PgConnection, change: &Change<Unit>) -> sqlx::Result<()> {
    let (Unit::Here(entry), Ok(id)) = (&change.state, change.id.parse::<UnitId>()) else {
        return Ok(());
    };
    let unit = publish::public(&change.id, entry);
    units::keep(db, id, &unit, change.at).await?;
    sqlx::query!("delete from backbone_proposal where unit_id = $1", id.0)
        .execute(&mut *db)
        .await?;
    for (field, backbone) in &entry.backbone {
        if let Backbone::Proposed { by } = backbone {
            sqlx::query!(
                "insert into backbone_proposal (unit_id, field, proposed_by) values ($1, $2, $3)",
                id.0,
                field.as_str(),
                by,
            )
            .execute(&mut *db)
            .await?;
        }
    }
    Ok(())
}

/// A proposal in a list, with its place there.
pub(crate) struct ProposalRow {
    pub(crate) token: String,
    pub(crate) proposal: wire::BackboneProposal,
}

/// Up to `limit` proposals that wait, after the place `after`.
pub(crate) async fn proposals(
    desk: &Desk,
    after: &str,
    limit: i64,
) -> Result<Vec<ProposalRow>, Status> {
    let rows = sqlx::query!(
        r#"select unit_id::text || field as "token!", field, proposed_by, unit
           from backbone_proposal join known_unit using (unit_id)
           where unit_id::text || field > $1 order by 1 limit $2"#,
        after,
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    let read = rows.into_iter().map(|row| {
        Ok(ProposalRow {
            token: row.token,
            proposal: wire::BackboneProposal {
                unit: Some(decode(&row.unit)?),
                field: row.field,
                proposed_by: row.proposed_by,
            },
        })
    });
    read.collect()
}

/// Keeps what other nodes tell. Unreadable messages never get here.
pub(crate) async fn absorb(db: &mut PgConnection, message: &Incoming) -> sqlx::Result<()> {
    match message.kind.as_str() {
        UnitRecorded::KIND => match react::unit(message) {
            Ok((id, unit)) => units::keep(db, id, &unit, message.at).await,
            Err(_) => Ok(()),
        },
        CreditRecordEffective::KIND => match react::credit::effective(message) {
            Ok(effect) => credit::keep_effect(db, message.origin, &effect, message.at).await,
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A unit of any node.
pub(crate) async fn unit(desk: &Desk, id: UnitId) -> Result<Option<wire::Unit>, Status> {
    let unit = sqlx::query_scalar!("select unit from known_unit where unit_id = $1", id.0)
        .fetch_optional(desk.pool())
        .await
        .map_err(|error| status::unavailable(&error))?;
    unit.map(|unit| decode(&unit)).transpose()
}

/// Up to `limit` units after the id `after`: of one node, or of all.
pub(crate) async fn list(
    desk: &Desk,
    region: Option<Region>,
    after: Option<UnitId>,
    limit: i64,
) -> Result<Vec<wire::Unit>, Status> {
    let units = sqlx::query_scalar!(
        "select unit from known_unit
         where ($1::text is null or region = $1) and ($2::uuid is null or unit_id > $2)
         order by unit_id limit $3",
        region.map(|region| region.to_string()),
        after.map(|id| id.0),
        limit,
    )
    .fetch_all(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    units.iter().map(|unit| decode(unit)).collect()
}

fn decode(unit: &[u8]) -> Result<wire::Unit, Status> {
    wire::Unit::decode(unit).map_err(|error| status::internal(&error))
}

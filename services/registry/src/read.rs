//! Read models: units of all nodes, what bars them, and who looked them up.

use chassis::{Desk, status};
use journal::Change;
use prost::Message as _;
use proto::{
    message::{Incoming, PublicEvent as _},
    registry::v1::{self as wire, CreditRecordEffective, UnitRecorded},
};
use regulation::{Actor, Day, Region, UnitId};
use sqlx::PgConnection;
use time::OffsetDateTime;
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
    known_unit(db, id, &unit, change.at).await?;
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
            Ok((id, unit)) => known_unit(db, id, &unit, message.at).await,
            Err(_) => Ok(()),
        },
        CreditRecordEffective::KIND => match react::barring(message) {
            Ok(barring) => keep_barring(db, message.origin, &barring).await,
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// An older word never replaces a younger one: an own unit's message comes after its projection.
async fn known_unit(
    db: &mut PgConnection,
    id: UnitId,
    unit: &wire::Unit,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into known_unit (unit_id, region, recorded_at, unit) values ($1, $2, $3, $4)
         on conflict (unit_id) do update
             set recorded_at = excluded.recorded_at, unit = excluded.unit
             where known_unit.region = excluded.region
               and known_unit.recorded_at <= excluded.recorded_at",
        id.0,
        unit.region,
        at,
        unit.encode_to_vec(),
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn keep_barring(
    db: &mut PgConnection,
    origin: Region,
    barring: &react::Barring,
) -> sqlx::Result<()> {
    match (barring.unit, barring.until) {
        (Some(unit), Some(until)) => {
            sqlx::query!(
                "insert into barring (origin, record, unit_id, until) values ($1, $2, $3, $4)
                 on conflict (origin, record) do update
                     set unit_id = excluded.unit_id, until = excluded.until",
                origin.as_str(),
                barring.record,
                unit.0,
                until.0,
            )
            .execute(db)
            .await?;
        }
        _ => {
            sqlx::query!(
                "delete from barring where origin = $1 and record = $2",
                origin.as_str(),
                barring.record,
            )
            .execute(db)
            .await?;
        }
    }
    Ok(())
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
pub(crate) async fn units(
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

/// Whether a credit record bars the unit on this day. [Art. 20]
pub(crate) async fn barred(desk: &Desk, id: UnitId, day: Day) -> Result<bool, Status> {
    sqlx::query_scalar!(
        r#"select exists (select from barring where unit_id = $1 and until >= $2) as "barred!""#,
        id.0,
        day.0,
    )
    .fetch_one(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))
}

/// Records a look-up before it is answered. [Art. 20]
pub(crate) async fn look_up(
    desk: &Desk,
    actor: &Actor,
    what: &str,
    id: UnitId,
    purpose: &str,
) -> Result<(), Status> {
    sqlx::query!(
        "insert into lookup (at, person, role, what, unit_id, purpose)
         values ($1, $2, $3, $4, $5, $6)",
        desk.clock().now(),
        actor.person,
        format!("{:?}", actor.role),
        what,
        id.0,
        purpose,
    )
    .execute(desk.pool())
    .await
    .map_err(|error| status::unavailable(&error))?;
    Ok(())
}

fn decode(unit: &[u8]) -> Result<wire::Unit, Status> {
    wire::Unit::decode(unit).map_err(|error| status::internal(&error))
}

//! The units that this node knows of, as their homes tell.

use prost::Message as _;
use proto::{
    message::{Incoming, PublicEvent as _, Unreadable},
    registry::v1::{Profile, ProfileRecorded, Unit, UnitRecorded},
};
use regulation::{BlindId, Region, UnitId};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Whether the message is of units; then what is wrong with it, if anything. Nothing is decided on
/// units here, so no command follows.
pub(crate) fn react(message: &Incoming) -> Option<Result<(), Unreadable>> {
    let told = match message.kind.as_str() {
        UnitRecorded::KIND => message.read::<UnitRecorded>().map(|event| {
            let unit = event.unit.unwrap_or_default();
            (unit.unit_id, unit.region)
        }),
        ProfileRecorded::KIND => message.read::<ProfileRecorded>().map(|event| {
            let profile = event.profile.unwrap_or_default();
            (profile.unit_id, profile.region)
        }),
        _ => return None,
    };
    Some(told.and_then(|(unit, region)| {
        unit.parse::<UnitId>()
            .map_err(|error| message.unreadable(error))?;
        let region = region
            .parse::<Region>()
            .map_err(|error| message.unreadable(error))?;
        if region == message.origin {
            Ok(())
        } else {
            Err(message.unreadable("only its home speaks of a unit"))
        }
    }))
}

/// Notes what a message says of a unit; `react` has refused what its home does not say.
pub(crate) async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    match message.kind.as_str() {
        UnitRecorded::KIND => match message.read::<UnitRecorded>() {
            Ok(UnitRecorded { unit: Some(unit) }) => record(db, &unit).await,
            _ => Ok(()),
        },
        ProfileRecorded::KIND => match message.read::<ProfileRecorded>() {
            Ok(ProfileRecorded {
                profile: Some(profile),
            }) => describe(db, &profile).await,
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

async fn record(db: &mut PgConnection, unit: &Unit) -> Result<(), sqlx::Error> {
    let Ok(id) = unit.unit_id.parse::<UnitId>() else {
        return Ok(());
    };
    sqlx::query!(
        "insert into known_unit (unit_id, region, name, kind, active, fields, keywords)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (unit_id) do update
         set name = excluded.name, kind = excluded.kind, active = excluded.active,
             fields = excluded.fields, keywords = excluded.keywords
         where known_unit.region = excluded.region",
        id.0,
        unit.region,
        unit.name,
        unit.kind,
        unit.active,
        &unit.fields,
        &unit.keywords,
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn describe(db: &mut PgConnection, profile: &Profile) -> Result<(), sqlx::Error> {
    let Ok(id) = profile.unit_id.parse::<UnitId>() else {
        return Ok(());
    };
    sqlx::query!(
        "insert into known_unit (unit_id, region, profile) values ($1, $2, $3)
         on conflict (unit_id) do update set profile = excluded.profile
         where known_unit.region = excluded.region",
        id.0,
        profile.region,
        profile.encode_to_vec(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A unit that is known.
#[derive(Debug, Clone)]
pub(crate) struct KnownUnit {
    pub(crate) unit_id: Uuid,
    pub(crate) region: String,
    pub(crate) name: String,
    pub(crate) kind: i32,
    pub(crate) active: bool,
    pub(crate) fields: Vec<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) profile: Option<Vec<u8>>,
    pub(crate) changed: i64,
}

/// A published demand as the index reads it.
#[derive(Debug, Clone)]
pub(crate) struct KnownPosting {
    pub(crate) blind_id: Uuid,
    pub(crate) public_number: String,
    pub(crate) record: Vec<u8>,
    /// Whether it looks for solvers.
    pub(crate) open: bool,
    pub(crate) matched_tasks: Vec<Uuid>,
    pub(crate) changed: i64,
}

/// Up to which change the index has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) changed: i64,
    pub(crate) id: Uuid,
}

impl Default for Mark {
    /// Before everything.
    fn default() -> Self {
        Self::NONE
    }
}

impl Mark {
    /// Before everything.
    pub(crate) const NONE: Self = Self {
        changed: -1,
        id: Uuid::nil(),
    };
}

/// The units that changed after the mark, in the order of their changes.
pub(crate) async fn units_after(
    pool: &PgPool,
    mark: Mark,
    limit: i64,
) -> Result<Vec<KnownUnit>, sqlx::Error> {
    sqlx::query_as!(
        KnownUnit,
        "select unit_id, region, name, kind, active, fields, keywords, profile, changed
         from known_unit where (changed, unit_id) > ($1, $2)
         order by changed, unit_id limit $3",
        mark.changed,
        mark.id,
        limit,
    )
    .fetch_all(pool)
    .await
}

/// The published demands that changed after the mark, in the order of their changes.
pub(crate) async fn postings_after(
    pool: &PgPool,
    mark: Mark,
    limit: i64,
) -> Result<Vec<KnownPosting>, sqlx::Error> {
    sqlx::query_as!(
        KnownPosting,
        r#"select blind_id, public_number, record, matched_tasks, changed,
                  state in ('open', 'partly_matched') as "open!"
           from catalogue where (changed, blind_id) > ($1, $2)
           order by changed, blind_id limit $3"#,
        mark.changed,
        mark.id,
        limit,
    )
    .fetch_all(pool)
    .await
}

/// How many units and published demands changed after these changes.
pub(crate) async fn waiting(
    pool: &PgPool,
    units: i64,
    postings: i64,
) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"select (select count(*) from known_unit where changed > $1) as "units!",
                  (select count(*) from catalogue where changed > $2) as "postings!""#,
        units,
        postings,
    )
    .fetch_one(pool)
    .await?;
    Ok((row.units, row.postings))
}

/// These units.
pub(crate) async fn units(pool: &PgPool, ids: &[Uuid]) -> Result<Vec<KnownUnit>, sqlx::Error> {
    sqlx::query_as!(
        KnownUnit,
        "select unit_id, region, name, kind, active, fields, keywords, profile, changed
         from known_unit where unit_id = any($1)",
        ids,
    )
    .fetch_all(pool)
    .await
}

/// The state of the posting with this blind id, where this node is the demand's home.
pub(crate) async fn posting_state(
    pool: &PgPool,
    blind_id: BlindId,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select state::text as "state!" from journal_state
           where kind = 'posting'
             and coalesce(state -> 'Open', state -> 'Closed') -> 'listing' ->> 'blind_id' = $1"#,
        blind_id.to_string(),
    )
    .fetch_optional(pool)
    .await
}

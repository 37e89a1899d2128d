//! The catalogue: what the hub has published, as every node may show it to everybody.

use prost::Message as _;
use proto::{
    intake::v1::PublicRecord,
    matching::v1 as wire,
    message::{Incoming, PublicEvent as _},
};
use regulation::{BlindId, Day};
use sqlx::{PgConnection, PgPool};
use time::Date;
use uuid::Uuid;

use super::{dialogue, wordings};
use crate::domain::PublicNumber;

/// Notes what a message says of the catalogue. `react` has refused what is not the hub's word or
/// not readable, so nothing is left to refuse here.
pub(crate) async fn absorb(db: &mut PgConnection, message: &Incoming) -> Result<(), sqlx::Error> {
    match message.kind.as_str() {
        wire::ListPublished::KIND => {
            let Ok(list) = message.read::<wire::ListPublished>() else {
                return Ok(());
            };
            for entry in &list.entries {
                insert(db, &list, entry).await?;
            }
            Ok(())
        }
        wire::CatalogueEntryChanged::KIND => match message.read::<wire::CatalogueEntryChanged>() {
            Ok(changed) => change(db, changed, Day::of(message.at)).await,
            Err(_) => Ok(()),
        },
        wire::ReserveChanged::KIND => match message.read::<wire::ReserveChanged>() {
            Ok(changed) => reserve(db, &changed, Day::of(message.at)).await,
            Err(_) => Ok(()),
        },
        _ => dialogue::absorb(db, message).await,
    }
}

async fn insert(
    db: &mut PgConnection,
    list: &wire::ListPublished,
    entry: &wire::CatalogueEntry,
) -> Result<(), sqlx::Error> {
    let (Ok(blind_id), Some(record), Ok(on), Ok(until)) = (
        entry.blind_id.parse::<BlindId>(),
        &entry.record,
        list.published_on.parse::<Day>(),
        list.call_until.parse::<Day>(),
    ) else {
        return Ok(());
    };
    sqlx::query!(
        "insert into catalogue (blind_id, public_number, field, record, document_number,
                                published_on, call_until, updated_on, year, offers, modes)
         values ($1, $2, $3, $4, $5, $6, $7, $6, $8, $9, $10) on conflict do nothing",
        blind_id.0,
        entry.public_number,
        record.field,
        record.encode_to_vec(),
        list.document_number,
        on.0,
        until.0,
        list.year,
        &offers(record),
        &modes(record),
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn change(
    db: &mut PgConnection,
    changed: wire::CatalogueEntryChanged,
    on: Day,
) -> Result<(), sqlx::Error> {
    let Some(entry) = changed.entry else {
        return Ok(());
    };
    let (Ok(blind_id), Some(record)) = (entry.blind_id.parse::<BlindId>(), entry.record) else {
        return Ok(());
    };
    wordings::keep(db, blind_id, &record, on).await?;
    sqlx::query!(
        "update catalogue set record = $2, withdrawn = $3, offers = $4, modes = $5
         where blind_id = $1",
        blind_id.0,
        record.encode_to_vec(),
        changed.withdrawn,
        &offers(&record),
        &modes(&record),
    )
    .execute(&mut *db)
    .await?;
    dialogue::touched(db, blind_id, on).await
}

fn offers(record: &PublicRecord) -> Vec<i64> {
    let offers = record.tasks.iter().map(|task| task.offered_funds.as_ref());
    offers.map(|money| money.map_or(0, |m| m.fen)).collect()
}

fn modes(record: &PublicRecord) -> Vec<i32> {
    record.tasks.iter().map(|task| task.mode).collect()
}

async fn reserve(
    db: &mut PgConnection,
    changed: &wire::ReserveChanged,
    on: Day,
) -> Result<(), sqlx::Error> {
    let Ok(blind_id) = changed.blind_id.parse::<BlindId>() else {
        return Ok(());
    };
    let pool = match changed.status() {
        wire::ReserveStatus::Matched => Some("matched"),
        wire::ReserveStatus::PartlyMatched => Some("partly_matched"),
        wire::ReserveStatus::Other => Some("other"),
        wire::ReserveStatus::Left | wire::ReserveStatus::Unspecified => None,
    };
    let matched: Vec<Uuid> = changed
        .matched_task_ids
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    sqlx::query!(
        "update catalogue set pool = $2, matched_tasks = $3 where blind_id = $1",
        blind_id.0,
        pool,
        &matched,
    )
    .execute(&mut *db)
    .await?;
    dialogue::touched(db, blind_id, on).await
}

/// A published demand.
pub(crate) struct CatalogueRow {
    pub(crate) blind_id: Uuid,
    pub(crate) public_number: String,
    pub(crate) record: Vec<u8>,
    pub(crate) document_number: String,
    pub(crate) published_on: Date,
    pub(crate) call_until: Date,
    pub(crate) withdrawn: bool,
    pub(crate) pool: Option<String>,
    pub(crate) matched_tasks: Vec<Uuid>,
    pub(crate) updated_on: Date,
    pub(crate) demander: Option<Uuid>,
}

/// Which published demands are wanted.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Only of this field.
    pub(crate) field: Option<String>,
    /// Only in this state: `open`, `partly_matched`, `matched`, `withdrawn`.
    pub(crate) state: Option<&'static str>,
    /// Only with a task that offers at least so many fen.
    pub(crate) funds_min: Option<i64>,
    /// Only with a task that offers at most so many fen.
    pub(crate) funds_max: Option<i64>,
    /// Only with a task of this mode, by number.
    pub(crate) mode: Option<i32>,
    /// Only of this year.
    pub(crate) year: Option<i32>,
}

/// In which order what is published is listed, and after what a page begins.
#[derive(Debug)]
pub(crate) enum After {
    /// The newest number first; after this one, if it is not empty.
    Number(String),
    /// What changed last first, then the newest number; after these.
    Updated(Option<(Day, PublicNumber)>),
}

/// A page of what is published.
pub(crate) async fn page(
    pool: &PgPool,
    filter: &Filter,
    after: &After,
    limit: i64,
) -> Result<Vec<CatalogueRow>, sqlx::Error> {
    let (by_update, day, number) = match after {
        After::Number(number) => (false, None, number.clone()),
        After::Updated(None) => (true, None, String::new()),
        After::Updated(Some((day, number))) => (true, Some(day.0), number.to_string()),
    };
    sqlx::query_as!(
        CatalogueRow,
        "select blind_id, public_number, record, document_number, published_on, call_until,
                withdrawn, pool, matched_tasks, updated_on, demander
         from catalogue
         where ($1 = '' or (case when $9 then updated_on else '-infinity' end, public_number)
                         < (coalesce($10::date, '-infinity'), $1))
           and ($2::text is null or field = $2)
           and ($3::text is null or state = $3)
           and (($5::bigint is null and $6::bigint is null)
                or exists (select from unnest(offers) offer
                           where offer >= coalesce($5, offer) and offer <= coalesce($6, offer)))
           and ($7::integer is null or $7 = any(modes))
           and ($8::integer is null or year = $8)
         order by case when $9 then updated_on end desc, public_number desc limit $4",
        number,
        filter.field.as_deref(),
        filter.state,
        limit,
        filter.funds_min,
        filter.funds_max,
        filter.mode,
        filter.year,
        by_update,
        day,
    )
    .fetch_all(pool)
    .await
}

/// The blind ids of all that is wanted.
pub(crate) async fn narrowed(pool: &PgPool, filter: &Filter) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select blind_id from catalogue
         where ($1::text is null or field = $1)
           and ($2::text is null or state = $2)
           and (($3::bigint is null and $4::bigint is null)
                or exists (select from unnest(offers) offer
                           where offer >= coalesce($3, offer) and offer <= coalesce($4, offer)))
           and ($5::integer is null or $5 = any(modes))
           and ($6::integer is null or year = $6)",
        filter.field.as_deref(),
        filter.state,
        filter.funds_min,
        filter.funds_max,
        filter.mode,
        filter.year,
    )
    .fetch_all(pool)
    .await
}

/// The published demands with these blind ids.
pub(crate) async fn by_blind_ids(
    pool: &PgPool,
    ids: &[Uuid],
) -> Result<Vec<CatalogueRow>, sqlx::Error> {
    sqlx::query_as!(
        CatalogueRow,
        "select blind_id, public_number, record, document_number, published_on, call_until,
                withdrawn, pool, matched_tasks, updated_on, demander
         from catalogue where blind_id = any($1)",
        ids,
    )
    .fetch_all(pool)
    .await
}

/// The published demands of which everybody was told something from the one day to before the other.
pub(crate) async fn changed_between(
    pool: &PgPool,
    since: Day,
    until: Day,
) -> Result<Vec<CatalogueRow>, sqlx::Error> {
    sqlx::query_as!(
        CatalogueRow,
        "select blind_id, public_number, record, document_number, published_on, call_until,
                withdrawn, pool, matched_tasks, updated_on, demander
         from catalogue where updated_on >= $1 and updated_on < $2",
        since.0,
        until.0,
    )
    .fetch_all(pool)
    .await
}

/// The published demands with these public numbers.
pub(crate) async fn by_numbers(
    pool: &PgPool,
    numbers: &[String],
) -> Result<Vec<CatalogueRow>, sqlx::Error> {
    sqlx::query_as!(
        CatalogueRow,
        "select blind_id, public_number, record, document_number, published_on, call_until,
                withdrawn, pool, matched_tasks, updated_on, demander
         from catalogue where public_number = any($1)",
        numbers,
    )
    .fetch_all(pool)
    .await
}

/// The published demand with this blind id.
pub(crate) async fn by_blind_id(
    pool: &PgPool,
    blind_id: BlindId,
) -> Result<Option<CatalogueRow>, sqlx::Error> {
    sqlx::query_as!(
        CatalogueRow,
        "select blind_id, public_number, record, document_number, published_on, call_until,
                withdrawn, pool, matched_tasks, updated_on, demander
         from catalogue where blind_id = $1",
        blind_id.0,
    )
    .fetch_optional(pool)
    .await
}

/// The published demand with this public number.
pub(crate) async fn by_number(
    pool: &PgPool,
    number: &str,
) -> Result<Option<CatalogueRow>, sqlx::Error> {
    sqlx::query_as!(
        CatalogueRow,
        "select blind_id, public_number, record, document_number, published_on, call_until,
                withdrawn, pool, matched_tasks, updated_on, demander
         from catalogue where public_number = $1",
        number,
    )
    .fetch_optional(pool)
    .await
}

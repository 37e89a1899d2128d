//! Queries: chains as they are on file, regions as they are heard, faults.

use evidence::{Envelope, timestamp};
use proto::exchange::v1 as wire;
use regulation::Region;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::{
    border::Border,
    convert::{self, column, number},
    fault,
};

/// Envelopes of one answer at most.
const STRETCH_MAX: i64 = 500;
/// Bytes of one answer at most, so that it stays below the 4 MiB that gRPC takes: the first
/// envelope goes whatever its length.
const STRETCH_BYTES_MAX: usize = 2 << 20;
/// Places of one comparison at most.
const PLACES_MAX: usize = 100;

/// A stretch of anybody's chain as it is on file, up to what fits.
pub(crate) async fn stretch(
    border: &Border,
    origin: Region,
    from: u64,
    to: u64,
) -> Result<Vec<Envelope>, sqlx::Error> {
    let (from, to) = (column(from.max(1)), column(to));
    let rows = if origin == border.region {
        sqlx::query_scalar!(
            r#"select envelope as "envelope!" from said where number between $1 and $2
               order by number limit $3"#,
            from,
            to,
            STRETCH_MAX,
        )
        .fetch_all(&border.pool)
        .await?
    } else {
        sqlx::query_scalar!(
            r#"select envelope as "envelope!" from heard where region = $4
               and number between $1 and $2 order by number limit $3"#,
            from,
            to,
            STRETCH_MAX,
            origin.as_str(),
        )
        .fetch_all(&border.pool)
        .await?
    };
    let mut bytes = 0;
    rows.iter()
        .take_while(|envelope| {
            let first = bytes == 0;
            bytes += envelope.len();
            first || bytes <= STRETCH_BYTES_MAX
        })
        .map(|envelope| convert::envelope(envelope))
        .collect()
}

/// The heads of all chains on file; or, if places are named, what is there.
pub(crate) async fn heads(
    border: &Border,
    places: &[wire::ChainPlace],
) -> Result<Vec<wire::ChainHead>, sqlx::Error> {
    let head = |origin, number: i64, hash| wire::ChainHead {
        origin,
        number: convert::number(number),
        hash,
    };
    let mut heads = Vec::new();
    if places.is_empty() {
        let rows = sqlx::query!(
            r#"(select $1::text as "origin!", number as "number!", hash as "hash!" from sent
                order by number desc limit 1)
               union all
               select r.region, r.number, r.hash from (select distinct region from received) of
               cross join lateral (select * from received f where f.region = of.region
                                   order by f.number desc limit 1) r"#,
            border.region.as_str(),
        )
        .fetch_all(&border.pool)
        .await?;
        heads.extend(
            rows.into_iter()
                .map(|row| head(row.origin, row.number, row.hash)),
        );
        return Ok(heads);
    }
    for place in places.iter().take(PLACES_MAX) {
        let hash = sqlx::query_scalar!(
            r#"select hash as "hash!" from sent where $1 = $2 and number = $3
               union all
               select hash from received where region = $2 and number = $3"#,
            border.region.as_str(),
            place.origin,
            column(place.number),
        )
        .fetch_optional(&border.pool)
        .await?;
        heads.extend(hash.map(|hash| head(place.origin.clone(), column(place.number), hash)));
    }
    Ok(heads)
}

/// Every member as it is heard here.
pub(crate) async fn regions(border: &Border) -> Result<Vec<wire::RegionState>, sqlx::Error> {
    let mut states = Vec::new();
    let mut db = border.pool.acquire().await?;
    let now = border.members.now();
    for member in now.ring.members() {
        states.push(region(border, &mut db, member.region).await?);
    }
    Ok(states)
}

async fn region(
    border: &Border,
    db: &mut PgConnection,
    region: Region,
) -> Result<wire::RegionState, sqlx::Error> {
    let own = region == border.region;
    let head = if own {
        crate::number::last(db).await?
    } else {
        crate::file::head(db, region).await?
    };
    let row = sqlx::query!(
        r#"select
             case when $2 then (select count(*) from unpublished)
                  else (select count(*) from undelivered where region = $1) end as "waiting!",
             (select until from heartbeat where region = $1) as "until?",
             (select extract(epoch from now() - filed_at)::bigint from heartbeat
              where region = $1) as "age?",
             (select count(*) from early where region = $1) as "early!",
             (select max(number) from early where region = $1) as "came?",
             (select min(number) from unpublished) as "unsent?",
             (select count(*) from fault where region = $1 and repaired_at is null) as "faults!""#,
        region.as_str(),
        own,
    )
    .fetch_one(db)
    .await?;
    let last = head.map(|head| head.number).unwrap_or_default();
    let came = row.came.map(number).unwrap_or_default();
    let sent = row.unsent.map_or(last, |unsent| number(unsent - 1));
    Ok(wire::RegionState {
        region: region.to_string(),
        own,
        number: last,
        sent: if own { sent } else { 0 },
        received: if own { 0 } else { last.max(came) },
        hash: head.map(|head| head.hash.to_string()).unwrap_or_default(),
        at: head.map(|head| timestamp(head.at)),
        waiting: number(row.waiting),
        heard_until: row.until.map(timestamp),
        heartbeat_age_seconds: row.age.unwrap_or(-1),
        early: number(row.early),
        faults: number(row.faults),
    })
}

/// A page of faults, the latest first: those before the id `before`.
pub(crate) async fn faults(
    border: &Border,
    region: &str,
    repaired: bool,
    before: i64,
    limit: i64,
) -> Result<Vec<wire::BorderFault>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, kind, region, number, note, envelope, found_at, times,
                  repaired_at as "repaired_at: OffsetDateTime"
           from fault
           where id < $1 and ($2 = '' or region = $2) and ($3 or repaired_at is null)
           order by id desc limit $4"#,
        before,
        region,
        repaired,
        limit,
    )
    .fetch_all(&border.pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| wire::BorderFault {
            id: row.id,
            kind: fault::kind(&row.kind).into(),
            region: row.region,
            number: number(row.number),
            note: row.note,
            found_at: Some(timestamp(row.found_at)),
            times: row.times,
            repaired_at: row.repaired_at.map(timestamp),
            envelope: row.envelope,
        })
        .collect())
}

/// Marks a filed envelope to be given to the node's services again; false if there is none that is
/// addressed to this node.
pub(crate) async fn redeliver(
    border: &Border,
    region: Region,
    number: u64,
) -> Result<bool, sqlx::Error> {
    let marked = sqlx::query!(
        "insert into undelivered (region, number)
         select region, number from received
         where region = $1 and number = $2 and audience in ('all', $3)
         on conflict (region, number) do update set number = excluded.number",
        region.as_str(),
        column(number),
        border.region.as_str(),
    )
    .execute(&border.pool)
    .await?;
    border.filed.notify_one();
    Ok(marked.rows_affected() > 0)
}

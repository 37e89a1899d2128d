//! How far each region has been heard: from the heartbeats that came, in order, after everything
//! that the region said before them.

use std::collections::BTreeMap;

use proto::{
    exchange::v1::RegionHeartbeat,
    message::{Incoming, Unreadable},
};
use regulation::Region;
use sqlx::{PgConnection, PgPool};
use time::{Duration, OffsetDateTime};

/// Up to when the message's origin has been heard, if it is a heartbeat.
pub(crate) fn until(message: &Incoming) -> Result<Option<OffsetDateTime>, Unreadable> {
    if !message.is::<RegionHeartbeat>() {
        return Ok(None);
    }
    let heartbeat: RegionHeartbeat = message.read()?;
    let time = heartbeat
        .time
        .ok_or_else(|| message.unreadable("no time"))?;
    let whole = OffsetDateTime::from_unix_timestamp(time.seconds)
        .map_err(|error| message.unreadable(error))?;
    Ok(Some(whole + Duration::nanoseconds(i64::from(time.nanos))))
}

/// Notes it. Time does not run backwards: an older heartbeat changes nothing.
pub(crate) async fn record(
    db: &mut PgConnection,
    region: Region,
    until: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into chassis_heard (region, until) values ($1, $2)
         on conflict (region) do update set until = greatest(chassis_heard.until, excluded.until)",
        region.as_str(),
        until,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Up to when each region has been heard.
pub(crate) async fn all(pool: &PgPool) -> Result<BTreeMap<Region, OffsetDateTime>, sqlx::Error> {
    let rows = sqlx::query!("select region, until from chassis_heard")
        .fetch_all(pool)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.region.parse().ok()?, row.until)))
        .collect())
}

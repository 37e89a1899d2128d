//! Inbound, second half: what is addressed to this node goes to its services, each region's in
//! order.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bus::{Outgoing, topology::WAIT_MAX};
use chassis::Lifecycle;
use evidence::{Body, Digest, Header};
use futures::future::try_join_all;
use proto::{exchange::v1::FaultKind, message::Scope};
use regulation::Region;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    border::{self, Border},
    convert,
    fault::{self, Fault},
};

/// Envelopes of each region that one pass takes.
const BATCH: i64 = 100;

pub(crate) fn start(border: &Arc<Border>, lifecycle: &Lifecycle) {
    border::passes(lifecycle, "delivery", border, |border| &border.filed, pass);
}

struct Row {
    number: i64,
    envelope: Vec<u8>,
    vouched: Option<OffsetDateTime>,
    waited: Duration,
}

/// Delivers what waits: regions beside each other, each in its order. What was published and not
/// yet noted when the process died is published again under the same id: the services' inboxes
/// know it.
async fn pass(border: Arc<Border>, stop: CancellationToken) -> anyhow::Result<bool> {
    let rows = sqlx::query!(
        r#"select r.region as "region!", r.number as "number!", r.envelope as "envelope!",
                  r.vouched as "vouched?", extract(epoch from now() - r.since)::float8 as "waited!"
           from (select distinct region from undelivered) of cross join lateral (
               select f.region, f.number, f.envelope, f.vouched, u.since from undelivered u
               join heard f using (region, number)
               where u.region = of.region order by u.number limit $1) r
           order by r.region, r.number"#,
        BATCH,
    )
    .fetch_all(&border.pool)
    .await?;
    let mut lanes: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let lane = lanes.entry(row.region).or_default();
        lane.push(Row {
            number: row.number,
            envelope: row.envelope,
            vouched: row.vouched,
            waited: Duration::try_from_secs_f64(row.waited).unwrap_or_default(),
        });
    }
    lanes.retain(|region, rows| in_time(region, rows));
    let more = !lanes.is_empty();
    let lanes = lanes
        .into_iter()
        .map(|(region, rows)| lane(&border, region, rows, &stop));
    try_join_all(lanes).await?;
    Ok(more)
}

/// Whether a region's messages can be delivered: none of them can have been so long ago that the
/// services know it no more. Otherwise the region waits, as an error: whether the first was heard is
/// for the operator to find out, who then removes it or sets `since` to now.
fn in_time(region: &str, rows: &[Row]) -> bool {
    let late = rows.iter().find(|row| row.waited > WAIT_MAX);
    if let Some(Row { number, .. }) = late {
        tracing::error!(region, number, "waited too long to be delivered unasked");
    }
    late.is_none()
}

async fn lane(
    border: &Border,
    region: String,
    rows: Vec<Row>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let region: Region = region.parse()?;
    for row in rows {
        if stop.is_cancelled() {
            return Ok(());
        }
        if let Some((kind, note)) = border.deliver(&row).await? {
            let number = convert::number(row.number);
            let envelope = row.envelope;
            let fault = Fault {
                kind,
                region,
                number,
                note,
                envelope,
            };
            let mut db = border.pool.acquire().await?;
            fault::record(&mut db, &fault, border.clock.now()).await?;
        }
        sqlx::query!(
            "delete from undelivered where region = $1 and number = $2",
            region.as_str(),
            row.number
        )
        .execute(&border.pool)
        .await?;
    }
    Ok(())
}

impl Border {
    /// Opens one and publishes it on the node. Says what was wrong with it, if anything was.
    async fn deliver(&self, row: &Row) -> anyhow::Result<Option<(FaultKind, String)>> {
        let never = |note| Ok(Some((FaultKind::Unreadable, note)));
        let envelope = convert::envelope(&row.envelope)?;
        let verified = match evidence::verify(&envelope, &self.members.now().ring) {
            Ok(verified) => verified,
            Err(fault) => return never(evidence::explain(&fault)),
        };
        let body = match verified.open(Some(&self.members.now().reader)) {
            Ok(Some(body)) => body,
            Ok(None) => return never("不是发给本节点的".to_owned()),
            Err(fault) => return never(evidence::explain_open(&fault)),
        };
        let said = body.at;
        // Others have concluded from what was vouched for that nothing older was to come.
        let at = row.vouched.map_or(said, |vouched| said.max(vouched));
        let message = outgoing(&verified.header, Body { at, ..body });
        match self.bus.publish(&message).await {
            Ok(()) => {}
            Err(error) if error.is_temporary() => return Err(error.into()),
            Err(error) => return never(format!("无法在节点内发布：{error}")),
        }
        let origin = verified.header.origin.to_string();
        metrics::counter!("jiebang_exchange_delivered_total", "region" => origin).increment(1);
        Ok((said < at).then(|| {
            let note = format!("所称时间 {said} 早于此前心跳已担保的 {at}，按后者计");
            (FaultKind::Backdated, note)
        }))
    }
}

fn outgoing(header: &Header, body: Body) -> Outgoing {
    Outgoing {
        id: delivery_id(header.origin, body.id),
        origin: header.origin,
        at: body.at,
        traceparent: body.traceparent,
        scope: Scope::Share(header.audience),
        kind: body.kind,
        schema: body.schema,
        aggregate: body.aggregate,
        body: body.data,
    }
}

/// The id under which the node's stream and its services' inboxes know a message: the origin's id,
/// bound to the origin. Under the bare id, one region could say something else under the id of
/// another's message, and whichever came later would be dropped as a repeat.
fn delivery_id(origin: Region, id: Uuid) -> Uuid {
    convert::id(Digest::of(
        "jiebang.delivery.v1",
        &[origin.as_str().as_bytes(), id.as_bytes()],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_region_can_take_the_place_of_anothers_message() {
        let id = Uuid::from_u128(7);
        assert_eq!(delivery_id(Region::JS, id), delivery_id(Region::JS, id));
        assert_ne!(delivery_id(Region::JS, id), delivery_id(Region::ZJ, id));
        assert_ne!(
            delivery_id(Region::JS, id),
            delivery_id(Region::JS, Uuid::from_u128(8))
        );
    }

    #[test]
    fn a_region_of_which_one_message_waited_longer_than_it_may_be_known_waits_with_all_of_them() {
        let row = |number, waited| Row {
            number,
            envelope: Vec::new(),
            vouched: None,
            waited,
        };
        let late = WAIT_MAX + Duration::from_secs(1);
        assert!(in_time("js", &[row(1, WAIT_MAX), row(2, Duration::ZERO)]));
        assert!(!in_time("js", &[row(1, Duration::ZERO), row(2, late)]));
    }
}

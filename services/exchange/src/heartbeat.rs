//! Heartbeats: what this node vouches for, and what the others vouched for.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bus::Outgoing;
use chassis::{Desk, Lifecycle, client::PeerChannel};
use evidence::{Body, Digest, from_timestamp, timestamp};
use futures::future::join_all;
use prost::Message as _;
use proto::{
    exchange::v1::{FaultKind, JournalHead, RegionHeartbeat},
    message::{Audience, PublicEvent as _, Scope},
    node::v1::{
        GetJournalHeadRequest, GetServiceStatusRequest, admin_service_client::AdminServiceClient,
    },
};
use regulation::Region;
use sqlx::PgConnection;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    border::Border,
    convert::column,
    fault::{self, Fault},
    read,
    settings::Settings,
};

pub(crate) fn start(border: &Arc<Border>, desk: &Desk, settings: &Settings, lifecycle: &Lifecycle) {
    let (stop, border, desk) = (lifecycle.stopping(), Arc::clone(border), desk.clone());
    let period = Duration::from_secs(settings.heartbeat_seconds.max(1));
    let unasked = unasked(&desk);
    if !unasked.is_empty() {
        tracing::warn!(
            ?unasked,
            "no address in peers: heartbeats vouch without these services"
        );
    }
    lifecycle.spawn("heartbeat", async move {
        while !stop.is_cancelled() {
            if let Err(error) = beat(&border, &desk).await {
                tracing::warn!(error = format!("{error:#}"), "no heartbeat");
            }
            if let Err(error) = measure(&border).await {
                tracing::warn!(error = chassis::status::chain(&error), "no measures");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(period) => {}
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
}

/// What a service answered: up to when it has told everything, and its journal's head.
struct Answer {
    told_until: OffsetDateTime,
    journal: JournalHead,
}

/// Asks every service what it has told so far, and says so into the node's stream. Whatever they
/// handed over before they answered stands before it there, so it is numbered before it too.
async fn beat(border: &Border, desk: &Desk) -> anyhow::Result<()> {
    let before = border.clock.now();
    let answers = join_all(tellers(desk).map(|service| ask(desk, service))).await;
    let mut until = Some(before);
    let mut journals = Vec::with_capacity(answers.len());
    for (service, answer) in answers {
        match answer {
            Ok(answer) => {
                until = until.map(|until| until.min(answer.told_until));
                journals.push(answer.journal);
            }
            // Life without progress: nobody can say what it may still have to tell.
            Err(error) => {
                tracing::warn!(service, error = format!("{error:#}"), "cannot vouch for it");
                until = None;
            }
        }
    }
    let mut db = border.pool.acquire().await?;
    let Some(until) = vouch(&mut db, until).await? else {
        return Ok(());
    };
    drop(db);
    let heartbeat = RegionHeartbeat {
        time: Some(timestamp(until)),
        journals,
    };
    let message = Outgoing {
        id: border.ids.random(),
        origin: border.region,
        // Its signed time is no later than what it vouches for: what is still to come may be
        // hardly newer, and must not be pushed behind a time at which it was not said.
        at: until,
        traceparent: None,
        scope: Scope::Share(Audience::All),
        kind: RegionHeartbeat::KIND.to_owned(),
        schema: RegionHeartbeat::SCHEMA.to_owned(),
        aggregate: border.region.to_string(),
        body: heartbeat.encode_to_vec(),
    };
    border.bus.publish(&message).await?;
    Ok(())
}

/// The node's services that tell anything.
fn tellers(desk: &Desk) -> impl Iterator<Item = &str> {
    desk.peers().filter(|peer| {
        let tells = |kind: &str| kind.split('.').next() == Some(peer);
        proto::events::EVENTS.iter().any(|event| tells(event.kind))
    })
}

/// Services that tell something and whose address is unknown: left out on purpose, or forgotten.
fn unasked(desk: &Desk) -> BTreeSet<&'static str> {
    let known: BTreeSet<_> = tellers(desk).chain([desk.service()]).collect();
    let tellers = proto::events::EVENTS
        .iter()
        .filter_map(|event| event.kind.split('.').next());
    tellers.filter(|teller| !known.contains(teller)).collect()
}

/// Shows the operators' instruments how every member is heard.
async fn measure(border: &Border) -> Result<(), sqlx::Error> {
    let connected = if border.share.is_connected() {
        1.0
    } else {
        0.0
    };
    metrics::gauge!("jiebang_exchange_hub_connected").set(connected);
    for state in read::regions(border).await? {
        let region = state.region;
        let gauge = |name, value: f64| metrics::gauge!(name, "region" => region.clone()).set(value);
        gauge("jiebang_exchange_waiting", count(state.waiting));
        gauge("jiebang_exchange_early", count(state.early));
        gauge("jiebang_exchange_open_faults", count(state.faults));
        if let Ok(age) = u64::try_from(state.heartbeat_age_seconds) {
            gauge("jiebang_exchange_heartbeat_age_seconds", count(age));
        }
    }
    Ok(())
}

/// A count as an instrument shows it.
fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

async fn ask<'a>(desk: &Desk, service: &'a str) -> (&'a str, anyhow::Result<Answer>) {
    let answer = async {
        let mut client: AdminServiceClient<PeerChannel> =
            AdminServiceClient::new(desk.peer(service)?);
        let status = client
            .get_service_status(GetServiceStatusRequest {})
            .await?
            .into_inner();
        let head = client
            .get_journal_head(GetJournalHeadRequest {})
            .await?
            .into_inner();
        let digest = match head.head.as_str() {
            "" => Vec::new(),
            hex => hex.parse::<Digest>()?.as_bytes().to_vec(),
        };
        Ok(Answer {
            told_until: OffsetDateTime::parse(&status.told_until, &Rfc3339)?,
            journal: JournalHead {
                service: service.to_owned(),
                seals: u64::try_from(head.seals)?,
                head: digest,
            },
        })
    };
    (service, answer.await)
}

/// Notes what is about to be vouched for, and gives what can be: it never goes back.
async fn vouch(
    db: &mut PgConnection,
    until: Option<OffsetDateTime>,
) -> Result<Option<OffsetDateTime>, sqlx::Error> {
    let Some(until) = until else {
        return sqlx::query_scalar!("select until from vouched")
            .fetch_optional(db)
            .await;
    };
    sqlx::query_scalar!(
        "insert into vouched (until) values ($1)
         on conflict (one) do update set until = greatest(vouched.until, excluded.until)
         returning until",
        until
    )
    .fetch_one(db)
    .await
    .map(Some)
}

/// Notes what a filed envelope vouches for, if it is a heartbeat.
pub(crate) async fn note(
    db: &mut PgConnection,
    region: Region,
    number: u64,
    body: &Body,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    if body.kind != RegionHeartbeat::KIND {
        return Ok(());
    }
    // An unreadable one vouches for nothing; its readers make a dead letter of it.
    let Ok(heartbeat) = RegionHeartbeat::decode(body.data.as_slice()) else {
        return Ok(());
    };
    if let Some(until) = heartbeat.time.as_ref().and_then(from_timestamp) {
        sqlx::query!(
            "insert into heartbeat (region, until, number) values ($1, $2, $3)
             on conflict (region) do update set until = greatest(heartbeat.until, excluded.until),
                 number = excluded.number, filed_at = now()",
            region.as_str(),
            until,
            column(number),
        )
        .execute(&mut *db)
        .await?;
    }
    for journal in &heartbeat.journals {
        compare(db, region, number, journal, now).await?;
    }
    Ok(())
}

/// A journal only grows: for a number of seals there is one head, and the number never falls.
async fn compare(
    db: &mut PgConnection,
    region: Region,
    number: u64,
    journal: &JournalHead,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let JournalHead {
        service,
        seals,
        head,
    } = journal;
    if *seals > 0 && head.len() == 32 {
        sqlx::query!(
            "insert into journal_head (region, service, seals, head, number)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            region.as_str(),
            service,
            column(*seals),
            head,
            column(number),
        )
        .execute(&mut *db)
        .await?;
    }
    let known = sqlx::query!(
        r#"select max(seals) as "last?", bool_or(seals = $3 and head <> $4) as "differs?"
           from journal_head where region = $1 and service = $2"#,
        region.as_str(),
        service,
        column(*seals),
        head,
    )
    .fetch_one(&mut *db)
    .await?;
    let last = known.last.unwrap_or_default();
    let note = if known.differs == Some(true) {
        format!("{service} 的第 {seals} 次封存与其先前公布的不同：已封存的记录被改写")
    } else if last > column(*seals) {
        format!("{service} 先前公布过第 {last} 次封存，现只有 {seals} 次：日志被截断或回退")
    } else {
        return Ok(());
    };
    let envelope = journal.encode_to_vec();
    let fault = Fault {
        kind: FaultKind::Rewritten,
        region,
        number,
        note,
        envelope,
    };
    fault::record(db, &fault, now).await
}

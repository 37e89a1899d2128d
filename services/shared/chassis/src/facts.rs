//! The history of one aggregate and the seals over it, as an export needs them.

use evidence::Digest;
use journal::Journal;
use proto::node::v1 as wire;
use sqlx::PgPool;
use time::format_description::well_known::Rfc3339;
use tonic::Status;

use crate::status;

/// Facts of one aggregate that are given out at most.
const FACTS_MAX: usize = 10_000;
/// Seals of one answer at most.
const SEALS_MAX: i64 = 100;

/// Everything that happened to an aggregate, and which seals cover it.
pub(crate) async fn facts(
    journal: &Journal,
    pool: &PgPool,
    request: wire::ListFactsRequest,
) -> Result<wire::ListFactsResponse, Status> {
    let wire::ListFactsRequest { kind, aggregate_id } = request;
    let recorded = journal
        .facts(&kind, &aggregate_id)
        .await
        .map_err(status::journal)?;
    if recorded.len() > FACTS_MAX {
        return Err(status::invalid("aggregate_id", "记录过多，无法一次导出"));
    }
    let covered = sqlx::query!(
        r#"select min(seal.number) as first, max(seal.number) as last,
                  coalesce(bool_and(seal.number is not null), false) as "all!"
           from journal_fact f left join lateral (
               select s.number from journal_seal s join journal_epoch e on e.number = s.epoch
               where f.position >= e.from_position
                 and f.position < coalesce((select min(n.from_position) from journal_epoch n
                                            where n.number > e.number), 9223372036854775807)
                 and (s.last_xid, s.last_position) >= (f.xid, f.position)
               order by s.number limit 1) seal on true
           where f.kind = $1 and f.id = $2"#,
        kind,
        aggregate_id,
    )
    .fetch_one(pool)
    .await
    .map_err(|error| status::unavailable(&error))?;
    let whole = |number: Option<i64>| number.filter(|_| covered.all).unwrap_or_default();
    Ok(wire::ListFactsResponse {
        facts: recorded.into_iter().map(fact).collect::<Result<_, _>>()?,
        first_seal: whole(covered.first),
        last_seal: whole(covered.last),
    })
}

fn fact(recorded: journal::Recorded) -> Result<wire::JournalFact, Status> {
    Ok(wire::JournalFact {
        version: recorded.version,
        name: recorded.name,
        payload: recorded.payload,
        at: recorded
            .at
            .format(&Rfc3339)
            .map_err(|error| status::internal(&error))?,
        actor: serde_json::to_string(&recorded.actor).map_err(|error| status::internal(&error))?,
        policy_version: recorded.policy.unwrap_or_default(),
        hash: recorded.hash.to_string(),
    })
}

/// A stretch of the journal's seals, each with the digests under it.
pub(crate) async fn seals(
    pool: &PgPool,
    request: wire::ListSealsRequest,
) -> Result<wire::ListSealsResponse, Status> {
    let wire::ListSealsRequest { from, to } = request;
    if from < 1 || to < from || to - from >= SEALS_MAX {
        return Err(status::invalid(
            "to",
            format!("一次最多取 {SEALS_MAX} 次封存"),
        ));
    }
    let rows = sqlx::query!(
        r#"select s.number, s.previous,
                  array(select f.hash from journal_fact f
                        where f.position >= e.from_position
                          and f.position < coalesce((select min(n.from_position)
                                 from journal_epoch n where n.number > e.number), 9223372036854775807)
                          and (f.xid, f.position) <= (s.last_xid, s.last_position)
                          and (f.xid, f.position) >
                              (case when p.epoch = s.epoch then p.last_xid else '0'::xid8 end,
                               case when p.epoch = s.epoch then p.last_position else 0 end)
                        order by f.xid, f.position) as "facts!"
           from journal_seal s join journal_epoch e on e.number = s.epoch
                left join journal_seal p on p.number = s.number - 1
           where s.number between $1 and $2 order by s.number"#,
        from,
        to,
    )
    .fetch_all(pool)
    .await
    .map_err(|error| status::unavailable(&error))?;
    let seals = rows.into_iter().map(|row| {
        Ok(wire::JournalSeal {
            number: row.number,
            previous: row
                .previous
                .as_deref()
                .map(hex)
                .transpose()?
                .unwrap_or_default(),
            facts: row
                .facts
                .iter()
                .map(|hash| hex(hash))
                .collect::<Result<_, _>>()?,
        })
    });
    Ok(wire::ListSealsResponse {
        seals: seals.collect::<Result<_, Status>>()?,
    })
}

fn hex(digest: &[u8]) -> Result<String, Status> {
    Digest::try_from(digest)
        .map(|digest| digest.to_string())
        .map_err(|error| status::internal(&error))
}
